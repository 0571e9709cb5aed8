import '../policy/in-english.ts';
import { describe, expect, test } from 'vitest';
import { couldWords, leftWords, lifetimeWords } from '../../../../components/capability/could-words.ts';
import { figureWords, spentShare, spentWords } from '../../../../components/capability/spent-words.ts';
import { endWords, isActive, worksStill } from '../../../../components/capability/state-words.ts';
import type { CapabilityTermsView, CapabilityView } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';

/** 29 November 2026, 18:04 where the person is. */
const NOW = new Date(2026, 10, 29, 18, 4).getTime();
const MINUTE = 60_000;

const terms = (changes: Partial<CapabilityTermsView> = {}): CapabilityTermsView => ({
  kind: 'purchase',
  amount: '150.00',
  currency: 'USD',
  oneTime: true,
  lifetime: 900,
  bearer: false,
  receipts: true,
  release: false,
  ...changes,
});

/** As the window shows it, but for the weight of `$1`. */
function sentence(of: CapabilityTermsView): string {
  const { key, substitutions } = couldWords(of, lifetimeWords(of.lifetime, NOW));
  return t(key, ...substitutions).replaceAll('\u202f', ' ');
}

const free: CapabilityTermsView = {
  kind: 'enrol',
  oneTime: true,
  lifetime: 900,
  bearer: false,
  receipts: false,
  release: false,
};

describe('what a site could take', () => {
  test.each<[string, CapabilityTermsView, string]>([
    ['once', terms(), 'This shop could take up to $150.00, once, until 6:19 PM'],
    [
      'within a minute',
      terms({ lifetime: 60, bearer: true }),
      'This shop could take up to $150.00, once, within 60 seconds of your yes',
    ],
    ['several times', terms({ oneTime: false }), 'This shop could take up to $150.00 in all, until 6:19 PM'],
    [
      'in steps, over a day',
      terms({ oneTime: false, unit: '1.00', lifetime: 86_400 }),
      'This shop could take up to $150.00 in steps of $1.00, until Nov 30, 2026, 6:04 PM',
    ],
    ['of a budget it has', terms({ release: true }), 'This shop asks for $150.00 of what you allowed it before'],
    ['when no money moves', free, 'This site could show that you allowed “enrol”, once, until 6:19 PM'],
    [
      'when no money moves, again and again',
      { ...free, oneTime: false },
      'This site could show that you allowed “enrol”, as often as it likes, until 6:19 PM',
    ],
  ])('%s is one sentence', (_, of, words) => {
    expect(sentence(of)).toBe(words);
  });

  test('is not made to look otherwise by the site’s own word', () => {
    const kind = 'x\u202e, once, until never\u0000\n' + 'y'.repeat(100);
    const words = sentence({ ...free, kind });
    expect(words).not.toMatch(/\p{C}/u);
    expect(words).toMatch(/^This site could show that you allowed “x .{1,63}…”, once, until 6:19 PM$/u);
  });

  test('names a time of day only where there is time to read it', () => {
    expect(lifetimeWords(120, NOW)).toBe('within 120 seconds of your yes');
    expect(lifetimeWords(121, NOW)).toMatch(/^until /);
  });
});

test.each([
  [1, '1 second'],
  [58_000, '58 seconds'],
  [119_001, '120 seconds'],
  [12 * MINUTE + 59_000, '12 minutes'],
  [119 * MINUTE, '119 minutes'],
  [47 * 60 * MINUTE, '47 hours'],
  [72 * 60 * MINUTE, '3 days'],
])('%d ms left are %s', (ms, words) => {
  expect(leftWords(ms)).toBe(words);
});

describe('how a capability stands', () => {
  const view = (changes: Partial<CapabilityView>): CapabilityView => ({
    id: 'A'.repeat(22),
    audience: 'https://shop.example.com',
    purpose: 'Wine',
    terms: terms(),
    releasedAt: NOW - MINUTE,
    expiresAt: NOW + 14 * MINUTE,
    state: 'active',
    receipts: [],
    ...changes,
  });

  test('is told by its time while it can be used', () => {
    expect(endWords(view({}), NOW)).toMatchObject({ words: '14 minutes left', tone: 'is-wax' });
  });

  test('is over with its time, though the worker has not said so yet', () => {
    const late = view({ expiresAt: NOW });
    expect(isActive(late, NOW)).toBe(false);
    expect(endWords(late, NOW).words).toBe(t('cap_state_expired'));
  });

  test.each(['used', 'returned', 'expired', 'revoked'] as const)('has words for %s', (state) => {
    expect(isActive(view({ state }), NOW)).toBe(false);
    expect(endWords(view({ state }), NOW)).toMatchObject({ words: t(`cap_state_${state}`), tone: 'soft' });
  });

  test('warns of a revoked one that still works where nobody asks, and only as long as it does', () => {
    const revoked = view({ state: 'revoked', worksUntil: NOW + MINUTE });
    expect(endWords(revoked, NOW).tone).toBe('is-warn');
    expect(worksStill(revoked, NOW + MINUTE)).toBeUndefined();
    expect(endWords(revoked, NOW + MINUTE)).toMatchObject({ words: t('cap_state_revoked'), tone: 'soft' });
  });

  test.each<[Partial<CapabilityView>, string, string]>([
    [{ spent: '40.00', remaining: '110.00' }, 'up to $150.00 · spent $40.00 · left $110.00', '$110.00 left'],
    [{ state: 'used', spent: '40.00', remaining: '110.00' }, 'up to $150.00 · spent $40.00', '$40.00 spent'],
    [
      { state: 'returned', spent: '0', returned: '150.00' },
      'up to $150.00 · spent $0.00 · given back $150.00',
      '$0.00 spent',
    ],
    [{ terms: free }, 'allows “enrol”', '“enrol”'],
  ])('with %o is told in sums: %s', (changes, words, figure) => {
    expect(spentWords(view(changes), NOW)).toBe(words);
    expect(figureWords(view(changes), NOW)).toBe(figure);
  });

  test('has a bar where money moves and nowhere else', () => {
    expect(spentShare(view({ spent: '75.00' }))).toBe(0.5);
    expect(spentShare(view({}))).toBe(0);
    expect(spentShare(view({ terms: free }))).toBeUndefined();
  });
});

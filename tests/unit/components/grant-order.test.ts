import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GrantDraft } from '../../../components/grant-order.ts';
import {
  FIRST_DRAFT,
  GRANT_SPANS,
  endOf,
  grantOrder,
  grantableClaims,
  limitIn,
  noGrantBecause,
} from '../../../components/grant-order.ts';
import type { AskReason, PlanView } from '../../../lib/messaging/index.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 100);

const NOON = new Date(2026, 10, 24, 12).getTime();
const AGE = { claim: 'age_over_21', label: 'over 21' };
const TOWN = { claim: 'address.locality', label: 'address: town' };

const draft = (part: Partial<GrantDraft> = {}): GrantDraft => ({ ...FIRST_DRAFT, ...part });

describe('what a permission is asked for', () => {
  it('is all that is shown, for thirty days, as often as it comes, unless the person says otherwise', () => {
    expect(grantOrder(FIRST_DRAFT, [AGE, TOWN], NOON)).toEqual({
      claims: ['age_over_21', 'address.locality'],
      until: new Date(2026, 11, 25).getTime(),
    });
  });

  it('has every limit that was set', () => {
    const order = grantOrder(
      draft({ span: 'ever', without: ['address.locality'], uses: '5', perDay: ' 2 ' }),
      [AGE, TOWN],
      NOON,
    );
    expect(order).toEqual({ claims: ['age_over_21'], maxUses: 5, rate: { times: 2, seconds: 86_400 } });
  });

  it.each([
    ['no claim is left', { without: ['age_over_21'] }],
    ['the times in all are no number', { uses: 'many' }],
    ['the times in all are none', { uses: '0' }],
    ['the times a day are not whole', { perDay: '1.5' }],
    ['the times a day are below nothing', { perDay: '-1' }],
    ['the times a day are more than can be', { perDay: '10000' }],
    ['the times are a number in another notation', { uses: '1e3' }],
  ])('cannot be given where %s', (_, part) => {
    expect(grantOrder(draft(part), [AGE], NOON)).toBeUndefined();
  });

  it('never names a claim that is not shown, and never one that was taken out', () => {
    const claim = fc.constantFrom('a', 'b', 'c', 'a.b');
    fc.assert(
      fc.property(fc.uniqueArray(claim), fc.array(claim), (shown, without) => {
        const order = grantOrder(
          draft({ without }),
          shown.map((name) => ({ claim: name, label: name })),
          NOON,
        );
        const left = shown.filter((name) => !without.includes(name));
        expect(order?.claims ?? []).toEqual(left);
        expect(order === undefined).toBe(left.length === 0);
      }),
      { numRuns: RUNS },
    );
  });

  it('is only ever a number where only a number was typed', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 6 }), (typed) => {
        const limit = limitIn(typed);
        if (limit === undefined) expect(typed.trim()).toBe('');
        else if (limit !== null) expect(typed.trim().replace(/^0+/, '')).toBe(String(limit));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('the end of a permission', () => {
  it.each([
    ['today', new Date(2026, 10, 25)],
    ['week', new Date(2026, 11, 2)],
    ['month', new Date(2026, 11, 25)],
    ['year', new Date(2027, 10, 25)],
  ] as const)('of %s is the midnight after its last day', (span, midnight) => {
    expect(endOf(span, NOON)).toBe(midnight.getTime());
  });

  it('is none where the person ends it', () => {
    expect(endOf('ever', NOON)).toBeUndefined();
  });

  it('is always to come, later for a longer span, and the same all day', () => {
    const time = fc.date({ min: new Date(2026, 0, 1), max: new Date(2090, 0, 1), noInvalidDate: true });
    fc.assert(
      fc.property(time, (date) => {
        const now = date.getTime();
        const ends = GRANT_SPANS.filter((span) => span !== 'ever').map((span) => endOf(span, now) ?? 0);
        expect([now, ...ends]).toEqual([now, ...ends].sort((a, b) => a - b));
        expect(new Set([now, ...ends]).size).toBe(5);
        const morning = new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
        expect(GRANT_SPANS.map((span) => endOf(span, morning))).toEqual(GRANT_SPANS.map((span) => endOf(span, now)));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('what a permission can be about', () => {
  it('is each claim once, in the order in which it is shown', () => {
    const fact = (claim: string, label: string) => ({ claim, label, derived: false });
    const learn = [fact('nationalities', 'nationalities'), fact('name', 'name'), fact('nationalities', 'another')];
    expect(grantableClaims({ learn })).toEqual([
      { claim: 'nationalities', label: 'nationalities' },
      { claim: 'name', label: 'name' },
    ]);
  });
});

describe('a permission for next time', () => {
  const plan = (why: readonly AskReason[], compartments: PlanView['compartments'] = []) => ({ why, compartments });
  const rules = { rules: ['r'], missing: [] };

  it.each([
    [[{ kind: 'no_rule' }]],
    [[{ kind: 'role', label: 'birth date', role: 'public', least: 'identity' }]],
    [[{ kind: 'obligation', which: 'max_uses' }, { kind: 'restored' }]],
    [[]],
  ] as const)('is offered where it settles the question: %j', (why) => {
    expect(noGrantBecause(plan(why))).toBeUndefined();
  });

  it('is not offered for what is locked away, nor where the person would be asked all the same', () => {
    expect(noGrantBecause(plan([{ kind: 'no_rule' }], ['health']))).toBe('locked_away');
    expect(noGrantBecause(plan([{ kind: 'bound', label: 'age', told: ['age_over_18'] }]))).toBe('bound');
    expect(noGrantBecause(plan([{ kind: 'no_rule' }, { kind: 'ask_rule', ...rules }]))).toBe('rule');
    expect(noGrantBecause(plan([{ kind: 'indeterminate', ...rules }]))).toBe('rule');
  });
});

import { describe, expect, test } from 'vitest';
import type { AskedRequest, Challenge, Scope } from '../../../lib/notify/index.ts';
import { challengeBody, isOfScope } from '../../../lib/notify/index.ts';
import type { SetUp } from '../../../lib/notify/challenge.ts';
import { newChallenge } from '../../../lib/notify/challenge.ts';
import { NOON, SCOPE, TEN_MINUTES, requestOf } from '../../fixtures/notify/away.ts';
import { RemotePerson, questionIn } from '../../fixtures/notify/remote-person.ts';

const { publicKey } = new RemotePerson();

const settingsOf = (tells: 'nothing' | 'names', tier3 = false): SetUp => ({
  webhook: { url: 'https://hooks.example/', tells },
  answers: { publicKey, tier3 },
});

const challengeOf = (changes: Partial<AskedRequest> = {}, settings = settingsOf('names')): Challenge =>
  newChallenge(requestOf(changes), settings, NOON);

const questionOf = (changes: Partial<AskedRequest> = {}, settings = settingsOf('names')) =>
  questionIn(challengeBody(challengeOf(changes, settings)));

describe('what a webhook is told', () => {
  test('is who asks, for whom, the names, until when, and how to answer', () => {
    const challenge = challengeOf();
    expect(JSON.parse(challengeBody(challenge))).toEqual({
      type: 'signet.authorization.requested',
      timestamp: '2026-11-24T12:00:00.000Z',
      data: {
        ...{ challenge: challenge.id, nonce: challenge.nonce, scope: challenge.digest, kind: 'get_proof' },
        ...{ ends_at: '2026-11-24T12:10:00.000Z', answers: ['approve', 'deny', 'narrow'] },
        ...{ agent: 'Shopping helper', audience: 'https://shop.example' },
        names: ['age_over_18', 'salary', 'country'],
      },
    });
  });

  test('is that something waits, of which kind and until when, where it shall learn nothing', () => {
    const question = questionOf({}, settingsOf('nothing'));
    expect(Object.keys(question).sort()).toEqual(['answers', 'challenge', 'ends_at', 'kind', 'nonce', 'scope']);
  });

  test('is no name of Tier 3, unless that may be approved from afar', () => {
    expect(questionOf({ tier3: true }).names).toBeUndefined();
    expect(questionOf({ tier3: true }).audience).toBeUndefined();
    expect(questionOf({ tier3: true }, settingsOf('names', true)).names).toEqual(['age_over_18', 'salary', 'country']);
  });

  test.each(['names', 'nothing'] as const)('is never a value, a bound, a purpose or an id of ours (%s)', (tells) => {
    const body = challengeBody(challengeOf({}, settingsOf(tells)));
    for (const hidden of ['51234', 'CH', 'AT', 'gte', 'Zurich', 'bm9uY2Utb2YtdGhlLXNob3A', 'request-1', 'salt']) {
      expect(body).not.toContain(`"${hidden}"`);
      expect(body).not.toContain(hidden.length > 3 ? hidden : `"${hidden}`);
    }
  });

  test('is the same text at each attempt', () => {
    const challenge = challengeOf();
    expect(challengeBody({ ...challenge, delivery: { state: 'due', at: NOON + 1, attempts: 5 } })).toBe(
      challengeBody(challenge),
    );
  });

  test('is an agent’s name made safe to show', () => {
    expect(questionOf({ agent: `Help\u202Eer\n${'x'.repeat(200)}` }).agent).toMatch(/^Help er x{71}…$/);
  });

  test('shows no two requests to be the same: ids, nonces and digests are new each time', () => {
    const twins = [questionOf(), questionOf()];
    for (const part of ['challenge', 'nonce', 'scope'] as const) {
      expect(new Set(twins.map((question) => question[part])).size).toBe(2);
    }
  });
});

describe('what may be answered', () => {
  const one: Scope = { ...SCOPE, items: SCOPE.items.slice(0, 1) };
  test.each<[string, Partial<AskedRequest>, SetUp, readonly string[]]>([
    ['anything, where names are told', {}, settingsOf('names'), ['approve', 'deny', 'narrow']],
    ['no part of a single item', { scope: one }, settingsOf('names'), ['approve', 'deny']],
    ['no, where nothing is told: nobody approves what they were not shown', {}, settingsOf('nothing'), ['deny']],
    ['no to Tier 3', { tier3: true }, settingsOf('names'), ['deny']],
    [
      'anything to Tier 3 where that was turned on',
      { tier3: true },
      settingsOf('names', true),
      ['approve', 'deny', 'narrow'],
    ],
    ['nothing, where no key is registered', {}, { webhook: { url: 'https://h.example/', tells: 'names' } }, []],
  ])('is %s', (_, request, settings, answers) => {
    expect(questionOf(request, settings).answers).toEqual(answers);
  });
});

describe('the digest', () => {
  test.each<[string, Partial<Scope>]>([
    [
      'a bound',
      {
        items: SCOPE.items.map((item, i) => (i === 1 ? { ...item, exact: { operator: 'gte', value: 51_235 } } : item)),
      },
    ],
    ['a name', { items: SCOPE.items.map((item, i) => (i === 1 ? { ...item, name: 'wage' } : item)) }],
    ['one item more', { items: [...SCOPE.items, { name: 'iban', exact: null }] }],
    ['one item less', { items: SCOPE.items.slice(1) }],
    ['another audience', { audience: 'https://shop.example.evil.example' }],
    ['another kind', { kind: 'query' }],
    ['another purpose', { exact: { purpose: 'A flat in Bern', nonce: 'bm9uY2Utb2YtdGhlLXNob3A' } }],
  ])('is another for %s', (_, changes) => {
    const challenge = challengeOf();
    expect(isOfScope(challenge, SCOPE)).toBe(true);
    expect(isOfScope(challenge, { ...SCOPE, ...changes })).toBe(false);
  });

  test('is of what members mean, not of how they are ordered', () => {
    const turned = { exact: { nonce: 'bm9uY2Utb2YtdGhlLXNob3A', purpose: 'A flat in Zurich' } };
    expect(isOfScope(challengeOf(), { ...SCOPE, ...turned })).toBe(true);
  });
});

describe('what is no scope', () => {
  const item = (name: string) => ({ name, exact: null });
  test.each<[string, Partial<Scope>, string]>([
    ['nothing', { items: [] }, 'scope.items'],
    ['two items of one name', { items: [item('a'), item('a')] }, 'scope.items'],
    ['an item without a name', { items: [item('')] }, 'scope.items'],
    ['a name that is no text', { items: [item('\uD800')] }, 'scope.items'],
    ['a name that reads backwards', { items: [item('age\u202E81_revo_')] }, 'scope.items'],
    ['a name with something invisible in it', { items: [item('sal\u200Bary')] }, 'scope.items'],
    ['an audience with a line break in it', { audience: 'https://shop.example\nTrusted' }, 'scope.audience'],
    ['an endless name', { items: [item('a'.repeat(201))] }, 'scope.items'],
    ['65 items', { items: Array.from({ length: 65 }, (_, i) => item(`a${i}`)) }, 'scope.items'],
    ['for nobody', { audience: '' }, 'scope.audience'],
    ['of no kind', { kind: 'Get proof' }, 'scope.kind'],
  ])('is not asked: %s', (_, changes, field) => {
    expect(() => challengeOf({ scope: { ...SCOPE, ...changes } })).toThrow(expect.objectContaining({ field }));
  });
});

test('a question ends when its request does', () => {
  expect(challengeOf()).toMatchObject({ askedAt: NOON, endsAt: NOON + TEN_MINUTES });
});

import { createPrivateKey, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromUtf8 } from '../../../lib/core/index.ts';
import type { Challenge, Judged, NotifySettings, Scope } from '../../../lib/notify/index.ts';
import { answerBytes, challengeBody, judge, permittedBy, readAnswer } from '../../../lib/notify/index.ts';
import type { SetUp } from '../../../lib/notify/challenge.ts';
import { newChallenge } from '../../../lib/notify/challenge.ts';
import { NOON, SCOPE, TEN_MINUTES, requestOf } from '../../fixtures/notify/away.ts';
import { RemotePerson } from '../../fixtures/notify/remote-person.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 100);

const person = new RemotePerson();
const SETTINGS: SetUp = {
  webhook: { url: 'https://hooks.example/', tells: 'names' },
  answers: { publicKey: person.publicKey, tier3: false },
};
const challenge = newChallenge(requestOf(), SETTINGS, NOON);
const body = challengeBody(challenge);

const judged = (
  text: string,
  {
    asked = challenge,
    settings = SETTINGS,
    now = NOON,
  }: { asked?: Challenge; settings?: NotifySettings; now?: number } = {},
): Judged | 'no answer' => {
  const answer = readAnswer(text);
  return answer === undefined ? 'no answer' : judge(asked, answer, settings, now);
};

const counts = (ruling: object) => ({ counts: true, ruling });
const refused = (refusal: string) => ({ counts: false, refusal });

describe('an answer that counts', () => {
  test('approves, denies or narrows', () => {
    expect(judged(person.answer(body, 'approve'))).toEqual(counts({ decision: 'approve' }));
    expect(judged(person.answer(body, 'deny'))).toEqual(counts({ decision: 'deny', why: 'said' }));
    expect(judged(person.answer(body, 'narrow', { keep: ['country', 'age_over_18'] }))).toEqual(
      counts({ decision: 'narrow', keep: ['country', 'age_over_18'] }),
    );
  });

  test('is a denial from the moment on at which the request ends, whatever it says', () => {
    const late = counts({ decision: 'deny', why: 'late' });
    const approval = person.answer(body, 'approve');
    expect(judged(approval, { now: NOON + TEN_MINUTES - 1 })).toEqual(counts({ decision: 'approve' }));
    expect(judged(approval, { now: NOON + TEN_MINUTES })).toEqual(late);
    expect(judged(person.answer(body, 'narrow', { keep: [] }), { now: NOON + TEN_MINUTES })).toEqual(late);
  });

  test('is signed over these very bytes', () => {
    const unsigned = {
      v: 1,
      challenge: 'chl_A',
      nonce: 'N',
      scope: 'S',
      decision: 'narrow',
      keep: ['b é', 'a'],
    } as const;
    expect(fromUtf8(answerBytes(unsigned))).toBe(
      '{"challenge":"chl_A","decision":"narrow","keep":["b é","a"],"nonce":"N","purpose":"signet-authorization-answer-v1","scope":"S","v":1}',
    );
  });

  test('may be checked against this vector', () => {
    // The key of RFC 8032 §7.1, test 1.
    const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
    const key = createPrivateKey({
      key: Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex'),
      ...{ format: 'der', type: 'pkcs8' },
    });
    const text =
      '{"challenge":"chl_AAAAAAAAAAAAAAAAAAAAAA","decision":"approve","nonce":"AAAA","purpose":"signet-authorization-answer-v1","scope":"BBBB","v":1}';
    const signature = sign(null, Buffer.from(text), key).toString('base64url');
    expect(signature).toBe('6rxwPpNTRvksUB1mvQIOFpgZ4uNa9pu5n467Gvo1W-2rGGcj52hyhXaofrOPSC4IxaMu7gei4mE1VY1SoLvWAQ');
    const fixed: Challenge = { ...challenge, id: 'chl_AAAAAAAAAAAAAAAAAAAAAA', nonce: 'AAAA', digest: 'BBBB' };
    const answer = { v: 1, challenge: fixed.id, nonce: 'AAAA', scope: 'BBBB', decision: 'approve', signature };
    const settings = {
      ...SETTINGS,
      answers: { publicKey: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', tier3: false },
    };
    expect(judged(JSON.stringify(answer), { asked: fixed, settings })).toEqual(counts({ decision: 'approve' }));
  });
});

describe('an answer that counts for nothing', () => {
  const approval = person.answer(body, 'approve');
  const other = newChallenge(requestOf(), SETTINGS, NOON);
  test.each<[string, string, string]>([
    ['signed by somebody else', new RemotePerson().answer(body, 'approve'), 'bad_signature'],
    ['changed from denial to approval', person.answer(body, 'deny').replace('"deny"', '"approve"'), 'bad_signature'],
    [
      'to which a name was added',
      person.answer(body, 'narrow', { keep: ['country'] }).replace('["country"]', '["country","salary"]'),
      'bad_signature',
    ],
    [
      'of which the names were turned',
      person
        .answer(body, 'narrow', { keep: ['country', 'salary'] })
        .replace('["country","salary"]', '["salary","country"]'),
      'bad_signature',
    ],
    ['to another question', person.answer(challengeBody(other), 'approve'), 'other_challenge'],
    ['with the nonce of another', person.answer(body, 'approve', { nonce: other.nonce }), 'wrong_nonce'],
    ['with the scope of another', person.answer(body, 'approve', { scope: other.digest }), 'wrong_scope'],
    ['with an empty nonce', person.answer(body, 'approve', { nonce: '' }), 'wrong_nonce'],
    ['that keeps everything', person.answer(body, 'narrow', { keep: ['age_over_18', 'salary', 'country'] }), 'no_part'],
    ['that keeps nothing', person.answer(body, 'narrow', { keep: [] }), 'no_part'],
    ['that keeps what was not asked', person.answer(body, 'narrow', { keep: ['country', 'iban'] }), 'no_part'],
    ['that keeps one thing twice', person.answer(body, 'narrow', { keep: ['country', 'country'] }), 'no_part'],
    ['that keeps a name in another spelling', person.answer(body, 'narrow', { keep: ['Country'] }), 'no_part'],
    ['that keeps what every object has', person.answer(body, 'narrow', { keep: ['constructor'] }), 'no_part'],
  ])('is one %s', (_, text, refusal) => {
    expect(judged(text)).toEqual(refused(refusal));
  });

  test('is a second one', () => {
    const answered: Challenge = { ...challenge, ruling: { decision: 'deny', why: 'said' } };
    expect(judged(approval, { asked: answered })).toEqual(refused('used'));
  });

  test('is any, without a key', () => {
    expect(judged(approval, { settings: {} })).toEqual(refused('no_key'));
  });

  test('is one by a key that was replaced meanwhile', () => {
    const answers = { publicKey: new RemotePerson().publicKey, tier3: false };
    expect(judged(approval, { settings: { ...SETTINGS, answers } })).toEqual(refused('bad_signature'));
  });

  test('is an approval that the question did not offer', () => {
    const settings: SetUp = { ...SETTINGS, webhook: { url: 'https://hooks.example/', tells: 'nothing' } };
    const asked = newChallenge(requestOf(), settings, NOON);
    const text = challengeBody(asked);
    expect(judged(person.answer(text, 'approve'), { asked, settings })).toEqual(refused('not_offered'));
    expect(judged(person.answer(text, 'narrow', { keep: ['country'] }), { asked, settings })).toEqual(
      refused('not_offered'),
    );
    expect(judged(person.answer(text, 'deny'), { asked, settings })).toMatchObject({ counts: true });
  });

  test('is an approval of Tier 3, unless that was on when it was asked and still is', () => {
    const on: SetUp = { ...SETTINGS, answers: { publicKey: person.publicKey, tier3: true } };
    const outcome = (then: SetUp, now: SetUp) => {
      const asked = newChallenge(requestOf({ tier3: true }), then, NOON);
      return judged(person.answer(challengeBody(asked), 'approve'), { asked, settings: now });
    };
    expect(outcome(on, on)).toEqual(counts({ decision: 'approve' }));
    expect([outcome(SETTINGS, on), outcome(on, SETTINGS), outcome(SETTINGS, SETTINGS)]).toEqual(
      Array(3).fill(refused('not_offered')),
    );
  });

  const signed = JSON.parse(approval) as Record<string, unknown>;
  test.each<[string, string]>([
    ['nothing', ''],
    ['what most servers say', '{"ok":true}'],
    ['no JSON', `${approval},`],
    ['a list of answers', `[${approval}]`],
    ['an answer of another version', JSON.stringify({ ...signed, v: 2 })],
    ['an answer with more in it', JSON.stringify({ ...signed, note: 'hi' })],
    ['an approval with names', JSON.stringify({ ...signed, keep: ['country'] })],
    ['an answer without a signature', JSON.stringify({ ...signed, signature: undefined })],
    ['an answer with a long signature', JSON.stringify({ ...signed, signature: `${String(signed['signature'])}A` })],
    ['an answer with a padded signature', JSON.stringify({ ...signed, signature: `${String(signed['signature'])}==` })],
    ['an answer that is none of the three', person.answer(body, 'widen')],
    ['a narrowing without names', person.answer(body, 'narrow')],
    ['a narrowing to no names', person.answer(body, 'narrow', { keep: 'country' })],
    ['a narrowing to 65 names', person.answer(body, 'narrow', { keep: Array(65).fill('country') })],
    ['endless nesting', '['.repeat(30_000)],
    ['a book', ' '.repeat(40_000) + approval],
  ])('is %s', (_, text) => {
    expect(judged(text)).toBe('no answer');
  });
});

describe('no answer widens', () => {
  const name = fc.constantFrom('age', 'salary', 'country', 'iban', '__proto__', 'constructor', '');
  const items = fc
    .uniqueArray(
      name.filter((n) => n !== ''),
      { minLength: 1, maxLength: 6 },
    )
    .map((names) => names.map((n): Scope['items'][number] => ({ name: n, exact: { about: n } })));
  const anyScope = items.map((all): Scope => ({ ...SCOPE, items: all }));
  const anyAnswer = fc.record({
    decision: fc.constantFrom('approve', 'deny', 'narrow', 'widen'),
    keep: fc.option(fc.array(name, { maxLength: 8 }), { nil: undefined }),
  });
  const anyTime = fc.integer({ min: NOON, max: NOON + 2 * TEN_MINUTES });

  test('whatever its owner signs: what is permitted was asked for, and is all of it only where that was approved', () => {
    fc.assert(
      fc.property(
        anyScope,
        anyAnswer,
        fc.boolean(),
        fc.boolean(),
        anyTime,
        (scope, { decision, keep }, tier3, on, now) => {
          const settings: SetUp = { ...SETTINGS, answers: { publicKey: person.publicKey, tier3: on } };
          const asked = newChallenge(requestOf({ scope, tier3 }), settings, NOON);
          const text = person.answer(challengeBody(asked), decision, keep === undefined ? {} : { keep });
          const outcome = judged(text, { asked, settings, now });
          if (outcome === 'no answer' || !outcome.counts) return;
          const permitted = permittedBy({ challenge: asked, ruling: outcome.ruling }, scope, now);
          if (now >= asked.endsAt || decision === 'deny' || (tier3 && !on)) expect(permitted).toBeUndefined();
          if (permitted === undefined) return;
          expect({ ...permitted, items: [] }).toEqual({ ...scope, items: [] });
          expect(permitted.items.length).toBeGreaterThan(0);
          expect(permitted.items.every((item) => scope.items.includes(item))).toBe(true);
          expect(permitted.items.length === scope.items.length).toBe(decision === 'approve');
        },
      ),
      { numRuns },
    );
  });

  test('whatever ruling is stored, and whatever the request has become', () => {
    const ruling = fc.oneof(
      fc.constant({ decision: 'approve' } as const),
      fc.array(name, { maxLength: 8 }).map((keep) => ({ decision: 'narrow', keep }) as const),
    );
    fc.assert(
      fc.property(anyScope, anyScope, ruling, (scope, became, ruled) => {
        const asked = newChallenge(requestOf({ scope }), SETTINGS, NOON);
        const permitted = permittedBy({ challenge: asked, ruling: ruled }, became, NOON);
        const isSame = JSON.stringify(scope) === JSON.stringify(became);
        if (!isSame) expect(permitted).toBeUndefined();
        expect((permitted?.items ?? []).every((item) => scope.items.some(({ name: n }) => n === item.name))).toBe(true);
      }),
      { numRuns },
    );
  });

  test('what was approved in time and is carried out late is not permitted', () => {
    const ruled = { challenge, ruling: { decision: 'approve' } } as const;
    expect(permittedBy(ruled, SCOPE, NOON + TEN_MINUTES - 1)).toBe(SCOPE);
    expect(permittedBy(ruled, SCOPE, NOON + TEN_MINUTES)).toBeUndefined();
  });
});

import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { AuditLog } from '../../../../lib/audit/index.ts';
import type { AuditEntry } from '../../../../lib/audit/index.ts';
import { canonicalJson } from '../../../../lib/core/index.ts';
import type {
  CommittedFacts,
  DecidedClaim,
  DecisionFacts,
  KeptFacts,
  PolicyRequest,
  PolicySet,
  PolicyState,
  Rule,
} from '../../../../lib/policy/index.ts';
import {
  commitFacts,
  compilePolicy,
  decide,
  decideOnRecord,
  factsOf,
  FRESH_STATE,
  leastRoleOf,
  noteFacts,
  readPolicySet,
  recentFacts,
  replay,
  rulesOf,
  simulate,
  verdictOf,
} from '../../../../lib/policy/index.ts';
import type { OpenVault } from '../../../../lib/vault/index.ts';
import { anyPolicySet, anyRequest, anyState, leastRole } from '../../../fixtures/policy/any-policy.ts';
import { BAR, NOW, SHOP, contentOf, emptyVault, inOne, requestOf, ruleOf, setOf } from './book-vault.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 25);
const OPTIONS = { leastRole: leastRoleOf };

/** What a message can say: no NaN. */
const jsonRequest = anyRequest().filter((request) => {
  try {
    return canonicalJson(request) !== '';
  } catch {
    return false;
  }
});

let vault: OpenVault;

beforeEach(() => {
  vault = emptyVault();
});

const decided = (set: PolicySet, request: PolicyRequest, state: PolicyState = FRESH_STATE): DecidedClaim =>
  decideOnRecord(compilePolicy(set, OPTIONS), request, state, { askable: true });

const factsBy = (set: PolicySet, ...requests: readonly PolicyRequest[]): DecisionFacts => ({
  version: 1,
  policy: compilePolicy(set, OPTIONS).hash,
  decided: requests.map((request) => decided(set, request)),
});

const entryOf = ({ commitment, facts }: CommittedFacts) => ({
  commitment,
  policy: facts.policy,
  decision: verdictOf(facts.decided.map(({ decision }) => decision)),
  rules: rulesOf(facts.decided.map(({ decision }) => decision)),
});

describe('the facts of a decision', () => {
  test('are kept under the number of their entry, whose commitment is of them', async () => {
    const set = setOf(ruleOf());
    const log = new AuditLog(vault, { clock: () => NOW, policy: compilePolicy(set, OPTIONS).hash });
    const committed = commitFacts(factsBy(set, requestOf(SHOP, 'age_over_21'), requestOf(SHOP, 'age_over_21')));
    const entry = await log.transact(async (tx) => {
      const { decision, rules, commitment } = entryOf(committed);
      const logged = await tx.log({ kind: 'proof.allowed', subject: SHOP, decision, rules, commitment });
      await noteFacts(tx, logged, committed);
      return logged;
    });
    const kept = await factsOf(vault, entry.seq);
    expect(kept).toEqual({ ...committed, seq: entry.seq, time: NOW });
    const again = replay(entry, kept ?? committed, set, OPTIONS);
    expect(again).toMatchObject({ same: true, decisions: [{ verdict: 'PERMIT' }, { verdict: 'PERMIT' }] });
  });

  test('are kept of the newest 512 answers', { timeout: 120_000 }, async () => {
    const facts = factsBy(setOf(), requestOf(SHOP, 'email'));
    const put = (numbers: readonly number[]) =>
      inOne(vault, async (tx) => {
        for (const n of numbers) await noteFacts(tx, { seq: 3 * n, time: NOW + n }, commitFacts(facts));
      });
    const numbers = Array.from({ length: 600 }, (_, n) => n);
    for (let n = 0; n < 600; n += 100) await put(numbers.slice(n, n + 100));
    expect((await recentFacts(vault, 1000)).map(({ seq }) => seq)).toEqual(
      numbers
        .slice(-512)
        .reverse()
        .map((n) => 3 * n),
    );
    expect((await recentFacts(vault, 2)).map(({ time }) => time)).toEqual([NOW + 599, NOW + 598]);
    expect(await recentFacts(vault, 0)).toEqual([]);
    for (const n of [88, 89, 400, 511, 512, 598, 599]) {
      expect(await factsOf(vault, 3 * n)).toMatchObject({ seq: 3 * n });
      expect(await factsOf(vault, 3 * n + 1)).toBeUndefined();
    }
    for (const seq of [0, 3 * 87, 3 * 600]) expect(await factsOf(vault, seq)).toBeUndefined();
    expect((await contentOf(vault)).size).toBe(513);
  });

  test('that are very long are committed to and not kept: an answer does not fail for them', async () => {
    const rule = decided(setOf(), requestOf(SHOP, 'email'));
    const facts = { version: 1, policy: '', decided: Array.from({ length: 2000 }, () => rule) };
    await inOne(vault, (tx) => noteFacts(tx, { seq: 1, time: NOW }, commitFacts(facts)));
    expect(await factsOf(vault, 1)).toBeUndefined();
    expect(await recentFacts(vault, 9)).toEqual([]);
  });

  test('are not told by their commitment: the same facts are committed to anew each time', () => {
    const facts = factsBy(setOf(), requestOf(SHOP, 'email'));
    expect(commitFacts(facts).commitment).not.toBe(commitFacts(facts).commitment);
    expect(commitFacts(facts).commitment).toMatch(/^[\w-]{43}$/);
  });
});

describe('a replayed decision', () => {
  const set = setOf(ruleOf(), ruleOf({ id: 'never', effect: 'deny', subject: { site: BAR } }));
  const committed = commitFacts(factsBy(set, requestOf(SHOP, 'age_over_21')));
  const entry = entryOf(committed);

  test('is the same by the same set', () => {
    expect(replay(entry, committed, set, OPTIONS)).toMatchObject({ same: true });
  });

  test.each<[string, (changed: CommittedFacts) => CommittedFacts]>([
    ['about another subject', (c) => withDecided(c, (d) => ({ ...d, request: requestOf(BAR, 'age_over_21') }))],
    ['at another time', (c) => withDecided(c, (d) => ({ ...d, request: requestOf(SHOP, 'age_over_21', NOW + 1) }))],
    ['with another state', (c) => withDecided(c, (d) => ({ ...d, state: { ...d.state, restoredAt: NOW + 1 } }))],
    ['of nobody who could be asked', (c) => withDecided(c, (d) => ({ ...d, askable: false }))],
    ['of another version', (c) => ({ ...c, facts: { ...c.facts, version: 2 } })],
    ['under another salt', (c) => ({ ...c, salt: 'A'.repeat(22) })],
  ])('%s is not what the entry committed to', (_, change) => {
    expect(replay(entry, change(committed), set, OPTIONS)).toEqual({ same: false, why: 'commitment', decisions: [] });
  });

  test.each([undefined, '', 'A'.repeat(43), 'no base64url!'])(
    'with the commitment %s is not vouched for',
    (commitment) => {
      const { policy, decision, rules } = entry;
      const said = commitment === undefined ? { policy, decision, rules } : { policy, decision, rules, commitment };
      expect(replay(said, committed, set, OPTIONS)).toMatchObject({ same: false, why: 'commitment' });
    },
  );

  test('by another set is not the same', () => {
    expect(replay(entry, committed, setOf(ruleOf()), OPTIONS)).toMatchObject({ same: false, why: 'policy' });
    const other = compilePolicy(setOf(ruleOf()), OPTIONS).hash;
    expect(replay({ ...entry, policy: other }, committed, setOf(ruleOf()), OPTIONS)).toMatchObject({ why: 'policy' });
  });

  test.each<[string, Partial<Pick<AuditEntry, 'decision' | 'rules'>>]>([
    ['another decision', { decision: 'DENY' }],
    ['no decision', { decision: '' }],
    ['other rules', { rules: ['never'] }],
    ['no rules', { rules: [] }],
  ])('is not the same where the entry says %s', (_, said) => {
    expect(replay({ ...entry, ...said }, committed, set, OPTIONS)).toMatchObject({ same: false, why: 'decision' });
  });

  test('is not the same where its own record says otherwise', () => {
    const lied = withDecided(committed, (d) => ({ ...d, decision: { ...d.decision, reason: 'no_rule' } }));
    const again = commitFacts(lied.facts);
    expect(replay({ ...entry, commitment: again.commitment }, again, set, OPTIONS)).toMatchObject({ why: 'decision' });
  });

  test('is the same, whatever was decided, by the rules and the facts alone, once they were stored', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyPolicySet(),
        fc.array(fc.tuple(jsonRequest, anyState), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (any, asked, askable) => {
          const policy = compilePolicy(readPolicySet(any), { leastRole });
          const all = asked.map(([request, state]) => decideOnRecord(policy, request, state, { askable }));
          for (const [n, [request, state]] of asked.entries()) {
            expect(all[n]?.decision).toEqual(decide(policy, request, state, { askable }));
          }
          const one = commitFacts({ version: 1, policy: policy.hash, decided: all });
          const fresh = emptyVault();
          await inOne(fresh, (tx) => noteFacts(tx, { seq: 7, time: NOW }, one));
          const kept = (await factsOf(fresh, 7)) ?? one;
          const again = replay(entryOf(one), kept, policy.set, { leastRole });
          expect(again).toEqual({ same: true, decisions: all.map(({ decision }) => decision) });
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('trying a rule', () => {
  const deny: Rule = ruleOf({ id: 'no-shop', effect: 'deny', claims: '*' });
  const past = async (set: PolicySet, ...asked: readonly (readonly [string, string])[]) => {
    for (const [n, [subject, claim]] of asked.entries()) {
      const facts = factsBy(set, requestOf(subject, claim));
      await inOne(vault, (tx) => noteFacts(tx, { seq: n, time: NOW + n }, commitFacts(facts)));
    }
  };

  test('says which of the last decisions turn out otherwise, newest first, and stores nothing', async () => {
    const set = setOf(ruleOf());
    await past(set, [SHOP, 'age_over_21'], [BAR, 'age_over_21'], [SHOP, 'email']);
    const before = await contentOf(vault);
    expect(await simulate(vault, { ...OPTIONS, rule: deny, set, last: 50 })).toEqual({
      tried: 3,
      changed: [
        { seq: 2, time: NOW + 2, subject: SHOP, claim: 'email', was: 'ANOMALY', would: 'DENY' },
        { seq: 0, time: NOW, subject: SHOP, claim: 'age_over_21', was: 'PERMIT', would: 'DENY' },
      ],
      ...{ permits: 0, denies: 2, asks: 0 },
    });
    expect(await simulate(vault, { ...OPTIONS, rule: deny, set, last: 1 })).toMatchObject({ tried: 1, denies: 1 });
    expect(await contentOf(vault)).toEqual(before);
  });

  test('tries a change of the rule that has its id', async () => {
    const set = setOf(ruleOf());
    await past(set, [SHOP, 'age_over_21']);
    const asks = await simulate(vault, { ...OPTIONS, rule: ruleOf({ effect: 'ask' }), set, last: 50 });
    expect(asks).toMatchObject({ asks: 1, changed: [{ was: 'PERMIT', would: 'ANOMALY' }] });
    const same = await simulate(vault, { ...OPTIONS, rule: ruleOf(), set, last: 50 });
    expect(same).toMatchObject({ tried: 1, changed: [] });
  });

  test('takes it as in force then, and as never used', async () => {
    await past(setOf(), [SHOP, 'age_over_21']);
    const rule = ruleOf({ from: NOW + 1000, when: [{ count: { at_most: 1, seconds: 60 } }] });
    const tried = await simulate(vault, { ...OPTIONS, rule, set: setOf(), last: 50 });
    expect(tried).toMatchObject({ permits: 1, changed: [{ was: 'ANOMALY', would: 'PERMIT' }] });
  });

  test('shows fifty at most and counts all', async () => {
    await past(setOf(), ...Array.from({ length: 60 }, () => [SHOP, 'email'] as const));
    const tried = await simulate(vault, { ...OPTIONS, rule: deny, set: setOf(), last: 512 });
    expect(tried).toMatchObject({ tried: 60, denies: 60 });
    expect(tried.changed).toHaveLength(50);
  });

  test('refuses one that cannot be compiled', async () => {
    const rule = ruleOf({ when: [{ attribute: 'none', op: 'equals', value: 1 }] });
    await expect(simulate(vault, { ...OPTIONS, rule, set: setOf(), last: 9 })).rejects.toMatchObject({
      reason: 'bad_request',
    });
  });

  test('of a denial never permits, of a permit never denies', async () => {
    await fc.assert(
      fc.asyncProperty(anyPolicySet(), jsonRequest, anyState, async (any, request, state) => {
        const policy = compilePolicy(readPolicySet(any), OPTIONS);
        const facts = [decideOnRecord(policy, request, state, { askable: true })];
        const fresh = emptyVault();
        const committed = commitFacts({ version: 1, policy: policy.hash, decided: facts });
        await inOne(fresh, (tx) => noteFacts(tx, { seq: 0, time: NOW }, committed));
        const all = { ...OPTIONS, set: policy.set, last: 1 };
        const rule = ruleOf({ id: 'tried', subject: { any: true }, action: '*', claims: '*' });
        expect(await simulate(fresh, { ...all, rule })).toMatchObject({ denies: 0, asks: 0 });
        expect(await simulate(fresh, { ...all, rule: { ...rule, effect: 'deny' } })).toMatchObject({
          permits: 0,
          asks: 0,
        });
      }),
      { numRuns: RUNS },
    );
  });
});

const withDecided = (
  committed: CommittedFacts | KeptFacts,
  change: (decided: DecidedClaim) => DecidedClaim,
): CommittedFacts => ({
  ...committed,
  facts: { ...committed.facts, decided: committed.facts.decided.map(change) },
});

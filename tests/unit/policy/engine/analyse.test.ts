import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../../../lib/policy/engine/index.ts';
import { analyse, compilePolicy, decide, diffPolicies, FRESH_STATE } from '../../../../lib/policy/engine/index.ts';
import { anyPolicySet, anyRequest, leastRole } from '../../../fixtures/policy/any-policy.ts';
import { NOW, rule } from '../../../fixtures/policy/rules.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 150);
const notes = (rules: readonly Rule[]) => analyse({ v: 1, rules }, { now: NOW });
const tier = (op: 'at_most' | 'at_least' | 'equals' | 'not_equals', value: number) =>
  ({ attribute: 'resource.tier', op, value }) as const;

describe('the analysis of rules', () => {
  test.each([
    ['its time is over', rule('a', { until: NOW })],
    ['its conditions exclude each other', rule('a', { when: [tier('at_most', 1), tier('at_least', 2)] })],
    ['no value is left', rule('a', { when: [tier('equals', 1), { all: [tier('not_equals', 1)] }] })],
    [
      'no branch can hold',
      rule('a', { when: [tier('equals', 1), { any: [{ all: [tier('equals', 2), tier('equals', 3)] }] }] }),
    ],
    [
      'it is about a site and asks for an agent',
      rule('a', { when: [{ attribute: 'subject.type', op: 'equals', value: 'agent' }] }),
    ],
    ['it masks all that it permits', rule('a', { obligations: { mask: ['age_over_21'] } })],
  ])('finds that a rule never fires because %s', (_why, one) => {
    expect(notes([one])).toEqual([{ kind: 'never_fires', rule: 'a' }]);
  });

  test('finds permits that a denial covers, and none that it does not', () => {
    const denial = (rest: Partial<Rule>) => rule('z', { effect: 'deny', ...rest });
    const covered = [{ kind: 'covered_by_deny', rule: 'a', other: 'z' }];
    expect(notes([rule('a'), denial({ subject: { any: true }, claims: '*', action: '*' })])).toEqual(covered);
    expect(notes([rule('a'), denial({ subject: { domain: 'shop.example' } })])).toEqual(covered);
    expect(notes([rule('a', { claims: ['address.street'] }), denial({ claims: ['address'] })])).toEqual(covered);
    expect(notes([rule('a', { when: [tier('equals', 1)] }), denial({ when: [tier('equals', 1)] })])).toEqual(covered);
    expect(notes([rule('a'), denial({ when: [tier('equals', 1)] })])).toEqual([]);
    expect(notes([rule('a'), denial({ until: NOW + 1 })])).toEqual([]);
    expect(notes([rule('a', { claims: '*' }), denial({})])).toEqual([]);
    expect(notes([rule('a', { subject: { kind: 'site' } }), denial({ subject: { domain: 'shop.example' } })])).toEqual(
      [],
    );
  });

  test('finds rules that say the same in other words', () => {
    const other = rule('b', { claims: ['email', 'age_over_21'], note: 'again', made: { at: 1, by: 'import' } });
    expect(notes([rule('a', { claims: ['age_over_21', 'email'] }), other])).toEqual([
      { kind: 'duplicate', rule: 'b', other: 'a' },
    ]);
  });

  test('is right: without the rules it names, every decision is the same', () => {
    let named = 0;
    fc.assert(
      fc.property(
        anyPolicySet({ stateless: true }, 9),
        fc.array(anyRequest(), { minLength: 10, maxLength: 10 }),
        (set, asked) => {
          const found = analyse(set);
          named += found.length;
          const useless = new Set(found.map(({ rule: id }) => id));
          const rest = { ...set, rules: set.rules.filter(({ id }) => !useless.has(id)) };
          const [all, fewer] = [set, rest].map((one) => compilePolicy(one, { leastRole }));
          if (all === undefined || fewer === undefined) throw new Error('Both were compiled.');
          for (const request of asked) {
            const verdicts = [all, fewer].map(
              (policy) => decide(policy, request, FRESH_STATE, { askable: true }).verdict,
            );
            // A rule that cannot be evaluated asks, even if it could never have matched.
            if (decide(all, request, FRESH_STATE, { askable: true }).reason === 'indeterminate') continue;
            expect(verdicts[0]).toBe(verdicts[1]);
          }
        },
      ),
      { numRuns },
    );
    expect(named).toBeGreaterThan(0);
  });
});

describe('the difference of two policy sets', () => {
  test('is what was added, removed and changed', () => {
    const [a, b, c] = [rule('a'), rule('b'), rule('c')];
    const changed = { ...b, note: 'new' };
    expect(diffPolicies({ v: 1, rules: [a, b] }, { v: 1, rules: [changed, c] })).toEqual({
      ...{ added: [c], removed: [a], changed: [{ before: b, after: changed }], roles: false },
    });
  });

  test('sees roles and least roles, and takes none for the same as nothing', () => {
    const empty = { v: 1, rules: [] } as const;
    const given = { subject: 'shop.example', by: 'domain', role: 'commerce' } as const;
    expect(diffPolicies(empty, { ...empty, roles: [], claim_roles: {} }).roles).toBe(false);
    expect(diffPolicies(empty, { ...empty, roles: [given] }).roles).toBe(true);
    expect(diffPolicies(empty, { ...empty, claim_roles: { email: 'public' } }).roles).toBe(true);
  });

  test('is nothing between a set and itself', () => {
    fc.assert(
      fc.property(anyPolicySet(), (set) => {
        expect(diffPolicies(set, structuredClone(set))).toEqual({ added: [], removed: [], changed: [], roles: false });
      }),
      { numRuns },
    );
  });
});

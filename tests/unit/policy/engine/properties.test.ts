import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PolicyRequest, PolicySet, PolicyState, Verdict } from '../../../../lib/policy/engine/index.ts';
import { compilePolicy, decide, explain, FRESH_STATE } from '../../../../lib/policy/engine/index.ts';
import { anotherRule, anyPolicySet, anyRequest, anyState, leastRole } from '../../../fixtures/policy/any-policy.ts';
import { slowlyDecide } from '../../../fixtures/policy/slow-engine.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 120);
const options = { askable: true } as const;
const compile = (set: PolicySet) => compilePolicy(set, { leastRole });
const judge = (set: PolicySet, request: PolicyRequest, state: PolicyState, askable = true) =>
  decide(compile(set), request, state, { askable });

const STRICTNESS: Readonly<Record<Verdict, number>> = { PERMIT: 0, ANOMALY: 1, DENY: 2 };

describe('a decision', () => {
  test('is what a slow reading of the rules makes of it, with attributes missing and records failing', () => {
    const outcomes = new Set<string>();
    const property = fc.property(
      anyPolicySet(),
      anyRequest(),
      anyState,
      fc.boolean(),
      (set, request, state, askable) => {
        const { verdict, reason, rules, permit } = judge(set, request, state, askable);
        outcomes.add(reason);
        expect({ verdict, reason, rules, ...(permit === undefined ? {} : { permit: permit.rule }) }).toEqual(
          slowlyDecide(set, request, state, { askable, leastRole }),
        );
      },
    );
    fc.assert(property, { numRuns: Math.max(1_000, numRuns) });
    const all = [
      'denied',
      'indeterminate',
      'ask_rule',
      'bound',
      'role',
      'obligation',
      'restored',
      'no_rule',
      'permitted',
    ];
    // Some outcomes are rare: a thousand cases may have none.
    for (let seed = 1; seed <= 20 && outcomes.size < all.length; seed++) fc.assert(property, { numRuns: 1_000, seed });
    expect([...outcomes].sort()).toEqual(all.sort());
  });

  test('is the one that is explained', () => {
    fc.assert(
      fc.property(anyPolicySet(), anyRequest(), anyState, fc.boolean(), (set, request, state, askable) => {
        const policy = compile(set);
        const { roles, bound, trace, missing, ...decision } = explain(policy, request, state, { askable });
        expect(decision).toEqual(decide(policy, request, state, { askable }));
        const told = trace.filter(({ outcome }) => outcome !== 'missed').map(({ rule }) => rule);
        expect(told).toEqual(decision.rules);
        expect(bound).toEqual(state.bound);
        expect(roles.least).toBe(policy.leastRoles.of(request));
        expect(missing).toEqual([...new Set(missing)].sort());
      }),
      { numRuns },
    );
  });

  test('is the same however often it is made', () => {
    fc.assert(
      fc.property(anyPolicySet(), anyRequest(), anyRequest(), anyState, (set, request, other, state) => {
        const policy = compile(set);
        const first = explain(policy, request, state, options);
        explain(policy, other, state, options);
        expect(explain(policy, request, state, options)).toEqual(first);
        expect(explain(compile(structuredClone(set)), structuredClone(request), state, options)).toEqual(first);
      }),
      { numRuns },
    );
  });

  test('does not depend on the order of rules and roles', () => {
    const shuffled = anyPolicySet().chain((set) =>
      fc.record({
        set: fc.constant(set),
        rules: fc.shuffledSubarray([...set.rules], { minLength: set.rules.length }),
        roles: fc.shuffledSubarray([...(set.roles ?? [])], { minLength: set.roles?.length ?? 0 }),
      }),
    );
    fc.assert(
      fc.property(shuffled, anyRequest(), anyState, ({ set, rules, roles }, request, state) => {
        expect(explain(compile({ ...set, rules, roles }), request, state, options)).toEqual(
          explain(compile(set), request, state, options),
        );
      }),
      { numRuns },
    );
  });

  test('is never widened by one more deny rule, nor by one more ask rule', () => {
    const more = fc.constantFrom('deny' as const, 'ask' as const).chain(anotherRule);
    fc.assert(
      fc.property(anyPolicySet(), more, anyRequest(), anyState, (set, rule, request, state) => {
        const before = judge(set, request, state);
        const after = judge({ ...set, rules: [...set.rules, rule] }, request, state);
        expect(STRICTNESS[after.verdict]).toBeGreaterThanOrEqual(STRICTNESS[before.verdict]);
      }),
      { numRuns },
    );
  });

  test('is a PERMIT only where a permit rule matches that has not ended, and is usable', () => {
    let permits = 0;
    fc.assert(
      fc.property(anyPolicySet(), anyRequest(), anyState, fc.boolean(), (set, request, state, askable) => {
        const { verdict, permit, rules } = judge(set, request, state, askable);
        expect(permit !== undefined).toBe(verdict === 'PERMIT');
        if (permit === undefined) return;
        permits += 1;
        const rule = set.rules.find(({ id }) => id === permit.rule);
        expect(rules).toContain(permit.rule);
        expect(rule?.effect).toBe('permit');
        // A time that is missing or no number lies within no window: it compares as false with both of its ends.
        const time = Number(request.context['time'] ?? Number.NaN);
        if (rule?.from !== undefined) expect(time).toBeGreaterThanOrEqual(rule.from);
        if (rule?.until !== undefined) expect(time).toBeLessThan(rule.until);
        if (permit.expiresAt !== undefined) expect(time).toBeLessThan(permit.expiresAt);
        const { max_uses = Number.POSITIVE_INFINITY } = rule?.obligations ?? {};
        if (max_uses < Number.POSITIVE_INFINITY) {
          expect(state.uses(permit.rule, request.subject.id, 0)).toBeLessThan(max_uses);
        }
        expect(set.rules.filter(({ id, effect }) => rules.includes(id) && effect !== 'permit')).toEqual([]);
      }),
      { numRuns: Math.max(600, numRuns) },
    );
    expect(permits).toBeGreaterThan(0);
  });

  test('without one attribute is never wider than the strictest that some value of it would give', () => {
    const attributes = ['minute', 'weekday', 'purpose', 'amount', 'currency', 'present'] as const;
    const values = anyRequest({ complete: true });
    fc.assert(
      fc.property(
        anyPolicySet({ stateless: true }),
        fc.constantFrom(...attributes),
        values,
        fc.array(values, { minLength: 20, maxLength: 20 }),
        (set, attribute, request, others) => {
          const rest = Object.fromEntries(Object.entries(request.context).filter(([name]) => name !== attribute));
          const without = judge(set, { ...request, context: rest }, FRESH_STATE);
          if (without.verdict !== 'PERMIT') return;
          // A PERMIT in ignorance holds whatever the attribute is.
          for (const { context } of others) {
            const known = { ...request, context: { ...rest, [attribute]: context[attribute] ?? '' } };
            expect(judge(set, known, FRESH_STATE).verdict).toBe('PERMIT');
          }
        },
      ),
      { numRuns },
    );
  });
});

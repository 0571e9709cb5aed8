import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALLOWED_AGES, isRoundBound } from '../../../lib/core/index.ts';
import type { ToldBound } from '../../../lib/policy/bounds.ts';
import { BOUND_MEMORY, boundIn, conflictWith, isAllowedBound, tellTogether } from '../../../lib/policy/bounds.ts';
import type { CompiledPolicy, PolicyRequest, Rule } from '../../../lib/policy/engine/index.ts';
import { FRESH_STATE, compilePolicy, decide } from '../../../lib/policy/engine/index.ts';
import { leastRoleOf } from '../../../lib/policy/roles.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 200);
const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;
const told = (claim: string, answer?: boolean, days = 1): ToldBound => {
  const at = NOW - days * DAY;
  return answer === undefined ? { claim, at } : { claim, at, answer };
};
const conflict = (before: readonly ToldBound[], asked: string, beside: readonly string[] = []) =>
  conflictWith(before, asked, NOW, beside)?.told;

/** Whether somebody of this age is told to be on the yes side. */
const answerAt = (claim: string, age: number): boolean => {
  const bound = boundIn(claim);
  if (bound === undefined) throw new Error('it is about no age');
  return bound.op === 'gte' ? age >= bound.bound : age < bound.bound;
};

describe('a bound', () => {
  test('is read from the name of a claim, on either side of an age', () => {
    expect(boundIn('age_over_21')).toEqual({ family: 'age', op: 'gte', bound: 21 });
    expect(boundIn('age_under_21')).toEqual({ family: 'age', op: 'lt', bound: 21 });
    expect(boundIn('person.age_over_21')).toEqual({ family: 'age', op: 'gte', bound: 21 });
    expect(boundIn('age_in_years')).toBeUndefined();
    expect(boundIn('given_name')).toBeUndefined();
  });

  test('on an age is one of the six', () => {
    const ages = Array.from({ length: 1000 }, (_, age) => age);
    const allowed = ages.filter((bound) => isAllowedBound({ family: 'age', op: 'gte', bound }));
    expect(allowed).toEqual([13, 16, 18, 21, 25, 65]);
  });

  test.each([0, 7, 10, 42, -42, 90_000, 1_500_000])('of two significant digits is allowed: %d', (bound) => {
    expect(isAllowedBound({ family: 'income', op: 'lte', bound })).toBe(true);
  });

  test.each([101, 123, -91_500, 90_001, 0.5, NaN, Infinity, 2 ** 53])(
    'is not allowed when it is finer: %d',
    (bound) => {
      expect(isAllowedBound({ family: 'income', op: 'gte', bound })).toBe(false);
    },
  );

  test('is round exactly where its digits behind the second are zeros', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (bound) => {
        const scale = 10 ** Math.max(0, String(Math.abs(bound)).length - 2);
        expect(isRoundBound(bound)).toBe(bound % scale === 0);
      }),
      { numRuns },
    );
  });
});

describe('a second, different bound', () => {
  test('is a conflict that names what was told', () => {
    expect(conflictWith([told('age_over_18', true)], 'age_over_21', NOW)).toEqual({
      claim: 'age',
      told: ['age_over_18'],
    });
  });

  test('is one whichever side of an age it asks for', () => {
    expect(conflict([told('age_over_18', true)], 'age_under_21')).toEqual(['age_over_18']);
    expect(conflict([told('age_under_21', true)], 'age_over_18')).toEqual(['age_under_21']);
  });

  test('is one wherever in a credential it stands', () => {
    expect(conflict([told('person.age_over_18', true)], 'age_over_21')).toEqual(['person.age_over_18']);
  });

  test('is one even where it is not known what was answered', () => {
    expect(conflict([told('age_over_65')], 'age_over_18')).toEqual(['age_over_65']);
  });

  test('is one beside another in the same answer, for both of them', () => {
    expect(conflict([], 'age_over_18', ['age_over_18', 'age_over_21', 'email'])).toEqual(['age_over_21']);
    expect(conflict([], 'age_over_21', ['age_over_18', 'age_over_21', 'email'])).toEqual(['age_over_18']);
  });

  test('is none where there was none before, or another kind of claim was told', () => {
    expect(conflict([], 'age_over_21')).toBeUndefined();
    expect(conflict([told('email_verified', true)], 'age_over_21')).toBeUndefined();
    expect(conflict([told('age_over_18', true)], 'given_name')).toBeUndefined();
  });

  test('is none when the same is asked again, as often as one likes, from either side', () => {
    expect(conflict([told('age_over_21', true)], 'age_over_21')).toBeUndefined();
    expect(conflict([told('age_over_21')], 'age_over_21')).toBeUndefined();
    expect(conflict([told('age_over_21', false)], 'age_under_21')).toBeUndefined();
  });

  test('is none where it follows from what was told', () => {
    expect(conflict([told('age_over_21', true)], 'age_over_18')).toBeUndefined();
    expect(conflict([told('age_over_18', false)], 'age_over_21')).toBeUndefined();
    expect(conflict([told('age_under_18', true)], 'age_over_21')).toBeUndefined();
    expect(conflict([told('age_over_18', true), told('age_over_25', false)], 'age_over_65')).toBeUndefined();
  });

  test('is one where it does not follow', () => {
    expect(conflict([told('age_over_21', false)], 'age_over_18')).toEqual(['age_over_21']);
    expect(conflict([told('age_over_16', true), told('age_over_25', false)], 'age_over_18')).toEqual([
      'age_over_16',
      'age_over_25',
    ]);
  });

  test('is none any more after 180 days, to the millisecond', () => {
    const before = { claim: 'age_over_18', answer: true, at: NOW - BOUND_MEMORY };
    expect(BOUND_MEMORY).toBe(180 * DAY);
    expect(conflict([before], 'age_over_21')).toBeUndefined();
    expect(conflict([{ ...before, at: before.at + 1 }], 'age_over_21')).toEqual(['age_over_18']);
  });

  test('that is not an allowed one never goes without the person, whatever was told before', () => {
    expect(conflict([], 'age_over_22')).toEqual([]);
    expect(conflict([told('age_over_65', true)], 'age_over_22')).toEqual([]);
    expect(conflict([told('age_over_22', true)], 'age_over_22')).toEqual([]);
    expect(conflict([], 'age_over_1000')).toEqual([]);
  });
});

describe('what answers tell together', () => {
  test.each<[[string, boolean?][], object]>([
    [
      [
        ['age_over_18', true],
        ['age_over_21', false],
      ],
      { from: 18, below: 21 },
    ],
    [
      [
        ['age_under_21', true],
        ['age_under_18', false],
      ],
      { from: 18, below: 21 },
    ],
    [[['age_over_18', true], ['age_over_21', true], ['age_over_65']], { from: 21 }],
    [
      [
        ['age_over_65', false],
        ['age_over_25', false],
      ],
      { below: 25 },
    ],
    [[['age_over_18'], ['email_verified', true]], {}],
  ])('%j is %j', (answers, range) => {
    const given = answers.map(([claim, answer]) => (answer === undefined ? { claim } : { claim, answer }));
    expect(tellTogether(given)).toEqual(range);
  });

  test('an age that was reached since is reached', () => {
    expect(tellTogether([told('age_over_18', false, 90), told('age_over_18', true)])).toEqual({ from: 18 });
  });

  test('is a range that the person is in, and no wider than any of the answers', () => {
    const claims = fc.array(fc.tuple(fc.constantFrom('over', 'under'), fc.constantFrom(...ALLOWED_AGES)));
    fc.assert(
      fc.property(claims, fc.nat(120), (asked, age) => {
        const answers = asked.map(([side, limit]) => {
          const claim = `age_${side}_${limit}`;
          return { claim, answer: answerAt(claim, age) };
        });
        const { from = 0, below = Infinity } = tellTogether(answers);
        expect(age >= from && age < below).toBe(true);
        for (const { claim, answer } of answers) {
          const { bound = 0 } = boundIn(claim) ?? {};
          expect((boundIn(claim)?.op === 'gte') === answer ? from : bound).toBeGreaterThanOrEqual(bound);
          expect((boundIn(claim)?.op === 'gte') === answer ? bound : below).toBeLessThanOrEqual(bound);
        }
      }),
      { numRuns },
    );
  });
});

describe('a site that asks every age from 1 to 1000, in any order and as often as it likes', () => {
  const SITE = 'https://shop.example';
  const permitting = (claims: Rule['claims']) => {
    const rule: Rule = {
      ...{ id: 'standing', effect: 'permit', subject: { site: SITE }, action: 'prove', claims, when: [] },
      ...{ locked: false, made: { at: NOW, by: 'consent' } },
    };
    return compilePolicy({ v: 1, rules: [rule] }, { leastRole: leastRoleOf });
  };

  /** What it gets to see of a person of this age: every question, answered under the rules or not, and the answers. */
  function seen(age: number, questions: readonly string[], policy: CompiledPolicy): string {
    const before = new Map<string, ToldBound>();
    const transcript = questions.map((claim, minute) => {
      const at = NOW + minute * 60_000;
      const bound = conflictWith([...before.values()], claim, at);
      const request: PolicyRequest = {
        subject: { type: 'site', id: SITE, properties: { host: 'shop.example' } },
        action: { name: 'prove' },
        resource: { type: 'claim', id: claim, properties: { tier: 1 } },
        context: { time: at },
      };
      const state = bound === undefined ? FRESH_STATE : { ...FRESH_STATE, bound };
      if (decide(policy, request, state, { askable: true }).verdict !== 'PERMIT') return `${claim}: no word`;
      const answer = answerAt(claim, age);
      before.set(claim, { claim, answer, at });
      return `${claim}: ${answer}`;
    });
    return transcript.join('\n');
  }

  const limits = Array.from({ length: 1000 }, (_, i) => i + 1);
  const questions = fc
    .tuple(fc.shuffledSubarray(limits, { minLength: 1000 }), fc.shuffledSubarray(limits), fc.boolean())
    .map(([all, again, under]) => [...all, ...again].map((limit) => `age_${under ? 'under' : 'over'}_${limit}`));
  const ages = [0, 120, ...ALLOWED_AGES.flatMap((limit) => [limit - 1, limit])];
  const different = (asked: readonly string[], policy: CompiledPolicy): number =>
    new Set(ages.map((age) => seen(age, asked, policy))).size;

  test('learns one bit with one standing permit', () => {
    fc.assert(
      fc.property(questions, fc.constantFrom(...ALLOWED_AGES), (asked, limit) => {
        expect(different(asked, permitting([`age_over_${limit}`, `age_under_${limit}`]))).toBe(2);
      }),
      { numRuns: Math.min(numRuns, 10) },
    );
  });

  test('learns one bit even where everything is permitted', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        expect(different(asked, permitting('*'))).toBe(2);
      }),
      { numRuns: Math.min(numRuns, 10) },
    );
  });

  test('learns nothing with a permit for an age that is none of the six', () => {
    fc.assert(
      fc.property(questions, (asked) => {
        expect(different(asked, permitting(['age_over_22', 'age_under_22']))).toBe(1);
      }),
      { numRuns: Math.min(numRuns, 5) },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compilePolicy,
  type Decision,
  explainDecision,
  type Expression,
  formatPolicy,
  parsePolicy,
  PolicyError,
  quoteString,
} from '../../../lib/spl/index.ts';
import { anyHost, anyPolicy, anyRequest, list, literal, meaningOf, symbol } from '../../fixtures/spl/any-policy.ts';
import { decideBy } from '../../fixtures/spl/decide-by.ts';
import { referenceDecision } from '../../fixtures/spl/reference.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 200);

const outcomeOf = (decision: Decision): string => {
  if (decision.allowed) return 'allow';
  return decision.reasons[0]?.kind === 'unmet' ? 'deny' : 'error';
};

describe('any policy, request and host', () => {
  test('come to what the reference interpreter says, within the cost that was told beforehand', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(anyPolicy, anyRequest, anyHost, (policy, request, host) => {
        const compiled = compilePolicy(policy);
        const { outcome, evaluations } = referenceDecision(policy, request, host);
        const decision = compiled.decide(request, host);
        expect(outcomeOf(decision)).toBe(outcome);
        expect(evaluations).toBeLessThanOrEqual(compiled.cost);
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      }),
      { numRuns: 50 * RUNS },
    );
    // None of the three is so rare that the property says nothing of it.
    for (const outcome of ['allow', 'deny', 'error']) expect(seen.get(outcome) ?? 0).toBeGreaterThan(2 * RUNS);
  }, 240_000);

  test('come to the same when the policy is written and read again', () => {
    fc.assert(
      fc.property(anyPolicy, anyRequest, anyHost, (policy, request, host) => {
        const again = decideBy(formatPolicy(policy), request, host);
        expect(again.allowed).toBe(compilePolicy(policy).decide(request, host).allowed);
      }),
      { numRuns: 5 * RUNS },
    );
  });

  test('allow nothing that one of them denies, when policies are joined by and', () => {
    fc.assert(
      fc.property(anyPolicy, anyPolicy, anyRequest, anyHost, (one, other, request, host) => {
        const joined = compilePolicy(list(symbol('and'), one, other)).decide(request, host).allowed;
        const each = [one, other].every((policy) => compilePolicy(policy).decide(request, host).allowed);
        expect(joined).toBe(each);
      }),
      { numRuns: 5 * RUNS },
    );
  });

  test('are explained without the secrets of the host', () => {
    const host = {
      vars: { allowed: ['s3cret'], ceiling: 424_242, open: 's3cret', today: 's3cret' },
      perDayCount: () => 424_242,
      merkleOk: () => {
        throw new Error('s3cret');
      },
    };
    fc.assert(
      fc.property(anyPolicy, anyRequest, (policy, request) => {
        const said = explainDecision(compilePolicy(policy).decide(request, host));
        expect(said).not.toMatch(/s3cret|424242/);
      }),
      { numRuns: 5 * RUNS },
    );
  });

  test('deny with places in the source that was read', () => {
    fc.assert(
      fc.property(anyPolicy, anyRequest, (policy, request) => {
        const source = formatPolicy(policy);
        const decision = decideBy(source, request);
        if (decision.allowed) return;
        for (const { place } of decision.reasons) {
          const before = source.slice(0, place.start).split('\n');
          expect([place.line, place.column]).toEqual([before.length, (before.at(-1)?.length ?? 0) + 1]);
          expect(() => parsePolicy(source.slice(place.start, place.end))).not.toThrow();
        }
      }),
      { numRuns: RUNS },
    );
  });
});

const anyTree: fc.Arbitrary<Expression> = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 8, depthSize: 'small' },
    fc.string({ unit: 'binary', maxLength: 40 }).map((text) => literal(text.toWellFormed())),
    fc.maxSafeInteger().map((value) => literal(value === 0 ? 0 : value)),
    fc.boolean().map(literal),
    fc.stringMatching(/^[a-zA-Z_?!.][a-zA-Z0-9_?!.-]{0,9}$/).map(symbol),
    fc.constantFrom('=', '<', '<=', '>', '>=').map(symbol),
    fc.array(tie('tree'), { maxLength: 6 }).map((items) => list(...items)),
  ),
})).tree;

describe('the writer', () => {
  test('writes what reads as the same tree, and writes that the same', () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        const text = formatPolicy(tree);
        const again = parsePolicy(text);
        expect(meaningOf(again)).toEqual(meaningOf(tree));
        expect(formatPolicy(again)).toBe(text);
      }),
      { numRuns: 5 * RUNS },
    );
  });

  test('keeps any text one string of a policy', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^["\\() #tu0\n]{0,20}$/));
    fc.assert(
      fc.property(anyText, (text) => {
        fc.pre(text.isWellFormed());
        const policy = parsePolicy(`(and (= (get req "purpose") ${quoteString(text)}) #f)`);
        const purpose = [{ name: '=' }, [{ name: 'get' }, { name: 'req' }, 'purpose'], text];
        expect(meaningOf(policy)).toEqual([{ name: 'and' }, purpose, false]);
      }),
      { numRuns: 5 * RUNS },
    );
  });
});

const brackets = fc
  .array(fc.constantFrom('(', ')', '"', '\\', ' ', '\n', '#t', '#f', 'and', 'not', 'req', '-1', '\\u00', '\ud800'), {
    maxLength: 60,
  })
  .map((parts) => parts.join(''));

/** A policy with one thing put in or taken out. */
const nearPolicies = fc
  .tuple(anyPolicy, fc.nat(), fc.nat(2), fc.constantFrom('', '(', ')', '"', '\\', ' ', '0', '.'))
  .map(([policy, at, cut, put]) => {
    const source = formatPolicy(policy);
    const from = at % (source.length + 1);
    return source.slice(0, from) + put + source.slice(from + cut);
  });

describe('any source', () => {
  test.each<[string, fc.Arbitrary<string>, number]>([
    ['of any characters', fc.string({ unit: 'binary', maxLength: 80 }), 50 * RUNS],
    ['of brackets and quotes', brackets, 50 * RUNS],
    ['that is nearly a policy', nearPolicies, 10 * RUNS],
  ])('%s is read or refused with a place within it, and decides', (_, sources, numRuns) => {
    fc.assert(
      fc.property(sources, (source) => {
        const error = refusalOf(source);
        if (error === undefined) expect(typeof decideBy(source, { amount: 1 }).allowed).toBe('boolean');
        else {
          expect(error).toBeInstanceOf(PolicyError);
          const { line, column, start, end } = (error as PolicyError).place; // asserted above
          expect([line >= 1, column >= 1, start <= end, end <= source.length]).toEqual([true, true, true, true]);
        }
      }),
      { numRuns },
    );
  });
});

function refusalOf(source: string): unknown {
  try {
    parsePolicy(source);
    return undefined;
  } catch (error) {
    return error;
  }
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readVerifyRequest } from '../../../../host/verification/verify-request.ts';
import type { Json } from '../../../../lib/core/index.ts';
import { SignetError } from '../../../../lib/core/index.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 200);
const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
const request = (changes: Readonly<Record<string, unknown>> = {}): Json =>
  JSON.parse(
    JSON.stringify({ proof: 'a~b', claim: 'member', audience: 'shop.example', nonce: NONCE, ...changes }),
  ) as Json;

function problemOf(json: Json): readonly [string, string | undefined] {
  try {
    readVerifyRequest(json);
  } catch (error) {
    const { reason, field } = SignetError.from(error);
    return [reason, field];
  }
  throw new Error('It was taken.');
}

describe('the body of POST /verify', () => {
  test.each<readonly [Readonly<Record<string, unknown>>, object]>([
    [{ claim: 'member' }, { name: 'member', paths: [['member']] }],
    [{ claim: { attribute: 'member' } }, { name: 'member', paths: [['member']] }],
    [{ claim: { attribute: 'level', value: 3 } }, { name: 'level', values: [3] }],
    [{ claim: { attribute: 'age_over_21', value: true } }, { name: 'age_over_21', values: [true] }],
    [{ claim: { attribute: 'age_over_21', value: false } }, { name: 'age_over_21', values: [false] }],
    [
      { claim: undefined, claims: [{ name: 'level', values: [1, 'b'] }] },
      { name: 'level', values: [1, 'b'] },
    ],
    [
      { claim: undefined, claims: [{ name: 'birth_date', age_at_least: 21 }] },
      { range: { question: { age_at_least: 21 } } },
    ],
    [{ claim: undefined, claims: [{ name: 'income', gte: 5 }] }, { range: { question: { gte: 5 } } }],
  ])('asks by %j', (changes, term) => {
    expect(readVerifyRequest(request(changes)).terms).toMatchObject([term]);
  });

  test.each<readonly [string | undefined, Readonly<Record<string, unknown>>]>([
    ['proof', { proof: undefined }],
    ['proof', { proof: ['a'] }],
    ['claim', { claim: undefined }],
    ['claim', { claims: ['member'] }],
    ['claim', { claim: '' }],
    ['claim.attribute', { claim: { attribute: '' } }],
    ['claim.attribute', { claim: { value: 1 } }],
    ['claim.value', { claim: { attribute: 'a', value: null } }],
    ['claim.value', { claim: { attribute: 'a', value: { $ne: 1 } } }],
    ['claim.values', { claim: { attribute: 'a', values: [1] } }],
    ['claim.value', { claim: { attribute: 'a', value: 'x'.repeat(513) } }],
    ['claims', { claim: undefined, claims: [] }],
    ['claims', { claim: undefined, claims: 'member' }],
    ['claims', { claim: undefined, claims: Array.from({ length: 33 }, () => 'a') }],
    ['claims[0].name', { claim: undefined, claims: [{ values: [1] }] }],
    ['claims[1].values', { claim: undefined, claims: ['a', { name: 'b', values: [] }] }],
    ['claims[0].values', { claim: undefined, claims: [{ name: 'a', values: 'abc' }] }],
    ['claims[0].values[0]', { claim: undefined, claims: [{ name: 'a', values: [[]] }] }],
    ['claims', { claim: undefined, claims: [{ name: 'a', age_at_least: 21, gte: 1 }] }],
    ['claims', { claim: undefined, claims: [{ name: 'a', gte: 2, lte: 1 }] }],
    ['claims', { claim: undefined, claims: [{ name: 'a', age_at_least: -1 }] }],
    ['claims', { claim: undefined, claims: [{ name: 'a', age_at_least: 21, as_of: '2026-02-30' }] }],
    ['audience', { audience: '' }],
    ['nonce', { nonce: '' }],
    ['nonce', { nonce: 'MDEyMzQ1Njc4OWFiY2Rl' }],
    ['nonce', { nonce: `${NONCE}==` }],
    ['nonce', { nonce: 'A'.repeat(513) }],
    ['types', { types: [] }],
    ['types[0]', { types: [1] }],
    ['issuers', { issuers: 'https://issuer.example' }],
    ['status', { status: 'skip' }],
    ['now', { now: '2020-01-01' }],
  ])('is refused for %s where it has %j', (field, changes) => {
    expect(problemOf(request(changes))).toEqual(['bad_request', field]);
  });

  test.each<Json>([null, [], 'a', 7, true])('that is %j is refused', (json) => {
    expect(problemOf(json)).toEqual(['bad_request', 'request']);
  });

  test('that reaches for a prototype is refused', () => {
    expect(problemOf(JSON.parse('{"__proto__":{"nonce":"x"}}') as Json)[0]).toBe('bad_request');
  });

  test('is either taken or refused for what it is, whatever it is', () => {
    const members = fc.constantFrom('proof', 'claim', 'claims', 'audience', 'nonce', 'types', 'issuers', 'x');
    const value = fc.oneof(
      fc.jsonValue(),
      fc.array(fc.record({ name: fc.string(), gte: fc.double(), values: fc.jsonValue() })),
    );
    fc.assert(
      fc.property(fc.dictionary(members, value), (changes) => {
        try {
          expect(readVerifyRequest(request(changes)).terms.length).toBeGreaterThan(0);
        } catch (error) {
          expect(['bad_request', 'unsupported']).toContain(SignetError.from(error).reason);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

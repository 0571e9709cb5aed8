import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../../lib/core/index.ts';
import { parseSdJwt } from '../../../../lib/credentials/index.ts';
import { issueBatch, linkableBy } from '../../../../lib/credentials/issuing/index.ts';
import type { TestDisclosure } from '../../../fixtures/credentials/test-issuer.ts';
import { disclose, encode } from '../../../fixtures/credentials/test-issuer.ts';
import { CONTEXT, LICENCE, adaWithout, holders } from './licences.ts';

/** A copy as some issuer makes it: what it says in clear, and disclosures. */
const copy = (payload: JsonObject, ...disclosures: readonly TestDisclosure[]) => {
  const digests = disclosures.map(({ digest }) => digest);
  const jwt = [
    { alg: 'ES256', typ: 'dc+sd-jwt' },
    { ...payload, ...(digests.length > 0 && { _sd: digests }) },
  ];
  return parseSdJwt(`${[`${jwt.map(encode).join('.')}.AA`, ...disclosures.map(({ encoded }) => encoded)].join('~')}~`);
};

const DAY = 86_400;
const cnf = (x: string): JsonObject => ({ cnf: { jwk: { kty: 'OKP', crv: 'Ed25519', x } } });
const point = (value: string): Json => ({ scheme: 'pedersen-ristretto255', kind: 'date', bits: 16, value });
const status = (idx: number): JsonObject => ({ status: { status_list: { idx, uri: 'https://issuer.example/1' } } });

describe('copies', () => {
  test('of our own issuer cannot be put together, but for what it always says', async () => {
    const fields = LICENCE.fields.filter(({ disclosure }) => disclosure !== 'always');
    const copies = holders(6).map((holder, idx) => ({ holder, status: { idx, uri: 'https://issuer.example/1' } }));
    const batch = await issueBatch(
      { ...LICENCE, fields },
      adaWithout('issuing_country'),
      { ...CONTEXT, decoys: 3 },
      copies,
    );
    expect(linkableBy(batch.credentials.map(parseSdJwt))).toEqual([]);
  });

  test('that differ in nothing but what is their own are not linkable', async () => {
    const times = { iat: DAY, nbf: DAY, exp: 9 * DAY };
    const one = async (n: number) =>
      copy({ ...times, ...cnf(`key ${n}`), ...status(n), is_student: true }, await disclose('n', point(`point ${n}`)));
    expect(linkableBy([await one(1), await one(2), await one(3)])).toEqual([]);
  });

  test.each<[string, JsonObject, JsonObject]>([
    ['cnf', cnf('key'), cnf('key')],
    ['status', status(7), status(7)],
    ['iat', { iat: DAY }, { iat: 2 * DAY }],
    ['exp', { exp: DAY + 1 }, { exp: DAY + 1 }],
    ['nbf', { nbf: DAY }, {}],
    ['given_name', { given_name: 'Ada' }, { given_name: 'Ada' }],
    ['address', { address: { locality: 'Port' } }, { address: { locality: 'Port' } }],
    ['sub', { sub: 'person 5' }, { sub: 'person 5' }],
    ['height_commitment', { height_commitment: point('a') }, { height_commitment: point('a') }],
  ])('are linkable by %s', (name, first, second) => {
    expect(linkableBy([copy(first), copy(second)])).toEqual([name]);
  });

  test('are linkable by a commitment that two of many have in common, shown or not', async () => {
    const points = ['a', 'b', 'c', 'a', 'd'];
    const copies = await Promise.all(
      points.map(async (value) => copy({}, await disclose('birth_date_commitment', point(value)))),
    );
    expect(linkableBy(copies)).toEqual(['birth_date_commitment']);
  });

  test('are linkable by a salt that was used twice: the digests are there, whatever is shown', async () => {
    const [name, age] = [await disclose('given_name', 'Ada'), await disclose('age_over_21', true)];
    const copies = [copy({}, name, age), copy({}, name, await disclose('age_over_21', true))];
    expect(linkableBy(copies)).toEqual(['given_name']);
  });

  test('are linkable by a decoy that stands in two', () => {
    const decoy = 'wJ2bqCAEeQAXJHFyZ5nKmPzrIXZsgQ6vJfyCzhVAO0s';
    expect(linkableBy([copy({ _sd: [decoy] }), copy({ _sd: [decoy] })])).toEqual(['_sd']);
  });

  test('are linkable by what is hidden deeper', async () => {
    const street = await disclose('street', 'Harbour Lane');
    const address = () => disclose('address', { _sd: [street.digest] });
    const one = async () => {
      const outer = await address();
      const payload = { _sd: [outer.digest] };
      const jwt = [{ alg: 'ES256' }, payload].map(encode).join('.');
      return parseSdJwt(`${jwt}.AA~${outer.encoded}~${street.encoded}~`);
    };
    expect(linkableBy([await one(), await one()])).toEqual(['address']);
  });

  test('that say who issued them, or a yes or no, in clear are not linkable by that', () => {
    const said = { issuing_country: 'EX', issuing_authority: 'State of Example', is_resident: true };
    expect(linkableBy([copy(said), copy(said)])).toEqual([]);
  });

  test('are named by everything, sorted and once', () => {
    const one = copy({ iat: 5, exp: 7, given_name: 'Ada', ...cnf('key') });
    expect(linkableBy([one, one, one])).toEqual(['cnf', 'exp', 'given_name', 'iat']);
  });

  test('that are none or alone are linkable by what they always say alone', () => {
    expect(linkableBy([])).toEqual([]);
    expect(linkableBy([copy({ iat: DAY, ...cnf('key'), ...status(1) })])).toEqual([]);
    expect(linkableBy([copy({ given_name: 'Ada' })])).toEqual(['given_name']);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../lib/core/index.ts';
import { fromBase64url, parseDate, isAtLeast } from '../../../../lib/core/index.ts';
import { isSignedBy, parseSdJwt, readCredentialFacts } from '../../../../lib/credentials/index.ts';
import type { CredentialSchema } from '../../../../lib/credentials/issuing/index.ts';
import { ageOver, issueBatch, issueSdJwtVc } from '../../../../lib/credentials/issuing/index.ts';
import {
  ADA,
  CONTEXT,
  ISSUER,
  LICENCE,
  adaWithout,
  clearPart,
  holder,
  holders,
  isOpened,
  issuerJwk,
} from './licences.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 12);

const issue = (values: JsonObject = ADA, schema: CredentialSchema = LICENCE, changes: object = {}) =>
  issueSdJwtVc(schema, values, { ...CONTEXT, ...changes }, { holder: holder() });
const claimsOf = async (...args: Parameters<typeof issue>) => parseSdJwt((await issue(...args)).credential).claims;
const refused = (field: string): unknown => expect.objectContaining({ reason: 'bad_request', field });

const MACHINERY = ['iss', 'iat', 'nbf', 'exp', 'cnf', 'vct'];

describe('an issued credential', () => {
  test('says what the schema says, and no more', async () => {
    const claims = await claimsOf();
    expect(claims).toMatchObject({
      ...{ issuing_country: 'EX', given_name: 'Ada', middle_name: 'Maria' },
      ...{ age_over_18: true, age_over_21: true, age_over_65: false, is_experienced: true, is_beginner: false },
      birth_date_commitment: { scheme: 'pedersen-ristretto255', kind: 'date', bits: 16 },
      points_commitment: { scheme: 'pedersen-ristretto255', kind: 'integer', bits: 32 },
    });
    const said = LICENCE.fields.filter(({ disclosure }) => disclosure !== 'never').map(({ name }) => name);
    expect(Object.keys(claims).sort()).toEqual([...said, ...MACHINERY].sort());
  });

  test('never holds a field that is never disclosed, not even hidden', async () => {
    const { credential } = await issue();
    const opened = credential
      .split(/[.~]/)
      .filter((part) => part !== '')
      .map((part) => new TextDecoder('latin1').decode(fromBase64url(part)));
    expect(opened.join(' ')).not.toMatch(/1990-05-17|"birth_date"|"points"|32[0-9]{3}\b|\b120\b/);
    expect(opened.join(' ')).toContain('"given_name"'); // the search finds what is there
  });

  test('shows in clear what is always disclosed, and nothing else of the person', async () => {
    const clear = clearPart((await issue()).credential);
    expect(Object.keys(clear).sort()).toEqual(
      [...MACHINERY, '_sd', '_sd_alg', 'is_beginner', 'issuing_country'].sort(),
    );
  });

  test('is a dc+sd-jwt of its issuer, signed, for its holder, in whole days', async () => {
    const own = holder();
    const { credential } = await issueSdJwtVc(LICENCE, ADA, CONTEXT, { holder: { ...own, kid: 'phone of Ada' } });
    const sdJwt = parseSdJwt(credential);
    expect(sdJwt.issuerJwt.header).toEqual({ alg: 'EdDSA', kid: 'key-1', typ: 'dc+sd-jwt' });
    expect(await isSignedBy(sdJwt.issuerJwt, [issuerJwk])).toBe(true);
    const today = Date.UTC(2026, 10, 28) / 1000;
    expect(readCredentialFacts(sdJwt)).toEqual({
      issuer: ISSUER,
      vct: LICENCE.type,
      issuedAt: today,
      notBefore: today,
      expiresAt: today + 90 * 86_400,
      holder: own,
      hasStatus: false,
    });
  });

  test('has its place on a status list, where it has one', async () => {
    const status = { idx: 412, uri: `${ISSUER}/status/1` };
    const { credential } = await issueSdJwtVc(LICENCE, ADA, CONTEXT, { holder: holder(), status });
    expect(clearPart(credential)['status']).toEqual({ status_list: status });
  });

  test('salts each claim with 128 bits that are its own', async () => {
    const salts = parseSdJwt((await issue()).credential).disclosures.map(({ salt }) => salt);
    expect(new Set(salts).size).toBe(8);
    for (const salt of salts) expect(fromBase64url(salt)).toHaveLength(16);
  });

  test('sorts its digests, so that they tell nothing of what they hide', async () => {
    const digests = clearPart((await issue()).credential)['_sd'] as readonly string[];
    expect(digests).toEqual([...digests].sort());
  });

  test('has as many digests with an optional field as without', async () => {
    const without = adaWithout('middle_name');
    const counts = [ADA, without].map(async (values) => clearPart((await issue(values)).credential)['_sd']);
    const [a, b] = (await Promise.all(counts)) as unknown as readonly (readonly string[])[];
    expect(a?.length).toBe(b?.length);
    expect(await claimsOf(without)).not.toHaveProperty('middle_name');
  });

  test('has decoys where they are asked for', async () => {
    const { credential } = await issue(ADA, LICENCE, { decoys: 5 });
    expect(clearPart(credential)['_sd']).toHaveLength(8 + 5);
    expect(parseSdJwt(credential).disclosures).toHaveLength(8);
  });

  test('may have nothing to hide', async () => {
    const fields = [{ kind: 'raw', name: 'licence_class', disclosure: 'always' } as const];
    const { credential } = await issue({ licence_class: 'B' }, { ...LICENCE, fields });
    expect(clearPart(credential)).not.toHaveProperty('_sd');
    expect(parseSdJwt(credential).claims).toMatchObject({ licence_class: 'B' });
  });

  test('holds objects and lists whole', async () => {
    const fields = [{ kind: 'raw', name: 'address', disclosure: 'selectable' } as const];
    const address = { locality: 'Port Example', lines: ['12 Harbour Lane', { floor: 2 }] };
    expect(await claimsOf({ address }, { ...LICENCE, fields })).toMatchObject({ address });
  });

  test('says an age as of the day of issue in UTC, whatever the hour', async () => {
    const schema = { ...LICENCE, fields: [raw('birth_date', 'never'), ageOver(21, 'birth_date')] };
    const over = async (birth_date: string, now: number) =>
      (await claimsOf({ birth_date }, schema, { now }))['age_over_21'];
    const midnight = Date.UTC(2026, 5, 15);
    expect(await over('2005-06-15', midnight - 1)).toBe(false);
    expect(await over('2005-06-15', midnight)).toBe(true);
    expect(await over('2004-02-29', Date.UTC(2025, 1, 28, 23))).toBe(false);
    expect(await over('2004-02-29', Date.UTC(2025, 2, 1))).toBe(true);
  });

  test('is true of any birth date as the calendar is', async () => {
    const schema = {
      ...LICENCE,
      fields: [raw('birth_date', 'never'), ageOver(18, 'birth_date'), ageOver(65, 'birth_date')],
    };
    const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2026-11-28'), noInvalidDate: true });
    await fc.assert(
      fc.asyncProperty(day, async (date) => {
        const birth_date = date.toISOString().slice(0, 10);
        const asOf = { year: 2026, month: 11, day: 28 };
        expect(await claimsOf({ birth_date }, schema)).toMatchObject({
          age_over_18: isAtLeast(parseDate(birth_date), 18, asOf),
          age_over_65: isAtLeast(parseDate(birth_date), 65, asOf),
        });
      }),
      { numRuns: RUNS },
    );
  });

  test('tells one value among several as a yes or no', async () => {
    const test = { one_of: ['EX', 'SA'] };
    const fields = [raw('country', 'never'), { ...DERIVED, name: 'is_resident', from: 'country', test }];
    expect(await claimsOf({ country: 'SA' }, { ...LICENCE, fields })).toMatchObject({ is_resident: true });
    expect(await claimsOf({ country: 'XX' }, { ...LICENCE, fields })).toMatchObject({ is_resident: false });
  });
});

describe('a committed number', () => {
  test('opens with what comes beside the credential, and is not in it', async () => {
    const { credential, openings } = await issue();
    const { claims } = parseSdJwt(credential);
    expect(Object.keys(openings).sort()).toEqual(['birth_date_commitment', 'points_commitment']);
    expect(openings['birth_date_commitment']?.value).toBe('33008');
    expect(openings['points_commitment']?.value).toBe('120');
    for (const name of Object.keys(openings)) expect(isOpened(claims[name], openings[name])).toBe(true);
    expect(isOpened(claims['birth_date_commitment'], openings['points_commitment'])).toBe(false);
  });

  test.each([
    ['points', 2 ** 32],
    ['points', -1],
    ['points', 1.5],
    ['points', '120'],
    ['birth_date', '1899-12-31'],
    ['birth_date', '2079-06-07'],
    ['birth_date', '1990-02-30'],
    ['birth_date', 19_900_517],
  ])('is no %s of %o', async (name, value) => {
    await expect(issue({ ...ADA, [name]: value })).rejects.toEqual(refused(name));
  });

  test('is missing where its optional field is', async () => {
    const fields = [
      raw('given_name', 'selectable'),
      { ...raw('points', 'never'), optional: true } as const,
      ...LICENCE.fields.filter(({ name }) => name === 'points_commitment'),
    ];
    const { credential, openings } = await issue({ given_name: 'Ada' }, { ...LICENCE, fields });
    expect(openings).toEqual({});
    expect(clearPart(credential)['_sd']).toHaveLength(2);
  });
});

describe('a batch', () => {
  test('has a credential for each key, in their order, each with its own openings', async () => {
    const keys = holders(4);
    const batch = await issueBatch(
      LICENCE,
      ADA,
      CONTEXT,
      keys.map((holder) => ({ holder })),
    );
    const read = batch.credentials.map(parseSdJwt);
    expect(read.map((copy) => readCredentialFacts(copy).holder)).toEqual(keys);
    expect(batch.openings).toHaveLength(4);
    for (const [index, { claims }] of read.entries()) {
      const openings = batch.openings[index] ?? {};
      expect(isOpened(claims['birth_date_commitment'], openings['birth_date_commitment'])).toBe(true);
    }
    expect(isOpened(read[0]?.claims['birth_date_commitment'], batch.openings[1]?.['birth_date_commitment'])).toBe(
      false,
    );
  });

  test('repeats no salt, digest, blinding or commitment', async () => {
    const batch = await issueBatch(
      LICENCE,
      ADA,
      CONTEXT,
      holders(5).map((holder) => ({ holder })),
    );
    const read = batch.credentials.map(parseSdJwt);
    const all = [
      ...read.flatMap(({ disclosures }) => disclosures.map(({ salt }) => salt)),
      ...read.flatMap(({ issuerJwt }) => issuerJwt.payload['_sd'] as readonly string[]),
      ...read.map(({ claims }) => (claims['birth_date_commitment'] as JsonObject)['value']),
      ...batch.openings.flatMap((one) => Object.values(one).map(({ blinding }) => blinding)),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('is refused where two copies are for one key, or have one status entry', async () => {
    const [a, b] = [holder(), holder()];
    const batch = (copies: Parameters<typeof issueBatch>[3]) => issueBatch(LICENCE, ADA, CONTEXT, copies);
    await expect(batch([{ holder: a }, { holder: { ...a, kid: 'again' } }])).rejects.toEqual(refused('holder'));
    const status = { idx: 1, uri: `${ISSUER}/status/1` };
    await expect(batch([a, b].map((one) => ({ holder: one, status })))).rejects.toEqual(refused('status'));
    await expect(
      batch([
        { holder: a, status },
        { holder: b, status: { ...status, idx: 2 } },
      ]),
    ).resolves.toBeDefined();
  });
});

describe('values that do not fit are refused:', () => {
  test('one that is missing', async () => {
    await expect(issue(adaWithout('given_name'))).rejects.toEqual(refused('given_name'));
  });

  test.each(['nickname', 'age_over_21', 'birth_date_commitment', 'iss', 'cnf'])(
    '%s, which is no raw field',
    async (name) => {
      await expect(issue({ ...ADA, [name]: 'x' })).rejects.toEqual(refused(name));
    },
  );

  test.each([
    ['digests of its own', { _sd: ['x'] }],
    ['an element’s digest', [{ '...': 'x' }]],
    ['them further down', { a: [{ b: { _sd: [] } }] }],
    ['a prototype', JSON.parse('{"__proto__": 1}') as JsonObject],
  ])('one that holds %s', async (_, value) => {
    await expect(issue({ ...ADA, given_name: value })).rejects.toEqual(refused('given_name'));
  });

  test('one that is no JSON', async () => {
    for (const value of [Number.NaN, '\ud800', 1n as unknown as number]) {
      await expect(issue({ ...ADA, given_name: value })).rejects.toMatchObject({ reason: 'bad_request' });
    }
  });

  test('one that is nested without end', async () => {
    const deep = Array.from({ length: 60 }).reduce<JsonObject>((inner) => ({ inner }), {});
    await expect(issue({ ...ADA, given_name: deep })).rejects.toEqual(refused('given_name'));
  });
});

test.each([
  [{ validDays: 0 }, 'validDays'],
  [{ validDays: 1.5 }, 'validDays'],
  [{ now: Number.NaN }, 'now'],
  [{ issuer: '' }, 'issuer'],
  [{ decoys: -1 }, 'decoys'],
  [{ decoys: 1e6 }, 'decoys'],
])('an issuer cannot say %o', async (changes, field) => {
  await expect(issue(ADA, LICENCE, changes)).rejects.toEqual(refused(field));
});

function raw(name: string, disclosure: 'selectable' | 'never') {
  return { kind: 'raw', name, disclosure } as const;
}

const DERIVED = { kind: 'derived', disclosure: 'selectable' } as const;

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/core/index.ts';
import {
  answersTo,
  areNested,
  claimLabel,
  claimTermOf,
  claimTermOfDcql,
  claimTier,
  commitmentFor,
  inventoryClaims,
  isAccepted,
  needsRange,
  outlineClaims,
  parseSdJwt,
  revealedBy,
  rowsFor,
  selectPaths,
  valueAt,
  valueCompartment,
  valueTier,
} from '../../../lib/credentials/index.ts';
import { disclose, encode } from '../../fixtures/credentials/test-issuer.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 200);

const CLAIMS = {
  name: 'Ada',
  address: { street: 'A' },
  degrees: [{ type: 'BSc' }, { type: 'MSc', year: 1 }, {}],
  mixed: [{ type: 'BSc' }, 7],
};

describe('claims path pointers', () => {
  it.each<[(string | number | null)[], unknown[]]>([
    [['name'], ['Ada']],
    [['address', 'street'], ['A']],
    [['degrees', 1, 'type'], ['MSc']],
    [
      ['degrees', null, 'type'],
      ['BSc', 'MSc'],
    ],
    [
      ['degrees', null],
      [{ type: 'BSc' }, { type: 'MSc', year: 1 }, {}],
    ],
    [['mixed', 0, 'type'], ['BSc']],
    [['mixed', null, 'type'], []],
    [['mixed', null, 'type', 'x'], []],
    [['none'], []],
    [['degrees', 3], []],
    [['degrees', 'type'], []],
    [['degrees', -1], []],
    [['address', 0], []],
    [['address', null], []],
    [['name', 0], []],
    [['toString'], []],
    [['__proto__'], []],
    [['degrees', 'length'], []],
  ])('%j selects %j', (pointer, values) => {
    expect(selectPaths(CLAIMS, pointer).map((path) => valueAt(CLAIMS, path))).toEqual(values);
  });

  it('select places whose value stands there, in any JSON', () => {
    const pointer = fc.array(fc.oneof(fc.string(), fc.nat(3), fc.constant(null)), { maxLength: 4 });
    fc.assert(
      fc.property(fc.jsonValue(), pointer, (claims, path) => {
        for (const place of selectPaths(claims as Json, path)) expect(valueAt(claims as Json, place)).toBeDefined(); // JSON by its arbitrary
      }),
      { numRuns: RUNS },
    );
  });

  it('are nested where one leads through the other', () => {
    expect(areNested(['a'], ['a', 0])).toBe(true);
    expect(areNested(['a', 0], ['a'])).toBe(true);
    expect(areNested(['a', 0], ['a', '0'])).toBe(false);
    expect(areNested(['a', 'b'], ['a', 'c'])).toBe(false);
  });
});

describe('the claim catalogue', () => {
  it.each<[(string | number)[], Json, 1 | 2 | 3, string]>([
    [['age_over_21'], true, 1, 'over 21'],
    [['age_over_18'], false, 1, 'over 18'],
    [['is_over_65'], true, 1, 'over 65'],
    [['age_equal_or_over', '21'], true, 1, '21 or over'],
    [['age_over_21'], '1990-01-01', 2, 'over 21'],
    [['age_equal_or_over', 'x'], true, 2, 'x or over'],
    [['birthdate'], '1990-01-01', 2, 'birth date'],
    [['family_name'], 'Byron', 2, 'family name'],
    [['address', 'street_address'], 'A', 2, 'address: street address'],
    [['something_new'], true, 2, 'something new'],
    [['iban'], 'GB', 3, 'bank account (IBAN)'],
    [['card_number'], '4', 3, 'card number'],
    [['cardNumber'], '4', 3, 'card number'],
    [['bloodType'], 'A', 3, 'blood type'],
    [['health', 'age_over_21'], true, 3, 'health: over 21'],
    [['vaccinations', 0], 'x', 3, 'vaccinations'],
    [['evil\u202ename'], 1, 2, 'evil name'],
  ])('%j with %j is tier %i', (path, value, tier, label) => {
    expect(claimTier(path, value)).toBe(tier);
    expect(claimLabel(path).replace(/^health: /, '')).toBe(label.replace(/^health: /, ''));
  });

  it.each<[readonly (string | number)[], Json, string | undefined]>([
    [['iban'], 'GB', 'payment'],
    [['bloodType'], 'A', 'health'],
    [['vaccinations', 0], 'x', 'health'],
    [['health', 'insurance_card'], 'x', 'health'],
    [['given_name'], 'Ada', undefined],
    [['age_over_21'], true, undefined],
    [['details'], { bank: { iban: 'GB' }, town: 'Port' }, 'payment'],
    [['details'], [{ card_number: '4' }, { allergy: 'x' }], 'health'],
    [['details'], { town: 'Port', _sd: ['iban'] }, undefined],
  ])('%j with %j lies in the compartment %s', (path, value, compartment) => {
    expect(valueCompartment(path, value)).toBe(compartment);
    expect(valueTier(path, value) === 3).toBe(compartment !== undefined);
  });

  it('gives an object the tier of its most private part', () => {
    expect(valueTier(['age_equal_or_over'], { '18': true, '21': false })).toBe(1);
    expect(valueTier(['age_equal_or_over'], { _sd: ['x'] })).toBe(1);
    expect(valueTier(['x'], { age_over_21: true, iban: 'GB' })).toBe(3);
    expect(valueTier(['address'], { _sd: ['x'] })).toBe(2);
  });
});

describe('the inventory of a credential', () => {
  const make = async () => {
    const street = await disclose('street', 'A');
    const address = await disclose('address', { country: 'GB', _sd: [street.digest] });
    const adult = await disclose('age_over_18', true);
    const payload = { iss: 'i', vct: 'v', exp: 1, cnf: {}, level: 'high', _sd: [address.digest, adult.digest].sort() };
    const jwt = `${encode({ alg: 'ES256' })}.${encode(payload)}.AAAA`;
    return inventoryClaims(parseSdJwt([jwt, street.encoded, address.encoded, adult.encoded, ''].join('~')));
  };

  it('names every value with the rows that show it, and knows only what is always sent or Tier 1', async () => {
    expect(await make()).toEqual([
      { path: ['address', 'country'], label: 'address: country', tier: 2, rows: [1] },
      { path: ['address', 'street'], label: 'address: street', tier: 2, rows: [0, 1] },
      { path: ['age_over_18'], label: 'over 18', tier: 1, rows: [2], value: true },
      { path: ['level'], label: 'level', tier: 2, rows: [], value: 'high' },
    ]);
  });

  it('is the same for every copy, however the issuer shuffled its digests', async () => {
    const shuffled = await Promise.all(Array.from({ length: 8 }, make));
    for (const claims of shuffled) expect(claims).toEqual(shuffled[0]);
  });

  it('chooses rows for a place with everything it lies in and everything in it', async () => {
    const claims = await make();
    expect(rowsFor(claims, [['age_over_18']])).toEqual([2]);
    expect(rowsFor(claims, [['address', 'country']])).toEqual([1]);
    expect(rowsFor(claims, [['address']])).toEqual([0, 1]);
    expect(rowsFor(claims, [['level'], ['none']])).toEqual([]);
  });

  it('says what chosen rows show, side effects included', async () => {
    const claims = await make();
    expect(revealedBy(claims, [1]).map(({ label }) => label)).toEqual(['address: country', 'level']);
    expect(revealedBy(claims, [0]).map(({ label }) => label)).toEqual(['level']);
  });

  it('outlines the claims without the values that are not known', async () => {
    expect(outlineClaims(await make())).toEqual({
      level: 'high',
      address: { country: null, street: null },
      age_over_18: true,
    });
  });
});

describe('a claim request', () => {
  it('for age_over_N means the claim of that name or age_equal_or_over, and true', () => {
    const term = claimTermOf('age_over_21');
    expect(term).toEqual({
      name: 'age_over_21',
      paths: [['age_over_21'], ['age_equal_or_over', '21']],
      values: [true],
      range: { paths: [['birth_date_commitment'], ['birthdate_commitment']], question: { age_at_least: 21 } },
    });
    expect(answersTo({ age_over_21: false, age_equal_or_over: { '21': true } }, term)).toEqual([
      ['age_equal_or_over', '21'],
    ]);
    expect(answersTo({ age_over_21: 'true' }, term)).toEqual([]);
  });

  it('takes any value unless it says which, and compares types', () => {
    expect(isAccepted(0, claimTermOf('n'))).toBe(true);
    expect(isAccepted(undefined, claimTermOf('n'))).toBe(false);
    expect(isAccepted('1', claimTermOf({ name: 'n', values: [1] }))).toBe(false);
    expect(isAccepted(1, claimTermOf({ name: 'n', values: [2, 1] }))).toBe(true);
  });

  it('of DCQL selects the elements whose value is accepted', () => {
    const term = claimTermOfDcql({ path: ['degrees', null, 'type'], values: ['MSc'] });
    expect(term.name).toBe('degrees.*.type');
    expect(answersTo(CLAIMS, term)).toEqual([['degrees', 1, 'type']]);
  });

  it('for an age that must not be reached is answered by no proof about a number', () => {
    expect(claimTermOf({ name: 'age_over_21', values: [false] })).not.toHaveProperty('range');
    expect(claimTermOf({ name: 'age_over_21', values: [true, false] })).not.toHaveProperty('range');
  });

  it.each([
    [{ name: 'income', gte: 1 }, ['income_commitment']],
    [{ name: 'birthdate', age_at_least: 21 }, ['birth_date_commitment']],
  ])('for the range %j is answered by what is proven of a commitment alone', (request, path) => {
    const term = claimTermOf(request);
    expect(needsRange(term)).toBe(true);
    expect(answersTo({ income: 7, birthdate: '2000-01-01' }, term)).toEqual([]);
    const claims = { [path[0] ?? '']: { scheme: 'pedersen-ristretto255', value: 'x' } };
    expect(commitmentFor(claims, term)).toEqual(path);
    expect(commitmentFor({ [path[0] ?? '']: 'x' }, term)).toBeUndefined();
  });

  it.each([
    { name: 'a', gte: -1 },
    { name: 'a', gte: 0.5 },
    { name: 'a', gte: 2, lte: 1 },
    { name: 'a', gte: 1, as_of: '2026-01-01' },
    { name: 'a', age_at_least: 200 },
    { name: 'a', age_at_least: 21, as_of: '2026-02-30' },
    { name: 'a', age_at_least: 21, gte: 1 },
    { name: 'a', age_at_least: 21, values: [true] },
    { name: '', gte: 1 },
  ])('for the range %j is refused', (request) => {
    expect(() => claimTermOf(request)).toThrow(expect.objectContaining({ reason: 'bad_request', field: 'claims' }));
  });

  it.each(['', { name: '' }, { name: 'a', values: [] }])('%j is refused', (request) => {
    expect(() => claimTermOf(request)).toThrow(expect.objectContaining({ reason: 'bad_request', field: 'claims' }));
  });
});

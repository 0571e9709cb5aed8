import { beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../../../lib/core/index.ts';
import { assertIssuable, readBbsCredential, verifyIssuedBbs } from '../../../../lib/credentials/bbs/index.ts';
import type { BbsCredential } from '../../../../lib/credentials/bbs/index.ts';
import type { Club } from '../../../fixtures/bbs/club.ts';
import { CLUB, ENDS, MEMBER, SUITES, openClub } from '../../../fixtures/bbs/club.ts';

describe.each(SUITES)('a credential issued with %s', (name) => {
  let [club, card]: [Club?, BbsCredential?] = [];
  const made = () => {
    if (club === undefined || card === undefined) throw new Error('nothing was issued');
    return { club, card };
  };

  beforeAll(async () => {
    club = await openClub(name);
    card = await club.card();
  });

  test('is what was said, ends with the week’s others, and is the issuer’s', async () => {
    const { club, card } = made();
    expect(card.header.expires).toBe(ENDS);
    expect(card.header.schema).toEqual(['member', 'tier', 'since_year']);
    expect(card.claims).toEqual(Object.fromEntries(MEMBER));
    expect(await verifyIssuedBbs(card, club.key)).toBe(true);
  });

  test.each<[string, (card: BbsCredential) => Partial<BbsCredential>]>([
    ['another value', ({ claims }) => ({ claims: { ...claims, tier: 'silver' } })],
    ['a value of another type', ({ claims }) => ({ claims: { ...claims, since_year: '2019' } })],
    ['another type', ({ header }) => ({ header: { ...header, type: 'https://club.example/other' } })],
    ['another end', ({ header }) => ({ header: { ...header, expires: header.expires + 604_800 } })],
    ['another order', ({ header }) => ({ header: { ...header, schema: header.schema.toReversed() } })],
    ['an altered signature', ({ signature }) => ({ signature: signature.with(70, 1 ^ (signature[70] ?? 0)) })],
  ])('with %s is not', async (_, change) => {
    const { club, card } = made();
    expect(await verifyIssuedBbs({ ...card, ...change(card) }, club.key)).toBe(false);
  });

  test('is not another issuer’s, nor of the other suite', async () => {
    const { club, card } = made();
    const other = await openClub(name, 8);
    expect(await verifyIssuedBbs(card, other.key)).toBe(false);
    expect(await verifyIssuedBbs(card, { ...club.key, alg: name === 'bbs' ? 'BBS+2020' : 'BBS' })).toBe(false);
  });
});

describe('an issuer', () => {
  test.each<[string, Json]>([
    ['member', true],
    ['tier', 'gold'],
    ['since_year', 2019],
    ['club', { branch: 'north', perks: ['sauna', 'pool'] }],
    ['points', 12],
  ])('can give out %s', (name, value) => {
    expect(() => {
      assertIssuable(name, value);
    }).not.toThrow();
  });

  test.each<[string, Json]>([
    ['age_over_18', true],
    ['isOver21', true],
    ['under_18', false],
    ['age', 30],
    ['age_in_years', 30],
    ['age_equal_or_over', { 18: true }],
    ['birth_date', '1990-01-01'],
    ['dob', '1990-01-01'],
    ['dateOfBirth', '1990-01-01'],
    ['birth_date_commitment', {}],
    ['given_name', 'Ada'],
    ['full_name', 'Ada Lovelace'],
    ['familyName', 'Lovelace'],
    ['email', 'ada@example.org'],
    ['email_verified', true],
    ['is_student', true],
    ['nationality', 'GB'],
    ['address', 'x'],
    ['sub', 'x'],
    ['member_id', 'x'],
    ['membership_number', 'x'],
    ['passport_number', 'x'],
    ['portrait', 'x'],
    ['card_pan', 'x'],
    ['blood_group', 'A'],
    ['holder', { given_name: 'Ada' }],
    ['holders', [{ contact: { email: 'ada@example.org' } }]],
  ])('cannot give out %s: nobody is bound to it', (name, value) => {
    expect(() => {
      assertIssuable(name, value);
    }).toThrow('bound to its holder');
  });

  test('is refused such a claim before anything is signed', async () => {
    const club = await openClub('bbs');
    await expect(club.issue([...MEMBER, ['age_over_18', true]])).rejects.toMatchObject({ field: 'claims' });
  });

  test('is refused what its readers would refuse', async () => {
    const club = await openClub('bbs');
    await expect(club.issue([...MEMBER, ['tier', 'silver']])).rejects.toMatchObject({ field: 'schema' });
    await expect(club.issue([['__proto__', 1]])).rejects.toMatchObject({ field: 'schema' });
    await expect(club.issue([])).rejects.toMatchObject({ field: 'schema' });
    await expect(club.issue([['tier', 'x'.repeat(40_000)]])).rejects.toMatchObject({ field: 'credential' });
  });

  test('gives out text that the wallet reads', async () => {
    const club = await openClub('bbs');
    expect(readBbsCredential(await club.issue()).header.issuer).toBe(CLUB);
  });
});

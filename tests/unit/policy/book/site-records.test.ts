import { beforeEach, describe, expect, test } from 'vitest';
import type { Disclosure } from '../../../../lib/policy/index.ts';
import {
  BOUND_MEMORY,
  adoptLog,
  isLogAdopted,
  listSites,
  noteDisclosure,
  noteTold,
  siteOf,
  stateFor,
  toldTo,
} from '../../../../lib/policy/index.ts';
import type { OpenVault } from '../../../../lib/vault/index.ts';
import { putRecord } from '../../../fixtures/vault/machine.ts';
import { BAR, DAY, NOW, SHOP, contentOf, emptyVault, inOne, newBook } from './book-vault.ts';

const HOUR = 3_600_000;

let vault: OpenVault;

beforeEach(() => {
  vault = emptyVault();
});

const over = (age: number) => ({ claim: `age_over_${age}`, label: `over ${age}`, format: 'dc+sd-jwt' });
const tell = (at: number, changes: Partial<Disclosure> = {}): Promise<void> =>
  inOne(vault, (tx) => noteDisclosure(tx, { subject: SHOP, claims: [over(21)], told: [], at, ...changes }));

const boundAt = async (
  now: number,
  claim: string,
  { subject = SHOP, operator = subject }: { readonly subject?: string; readonly operator?: string } = {},
) => {
  const { compiled: policy } = await newBook().current(vault);
  return (await stateFor(vault, { policy, subject, operator, claim, now })).bound;
};

describe('what a site knows', () => {
  test('is counted by claim and format, with its last time', async () => {
    await tell(NOW);
    await tell(NOW + 1);
    await tell(NOW + 2, {
      claims: [
        { ...over(21), format: 'bbs' },
        { claim: 'email', label: 'e-mail', format: 'bbs' },
      ],
    });
    expect(await siteOf(vault, SHOP)).toEqual({
      subject: SHOP,
      operator: SHOP,
      firstAt: NOW,
      lastAt: NOW + 2,
      learned: [
        { ...over(21), times: 2, lastAt: NOW + 1 },
        { ...over(21), format: 'bbs', times: 1, lastAt: NOW + 2 },
        { claim: 'email', label: 'e-mail', format: 'bbs', times: 1, lastAt: NOW + 2 },
      ],
      told: [],
    });
  });

  test('is listed by first time, site by site, however long their names are', async () => {
    const long = `https://${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.example:12345`;
    const subjects = [SHOP, long, BAR, ...Array.from({ length: 120 }, (_, n) => `https://site-${n}.example`)];
    for (const subject of subjects) await tell(NOW, { subject });
    await tell(NOW, { subject: BAR });
    expect((await listSites(vault)).map(({ subject }) => subject)).toEqual(subjects);
    expect(await siteOf(vault, 'https://other.example')).toBeUndefined();
  });

  test('is bounded: the oldest of very many claims goes', async () => {
    const claims = Array.from({ length: 300 }, (_, n) => ({ claim: `claim_${n}`, label: '', format: 'bbs' }));
    await tell(NOW, { claims });
    expect((await siteOf(vault, SHOP))?.learned.map(({ claim }) => claim)).toEqual(
      claims.slice(-256).map(({ claim }) => claim),
    );
  });

  test('is damaged where it is of another shape', async () => {
    await tell(NOW);
    const [key] = [...(await contentOf(vault)).keys()].filter((name) => name.startsWith('sys/site/'));
    const label = (key ?? '').replace(/ 0$/, '') as `sys/${string}`;
    await putRecord(vault, { label, index: 0 }, new TextEncoder().encode('{"v":2}'));
    await expect(siteOf(vault, SHOP)).rejects.toMatchObject({ reason: 'vault_damaged' });
  });
});

describe('a bound that a site was told', () => {
  const told = [{ claim: 'age_over_21', answer: false }];

  test('stands against a second, different one for 180 days', async () => {
    await tell(NOW, { told });
    expect(await boundAt(NOW + 1, 'age_over_16')).toEqual({ claim: 'age', told: ['age_over_21'] });
    expect(await boundAt(NOW + 1, 'age_over_21')).toBeUndefined();
    expect(await boundAt(NOW + 1, 'email')).toBeUndefined();
    expect(await boundAt(NOW + BOUND_MEMORY - 1, 'age_over_16')).toBeDefined();
    expect(await boundAt(NOW + BOUND_MEMORY, 'age_over_16')).toBeUndefined();
  });

  test('stands against it again from the last time it was told', async () => {
    await tell(NOW, { told });
    await tell(NOW + 100 * DAY, { told });
    expect(await boundAt(NOW + 200 * DAY, 'age_over_16')).toBeDefined();
    expect(await toldTo(vault, SHOP)).toEqual([{ ...told[0], at: NOW + 100 * DAY }]);
  });

  test('is kept with the end of its hour, and changes nothing when it is told again within it', async () => {
    const note = (at: number): Promise<void> => inOne(vault, (tx) => noteTold(tx, SHOP, told, at));
    await note(NOW + 1);
    const written = await vault.stored({ limit: 100 });
    await note(NOW + HOUR);
    expect(await vault.stored({ limit: 100 })).toEqual(written);
    expect(await toldTo(vault, SHOP)).toEqual([{ ...told[0], at: NOW + HOUR }]);
    expect(await boundAt(NOW + BOUND_MEMORY + 1, 'age_over_16')).toBeDefined();
    await note(NOW + HOUR + 1);
    expect(await toldTo(vault, SHOP)).toEqual([{ ...told[0], at: NOW + 2 * HOUR }]);
  });

  test('is forgotten after 180 days', async () => {
    await tell(NOW, { told });
    await tell(NOW + BOUND_MEMORY, { told: [{ claim: 'age_over_65' }] });
    expect(await toldTo(vault, SHOP)).toEqual([{ claim: 'age_over_65', at: NOW + BOUND_MEMORY }]);
  });

  test('is known to all of an operator, and to nobody else', async () => {
    await tell(NOW, { told, operator: 'shop.example' });
    expect(await boundAt(NOW, 'age_over_16', { subject: BAR })).toBeUndefined();
    const other = { subject: 'https://a.shop.example', operator: 'shop.example' };
    expect(await boundAt(NOW, 'age_over_16', other)).toBeDefined();
    expect(await siteOf(vault, SHOP)).toMatchObject({ operator: 'shop.example', told: [{ claim: 'age_over_21' }] });
  });

  test('is nothing where the claim is about no bound', async () => {
    await tell(NOW, { told: [{ claim: 'email' }, { claim: 'is_student', answer: true }] });
    expect(await toldTo(vault, SHOP)).toEqual([]);
  });

  test('counts beside what is asked with it', async () => {
    const { compiled: policy } = await newBook().current(vault);
    const standing = { policy, subject: SHOP, claim: 'age_over_21', now: NOW };
    expect((await stateFor(vault, { ...standing, beside: ['age_over_18'] })).bound).toBeDefined();
    expect((await stateFor(vault, standing)).bound).toBeUndefined();
  });
});

describe('the log of before', () => {
  const entries = [
    { subject: BAR, time: NOW + 2, claims: ['given_name'] },
    { subject: SHOP, time: NOW + 1, claims: ['age_equal_or_over.21', 'email'] },
    { subject: SHOP, time: NOW, claims: ['age_over_21'] },
  ];

  test('is taken over once, in the order of its times', async () => {
    expect(await isLogAdopted(vault)).toBe(false);
    await inOne(vault, (tx) => adoptLog(tx, entries));
    expect(await isLogAdopted(vault)).toBe(true);
    expect((await listSites(vault)).map(({ subject }) => subject)).toEqual([SHOP, BAR]);
    expect(await siteOf(vault, SHOP)).toMatchObject({
      firstAt: NOW,
      lastAt: NOW + 1,
      learned: [
        { claim: 'age_over_21', format: 'dc+sd-jwt', times: 2, lastAt: NOW + 1 },
        { claim: 'email', times: 1, lastAt: NOW + 1 },
      ],
      told: [{ claim: 'age_over_21', at: NOW + HOUR }],
    });
    const before = await contentOf(vault);
    await inOne(vault, (tx) => adoptLog(tx, entries));
    expect(await contentOf(vault)).toEqual(before);
  });

  test('does not count twice what a site record has noted', async () => {
    await tell(NOW + 1, { told: [{ claim: 'age_over_21', answer: true }] });
    await inOne(vault, (tx) => adoptLog(tx, entries));
    expect(await siteOf(vault, SHOP)).toMatchObject({
      firstAt: NOW,
      learned: [{ claim: 'age_over_21', label: 'over 21', times: 2, lastAt: NOW + 1 }],
      told: [{ claim: 'age_over_21', answer: true, at: NOW + HOUR }],
    });
  });

  test('that is empty is taken over too', async () => {
    await inOne(vault, (tx) => adoptLog(tx, []));
    expect(await isLogAdopted(vault)).toBe(true);
    expect(await listSites(vault)).toEqual([]);
  });
});

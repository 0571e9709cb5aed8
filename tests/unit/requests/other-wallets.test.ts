import { expect, test } from 'vitest';
import type { Json, Origin } from '../../../lib/core/index.ts';
import { OtherWallets } from '../../../lib/requests/index.ts';
import { MemoryBackend, MemoryKeyValue } from '../../../lib/vault/index.ts';

const SHOP = 'https://shop.example' as Origin; // literals that are origins
const BANK = 'https://bank.example' as Origin;

const stores = () => ({ backend: new MemoryBackend(), local: new MemoryKeyValue() });
const stored = async ({ local }: ReturnType<typeof stores>) =>
  (await local.get('otherWallets')) as { readonly sites: readonly string[]; readonly off: boolean }; // what is written there

test('nobody’s calls are for another wallet, and nothing is stored, before the person says so', async () => {
  const kept = stores();
  const others = new OtherWallets(kept);
  expect(await others.serves(SHOP)).toBe(false);
  expect(await others.standing()).toEqual({ on: true, sites: 0 });
  expect(await kept.local.get('otherWallets')).toBeUndefined();
});

test('a site that was named goes to another wallet, and no other site does', async () => {
  const kept = stores();
  await new OtherWallets(kept).add(SHOP);
  const next = new OtherWallets(kept);
  expect([await next.serves(SHOP), await next.serves(BANK)]).toEqual([true, false]);
  expect(await next.standing()).toEqual({ on: true, sites: 1 });
});

test('a site that is named twice is one', async () => {
  const others = new OtherWallets(stores());
  await Promise.all([others.add(SHOP), others.add(SHOP), others.add(BANK)]);
  expect((await others.standing()).sites).toBe(2);
});

test('turned off, every site goes to another wallet; turned on, those that were named still do', async () => {
  const others = new OtherWallets(stores());
  await others.add(SHOP);
  await others.turn(false);
  expect(await others.serves(BANK)).toBe(true);
  await others.turn(true);
  expect([await others.serves(SHOP), await others.serves(BANK)]).toEqual([true, false]);
});

test('sites that are forgotten come to Signet again, and stay turned off where that was said', async () => {
  const others = new OtherWallets(stores());
  await others.add(SHOP);
  await others.turn(false);
  await others.forgetSites();
  expect(await others.standing()).toEqual({ on: false, sites: 0 });
});

test('what is stored names no site, and one site looks like none and like many', async () => {
  const kept = stores();
  const others = new OtherWallets(kept);
  await others.turn(true);
  expect((await stored(kept)).sites).toHaveLength(64);
  for (const origin of [SHOP, BANK]) await others.add(origin);
  const text = JSON.stringify(await stored(kept));
  expect((await stored(kept)).sites).toHaveLength(64);
  expect(text).not.toMatch(/shop|bank|example/);
  expect((await stored(kept)).sites.every((tag) => tag.length === 24)).toBe(true);
});

test('a list whose key went with its database is empty', async () => {
  const kept = stores();
  await new OtherWallets(kept).add(SHOP);
  const erased = new OtherWallets({ backend: new MemoryBackend(), local: kept.local });
  expect(await erased.serves(SHOP)).toBe(false);
  expect(await erased.standing()).toEqual({ on: true, sites: 0 });
  await erased.add(BANK);
  expect([await erased.serves(SHOP), await erased.serves(BANK)]).toEqual([false, true]);
});

test.for([null, 1, 'x', [], {}, { sites: 7, key: [] }, { off: 'yes', sites: [1, null] }] as Json[])(
  'an altered list (%j) is empty and off for nobody',
  async (altered) => {
    const kept = stores();
    await kept.local.set('otherWallets', altered);
    const others = new OtherWallets(kept);
    expect(await others.serves(SHOP)).toBe(false);
    await others.add(SHOP);
    expect(await others.serves(SHOP)).toBe(true);
  },
);

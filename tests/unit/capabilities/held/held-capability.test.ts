import { beforeEach, describe, expect, test } from 'vitest';
import type { HeldCapability } from '../../../../lib/capabilities/index.ts';
import {
  MAX_HELD,
  MAX_HELD_OF_ONE,
  dropSeed,
  findHeld,
  forgetHeld,
  keepHeld,
  listHeld,
  openBudget,
  openSeed,
  putHeld,
  readHeld,
  readSpentIndex,
} from '../../../../lib/capabilities/index.ts';
import { SecretBytes } from '../../../../lib/core/index.ts';
import { OpenVault } from '../../../../lib/vault/index.ts';
import { bareKeys, bareStores } from '../../../fixtures/vault/bare-vault.ts';

const SHOP = 'https://shop.example';
const NOW = Date.UTC(2026, 10, 28, 12);

let vault: OpenVault;

beforeEach(() => {
  vault = OpenVault.empty(bareStores(), bareKeys());
});

const heldOf = (jti: string, changes: Partial<HeldCapability> = {}): HeldCapability => ({
  ...{ v: 1, jti, audience: SHOP, kind: 'purchase', purpose: 'Wine', oneTime: true, bearer: true },
  ...{ lifetime: 60, releasedAt: NOW, expiresAt: NOW + 60_000, receipts: [] },
  ...changes,
});

const keep = (held: HeldCapability, now = NOW, seed?: SecretBytes) =>
  vault.transact((tx) => keepHeld(tx, held, seed, now));

/** So many tokens at once. */
const keepMany = (count: number, make: (n: number) => HeldCapability) =>
  vault.transact(async (tx) => {
    for (let n = 0; n < count; n++) await keepHeld(tx, make(n), undefined, NOW);
  });

const jtis = async () => (await listHeld(vault)).map(({ jti }) => jti);

describe('a token that is kept', () => {
  test('is found by its site, and by nobody else’s', async () => {
    await keep(heldOf('a'));
    expect(await readHeld(vault, SHOP, 'a')).toEqual(heldOf('a'));
    expect(await readHeld(vault, 'https://other.example', 'a')).toBeUndefined();
    expect(await readHeld(vault, SHOP, 'b')).toBeUndefined();
    await expect(findHeld(vault, 'b')).rejects.toMatchObject({ reason: 'not_found' });
    expect(await findHeld(vault, 'a')).toEqual(heldOf('a'));
  });

  test('is kept once, and changed by its owner alone', async () => {
    await keep(heldOf('a'));
    await expect(keep(heldOf('a', { kind: 'rent' }))).rejects.toMatchObject({ reason: 'changed' });
    await vault.transact((tx) => {
      putHeld(tx, heldOf('a', { revokedAt: NOW }));
      return Promise.resolve();
    });
    expect(await listHeld(vault)).toEqual([heldOf('a', { revokedAt: NOW })]);
  });

  test('has the seed of its budget beside it, until that is dropped', async () => {
    const bytes = new Uint8Array(32).fill(7);
    using seed = SecretBytes.take(bytes.slice());
    await keep(heldOf('a'), NOW, seed);
    using opened = await openSeed(vault, heldOf('a'));
    expect(opened?.expose()).toEqual(bytes);
    await vault.transact((tx) => dropSeed(tx, heldOf('a')));
    expect(await openSeed(vault, heldOf('a'))).toBeUndefined();
    expect(await jtis()).toEqual(['a']);
  });

  test('goes with its seed and its budget when it is forgotten', async () => {
    using seed = SecretBytes.take(new Uint8Array(32).fill(7));
    await keep(heldOf('a'), NOW, seed);
    await vault.transact((tx) => openBudget(tx, 'a', NOW));
    await vault.transact((tx) => forgetHeld(tx, heldOf('a')));
    expect(await jtis()).toEqual([]);
    expect(await openSeed(vault, heldOf('a'))).toBeUndefined();
    await expect(readSpentIndex(vault, 'a')).rejects.toMatchObject({ reason: 'not_found' });
  });
});

describe('where there is no room', () => {
  test('for one more of a site, its own that ended first goes', async () => {
    await keep(heldOf('of another', { audience: 'https://other.example', expiresAt: NOW }));
    await keepMany(MAX_HELD_OF_ONE, (n) => heldOf(`t${n}`, n === 3 || n === 5 ? { revokedAt: NOW } : {}));
    await keep(heldOf('new'));
    const kept = await jtis();
    expect(kept).toHaveLength(MAX_HELD_OF_ONE + 1);
    expect(kept).not.toContain('t3');
    expect(kept).toContain('t5');
    expect(kept).toContain('of another');
  });

  test('and all of a site may still be used, nothing goes and nothing is kept', async () => {
    await keepMany(MAX_HELD_OF_ONE, (n) => heldOf(`t${n}`));
    await expect(keep(heldOf('new'))).rejects.toMatchObject({ reason: 'too_many' });
    expect(await jtis()).toHaveLength(MAX_HELD_OF_ONE);
    await keep(heldOf('new'), NOW + 60_000); // their time is over
    expect(await jtis()).not.toContain('t0');
  });

  test('in all, the one that ended first goes, whoever it was of', async () => {
    const siteOf = (n: number): string => `https://shop${n % 8}.example`;
    await keepMany(MAX_HELD, (n) => heldOf(`t${n}`, { audience: siteOf(n), ...(n === 9 ? { returned: 1 } : {}) }));
    await keep(heldOf('new'));
    const kept = await jtis();
    expect(kept).toHaveLength(MAX_HELD);
    expect(kept).not.toContain('t9');
    await expect(keep(heldOf('newer'))).rejects.toMatchObject({ reason: 'too_many' });
  });
});

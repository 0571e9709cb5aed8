import { beforeEach, describe, expect, test } from 'vitest';
import type { HeldOffer } from '../../../../lib/capabilities/index.ts';
import {
  MAX_OFFERS,
  distrust,
  keepOffer,
  listHeldOffers,
  listTrusted,
  moveOffer,
  readHeldOffer,
  stands,
  trust,
  trustedAs,
} from '../../../../lib/capabilities/index.ts';
import { OpenVault } from '../../../../lib/vault/index.ts';
import { keyNumber } from '../../../fixtures/capabilities.ts';
import { bareKeys, bareStores } from '../../../fixtures/vault/bare-vault.ts';

const NOW = Date.UTC(2026, 10, 28, 12);
const BANK = 'https://bank.example';

let vault: OpenVault;

beforeEach(() => {
  vault = OpenVault.empty(bareStores(), bareKeys());
});

const offerOf = (jti: string, changes: Partial<HeldOffer> = {}): HeldOffer => ({
  ...{ v: 1, jti, hash: `hash of ${jti}`, authority: BANK, text: 'v4.public.…', state: 'accepted' },
  ...{ since: NOW, expiresAt: NOW + 60_000 },
  ...changes,
});

const keep = (offer: HeldOffer, now = NOW) => vault.transact((tx) => keepOffer(tx, offer, now));
const keepMany = (make: (n: number) => HeldOffer) =>
  vault.transact(async (tx) => {
    for (let n = 0; n < MAX_OFFERS; n++) await keepOffer(tx, make(n), NOW);
  });
const jtis = async () => (await listHeldOffers(vault)).map(({ jti }) => jti);

describe('an offer that was answered', () => {
  test('is answered once', async () => {
    await keep(offerOf('a'));
    await expect(keep(offerOf('a', { state: 'rejected' }))).rejects.toMatchObject({ reason: 'changed' });
    expect(await readHeldOffer(vault, 'a')).toEqual(offerOf('a'));
    expect(await readHeldOffer(vault, 'b')).toBeUndefined();
  });

  test.each(['rejected', 'expired', 'revoked'] as const)('and is %s stays so', async (state) => {
    await keep(offerOf('a', { state }));
    for (const event of ['accept', 'reject', 'expire', 'revoke'] as const) {
      const moved = await vault.transact((tx) =>
        Promise.resolve(moveOffer(tx, offerOf('a', { state }), { event, at: 1 })),
      );
      expect(moved).toBeUndefined();
    }
    expect(await readHeldOffer(vault, 'a')).toEqual(offerOf('a', { state }));
    expect(stands(offerOf('a', { state }), NOW)).toBe(false);
  });

  test('and accepted stands until it is taken back or its time is over', async () => {
    await keep(offerOf('a'));
    expect(stands(offerOf('a'), NOW + 59_999)).toBe(true);
    expect(stands(offerOf('a'), NOW + 60_000)).toBe(false);
    await vault.transact((tx) => Promise.resolve(moveOffer(tx, offerOf('a'), { event: 'revoke', at: NOW + 1 })));
    expect(await readHeldOffer(vault, 'a')).toEqual(offerOf('a', { state: 'revoked', since: NOW + 1 }));
  });

  test('goes for another once its time is over, or else once it was rejected', async () => {
    await keepMany((n) =>
      offerOf(`o${n}`, { ...(n === 2 ? { state: 'rejected' } : {}), ...(n === 4 ? { expiresAt: NOW } : {}) }),
    );
    await keep(offerOf('new'));
    expect(await jtis()).not.toContain('o4');
    await keep(offerOf('newer'));
    expect(await jtis()).not.toContain('o2');
    await expect(keep(offerOf('newest'))).rejects.toMatchObject({ reason: 'too_many' });
    expect(await jtis()).toHaveLength(MAX_OFFERS);
  });

  test('and was taken back is not forgotten while somebody could bring it again', async () => {
    await keepMany((n) => offerOf(`o${n}`, { state: 'revoked' }));
    await expect(keep(offerOf('new'))).rejects.toMatchObject({ reason: 'too_many' });
    await keep(offerOf('new'), NOW + 60_000);
    expect(await jtis()).toHaveLength(MAX_OFFERS);
  });
});

describe('the list of authorities', () => {
  const entry = (authority: string, key = 1) => ({ authority, keys: [keyNumber(key).publicKey], since: NOW });
  const add = (authority: string, key?: number) => vault.transact((tx) => trust(tx, entry(authority, key)));

  test('is empty at first, and holds each authority once', async () => {
    expect(await listTrusted(vault)).toEqual([]);
    await add(BANK);
    await add('https://work.example');
    await add(BANK, 2);
    expect(await listTrusted(vault)).toEqual([entry('https://work.example'), entry(BANK, 2)]);
    expect(await trustedAs(vault, `${BANK}.evil.example`)).toBeUndefined();
  });

  test('loses one that the person does not trust any more', async () => {
    await add(BANK);
    await vault.transact((tx) => distrust(tx, BANK));
    expect(await trustedAs(vault, BANK)).toBeUndefined();
    await expect(vault.transact((tx) => distrust(tx, BANK))).rejects.toMatchObject({ reason: 'not_found' });
  });

  test('is of a bounded length', async () => {
    for (let n = 0; n < 64; n++) await add(`https://bank${n}.example`);
    await expect(add(BANK)).rejects.toMatchObject({ reason: 'too_many' });
    await add('https://bank7.example', 3);
    expect(await listTrusted(vault)).toHaveLength(64);
  });
});

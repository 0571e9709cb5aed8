import { beforeEach, describe, expect, test } from 'vitest';
import { fromBase64, toBase64 } from '../../../lib/core/index.ts';
import type { OfferWaiting, ProofWaiting } from '../../../lib/messaging/contract.ts';
import type { OwnHandlers } from '../../../lib/messaging/own-router.ts';
import { PIECE_LENGTH, TRANSFER_LIFETIME, Transfers } from '../../../lib/vault/index.ts';
import { createOwnHandlers } from '../../../lib/wallet/index.ts';
import { createOfferingIssuer } from '../../fixtures/credentials/offering-issuer.ts';
import { ISSUER, NOW } from '../../fixtures/credentials/test-issuer.ts';
import type { TestWallet } from '../../fixtures/wallet.ts';
import { PASSWORD, createTestWallet } from '../../fixtures/wallet.ts';

const PASSPHRASE = 'seven grey herons at dawn';
const NONCE = 'AAAAAAAAAAAAAAAAAAAAAA';
const DAY = 86_400_000;
const NOTE = { label: 'Note', type: 'text', value: 'x', tier: 1 } as const;

let now = NOW;
let wallet: TestWallet;
let own: OwnHandlers;

const handlersOf = (some: TestWallet, fetchJson = some.services.fetchJson): OwnHandlers =>
  createOwnHandlers(() => Promise.resolve({ ...some.services, fetchJson }));

beforeEach(async () => {
  now = NOW;
  wallet = await createTestWallet({ clock: () => now });
  own = handlersOf(wallet);
  await own['wallet.create']({ password: PASSWORD, mark: { shape: 'star', colour: 'blue' } });
});

/** The pieces of a backup, as a page fetches them. */
async function fetchBackup(tier3 = false) {
  const { id, chunks, bytes, name } = await own['backup.make']({ passphrase: PASSPHRASE, tier3 });
  const pieces: string[] = [];
  for (let index = 0; index < chunks; index++) pieces.push((await own['backup.chunk']({ id, index })).data);
  return { id, bytes, name, pieces };
}

async function bringIn(to: OwnHandlers, { bytes, pieces }: { bytes: number; pieces: readonly string[] }) {
  const { id } = await to['restore.begin']({ bytes });
  for (const [index, data] of pieces.entries()) await to['restore.chunk']({ id, index, data });
  return id;
}

async function receiveCard(copies: number): Promise<void> {
  const issuer = await createOfferingIssuer({ age_over_21: true }, ['age_over_21'], copies);
  own = handlersOf(wallet, issuer.fetchJson);
  const { id: requestId } = await wallet.ask('offerCredential', issuer.offer, ISSUER);
  await own['requests.continueOffer']({ requestId });
  const [waiting] = (await own['requests.list']({})).waiting as readonly OfferWaiting[];
  if (waiting?.state.step !== 'review') throw new Error(JSON.stringify(waiting));
  await own['requests.acceptOffer']({ requestId, digest: waiting.state.digest });
}

async function plansAt(some: TestWallet, handlers: OwnHandlers) {
  const { id: requestId } = await some.ask('requestProof', { claims: ['age_over_21'], nonce: NONCE, purpose: 'Wine' });
  const [waiting] = (await handlers['requests.list']({})).waiting as readonly ProofWaiting[];
  if (waiting?.state.step !== 'ready') throw new Error(JSON.stringify(waiting));
  return { requestId, plans: waiting.state.plans };
}

describe('a backup of before a one-time use, put back after it,', () => {
  test('cannot use the copy again as single-use: consent shows it, until a new batch comes', async () => {
    await receiveCard(2);
    const backup = await fetchBackup();
    const { requestId, plans } = await plansAt(wallet, own);
    expect(plans[0]).toMatchObject({ linkability: 'single_use', maybeUsed: false });
    await own['requests.allowProof']({ requestId, digest: plans[0]?.digest ?? '' });

    const id = await bringIn(own, backup);
    const opener = { password: PASSWORD };
    const report = await own['restore.commit']({ id, passphrase: PASSPHRASE, opener, eraseExisting: true });
    expect(report).toMatchObject({ maybeUsed: 1, keptErased: [] });
    expect(report.replaced?.size).toBeGreaterThan(report.backup.size);

    const after = await plansAt(wallet, own);
    expect(after.plans.map(({ linkability, maybeUsed }) => [linkability, maybeUsed])).toEqual([['reused', true]]);
    expect(after.plans[0]?.digest).not.toBe(plans[0]?.digest);
    await own['requests.deny']({ requestId: after.requestId });

    await receiveCard(1);
    const fresh = await plansAt(wallet, own);
    expect(fresh.plans.map(({ maybeUsed }) => maybeUsed)).toEqual([false, true]);
    expect(fresh.plans[0]?.linkability).toBe('single_use');
  });
});

test('a file goes out in pieces and comes in again on another profile, which then is that vault', async () => {
  await own['attributes.save'](NOTE);
  const backup = await fetchBackup();
  expect(backup.name).toBe('signet-backup-2026-06-01.signet');
  expect(backup.pieces.map((piece) => fromBase64(piece).length).reduce((a, b) => a + b)).toBe(backup.bytes);

  const other = await createTestWallet({ clock: () => now });
  const there = handlersOf(other);
  const id = await bringIn(there, backup);
  const rehearsed = await there['restore.rehearse']({ id, passphrase: PASSPHRASE });
  expect(rehearsed).toMatchObject({ madeAt: NOW, credentials: 0, compartments: [], withoutTier3: false });
  expect(rehearsed).not.toHaveProperty('sameVault');
  expect((await there['wallet.status']({})).vault).toBe('none');

  const opener = { password: PASSWORD };
  const report = await there['restore.commit']({ id, passphrase: PASSPHRASE, opener, eraseExisting: false });
  expect(report).toMatchObject({ records: rehearsed.records, maybeUsed: 0, backup: rehearsed.checkpoint });
  expect((await there['wallet.status']({})).vault).toBe('unlocked');
  expect((await there['attributes.list']({})).attributes).toMatchObject([{ label: 'Note', value: 'x' }]);
  await expect(there['restore.rehearse']({ id, passphrase: PASSPHRASE })).rejects.toMatchObject({
    reason: 'not_found',
  });
});

test('the rehearsal of a vault’s own backup names where its log stands now', async () => {
  const backup = await fetchBackup();
  await own['attributes.save'](NOTE);
  const id = await bringIn(own, backup);
  const report = await own['restore.rehearse']({ id, passphrase: PASSPHRASE });
  expect(report.sameVault).toBe(true);
  expect(report.here?.size).toBeGreaterThan(report.checkpoint.size);
  expect((await own['attributes.list']({})).attributes).toHaveLength(1);
});

test('a worker that died in between says to start again, and nothing was changed', async () => {
  const backup = await fetchBackup();
  const id = await bringIn(own, backup);
  const reborn = handlersOf(wallet);
  const interrupted = {
    reason: 'not_found',
    message: expect.stringContaining('start again: nothing was changed') as string,
  };
  await expect(reborn['backup.chunk']({ id: backup.id, index: 0 })).rejects.toMatchObject(interrupted);
  await expect(reborn['backup.saved']({ id: backup.id })).rejects.toMatchObject(interrupted);
  await expect(reborn['restore.chunk']({ id, index: 0, data: '' })).rejects.toMatchObject(interrupted);
  await expect(reborn['restore.rehearse']({ id, passphrase: PASSPHRASE })).rejects.toMatchObject(interrupted);
});

test('a file that waits is not handed out after a lock', async () => {
  const { id } = await fetchBackup();
  await own['wallet.lock']({});
  await expect(own['backup.chunk']({ id, index: 0 })).rejects.toMatchObject({ reason: 'locked' });
  await own['wallet.unlock']({ password: PASSWORD });
  await expect(own['backup.chunk']({ id, index: 0 })).rejects.toMatchObject({ reason: 'not_found' });
});

test('a weak passphrase is refused, and one made while locked too', async () => {
  const weak = own['backup.make']({ passphrase: 'short', tier3: false });
  await expect(weak).rejects.toMatchObject({ reason: 'bad_request', field: 'passphrase' });
  await own['wallet.lock']({});
  await expect(own['backup.make']({ passphrase: PASSPHRASE, tier3: false })).rejects.toMatchObject({
    reason: 'locked',
  });
});

describe('the reminder', () => {
  const isDue = async () => (await own['wallet.status']({})).backupDue;
  const save = async () => own['backup.saved']({ id: (await fetchBackup()).id });

  test('comes with the first thing there is to lose, and goes when a backup was saved', async () => {
    expect(await isDue()).toBe(false);
    await own['attributes.save'](NOTE);
    expect(await isDue()).toBe(true);
    await fetchBackup();
    expect(await isDue()).toBe(true);
    await save();
    expect(await isDue()).toBe(false);
    expect((await own['audit.list']({ limit: 1 })).entries).toMatchObject([{ kind: 'backup.made' }]);
  });

  test('comes again after more than a few changes, or one and 30 days', async () => {
    await save();
    now += 31 * DAY;
    await own['wallet.unlock']({ password: PASSWORD });
    expect(await isDue()).toBe(false);
    await own['attributes.save'](NOTE);
    expect(await isDue()).toBe(true);
    await save();
    for (let i = 0; i < 3; i++) await own['attributes.save'](NOTE);
    expect(await isDue()).toBe(false);
    await own['attributes.save'](NOTE);
    expect(await isDue()).toBe(true);
    expect(await handlersOf(wallet)['wallet.status']({})).toMatchObject({ backupDue: true });
  });
});

test('the list of compartments says which saved backups still hold one', async () => {
  const gated = { ...NOTE, tier: 3, compartment: 'health', opener: { password: PASSWORD } } as const;
  await own['attributes.save'](gated);
  await own['backup.saved']({ id: (await fetchBackup(false)).id });
  now += DAY;
  await own['wallet.unlock']({ password: PASSWORD });
  await own['backup.saved']({ id: (await fetchBackup(true)).id });
  expect((await own['compartments.list']({})).compartments).toMatchObject([{ name: 'health', backups: [now] }]);
});

describe('a transfer', () => {
  const manifest = {} as Parameters<Transfers['offer']>[1]; // carried along, never looked at
  const file = Uint8Array.from({ length: 2 * PIECE_LENGTH + 5 }, (_, i) => i % 253);
  const piece = (index: number) => file.slice(index * PIECE_LENGTH, (index + 1) * PIECE_LENGTH);

  test('gives a file back as it was, in and out', () => {
    const transfers = new Transfers();
    const { id, pieces } = transfers.offer(file, manifest, 0);
    const incoming = transfers.begin(file.length, 0);
    for (let i = 0; i < pieces; i++) transfers.put(incoming, i, fromBase64(toBase64(transfers.fetch(id, i, 0))), 0);
    expect(pieces).toBe(3);
    expect(Buffer.compare(transfers.received(incoming, 0), file)).toBe(0);
    expect(Buffer.compare(transfers.received(incoming, 0), file)).toBe(0);
  });

  test.each([0, -1, 1.5, 256 * 1024 * 1024 + 1, Infinity])('of %d bytes is refused', (length) => {
    expect(() => new Transfers().begin(length, 0)).toThrow(expect.objectContaining({ field: 'bytes' }));
  });

  test('takes its pieces in order, of the right length, and no more of them', () => {
    const transfers = new Transfers();
    const id = transfers.begin(file.length, 0);
    expect(() => transfers.put(id, 1, piece(1), 0)).toThrow(expect.objectContaining({ field: 'index' }));
    transfers.put(id, 0, piece(0), 0);
    expect(() => transfers.put(id, 0, piece(0), 0)).toThrow(expect.objectContaining({ field: 'index' }));
    expect(() => transfers.put(id, 1, piece(1).slice(1), 0)).toThrow(expect.objectContaining({ field: 'data' }));
    transfers.put(id, 1, piece(1), 0);
    expect(() => transfers.received(id, 0)).toThrow('not arrived as a whole');
    transfers.put(id, 2, piece(2), 0);
    expect(() => transfers.put(id, 3, piece(2), 0)).toThrow(expect.objectContaining({ field: 'index' }));
  });

  test('is forgotten after ten idle minutes, and when another begins', () => {
    const transfers = new Transfers();
    const first = transfers.begin(5, 0);
    const second = transfers.begin(5, 0);
    expect(() => transfers.put(first, 0, new Uint8Array(5), 0)).toThrow('start again');
    transfers.put(second, 0, new Uint8Array(5), TRANSFER_LIFETIME - 1);
    expect(() => transfers.received(second, 3 * TRANSFER_LIFETIME)).toThrow('start again');
    const { id } = transfers.offer(file, manifest, 0);
    expect(() => transfers.fetch(id, 3, 0)).toThrow(expect.objectContaining({ field: 'index' }));
    expect(() => transfers.fetch(id, 0, TRANSFER_LIFETIME)).toThrow('start again');
  });
});

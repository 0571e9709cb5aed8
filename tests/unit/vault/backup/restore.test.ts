import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Bytes } from '../../../../lib/core/index.ts';
import { SecretBytes, SignetError, randomBytes, toBase64url, utf8 } from '../../../../lib/core/index.ts';
import type { Address, OpenVault, Tier, VaultKeeper } from '../../../../lib/vault/index.ts';
import { MemoryBackend, readRestored, readSavedBackups, restoredAt, signetId } from '../../../../lib/vault/index.ts';
import { Fuse, WorkerDied, mortal } from '../../../fixtures/vault/dying.ts';
import { MARK, Machine, OTHER_PASSWORD, PASSWORD, byPassword, dumpText } from '../../../fixtures/vault/machine.ts';
import { backUp, contentOf, orderOf, rulesOf } from './backups.ts';

const LONG = Uint8Array.from({ length: 10_000 }, (_, i) => i % 251);
const RECORDS: readonly (readonly [Address, Tier, Uint8Array])[] = [
  [{ label: 'data/shoe size', index: 0 }, 1, utf8('43.5')],
  [{ label: 'data/empty', index: 7 }, 1, new Uint8Array(0)],
  [{ label: 'data/long', index: 2 ** 40 }, 1, LONG],
  [{ label: 'data/né(e)', index: 1 }, 2, utf8('Byron')],
  ...Array.from({ length: 300 }, (_, i) => [{ label: 'data/many', index: i }, 1, utf8(`number ${i}`)] as const),
];

const origin = new Machine();
let words: string;
let vault: OpenVault;
let file: Bytes;

beforeAll(async () => {
  const keeper = origin.worker();
  words = (await keeper.create({ password: PASSWORD, mark: MARK })).words.join(' ');
  vault = await keeper.open();
  await origin.log(vault).transact(async (tx) => {
    for (const [address, tier, bytes] of RECORDS) tx.put(address, tier, bytes);
    await tx.log({ kind: 'attribute.added' });
  });
  file = (await backUp(origin, vault)).file;
});

const restore = (machine: Machine, changes: Parameters<typeof orderOf>[1] = {}, keeper = machine.worker()) =>
  keeper.restoreBackup(orderOf(file, changes), rulesOf(machine));

const refusalOf = (attempt: Promise<unknown>): Promise<SignetError> =>
  attempt.then(
    () => Promise.reject(new Error('it was taken')),
    (error: unknown) => SignetError.from(error),
  );

describe('a backup put back on an empty profile', () => {
  const machine = new Machine();
  let restored: OpenVault;

  beforeAll(async () => {
    machine.clock.now += 86_400_000;
    const keeper = machine.worker();
    await restore(machine, {}, keeper);
    restored = await keeper.open();
  });

  test('is the vault it was, record for record and byte for byte, and is open', async () => {
    expect(await contentOf(restored)).toEqual(await contentOf(vault));
    expect(signetId(restored.keys.identity)).toBe(signetId(vault.keys.identity));
    expect(await machine.worker().mark()).toEqual(MARK);
  });

  test('goes on with the log where it stood, and says that it was restored', async () => {
    const log = machine.log(restored);
    expect(await log.verifyChain()).toMatchObject({ ok: true });
    const [newest] = await log.page({ limit: 1 });
    expect(newest).toMatchObject({ kind: 'backup.restored', seq: await origin.log(vault).count() });
  });

  test('knows when it was restored, from what, and that this backup exists', async () => {
    expect(await restoredAt(restored)).toBe(machine.clock.now);
    expect(await restoredAt(vault)).toBeUndefined();
    expect(await readRestored(restored)).toMatchObject([{ erased: [], backup: { time: origin.clock.now } }]);
    expect(await readSavedBackups(restored)).toMatchObject([{ at: origin.clock.now, compartments: [] }]);
  });

  test('has no row in common with the vault it was made from', async () => {
    const rows = await machine.backend.entries('records');
    const before = new Set((await origin.backend.entries('records')).map(([, row]) => toBase64url(row)));
    expect(rows.length).toBeGreaterThan(300);
    expect(rows.filter(([, row]) => before.has(toBase64url(row)))).toEqual([]);
  });

  test('opens with the password of that time when the browser starts again', async () => {
    const later = await machine.fork();
    later.endBrowser();
    const keeper = later.worker();
    await keeper.unlock(byPassword());
    expect(await contentOf(await keeper.open())).toEqual(await contentOf(vault));
    expect(await machine.worker().state()).toBe('unlocked');
  });
});

test('the words of the vault open a backup too: Tier 2 is gone, and said to be', async () => {
  const machine = new Machine();
  const keeper = machine.worker();
  const report = await restore(machine, { opener: { phrase: words, password: OTHER_PASSWORD } }, keeper);
  expect(report).toMatchObject({ tier2Lost: true });
  const content = [...(await contentOf(vault))].filter(([, record]) => !record.startsWith('2 '));
  expect(await contentOf(await keeper.open())).toEqual(new Map(content));
  machine.endBrowser();
  await expect(machine.worker().unlock(byPassword())).rejects.toMatchObject({ reason: 'wrong_password' });
  await machine.worker().unlock(byPassword(OTHER_PASSWORD));
});

test('a mark of their own replaces the one in the backup', async () => {
  const machine = new Machine();
  await restore(machine, { mark: { shape: 'star', colour: 'blue' } });
  expect(await machine.worker().mark()).toEqual({ shape: 'star', colour: 'blue' });
});

test('two restores at once make one vault: the second finds it there', async () => {
  const machine = new Machine();
  const keeper = machine.worker();
  const outcomes = await Promise.allSettled([restore(machine, {}, keeper), restore(machine, {}, keeper)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(outcomes[1]).toMatchObject({ reason: { reason: 'vault_exists' } });
  expect(await contentOf(await keeper.open())).toEqual(await contentOf(vault));
});

describe('over a vault that is there,', () => {
  let machine: Machine;

  beforeEach(async () => {
    machine = await origin.fork();
    machine.clock.now += 1_000;
  });

  test('an older state of the same vault replaces it, and both are named', async () => {
    const keeper = machine.worker();
    const here = await keeper.open();
    await machine.attributes(here).add({ label: 'newer', type: 'text', value: 'x', tier: 1 });
    const size = await machine.log(here).count();
    const report = await restore(machine, { eraseExisting: true }, keeper);
    expect(report).toMatchObject({ backup: { size: size - 1 }, replaced: { size }, tier2Lost: false });
    expect(await contentOf(await keeper.open())).toEqual(await contentOf(vault));
    expect(here.closed).toBe(true);
  });

  test('another vault is replaced without a word about it', async () => {
    const other = new Machine();
    await other.worker().create({ password: OTHER_PASSWORD, mark: MARK });
    const keeper = other.worker();
    const report = await restore(other, { eraseExisting: true }, keeper);
    expect(report).not.toHaveProperty('replaced');
    expect(await contentOf(await keeper.open())).toEqual(await contentOf(vault));
  });

  test('a damaged one is replaced all the same', async () => {
    await machine.backend.batch([{ store: 'meta', key: 'root', value: randomBytes(4096) }], []);
    machine.endBrowser();
    const keeper = machine.worker();
    expect(await restore(machine, { eraseExisting: true }, keeper)).not.toHaveProperty('replaced');
    expect(await contentOf(await keeper.open())).toEqual(await contentOf(vault));
  });

  test('a passkey that was removed since does not come back, one that stands does', async () => {
    const keeper = machine.worker();
    const passkey = { id: 'AQID', prf: prfOf(7), name: 'Key' };
    await keeper.addPasskey(byPassword(), passkey);
    await keeper.addPasskey(byPassword(), { id: 'BAUG', prf: prfOf(8), name: 'Other' });
    const made = await backUp(machine, await keeper.open());
    await keeper.removePasskey('AQID');
    await keeper.restoreBackup(orderOf(made.file, { eraseExisting: true }), rulesOf(machine));
    expect((await keeper.passkeyHandles()).map(({ id }) => id)).toEqual(['BAUG']);
    await keeper.lock('person');
    await keeper.unlock({ kind: 'passkey', id: 'BAUG', prf: prfOf(8) });
    expect(await keeper.state()).toBe('unlocked');
  });

  test.each<[string, () => Parameters<typeof orderOf>[1], Partial<SignetError>]>([
    ['without the word to erase it', () => ({ eraseExisting: false }), { reason: 'vault_exists' }],
    ['with another passphrase', () => ({ passphrase: 'not the passphrase' }), { field: 'passphrase' }],
    ['with another password', () => ({ opener: { password: OTHER_PASSWORD } }), { reason: 'wrong_password' }],
    [
      'with a new password that is too short',
      () => ({ opener: { phrase: words, password: 'short' } }),
      { field: 'password' },
    ],
    ['with words that are none', () => ({ opener: { phrase: 'zoo zoo', password: PASSWORD } }), { field: 'phrase' }],
    ['with a mark that is none', () => ({ mark: { shape: '../', colour: 'blue' } }), { field: 'mark' }],
    ['from a file whose end is missing', () => ({ file: file.slice(0, -1) }), { reason: 'backup_refused' }],
    ['from a file that is none', () => ({ file: utf8('hello') }), { reason: 'backup_refused', field: 'file' }],
    [
      'from a file of a newer Signet',
      () => ({ file: Uint8Array.from(file, (b, i) => (i === 14 ? 9 : b)) }),
      { field: 'file' },
    ],
  ])('a restore %s is refused, and nothing is changed', async (_, changes, refusal) => {
    const before = await dumpText(machine);
    expect(await refusalOf(restore(machine, { eraseExisting: true, ...changes() }))).toMatchObject(refusal);
    await machine.local.remove('attempts');
    expect(await dumpText(machine)).toBe(before);
  });

  test('the words of another vault are refused, and nothing is changed', async () => {
    const other = await new Machine().worker().create({ password: PASSWORD, mark: MARK });
    const before = await dumpText(machine);
    const opener = { phrase: other.words.join(' '), password: PASSWORD };
    expect(await refusalOf(restore(machine, { opener, eraseExisting: true }))).toMatchObject({
      reason: 'wrong_phrase',
    });
    expect(await dumpText(machine)).toBe(before);
  });
});

test(
  'wrong passwords are counted as at the lock, and forgiven once the backup is in place',
  { timeout: 90_000 },
  async () => {
    const machine = await origin.fork();
    machine.endBrowser();
    const keeper = machine.worker();
    for (let i = 0; i < 5; i++) {
      expect(await keeper.retryAt()).toBeUndefined();
      await refusalOf(restore(machine, { opener: { password: OTHER_PASSWORD }, eraseExisting: true }, keeper));
    }
    expect(await keeper.retryAt()).toBe(machine.clock.now + 5_000);
    expect(await refusalOf(restore(machine, { eraseExisting: true }, keeper))).toMatchObject({ reason: 'wait' });
    machine.clock.now += 5_000;
    await restore(machine, { eraseExisting: true }, keeper);
    expect(await keeper.retryAt()).toBeUndefined();
  },
);

describe('wherever the worker dies in a restore', () => {
  async function dieEverywhere(
    start: () => Promise<Machine>,
    changes: Parameters<typeof orderOf>[1],
    allowed: string[],
  ) {
    for (let writes = 0; ; writes++) {
      const machine = await start();
      const fuse = new Fuse(writes);
      const dying = machine.worker(mortal(machine, fuse));
      await restore(machine, changes, dying).catch((error: unknown) => {
        const isDeath = error instanceof WorkerDied || (error instanceof Error && error.cause instanceof WorkerDied);
        if (!isDeath) throw error;
      });
      await assertNothingOrAll(machine, allowed);
      if (!fuse.burnt) return writes;
    }
  }

  async function stateOf(machine: Machine): Promise<string> {
    const keeper = machine.worker();
    await keeper.finish();
    return keeper.state();
  }

  async function assertNothingOrAll(machine: Machine, allowed: string[]): Promise<void> {
    const state = await stateOf(machine);
    expect(allowed).toContain(state);
    if (state === 'none') {
      expect(await machine.backend.count('records')).toBe(0);
      expect(await machine.backend.entries('meta')).toEqual([]);
      return;
    }
    const keeper: VaultKeeper = machine.worker();
    machine.endBrowser();
    machine.clock.now += 3_600_000;
    await machine.worker().unlock(byPassword());
    const whole = await contentOf(await keeper.open().catch(() => openAgain(machine)));
    expect(whole).toEqual(await contentOf(vault));
  }

  async function openAgain(machine: Machine): Promise<OpenVault> {
    const keeper = machine.worker();
    await keeper.unlock(byPassword());
    return keeper.open();
  }

  test('an empty profile stays empty, or has the whole vault', { timeout: 240_000 }, async () => {
    const deaths = await dieEverywhere(() => Promise.resolve(new Machine()), {}, ['none', 'unlocked', 'locked']);
    expect(deaths).toBeGreaterThan(5);
  });

  test('a vault that is replaced is there, or nothing, or the backup is', { timeout: 360_000 }, async () => {
    const deaths = await dieEverywhere(() => origin.fork(), { eraseExisting: true }, ['none', 'unlocked', 'locked']);
    expect(deaths).toBeGreaterThan(10);
  });
});

/** A disk that takes so many batches and no more. */
class SmallDisk extends MemoryBackend {
  left = Infinity;
  override batch(...[writes, expected]: Parameters<MemoryBackend['batch']>): Promise<void> {
    const grows = writes.some(({ store, value }) => store === 'records' && value !== undefined);
    if (grows && this.left-- <= 0) {
      const cause = new DOMException('The disk is full.', 'QuotaExceededError');
      return Promise.reject(new SignetError('storage_failed', 'There is no room.', { cause }));
    }
    return super.batch(writes, expected);
  }
}

test('a disk that fills up on the way leaves nothing, and the same file goes in once there is room', async () => {
  for (const left of [0, 1]) {
    const machine = new Machine();
    const disk = new SmallDisk();
    disk.left = left;
    machine.backend = disk;
    const keeper = machine.worker();
    expect(await refusalOf(restore(machine, {}, keeper))).toMatchObject({ reason: 'storage_failed' });
    expect(await keeper.state()).toBe('none');
    expect(await disk.count('records')).toBe(0);
    expect(await disk.entries('meta')).toEqual([]);
    disk.left = Infinity;
    await restore(machine, {}, keeper);
    expect(await contentOf(await keeper.open())).toEqual(await contentOf(vault));
  }
});

const prfOf = (fill: number): SecretBytes => SecretBytes.take(new Uint8Array(32).fill(fill));

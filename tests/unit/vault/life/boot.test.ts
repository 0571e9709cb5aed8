import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Bytes, Json } from '../../../../lib/core/index.ts';
import { SignetError, fromUtf8, utf8 } from '../../../../lib/core/index.ts';
import { ERASED, RESTORING, decideBoot } from '../../../../lib/vault/life/boot.ts';
import type { BootFacts } from '../../../../lib/vault/life/boot.ts';
import type { Expectation, StorageBackend, Write } from '../../../../lib/vault/index.ts';
import {
  MARK,
  Machine,
  OTHER_PASSWORD,
  PASSWORD,
  byPassword,
  cloneBackend,
  dumpText,
} from '../../../fixtures/vault/machine.ts';

const LABEL = 'My shoe size';

const origin = new Machine();
let phrase: string;
let header: Bytes;
/** The header before the password was changed: what a mirror that was not written since still holds. */
let older: Bytes;

let machine: Machine;

beforeAll(async () => {
  const worker = origin.worker();
  phrase = (await worker.create({ password: PASSWORD, mark: MARK })).words.join(' ');
  await origin.attributes(await worker.open()).add({ label: LABEL, type: 'number', value: '43.5', tier: 1 });
  older = await stored(origin);
  await worker.changePassword({ current: byPassword(), next: OTHER_PASSWORD });
  header = await stored(origin);
});

beforeEach(async () => {
  machine = await origin.fork();
  machine.endBrowser();
});

const stored = async ({ backend }: Machine): Promise<Bytes> => (await backend.get('meta', 'header')) ?? utf8('');
const place = (value: Bytes | undefined): Promise<void> =>
  machine.backend.batch([{ store: 'meta', key: 'header', value }], []);
const mirror = (bytes: Bytes | undefined): Promise<void> =>
  bytes === undefined ? machine.local.remove('header') : machine.local.set('header', fromUtf8(bytes));

const labels = async (): Promise<string[]> =>
  (await machine.attributes(await machine.worker().open()).list()).map(({ label }) => label);

const kinds = async (): Promise<string[]> =>
  (await machine.log(await machine.worker().open()).page({ limit: 20 })).map(({ kind }) => kind);

const withMembers = (bytes: Bytes, members: Record<string, Json>): Bytes =>
  utf8(JSON.stringify({ ...(JSON.parse(fromUtf8(bytes)) as Record<string, Json>), ...members })); // a header is an object

const garbage = utf8('{"v":2');

describe('the boot decision table', () => {
  const newerReadable = () => withMembers(header, { v: 3, schema: 3, reads: 2, more: true });
  const newerUnreadable = () => withMembers(header, { v: 3, schema: 3, reads: 3 });
  const facts = (main: Bytes | undefined, rows: boolean, copy: Bytes | undefined): BootFacts => ({
    main,
    rows,
    mirror: copy,
  });

  test.each<[string, () => BootFacts, object]>([
    ['an erased vault', () => facts(ERASED, true, header), { kind: 'clearing' }],
    ['a restore that died', () => facts(RESTORING, true, header), { kind: 'clearing' }],
    ['a good main copy', () => facts(header, true, older), { kind: 'vault', recovered: false, readOnly: false }],
    ['a good main copy alone', () => facts(header, false, undefined), { kind: 'vault', recovered: false }],
    ['a newer one that lets us read', () => facts(newerReadable(), true, header), { kind: 'vault', readOnly: true }],
    ['a newer one that does not', () => facts(newerUnreadable(), true, header), { kind: 'newer' }],
    ['an unreadable main copy with a mirror', () => facts(garbage, true, header), { kind: 'vault', recovered: true }],
    ['an unreadable main copy with an unreadable mirror', () => facts(garbage, true, garbage), { kind: 'damaged' }],
    ['an unreadable main copy without a mirror', () => facts(garbage, true, undefined), { kind: 'damaged' }],
    ['no main copy with rows and a mirror', () => facts(undefined, true, header), { kind: 'vault', recovered: true }],
    [
      'no main copy with rows and an unreadable mirror',
      () => facts(undefined, true, garbage),
      { kind: 'damaged', problem: expect.stringContaining('Its words open it again') as string },
    ],
    [
      'no main copy with rows alone',
      () => facts(undefined, true, undefined),
      { kind: 'damaged', problem: expect.stringContaining('Its words open it again') as string },
    ],
    [
      'a mirror alone: the browser evicted the rows',
      () => facts(undefined, false, header),
      { kind: 'damaged', problem: expect.stringContaining('A backup brings it back') as string },
    ],
    ['nothing', () => facts(undefined, false, undefined), { kind: 'none' }],
  ])('%s', (_what, given, decision) => {
    expect(decideBoot(given())).toMatchObject(decision);
  });
});

describe('a header that is lost', () => {
  test.each([
    ['missing', undefined],
    ['unreadable', garbage],
  ])('while %s is taken from its mirror, written back at unlock, and the log says so', async (_what, value) => {
    await place(value);
    expect(await machine.worker().state()).toBe('locked');
    await machine.worker().unlock(byPassword(OTHER_PASSWORD));
    expect(await labels()).toEqual([LABEL]);
    expect(await stored(machine)).toEqual(header);
    expect((await kinds())[0]).toBe('vault.unlocked');
    expect((await kinds())[1]).toBe('vault.header_recovered');
  });

  test('while the vault is open is written back by the next worker', async () => {
    machine = await origin.fork();
    await place(undefined);
    expect(await labels()).toEqual([LABEL]);
    expect(await stored(machine)).toEqual(header);
    expect((await kinds())[0]).toBe('vault.header_recovered');
  });

  test('is not replaced by an older mirror: the root of the records knows the newer one', async () => {
    await place(undefined);
    await mirror(older);
    await expect(machine.worker().unlock(byPassword(PASSWORD))).rejects.toMatchObject({ reason: 'vault_damaged' });
    expect(await machine.backend.get('meta', 'header')).toBeUndefined();
  });

  test('with its mirror is brought back by the words', async () => {
    await place(undefined);
    await mirror(undefined);
    expect(await machine.worker().state()).toBe('damaged');
    await machine.worker().resetPassword({ phrase, password: PASSWORD });
    expect(await labels()).toEqual([LABEL]);
  });
});

describe('rows that the browser evicted', () => {
  test('leave a vault that says so, and that no new one is put over', async () => {
    machine.backend = new Machine().backend;
    const worker = machine.worker();
    expect(await worker.state()).toBe('damaged');
    expect((await worker.recoveryReport()).problem).toContain('the browser removed its rows');
    await expect(worker.create({ password: PASSWORD, mark: MARK })).rejects.toMatchObject({ reason: 'vault_damaged' });
  });
});

describe('a vault of a newer Signet', () => {
  test('that this one may not read is called that, and nothing opens, resets or replaces it', async () => {
    await place(withMembers(header, { v: 3, schema: 3, reads: 3 }));
    const worker = machine.worker();
    expect(await worker.state()).toBe('newer');
    await expect(worker.unlock(byPassword(OTHER_PASSWORD))).rejects.toMatchObject({ reason: 'read_only' });
    await expect(worker.resetPassword({ phrase, password: PASSWORD })).rejects.toMatchObject({ reason: 'read_only' });
    await expect(worker.create({ password: PASSWORD, mark: MARK })).rejects.toMatchObject({ reason: 'vault_exists' });
  });

  test('that this one may read opens for reading, in memory alone, and nothing whatever is written', async () => {
    machine = await origin.fork();
    const newer = withMembers(header, { v: 3, schema: 3, reads: 2, more: [1] });
    await (
      await machine.worker().open()
    ).transact((tx) => {
      tx.raw({ store: 'meta', key: 'header', value: newer });
      return Promise.resolve();
    });
    machine.endBrowser();
    await machine.local.remove('autoLock');
    const before = await dumpText(machine);
    const worker = machine.worker();
    await expect(worker.unlock(byPassword('wrong password'))).rejects.toMatchObject({ reason: 'wrong_password' });
    await worker.unlock(byPassword(OTHER_PASSWORD));
    const vault = await worker.open();
    expect(vault.readOnly).toBe('newer');
    expect((await machine.attributes(vault).list()).map(({ label }) => label)).toEqual([LABEL]);
    for (const change of [
      machine.attributes(vault).delete('any'),
      worker.confirmPhrase(),
      worker.changePassword({ current: byPassword(OTHER_PASSWORD), next: PASSWORD }),
      worker.resetPassword({ phrase, password: PASSWORD }),
      worker.revealPhrase(byPassword(OTHER_PASSWORD)),
    ]) {
      await expect(change).rejects.toMatchObject({ reason: 'read_only' });
    }
    expect(await worker.desk()).toBeUndefined();
    await worker.lock('person');
    expect(await worker.state()).toBe('locked');
    expect(await dumpText(machine)).toBe(before);
  });

  test('that this one may read does not let its cost be lowered', async () => {
    const newer = withMembers(header, { v: 3, schema: 3, reads: 2 });
    await place(utf8(fromUtf8(newer).replace('"m":19456', '"m":64')));
    await mirror(undefined);
    expect(await machine.worker().state()).toBe('damaged');
  });

  test('that is planted over ours is seen by the root: it opens nothing', async () => {
    await place(withMembers(header, { v: 3, schema: 3, reads: 2 }));
    const worker = machine.worker();
    await expect(worker.unlock(byPassword(OTHER_PASSWORD))).rejects.toMatchObject({ reason: 'vault_damaged' });
  });
});

/** A disk that is full, or not. */
class FullDisk implements StorageBackend {
  full = true;
  refused = 0;
  readonly #backend: StorageBackend;
  readonly get: StorageBackend['get'];
  readonly entries: StorageBackend['entries'];
  readonly page: StorageBackend['page'];
  readonly count: StorageBackend['count'];

  constructor(backend: StorageBackend) {
    this.#backend = backend;
    this.get = backend.get.bind(backend);
    this.entries = backend.entries.bind(backend);
    this.page = backend.page.bind(backend);
    this.count = backend.count.bind(backend);
  }

  batch(writes: readonly Write[], expected: readonly Expectation[]): Promise<void> {
    if (!this.full) return this.#backend.batch(writes, expected);
    this.refused += 1;
    const cause = new DOMException('no room', 'QuotaExceededError');
    return Promise.reject(new SignetError('storage_failed', 'There is no room left.', { cause }));
  }
}

describe('a full disk', () => {
  const onFullDisk = () => {
    const disk = new FullDisk(machine.backend);
    const { local, session } = machine;
    return { disk, worker: machine.worker({ backend: disk, local, session }) };
  };

  test('opens the vault for reading, in memory alone', async () => {
    const before = await cloneBackend(machine.backend);
    const { worker } = onFullDisk();
    await worker.unlock(byPassword(OTHER_PASSWORD));
    const vault = await worker.open();
    expect(await worker.state()).toBe('unlocked');
    expect(vault.readOnly).toBe('full');
    expect((await machine.attributes(vault).list()).map(({ label }) => label)).toEqual([LABEL]);
    await expect(machine.attributes(vault).delete('any')).rejects.toMatchObject({ reason: 'read_only' });
    await expect(worker.revealPhrase(byPassword(OTHER_PASSWORD))).rejects.toMatchObject({ reason: 'read_only' });
    expect(await machine.backend.entries('records')).toEqual(await before.entries('records'));
    expect(await machine.worker().state()).toBe('locked');
  });

  test('that has room again takes changes, a few seconds later, and the log has the unlock', async () => {
    const { disk, worker } = onFullDisk();
    await worker.unlock(byPassword(OTHER_PASSWORD));
    const deadline = await worker.deadline();
    disk.full = false;
    machine.clock.now += 6_000;
    await worker.touch();
    expect((await worker.open()).readOnly).toBeUndefined();
    expect((await kinds())[0]).toBe('vault.unlocked');
    expect(await worker.deadline()).toBe((deadline ?? 0) + 6_000);
  });

  test('that stays full is not asked at every turn, and puts off no lock by being asked', async () => {
    const { disk, worker } = onFullDisk();
    await worker.unlock(byPassword(OTHER_PASSWORD));
    const [deadline, refused] = [await worker.deadline(), disk.refused];
    for (let i = 0; i < 10; i++) await worker.state();
    expect(disk.refused).toBe(refused);
    machine.clock.now += 6_000;
    for (let i = 0; i < 10; i++) await worker.state();
    expect(disk.refused).toBe(refused + 1);
    expect(await worker.deadline()).toBe(deadline);
    machine.clock.now = (deadline ?? 0) + 1;
    expect(await worker.state()).toBe('locked');
  });

  test('still says that a password is wrong, and counts it', async () => {
    const { worker } = onFullDisk();
    for (let i = 0; i < 5; i++) {
      await expect(worker.unlock(byPassword('wrong password'))).rejects.toMatchObject({ reason: 'wrong_password' });
    }
    await expect(worker.unlock(byPassword(OTHER_PASSWORD))).rejects.toMatchObject({ reason: 'wait' });
  });
});

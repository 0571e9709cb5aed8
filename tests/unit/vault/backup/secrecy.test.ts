import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Bytes } from '../../../../lib/core/index.ts';
import { SecretBytes, SignetError, concatBytes, fromUtf8, utf8 } from '../../../../lib/core/index.ts';
import { openBackupFile, sealBackupFile } from '../../../../lib/vault/backup/backup-file.ts';
import { decodeManifest, deriveBackupKeys, encodeManifest } from '../../../../lib/vault/backup/manifest.ts';
import { unpackRecord } from '../../../../lib/vault/backup/packed-record.ts';
import { decodeHeader } from '../../../../lib/vault/keys/header.ts';
import type { OpenVault } from '../../../../lib/vault/index.ts';
import { rehearseBackup } from '../../../../lib/vault/index.ts';
import { deriveKey } from '../../../../lib/vault/keys/key-tree.ts';
import { KDF_FLOOR, stretchPassword } from '../../../../lib/vault/keys/password.ts';
import { openBox } from '../../../../lib/vault/keys/sealed-box.ts';
import { MARK, Machine, OTHER_PASSWORD, PASSWORD, byPassword, dumpText } from '../../../fixtures/vault/machine.ts';
import { PASSPHRASE, backUp, contentOf, orderOf, rulesOf } from './backups.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 8);
const ADDRESS = { label: 'data/secret name', index: 0 } as const;

const origin = new Machine();
let vault: OpenVault;
let file: Bytes;
/** The manifest, its MACs, and then what is packed. */
let frames: readonly Bytes[];

beforeAll(async () => {
  const keeper = origin.worker();
  await keeper.create({ password: PASSWORD, mark: MARK });
  vault = await keeper.open();
  await origin.log(vault).transact(async (tx) => {
    tx.put(ADDRESS, 1, utf8('Tier 1 of Ada'));
    tx.put({ ...ADDRESS, index: 1 }, 2, utf8('Tier 2 of Ada'));
    await tx.log({ kind: 'attribute.added', subject: 'https://shop.example' });
  });
  await keeper.grant(byPassword(), async (grant) => {
    await vault.transact(async (tx) => {
      const compartment = await grant.ensureCompartment(tx, 'private');
      const address = { label: 'data/compartment/private/diary', index: 0 } as const;
      tx.put(address, 3, compartment.seal(address, utf8('Tier 3 of Ada')));
    });
  });
  file = (await backUp(origin, vault, true)).file;
  using opened = await openBackupFile(PASSPHRASE, file);
  frames = [...opened.frames()];
});

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const SECRETS = ['of Ada', 'secret name', 'data/', 'sys/', 'shop.example', 'diary'];

describe('whoever has the file and its passphrase', () => {
  test('learns no name and no content of a record', () => {
    const content = frames.slice(2).map(textOf).join('\n');
    for (const secret of SECRETS) expect(content).not.toContain(secret);
    expect(frames.length).toBeGreaterThan(5);
  });

  test('learns from the manifest how much there is, and how the password is stretched, and nothing else', () => {
    const manifest = decodeManifest(frames[0] ?? new Uint8Array(0));
    const known = ['checkpoint', 'compartments', 'credentials', 'header', 'id', 'madeAt', 'mark', 'records'];
    expect(Object.keys(manifest).sort()).toEqual([...known, 'signedCheckpoint', 'v', 'withoutTier3']);
    for (const secret of SECRETS) expect(JSON.stringify(manifest)).not.toContain(secret);
  });

  test('opens no record with any key that follows from the two', async () => {
    const manifest = decodeManifest(frames[0] ?? new Uint8Array(0));
    for (const key of await guessedKeys(manifest.id, decodeHeader(utf8(manifest.header)))) {
      const keys = { records: key, tier2: key, [Symbol.dispose]: () => undefined };
      for (const [place, frame] of frames.slice(2).entries()) {
        expect(() => unpackRecord(keys, place, frame)).toThrow(SignetError);
        for (const data of [new Uint8Array(0), Uint8Array.of(frame[0] ?? 0), utf8(manifest.id)]) {
          expect(openBox(key, data, frame.subarray(1))).toBeUndefined();
        }
      }
    }
  });

  /** Everything that somebody could make of the passphrase and what the file says in clear. */
  async function guessedKeys(id: string, { kdf }: ReturnType<typeof decodeHeader>): Promise<SecretBytes[]> {
    const salts = [kdf.salt, file.slice(21, 37)];
    const stretched = await Promise.all(salts.map((salt) => stretchPassword(PASSPHRASE, { ...KDF_FLOOR, salt })));
    const secrets = stretched.flatMap(({ wrapKey, p }) => [wrapKey, p]);
    secrets.push(SecretBytes.take(new Uint8Array(32)), deriveKey(SecretBytes.take(utf8(PASSPHRASE)), id, ''));
    const infos = ['signet-backup-file', 'signet-backup-records', 'signet-vault-sealing-key'];
    const derived = secrets.flatMap((secret) =>
      infos.flatMap((info) => [id, file.slice(0, 37), 'vault-seal'].map((salt) => deriveKey(secret, salt, info))),
    );
    return [...secrets, ...derived];
  }

  test('opens the records with the keys of no other vault, and not those of Tier 2 with the keys of Tier 1', async () => {
    const other = new Machine();
    await other.worker().create({ password: PASSWORD, mark: MARK });
    const { keys } = await other.worker().open();
    const { id } = decodeManifest(frames[0] ?? new Uint8Array(0));
    using foreign = deriveBackupKeys(keys, id);
    using own = deriveBackupKeys(vault.keys, id);
    const mixed = { records: own.tier2, tier2: own.records, [Symbol.dispose]: () => undefined };
    for (const [place, frame] of frames.slice(2).entries()) {
      expect(unpackRecord(own, place, frame).address.label).toMatch(/^(data|sys)\//);
      for (const keys of [foreign, mixed]) expect(() => unpackRecord(keys, place, frame)).toThrow(SignetError);
    }
  });

  test('finds Tier 3 in a box of its compartment, which the keys of the open vault do not open', () => {
    const { id } = decodeManifest(frames[0] ?? new Uint8Array(0));
    using own = deriveBackupKeys(vault.keys, id);
    const records = frames.slice(2).map((frame, place) => unpackRecord(own, place, frame));
    const boxed = records.filter(({ tier }) => tier === 3);
    expect(boxed).toHaveLength(1);
    expect(boxed.map(({ bytes }) => textOf(bytes)).join()).not.toContain('Ada');
  });

  test('sees the same content sealed otherwise in the next backup', async () => {
    using again = await openBackupFile(PASSPHRASE, (await backUp(origin, vault, true)).file);
    const before = new Set(frames.map(textOf));
    expect([...again.frames()].filter((frame) => before.has(textOf(frame)))).toEqual([]);
  });
});

describe('a file that somebody who knows the passphrase made over', () => {
  let machine: Machine;

  beforeEach(async () => {
    machine = await origin.fork();
  });

  const forge = (forged: readonly Uint8Array[]): Promise<Bytes> =>
    sealBackupFile(PASSPHRASE, KDF_FLOOR, (add) => {
      for (const frame of forged) add(frame);
    });

  const withManifest = (change: object): Uint8Array[] => {
    const [first, ...rest] = frames;
    return [encodeManifest({ ...decodeManifest(first ?? new Uint8Array(0)), ...change }), ...rest];
  };

  /** A packed record starts with its tier; the backup's records stand in no certain order, so any may be the one. */
  const saidOfAnotherTier = (frame: Uint8Array): Bytes =>
    concatBytes(Uint8Array.of(frame[0] === 2 ? 1 : 2), frame.subarray(1));

  test.each<[string, () => readonly Uint8Array[]]>([
    ['a record left out', () => frames.toSpliced(4, 1)],
    ['a record left out, and counted so', () => withManifest({ records: frames.length - 4 }).toSpliced(4, 1)],
    [
      'two records swapped',
      () => frames.with(4, frames[5] ?? new Uint8Array(0)).with(5, frames[4] ?? new Uint8Array(0)),
    ],
    ['a record in another’s place', () => frames.with(4, frames[5] ?? new Uint8Array(0))],
    ['another compartment', () => withManifest({ compartments: [] })],
    ['an older checkpoint', () => withManifest({ checkpoint: { size: 0, root: '', time: 0 } })],
    ['a record said to be of another tier', () => frames.with(4, saidOfAnotherTier(frames[4] ?? utf8(' ')))],
    ['a tier that is none', () => frames.with(4, concatBytes(Uint8Array.of(9), (frames[4] ?? utf8(' ')).subarray(1)))],
    ['no MACs', () => frames.with(1, new Uint8Array(64))],
    ['a manifest that is none', () => frames.with(0, utf8('{"v":1}'))],
    ['nothing in it', () => []],
  ])('with %s is not put back, and nothing is changed', async (_, forged) => {
    const before = await dumpText(machine);
    const order = orderOf(await forge(forged()), { eraseExisting: true });
    await expect(machine.worker().restoreBackup(order, rulesOf(machine))).rejects.toMatchObject({
      reason: 'backup_refused',
      field: 'file',
    });
    await machine.local.remove('attempts');
    expect(await dumpText(machine)).toBe(before);
  });

  test('with any byte of a record changed is not taken for its vault’s', async () => {
    const places = fc.tuple(
      fc.integer({ min: 1, max: frames.length - 1 }),
      fc.nat(10_000),
      fc.integer({ min: 1, max: 255 }),
    );
    await fc.assert(
      fc.asyncProperty(places, async ([number, at, change]) => {
        const frame = Uint8Array.from(frames[number] ?? []);
        frame[at % frame.length] = (frame[at % frame.length] ?? 0) ^ change;
        const forged = await forge(frames.with(number, frame));
        const outcome = rehearseBackup(forged, PASSPHRASE, vault.keys).then(
          ({ sameVault }) => sameVault === true && number > 1,
          () => false,
        );
        expect(await outcome).toBe(false);
      }),
      { numRuns: Math.min(RUNS, 60) },
    );
  }, 120_000);

  test('does not clear the count of wrong passwords, though its password is right', { timeout: 90_000 }, async () => {
    const keeper = machine.worker();
    const forged = await forge(frames.with(4, frames[5] ?? new Uint8Array(0)));
    for (let i = 0; i < 5; i++) {
      await keeper.restoreBackup(orderOf(forged, { eraseExisting: true }), rulesOf(machine)).catch(() => undefined);
    }
    expect(await keeper.retryAt()).toBeDefined();
  });
});

describe('the rehearsal', () => {
  test('opens everything of the vault’s own backup and changes nothing', async () => {
    const before = await dumpText(origin);
    const { manifest, sameVault } = await rehearseBackup(file, PASSPHRASE, vault.keys);
    expect(sameVault).toBe(true);
    expect(manifest).toMatchObject({
      records: frames.length - 3,
      compartments: [{ name: 'private' }],
      withoutTier3: false,
    });
    expect(await dumpText(origin)).toBe(before);
  });

  test('needs no vault, and says nothing about whose it is then', async () => {
    expect(await rehearseBackup(file, PASSPHRASE, undefined)).toMatchObject({ sameVault: undefined });
  });

  test('tells a backup of another vault', async () => {
    const other = new Machine();
    await other.worker().create({ password: PASSWORD, mark: MARK });
    const { keys } = await other.worker().open();
    expect(await rehearseBackup(file, PASSPHRASE, keys)).toMatchObject({ sameVault: false });
  });

  test('knows its vault again after a new password by the words, when Tier 2 has another key', async () => {
    const machine = new Machine();
    const keeper = machine.worker();
    const { words } = await keeper.create({ password: PASSWORD, mark: MARK });
    const made = await backUp(machine, await keeper.open());
    await keeper.resetPassword({ phrase: words.join(' '), password: OTHER_PASSWORD });
    const { keys } = await keeper.open();
    expect(await rehearseBackup(made.file, PASSPHRASE, keys)).toMatchObject({ sameVault: true });
  });

  test('refuses another passphrase', async () => {
    await expect(rehearseBackup(file, `${PASSPHRASE} `, vault.keys)).rejects.toMatchObject({
      reason: 'backup_refused',
      field: 'passphrase',
    });
  });
});

describe('compartments', () => {
  const opened = async (machine: Machine, keeper: ReturnType<Machine['worker']>) => {
    const here = await keeper.open();
    expect(machine.clock.now).toBeGreaterThan(0);
    const address = { label: 'data/compartment/private/diary', index: 0 } as const;
    return keeper.grant(byPassword(), async (grant) => {
      const compartment = await grant.compartment(here, 'private');
      return fromUtf8(compartment.open(address, (await here.get(address, 3)) ?? new Uint8Array(0)));
    });
  };

  test('open after a restore with the password of that time', async () => {
    const machine = new Machine();
    const keeper = machine.worker();
    await keeper.restoreBackup(orderOf(file), rulesOf(machine));
    expect(await opened(machine, keeper)).toBe('Tier 3 of Ada');
  });

  test('that were not ticked are not in the file, neither key nor box', async () => {
    const made = await backUp(origin, vault, false);
    expect(made.manifest).toMatchObject({ compartments: [], withoutTier3: true });
    const machine = new Machine();
    const keeper = machine.worker();
    await keeper.restoreBackup(orderOf(made.file), rulesOf(machine));
    const content = [...(await contentOf(await keeper.open())).keys()];
    expect(content.filter((name) => name.includes('compartment'))).toEqual([]);
    await expect(opened(machine, keeper)).rejects.toMatchObject({ reason: 'not_found' });
  });

  test('that were erased since stay erased, also by a backup that is put back later still', async () => {
    const machine = await origin.fork();
    const keeper = machine.worker();
    const without = await backUp(machine, await keeper.open(), false);
    await keeper.eraseCompartment('private');
    for (const backup of [without.file, file]) {
      const report = await keeper.restoreBackup(orderOf(backup, { eraseExisting: true }), rulesOf(machine));
      expect(report.keptErased).toEqual(backup === file ? ['private'] : []);
      await expect(opened(machine, keeper)).rejects.toMatchObject({ reason: 'not_found' });
    }
    expect(await (await keeper.open()).tierOf({ label: 'data/compartment/private/diary', index: 0 })).toBeUndefined();
  });
});

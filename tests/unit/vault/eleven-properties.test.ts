import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { toBase64, toBase64url, toHex, utf8 } from '../../../lib/core/index.ts';
import type { Address } from '../../../lib/vault/index.ts';
import { MemoryBackend, OpenVault } from '../../../lib/vault/index.ts';
import { BlindStore } from '../../../lib/vault/blind-db/blind-store.ts';
import { RecordTable } from '../../../lib/vault/blind-db/table/index.ts';
import { bareKeys, bareStores, item, itemsOf, reopen } from '../../fixtures/vault/bare-vault.ts';
import { MARK, Machine, PASSWORD, dumpText, putRecord } from '../../fixtures/vault/machine.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 20);
const A: Address = { label: 'data/email', index: 0 };
const MARKER = 'ada.byron@example.org';

async function vaultOf(person = 0) {
  const backend = new MemoryBackend();
  const stores = bareStores(backend);
  const vault = OpenVault.empty(stores, bareKeys(person));
  await putRecord(vault, A, utf8(MARKER));
  const rows = async () => backend.entries('records');
  return { backend, stores, vault, rows };
}

describe('the eleven properties of BlindDB:', () => {
  test('1. different people’s records of the same label have unrelated ids', async () => {
    const [ada, bob] = [await vaultOf(0), await vaultOf(100)];
    expect((await ada.vault.locate(A)).nameId).not.toEqual((await bob.vault.locate(A)).nameId);
    const ids = new Set((await ada.rows()).map(([id]) => toHex(id)));
    expect((await bob.rows()).filter(([id]) => ids.has(toHex(id)))).toEqual([]);
    const bits = differingBits((await ada.vault.locate(A)).nameId, (await bob.vault.locate(A)).nameId);
    expect(bits).toBeGreaterThan(80);
    expect(bits).toBeLessThan(176);
  });

  test('2. no key and no value holds a field or marker of its owner', async () => {
    const { rows, vault } = await vaultOf();
    const spellings = [A.label, MARKER, ...keysOf(vault).map(latin1)];
    for (const [id, row] of await rows()) {
      for (const spelling of spellings) expect(`${latin1(id)}${latin1(row)}`).not.toContain(spelling);
    }
  });

  test('3. the wrong key opens nothing', async () => {
    const { stores } = await vaultOf();
    await expect(OpenVault.open(stores, bareKeys(1), undefined)).rejects.toMatchObject({ reason: 'vault_damaged' });
    const { sealing, ...others } = bareKeys();
    sealing.dispose();
    const almost = { ...others, sealing: bareKeys(100).sealing };
    await expect(OpenVault.open(stores, almost, undefined)).rejects.toMatchObject({ reason: 'vault_damaged' });
  });

  test('4. a swap inserts where nothing is, updates what was expected, and refuses anything else', async () => {
    const { vault } = await vaultOf();
    await vault.compareAndSwap(item(1), 1, undefined, utf8('one'));
    await vault.compareAndSwap(item(1), 1, utf8('one'), utf8('two'));
    for (const expected of [undefined, utf8('one'), utf8('two ')]) {
      await expect(vault.compareAndSwap(item(1), 1, expected, utf8('three'))).rejects.toMatchObject({
        reason: 'changed',
      });
    }
    expect(await vault.get(item(1), 1)).toEqual(utf8('two'));
  });

  test('5. the same plaintext put twice is different ciphertext under different ids', async () => {
    const { vault, rows } = await vaultOf();
    const before = await rows();
    await putRecord(vault, A, utf8(MARKER));
    const after = await rows();
    const seen = new Set(before.flatMap(([id, row]) => [toHex(id), toHex(row)]));
    expect(after.filter(([id, row]) => seen.has(toHex(id)) || seen.has(toHex(row)))).toEqual([]);
    expect(after).toHaveLength(before.length);
  });

  test('6. empty, small, JSON and large values come back as they were put', async () => {
    const { vault, stores } = await vaultOf();
    const json = utf8(JSON.stringify({ name: 'Ada', born: [1815, 12, 10], ключ: '🗝' }));
    const large = new Uint8Array(10_000).map((_, at) => at % 251);
    const values = [new Uint8Array(0), Uint8Array.of(0), utf8('x'), json, large];
    for (const [index, value] of values.entries()) await putRecord(vault, item(index), value);
    const again = await reopen(stores);
    for (const [index, value] of values.entries()) expect(await again.get(item(index), 1)).toEqual(value);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 6000 }), async (value) => {
        await putRecord(vault, item(100), value);
        expect(await vault.get(item(100), 1)).toEqual(Uint8Array.from(value));
      }),
      { numRuns },
    );
  });

  test('7. a signature under the vault’s identity refuses altered data and foreign keys', () => {
    const [own, foreign] = [bareKeys(0).identity.expose(), bareKeys(100).identity.expose()];
    const signature = ed25519.sign(utf8('as said'), own);
    const verify = (data: string, key: Uint8Array, signed = signature): boolean =>
      ed25519.verify(signed, utf8(data), ed25519.getPublicKey(key), { zip215: false });
    expect(verify('as said', own)).toBe(true);
    expect(verify('as sold', own)).toBe(false);
    expect(verify('as said', foreign)).toBe(false);
    expect(verify('as said', own, signature.with(5, (signature[5] ?? 0) ^ 1))).toBe(false);
  });

  test('10. the owner reads everything back, by name and without knowing the names', async () => {
    const { vault, stores } = await vaultOf();
    const all = new Map(Array.from({ length: 200 }, (_, index) => [index, `value ${index}`]));
    await vault.transact((tx) => {
      for (const [index, text] of all) tx.put(item(index), index % 2 === 0 ? 1 : 2, utf8(text));
      return Promise.resolve();
    });
    const again = await reopen(stores);
    for (const [index, text] of all) expect(await again.get(item(index), index % 2 === 0 ? 1 : 2)).toEqual(utf8(text));
    const listed = await itemsOf(again);
    expect([...listed].sort(([a], [b]) => a - b)).toEqual([...all]);
    expect(await again.count()).toBe(201);
  });
});

describe('decoys are not to be told from records:', () => {
  const stores = bareStores();
  let real: Uint8Array[] = [];
  let decoys: Uint8Array[] = [];

  beforeAll(async () => {
    const vault = OpenVault.empty(stores, bareKeys());
    await vault.transact((tx) => {
      for (let index = 0; index < 300; index++) tx.put(item(index), 1, new Uint8Array(900).fill(65));
      return Promise.resolve();
    });
    await vault.refresh();
    const store = new BlindStore(stores.backend, bareKeys());
    const table = await RecordTable.load(store, stores.backend);
    const twins = new Set<string>();
    for (let index = 0; index < 300; index++) {
      const entry = await table?.entry(store.nameOf(item(index)));
      if (entry === undefined) throw new Error('there is such a record');
      for (const id of store.twinIds(entry)) twins.add(toHex(id));
      for (const id of store.rowIds(entry)) real.push((await stores.backend.get('records', id)) ?? id);
    }
    const rows = await stores.backend.entries('records');
    decoys = rows.filter(([id]) => twins.has(toHex(id))).map(([, row]) => row);
  });

  test('9. each row has one, of the same length and first byte', () => {
    expect(decoys).toHaveLength(real.length);
    const shapes = new Set([...real, ...decoys].map((row) => `${row.length} ${row[0]}`));
    expect([...shapes]).toEqual(['1280 2']);
  });

  test('9. the bytes of either are as even as chance', () => {
    for (const rows of [real, decoys]) {
      const bytes = rows.flatMap((row) => [...row.subarray(1)]);
      expect(chiSquare(bytes)).toBeLessThan(366); // 255 degrees of freedom: exceeded by chance once in 200,000 runs
    }
    real = [];
  });

  test('9. they go and come with the rows they stand beside', async () => {
    const vault = await reopen(stores);
    const before = (await stores.backend.entries('records')).map(([id]) => toHex(id));
    await putRecord(vault, item(0), utf8('changed'));
    const after = new Set((await stores.backend.entries('records')).map(([id]) => toHex(id)));
    expect(before.filter((id) => !after.has(id))).toHaveLength(2);
    expect(after.size).toBe(before.length);
  });
});

describe('of a whole vault', () => {
  const machine = new Machine();
  let words: readonly string[];

  beforeAll(async () => {
    const worker = machine.worker();
    ({ words } = await worker.create({ password: PASSWORD, mark: MARK }));
    const attributes = machine.attributes(await worker.open());
    await attributes.add({ label: 'E-mail', type: 'text', value: MARKER, tier: 1 });
    await attributes.add({ label: 'A quiet worry', type: 'text', value: 'sleepless', tier: 2 });
  });

  test('8. the log’s entries are kept sealed, and verify', async () => {
    const vault = await machine.worker().open();
    const log = machine.log(vault);
    expect(await log.verifyChain()).toMatchObject({ ok: true, count: 3 });
    const kinds = (await log.page({ limit: 5 })).map(({ kind }) => kind);
    expect(kinds).toEqual(['attribute.added', 'attribute.added', 'vault.created']);
    const dump = await dumpText(machine);
    for (const kind of kinds) expect(dump).not.toContain(kind);
  });

  test('11. nothing in the dump can be read', async () => {
    const vault = await machine.worker().open();
    const dump = await dumpText(machine);
    const secrets = [MARKER, 'E-mail', 'sleepless', 'data/', 'sys/', PASSWORD, words.join(' ')];
    const keys = keysOf(vault).flatMap((key) => [latin1(key), toHex(key), toBase64(key), toBase64url(key)]);
    for (const secret of [...secrets, ...keys]) expect(dump.includes(secret)).toBe(false);
  });
});

const keysOf = ({ keys: { sealing, addressing, identity, audit, tier2 } }: OpenVault): Uint8Array[] =>
  [sealing, addressing, identity, audit, tier2].map((key) => key.expose());

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

function differingBits(a: Uint8Array, b: Uint8Array): number {
  let bits = 0;
  for (const [at, byte] of a.entries()) bits += (byte ^ (b[at] ?? 0)).toString(2).replaceAll('0', '').length;
  return bits;
}

function chiSquare(bytes: readonly number[]): number {
  const counts = new Array<number>(256).fill(0);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  const expected = bytes.length / 256;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

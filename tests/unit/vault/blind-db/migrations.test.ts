import 'fake-indexeddb/auto';
import { beforeAll, describe, expect, test } from 'vitest';
import { SecretBytes, fromUtf8, utf8 } from '../../../../lib/core/index.ts';
import { getCredential, listCredentials, openInstance } from '../../../../lib/credentials/index.ts';
import { indexedDbBackend } from '../../../../lib/platform/indexed-db.ts';
import type { VaultKeys } from '../../../../lib/vault/index.ts';
import { OpenVault } from '../../../../lib/vault/index.ts';
import { readHeader } from '../../../../lib/vault/keys/header.ts';
import { recordId } from '../../../../lib/vault/blind-db/record-id.ts';
import { Fuse, WorkerDied, mortal } from '../../../fixtures/vault/dying.ts';
import type { Machine, Stores } from '../../../fixtures/vault/machine.ts';
import { byPassword } from '../../../fixtures/vault/machine.ts';
import { machineOf, readVersion } from '../../../fixtures/vault/versions.ts';

const first = readVersion(1);
const opener = byPassword(first.password);

/** The vault is whole, and of this code's format. */
async function assertWhole(machine: Machine, stores: Stores = machine): Promise<void> {
  const worker = machine.worker(stores);
  await worker.unlock(opener);
  const vault = await worker.open();
  const { attributes, credential, logEntries, waiting } = first.expected;
  expect(await machine.attributes(vault).list()).toEqual(attributes);
  expect((await listCredentials(vault)).map(({ id }) => id)).toEqual([credential.id]);
  expect(await getCredential(vault, credential.id)).toMatchObject({ instances: credential.instances });
  const { holderKey, ...opened } = await openInstance(
    vault,
    credential.id,
    [...credential.rowTiers.keys()],
    machine.clock.now,
  );
  holderKey.dispose();
  expect(opened).toMatchObject({ instanceId: credential.instances[0] });
  expect(opened.disclosures).toHaveLength(credential.rowTiers.length);
  const log = machine.log(vault);
  expect(await log.verifyChain()).toMatchObject({ ok: true });
  const kinds = (await log.page({ limit: 500 })).map(({ kind }) => kind);
  expect(kinds.length).toBeGreaterThanOrEqual(logEntries + waiting.length + 1);
  for (const kind of waiting) expect(kinds).toContain(kind);
  expect(kinds).not.toContain('vault.anchor_missing');
  expect(kinds).not.toContain('vault.rows_differ');
  expect(await vault.check()).toMatchObject({ missing: 0, altered: 0, strangers: 0 });
  const rows = await stores.backend.entries('records');
  expect(new Set(rows.map(([, row]) => row.length))).toEqual(new Set([1280]));
  const header = readHeader((await stores.backend.get('meta', 'header')) ?? utf8(''));
  expect(header).toMatchObject({ kind: 'readable', header: { schema: 2 } });
}

const copyKeys = ({ sealing, addressing, identity, audit, tier2 }: VaultKeys): VaultKeys => {
  const copy = (key: SecretBytes) => SecretBytes.take(key.expose().slice());
  return {
    ...{ sealing: copy(sealing), addressing: copy(addressing), identity: copy(identity) },
    ...{ audit: copy(audit), tier2: copy(tier2) },
  };
};

describe('a vault of the first format', () => {
  test('is brought up to date when it is opened, with all that was in it', async () => {
    await assertWhole(await machineOf(first));
  });

  test('is so in IndexedDB too', async () => {
    const backend = indexedDbBackend('signet-first-format');
    const machine = await machineOf(first, backend);
    const { local, session } = machine;
    await assertWhole(machine, { backend, local, session });
    machine.endBrowser();
    await assertWhole(machine, { backend, local, session: machine.session });
  });

  test('opens with its words: what the first tier holds stays', async () => {
    const machine = await machineOf(first);
    await machine.worker().resetPassword({ phrase: first.phrase, password: 'another long password' });
    const list = await machine.attributes(await machine.worker().open()).list();
    expect(list).toEqual(first.expected.attributes.filter(({ tier }) => tier === 1));
  });

  test('is known as one of these keys before it is opened, and by no others', async () => {
    const machine = await machineOf(first);
    const { keys } = await openedKeys();
    expect(await OpenVault.isFiledUnder(machine, keys)).toBe(true);
    expect(await OpenVault.isFiledUnder(machine, { ...keys, addressing: keys.sealing })).toBe(false);
  });

  test('is left as it is while it may only be read', async () => {
    const machine = await machineOf(first);
    const { keys } = await openedKeys();
    const before = await machine.backend.entries('records');
    await expect(OpenVault.open(machine, keys, undefined, { readOnly: 'full' })).rejects.toThrow();
    expect(await machine.backend.entries('records')).toEqual(before);
  });

  const openedKeys = async () => {
    const worker = (await machineOf(first)).worker();
    await worker.unlock(opener);
    return worker.open();
  };

  let rootId: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    rootId = recordId((await openedKeys()).keys.addressing, { label: 'sys/root', index: 0 });
  });

  const tampered: Readonly<Record<string, (machine: Machine) => Promise<void>>> = {
    'without its root': (machine) => machine.backend.batch([{ store: 'records', key: rootId, value: undefined }], []),
    'with a row gone': async (machine) => {
      const entries = await machine.backend.entries('records');
      const [key] = entries.find(([, row]) => row.length === 285) ?? [rootId];
      await machine.backend.batch([{ store: 'records', key, value: undefined }], []);
    },
    'with two rows swapped': async (machine) => {
      const [a, b] = (await machine.backend.entries('records')).filter(([, row]) => row.length === 1053);
      if (a === undefined || b === undefined) throw new Error('the fixture has such rows');
      const writes = [[a[0], b[1]] as const, [b[0], a[1]] as const];
      await machine.backend.batch(
        writes.map(([key, value]) => ({ store: 'records', key, value })),
        [],
      );
    },
    'with the anchor of a later state': async (machine) => {
      const anchor = { ...first.rows.anchor, counter: 1000 };
      await machine.local.set('anchor', anchor);
    },
  };

  for (const [what, tamper] of Object.entries(tampered)) {
    test(`${what} is refused, and stays as it is`, async () => {
      const machine = await machineOf(first);
      await tamper(machine);
      const rows = await machine.backend.entries('records');
      await expect(machine.worker().unlock(opener)).rejects.toMatchObject({ reason: 'vault_damaged' });
      expect(await machine.backend.entries('records')).toEqual(rows);
    });
  }

  test('whose anchor is gone is told so once it is brought up to date', async () => {
    const machine = await machineOf(first);
    await machine.local.remove('anchor');
    const worker = machine.worker();
    await worker.unlock(opener);
    const kinds = (await machine.log(await worker.open()).page({ limit: 5 })).map(({ kind }) => kind);
    expect(kinds).toContain('vault.anchor_missing');
  });

  test('is of the one format or the other in IndexedDB too, whenever the worker dies', async () => {
    const { keys } = await openedKeys();
    const rootsSeen: boolean[] = [];
    for (let writes = 0, burnt = true; burnt; writes++) {
      const backend = indexedDbBackend(`signet-first-format-${writes}`);
      const { local, session } = await machineOf(first, backend);
      const header = await backend.get('meta', 'header');
      const fuse = new Fuse(writes);
      await OpenVault.open(mortal({ backend, local, session }, fuse), copyKeys(keys), header).catch(
        (error: unknown) => {
          expect(error).toBeInstanceOf(WorkerDied);
        },
      );
      burnt = fuse.burnt;
      rootsSeen.push((await backend.get('meta', 'root')) !== undefined);
      const now = await backend.get('meta', 'header');
      const again = await OpenVault.open({ backend, local }, copyKeys(keys), now);
      expect(await again.vault.rowsDiffer()).toBe(false);
      expect(await again.vault.check()).toMatchObject({ missing: 0, altered: 0, strangers: 0 });
      expect(await again.vault.count()).toBeGreaterThan(first.expected.logEntries);
      expect((await OpenVault.open({ backend, local }, copyKeys(keys), again.header ?? now)).header).toBeUndefined();
    }
    expect(rootsSeen).toEqual([false, true, true]);
  });

  test('is of the old format or the new one whenever the worker dies, and whole', { timeout: 240_000 }, async () => {
    let formats = '';
    for (let writes = 0; ; writes++) {
      const machine = await machineOf(first);
      const fuse = new Fuse(writes);
      const died = await machine
        .worker(mortal(machine, fuse))
        .unlock(opener)
        .then(() => false)
        .catch((error: unknown) => {
          if (error instanceof WorkerDied || (error instanceof Error && error.cause instanceof WorkerDied)) return true;
          throw error;
        });
      const header = fromUtf8((await machine.backend.get('meta', 'header')) ?? utf8('{}'));
      const root = await machine.backend.get('meta', 'root');
      formats += root === undefined ? '1' : '2';
      expect(header.includes('"schema":2')).toBe(root !== undefined);
      machine.clock.now += 3_600_000;
      machine.endBrowser();
      await assertWhole(machine);
      if (!died) break;
    }
    expect(formats).toMatch(/^1+2+$/);
  });
});

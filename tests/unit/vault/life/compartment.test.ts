import { beforeAll, describe, expect, test } from 'vitest';
import type { Bytes, SecretBytes } from '../../../../lib/core/index.ts';
import {
  SecretBytes as Secret,
  concatBytes,
  fromBase64,
  fromUtf8,
  toBase64,
  toHex,
  utf8,
} from '../../../../lib/core/index.ts';
import { openBox } from '../../../../lib/vault/keys/sealed-box.ts';
import * as keyTree from '../../../../lib/vault/keys/key-tree.ts';
import { recordId } from '../../../../lib/vault/blind-db/record-id.ts';
import type { Address, Compartment, Grant, OpenVault } from '../../../../lib/vault/index.ts';
import { Collection, compartmentPrefix, readCompartment } from '../../../../lib/vault/index.ts';
import { MARK, Machine, PASSWORD, byPassword } from '../../../fixtures/vault/machine.ts';
import { Authenticator } from '../../../fixtures/vault/passkeys.ts';

const DIAGNOSIS = 'A diagnosis that is nobody’s business';
const at = (id: string | number): Address => ({ label: `${compartmentPrefix('health')}record/${id}`, index: 0 });
const RECORD = at('one');
const LIST = new Collection(`${compartmentPrefix('health')}records`);

const origin = new Machine();
const key = new Authenticator();

/** A vault with one record in one compartment. */
beforeAll(async () => {
  const worker = origin.worker();
  await worker.create({ password: PASSWORD, mark: MARK });
  await key.join(worker);
  await worker.grant(byPassword(), (grant) => store(grant, RECORD, DIAGNOSIS));
});

async function store(grant: Grant, address: Address, text: string): Promise<void> {
  await grant.vault.transact(async (tx) => {
    const compartment = await grant.ensureCompartment(tx, 'health');
    tx.put(address, 3, compartment.seal(address, utf8(text)));
    await LIST.add(tx, address.label);
  });
}

async function read(grant: Grant, address: Address = RECORD): Promise<string> {
  const compartment = await grant.compartment(grant.vault, 'health');
  return fromUtf8(compartment.open(address, await boxAt(grant.vault, address)));
}

const boxAt = async (vault: OpenVault, address: Address): Promise<Bytes> => (await vault.get(address, 3)) ?? utf8('');

const kinds = async (machine: Machine): Promise<string[]> =>
  (await machine.log(await machine.worker().open()).page({ limit: 50 })).map(({ kind, subject }) =>
    `${kind} ${subject}`.trim(),
  );

describe('a record in a compartment', () => {
  test('opens with the password, or a passkey, and only within the grant', async () => {
    const worker = (await origin.fork()).worker();
    for (const opener of [byPassword(), await key.opener(worker)]) {
      expect(await worker.grant(opener, (grant) => read(grant))).toBe(DIAGNOSIS);
    }
    const kept = await worker.grant(byPassword(), async (grant) => ({
      grant,
      compartment: await grant.compartment(grant.vault, 'health'),
    }));
    const box = await boxAt(await worker.open(), RECORD);
    expect(() => kept.compartment.open(RECORD, box)).toThrow(expect.objectContaining({ reason: 'locked' }) as Error);
    expect(() => kept.compartment.seal(RECORD, utf8('x'))).toThrow('forgotten');
    await expect(kept.grant.compartment(kept.grant.vault, 'health')).rejects.toMatchObject({ reason: 'locked' });
  });

  test('is forgotten when the work fails, too', async () => {
    const worker = (await origin.fork()).worker();
    let leaked: Compartment | undefined;
    const failing = worker.grant(byPassword(), async (grant) => {
      leaked = await grant.compartment(grant.vault, 'health');
      throw new Error('the story ends badly');
    });
    await expect(failing).rejects.toThrow('ends badly');
    expect(() => leaked?.seal(RECORD, utf8('x'))).toThrow('forgotten');
  });

  test('is forgotten when the vault locks meanwhile', async () => {
    const worker = (await origin.fork()).worker();
    const late = worker.grant(byPassword(), async (grant) => {
      const compartment = await grant.compartment(grant.vault, 'health');
      const box = await boxAt(grant.vault, RECORD);
      await worker.lock('system');
      return compartment.open(RECORD, box);
    });
    await expect(late).rejects.toMatchObject({ reason: 'locked' });
  });

  test('is not opened by a wrong password, which counts, nor while the vault is locked', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    const opening = worker.grant(byPassword('wrong password'), (grant) => read(grant));
    await expect(opening).rejects.toMatchObject({ reason: 'wrong_password' });
    expect(await machine.local.get('attempts')).toMatchObject({ failures: 1 });
    machine.endBrowser();
    const locked = machine.worker().grant(byPassword(), (grant) => read(grant));
    await expect(locked).rejects.toMatchObject({ reason: 'locked' });
  });

  test('is listed, counted and deleted by a session that cannot open it', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    const vault = await worker.open();
    expect(await worker.compartments()).toMatchObject([{ name: 'health', records: 1, madeAt: machine.clock.now }]);
    const found: Address[] = [];
    for await (const { address, tier } of vault.records()) if (tier === 3) found.push(address);
    expect(found).toEqual([RECORD]);
    await vault.transact((tx) => tx.delete(RECORD));
    expect(await worker.compartments()).toMatchObject([{ name: 'health', records: 0 }]);
  });

  test('moved to another address, or altered, does not open', async () => {
    const worker = (await origin.fork()).worker();
    await worker.grant(byPassword(), async (grant) => {
      const compartment = await grant.compartment(grant.vault, 'health');
      const box = await boxAt(grant.vault, RECORD);
      const damage = expect.objectContaining({ reason: 'vault_damaged' }) as Error;
      expect(() => compartment.open(at('two'), box)).toThrow(damage);
      for (const i of [0, 12, box.length - 1]) {
        expect(() => compartment.open(RECORD, box.with(i, (box[i] ?? 0) ^ 1))).toThrow(damage);
      }
    });
  });

  test('shows a running session its length in steps of 256 bytes alone', async () => {
    const worker = (await origin.fork()).worker();
    await worker.grant(byPassword(), async (grant) => {
      const compartment = await grant.compartment(grant.vault, 'health');
      const lengths = [0, 1, 252].map((length) => compartment.seal(RECORD, new Uint8Array(length)).length);
      expect(new Set(lengths).size).toBe(1);
      for (const length of [0, 1, 252, 253, 5_000]) {
        const plaintext = new Uint8Array(length).fill(7);
        expect(compartment.open(RECORD, compartment.seal(RECORD, plaintext))).toEqual(plaintext);
      }
    });
  });

  test('lies under a key of its own compartment: another one does not open it', async () => {
    const worker = (await origin.fork()).worker();
    await worker.grant(byPassword(), async (grant) => {
      const other = await grant.vault.transact((tx) => grant.ensureCompartment(tx, 'payment'));
      const box = await boxAt(grant.vault, RECORD);
      expect(() => other.open(RECORD, box)).toThrow(expect.objectContaining({ reason: 'vault_damaged' }) as Error);
    });
  });

  test('is in the log by its compartment, before it is given and without its name', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    await worker.grant(byPassword(), async (grant) => {
      await grant.compartment(grant.vault, 'health');
      const id = (await readCompartment(grant.vault, 'health'))?.id ?? '';
      const [opened] = await kinds(machine);
      expect(opened).toBe(`compartment.opened health.${id}`);
      expect(await kinds(machine)).toContain(`compartment.made health.${id}`);
    });
  });
});

describe('a dump of everything that a running session has', () => {
  /** Every 32-byte key the code derives from a secret without being told anything else. */
  const derivations: ReadonlyMap<string, (secret: SecretBytes) => SecretBytes> = new Map([
    ['itself', (secret) => secret],
    ['inbox', keyTree.deriveInboxSecret],
    ['anchor', keyTree.deriveAnchorKey],
    ['passkey wrap', keyTree.derivePasskeyWrapKey],
    ['session', (secret) => keyTree.deriveKey(secret, 'session', 'signet-session-key')],
    ['sealing', (secret) => keyTree.deriveVaultKeys(secret).sealing],
    ['addressing', (secret) => keyTree.deriveVaultKeys(secret).addressing],
    ['identity', (secret) => keyTree.deriveVaultKeys(secret).identity],
    ['audit', (secret) => keyTree.deriveVaultKeys(secret).audit],
    ['tier 2 wrap', (secret) => keyTree.deriveTier2WrapKey(secret, secret)],
  ]);

  test('is not enough to open a Tier 3 record; a grant is', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    await worker.grant(byPassword(), (grant) => read(grant)); // whatever a grant might leave behind is there too
    const vault = await worker.open();
    const box = await boxAt(vault, RECORD);
    const stored = await readCompartment(vault, 'health');
    if (stored === undefined) throw new Error('no compartment');

    const secrets = [
      ...Object.values(vault.keys as unknown as Record<string, SecretBytes>),
      ...(await dumped(machine)),
    ];
    const ids = [recordId(vault.keys.addressing, RECORD), utf8(`health.${stored.id}`), utf8(stored.id), utf8('health')];
    let tried = 0;
    for (const secret of keysFrom(secrets, ids)) {
      for (const [what, sealed] of [
        ['the record', box],
        ['the compartment’s key', stored.wrap],
      ] as const) {
        for (const data of additionalData(ids)) {
          expect(openBox(secret, data, sealed), `${what} opened`).toBeUndefined();
          tried += 1;
        }
      }
    }
    expect(tried).toBeGreaterThan(10_000);
    expect(await worker.grant(byPassword(), (grant) => read(grant))).toBe(DIAGNOSIS);
  });

  test('would be found by this very search, were the key in it', async () => {
    const worker = (await origin.fork()).worker();
    await worker.grant(byPassword(), async (grant) => {
      const stored = await readCompartment(grant.vault, 'health');
      const { words } = await worker.revealPhrase(byPassword());
      const root = await keyTree.rootOfPhrase(words.join(' '));
      const ids = [utf8(`health.${stored?.id ?? ''}`)];
      const opened = [...keysFrom([root], ids)].some((secret) =>
        additionalData(ids).some((data) => openBox(secret, data, stored?.wrap ?? utf8('')) !== undefined),
      );
      expect(opened).toBe(true);
    });
  });

  function* keysFrom(secrets: readonly SecretBytes[], ids: readonly Bytes[]): Generator<SecretBytes> {
    for (const secret of secrets) {
      for (const derive of derivations.values()) {
        const derived = derive(secret);
        yield derived;
        for (const id of ids) {
          yield keyTree.deriveRecordKey(derived, id);
          yield keyTree.deriveKey(derived, id, 'signet-compartment-key');
        }
      }
    }
    for (const one of secrets) for (const other of secrets) yield keyTree.deriveTier2WrapKey(one, other);
  }

  const labels = ['', 'signet-compartment-record', 'signet-compartment-wrap'].map(utf8);
  const additionalData = (ids: readonly Bytes[]): Bytes[] =>
    labels.flatMap((label) => [label, ...ids.map((id) => concatBytes(label, id))]);

  /** Every run of 32 bytes that starts a value in storage.session, storage.local or meta, as itself and decoded. */
  async function dumped(machine: Machine): Promise<SecretBytes[]> {
    const texts = [...machine.session.dump().values(), ...machine.local.dump().values()].flatMap((json) =>
      json.split(/[^A-Za-z0-9+/=_-]+/),
    );
    const bytes = [
      ...(await machine.backend.entries('meta')).map(([, value]) => value),
      ...texts.flatMap((text) => [utf8(text), decoded(text)]),
    ];
    const found = new Map(bytes.filter((b) => b.length >= 32).map((b) => [toHex(b.subarray(0, 32)), b.slice(0, 32)]));
    return [...found.values()].map((b) => Secret.take(b));
  }

  function decoded(text: string): Bytes {
    try {
      return fromBase64(toBase64(Buffer.from(text, 'base64')));
    } catch {
      return utf8('');
    }
  }
});

describe('erasing a compartment', () => {
  test('takes its key at once and for good, keeps the rest, and is in the log', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    const vault = await worker.open();
    const stored = await readCompartment(vault, 'health');
    const { rows } = await vault.locate({ label: 'sys/compartment/health', index: 0 });
    expect(rows).toHaveLength(1);
    await worker.eraseCompartment('health');
    for (const row of rows) expect(await machine.backend.get('records', row)).toBeUndefined();
    expect(await worker.compartments()).toEqual([]);
    await expect(worker.grant(byPassword(), (grant) => read(grant))).rejects.toMatchObject({ reason: 'not_found' });
    expect((await kinds(machine))[0]).toBe(`compartment.erased health.${stored?.id ?? ''}`);
    await expect(worker.eraseCompartment('health')).rejects.toMatchObject({ reason: 'not_found' });
  });

  test('ends a grant that runs', async () => {
    const worker = (await origin.fork()).worker();
    const late = worker.grant(byPassword(), async (grant) => {
      const compartment = await grant.compartment(grant.vault, 'health');
      await worker.eraseCompartment('health');
      return compartment.open(RECORD, await boxAt(grant.vault, RECORD));
    });
    await expect(late).rejects.toMatchObject({ reason: 'locked' });
  });

  test('is followed by its rows, lists with them, in the background', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    const vault = await worker.open();
    const keep: Address = { label: `${compartmentPrefix('payment')}record/one`, index: 0 };
    await worker.grant(byPassword(), async (grant) => {
      for (let i = 0; i < 70; i++) await store(grant, at(i), 'more');
      await vault.transact(async (tx) => {
        const compartment = await grant.ensureCompartment(tx, 'payment');
        tx.put(keep, 3, compartment.seal(keep, utf8('4111 1111')));
      });
    });
    await worker.eraseCompartment('health');
    expect(await vault.tierOf(RECORD)).toBe(3);
    await worker.finish();
    const labels: string[] = [];
    for await (const { address } of vault.records()) labels.push(address.label);
    expect(labels.filter((label) => label.includes('health') || label.includes('erasing'))).toEqual([]);
    expect(labels).toContain(keep.label);
    expect(await vault.check()).toMatchObject({ missing: 0, altered: 0, strangers: 0 });
  });

  test('and making it anew makes another one: nothing of the old lies in it, nothing of the new is cleared', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    const before = await readCompartment(await worker.open(), 'health');
    await worker.eraseCompartment('health');
    await worker.grant(byPassword(), (grant) => store(grant, at('new'), 'after'));
    const vault = await worker.open();
    const after = await readCompartment(vault, 'health');
    expect(after?.id).not.toBe(before?.id);
    expect(await vault.tierOf(RECORD)).toBeUndefined();
    expect(await LIST.list(vault)).toEqual([at('new').label]);
    await worker.finish();
    expect(await worker.grant(byPassword(), (grant) => read(grant, at('new')))).toBe('after');
  });

  test('needs the vault open', async () => {
    const machine = await origin.fork();
    machine.endBrowser();
    await expect(machine.worker().eraseCompartment('health')).rejects.toMatchObject({ reason: 'locked' });
  });
});

test('a wrapped key put back from before an erase is a row nobody knows: nothing opens with it', async () => {
  const machine = await origin.fork();
  const worker = machine.worker();
  const vault = await worker.open();
  const { rows } = await vault.locate({ label: 'sys/compartment/health', index: 0 });
  const [row] = rows;
  if (row === undefined) throw new Error('no row');
  const value = await machine.backend.get('records', row);
  await worker.eraseCompartment('health');
  await machine.backend.batch([{ store: 'records', key: row, value }], []);
  await expect(worker.grant(byPassword(), (grant) => read(grant))).rejects.toMatchObject({ reason: 'not_found' });
  expect(await vault.check()).toMatchObject({ strangers: 1 });
});

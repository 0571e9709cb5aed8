import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditLog } from '../../../lib/audit/index.ts';
import type { Origin, SecretBytes } from '../../../lib/core/index.ts';
import type { CredentialRecord, IssuedCredential } from '../../../lib/credentials/index.ts';
import {
  addCredential,
  consumeInstance,
  createHolderKey,
  getCredential,
  holderPublicJwk,
  issuerKeyResolver,
  listCredentials,
  lostRows,
  openInstance,
  outlineClaims,
  removeCredential,
  revealedBy,
  rowsFor,
  selectPaths,
  verifyIssuedCredential,
} from '../../../lib/credentials/index.ts';
import type { Address, VaultReader } from '../../../lib/vault/index.ts';
import type { TestIssuer } from '../../fixtures/credentials/test-issuer.ts';
import { ISSUER, NOW, VCT, createTestIssuer, issueAge } from '../../fixtures/credentials/test-issuer.ts';
import { MARK, Machine, PASSWORD, dumpText } from '../../fixtures/vault/machine.ts';

interface Copy {
  readonly issued: IssuedCredential;
  readonly holderKey: SecretBytes;
}

let issuer: TestIssuer;
let unlocked: Machine;
let machine: Machine;
let log: AuditLog;

beforeAll(async () => {
  issuer = await createTestIssuer();
  unlocked = new Machine();
  await unlocked.worker().create({ password: PASSWORD, mark: MARK });
});

beforeEach(async () => {
  machine = await unlocked.fork();
  const vault = await machine.worker().open();
  log = machine.log(vault);
});

async function copy(changes: Parameters<typeof issueAge>[2] = {}): Promise<Copy> {
  const holderKey = createHolderKey();
  const holder = holderPublicJwk(holderKey);
  const { text } = await issueAge(issuer, holder, changes);
  const clock = (): number => NOW;
  const fetchJson = () => Promise.resolve({ issuer: ISSUER, jwks: { keys: [issuer.publicJwk] } });
  const origin = ISSUER as Origin; // the test's own constant
  const resolveKeys = issuerKeyResolver({ issuer: origin, clock, fetchJson });
  return {
    holderKey,
    issued: await verifyIssuedCredential(text, { issuer: origin, vct: VCT, holder, clock, resolveKeys }),
  };
}

const copies = (count: number): Promise<Copy[]> => Promise.all(Array.from({ length: count }, () => copy()));

const add = (instances: readonly Copy[]): Promise<CredentialRecord> =>
  log.transact(async (tx) => {
    const record = await addCredential(tx, { name: 'Age\u202e card', issuerName: 'Town', receivedAt: NOW, instances });
    await tx.log({ kind: 'credential.received', subject: ISSUER });
    return record;
  });

const consume = (id: string, instance: number): Promise<CredentialRecord> =>
  log.transact(async (tx) => {
    await tx.log({ kind: 'proof.allowed' });
    return consumeInstance(tx, id, instance, NOW);
  });

/** A reader that notes what was opened. */
function watched(): { readonly reader: VaultReader; readonly opened: string[] } {
  const opened: string[] = [];
  const { vault } = log;
  const reader: VaultReader = {
    keys: vault.keys,
    tierOf: (address) => vault.tierOf(address),
    logState: () => vault.logState(),
    logTail: () => vault.logTail(),
    get: (address: Address, tier) => {
      opened.push(`${address.label.split('/').at(-1) ?? ''} tier ${tier}`);
      return vault.get(address, tier);
    },
  };
  return { reader, opened };
}

const rowsOf = (record: CredentialRecord, name: string): readonly number[] => rowsFor(record.claims, [[name]]);

describe('the credential store', () => {
  it('lists what was added, with what planning needs and no value above Tier 1', async () => {
    const record = await add(await copies(3));
    expect(await listCredentials(log.vault)).toEqual([record]);
    expect(record).toMatchObject({
      name: 'Age card',
      vct: VCT,
      instancesReceived: 3,
      instances: [0, 1, 2],
      lastReused: false,
    });
    expect(record.issuer).toEqual({ origin: ISSUER, name: 'Town', vouched: false });
    expect(new Set(record.claims)).toEqual(
      new Set([
        { path: ['age_over_21'], label: 'over 21', tier: 1, rows: [0], value: true },
        { path: ['birthdate'], label: 'birth date', tier: 2, rows: [1] },
        { path: ['family_name'], label: 'family name', tier: 2, rows: [2] },
        { path: ['given_name'], label: 'given name', tier: 2, rows: [3] },
      ]),
    );
    expect(JSON.stringify(record)).not.toMatch(/"Ada"|Byron|1990-/);
    expect(selectPaths(outlineClaims(record.claims), ['birthdate'])).toEqual([['birthdate']]);
    expect(revealedBy(record.claims, rowsOf(record, 'age_over_21')).map(({ label }) => label)).toEqual(['over 21']);
  });

  it('opens nothing but the credential and one instance for a derived yes/no', async () => {
    const record = await add(await copies(2));
    const { reader, opened } = watched();
    const instance = await openInstance(reader, record.id, rowsOf(record, 'age_over_21'), NOW);
    expect(instance.disclosures.map((one) => JSON.parse(Buffer.from(one, 'base64url').toString()) as unknown)).toEqual([
      [expect.any(String), 'age_over_21', true],
    ]);
    expect(opened).toHaveLength(2);
    expect(opened.every((one) => one.endsWith('tier 1'))).toBe(true);
  });

  it('opens one Tier 2 record for one identity claim', async () => {
    const record = await add(await copies(2));
    const { reader, opened } = watched();
    const { disclosures } = await openInstance(reader, record.id, rowsOf(record, 'birthdate'), NOW);
    expect(Buffer.from(disclosures[0] ?? '', 'base64url').toString()).toContain('1990-04-01');
    expect(opened.filter((one) => one === 'disclosure tier 2')).toHaveLength(1);
  });

  it('gives each instance the holder key it was issued for', async () => {
    const instances = await copies(2);
    const expected = instances.map(({ holderKey }) => holderPublicJwk(holderKey));
    const { id } = await add(instances);
    const first = await openInstance(log.vault, id, [], NOW);
    expect(holderPublicJwk(first.holderKey)).toEqual(expected[0]);
    await consume(id, first.instanceId);
    expect(holderPublicJwk((await openInstance(log.vault, id, [], NOW)).holderKey)).toEqual(expected[1]);
  });

  it('deletes a used instance with its rows while others remain, and keeps and marks the last', async () => {
    const { id } = await add(await copies(2));
    const before = await machine.backend.count('records');
    const first = await openInstance(log.vault, id, [], NOW);
    expect(first.isLast).toBe(false);
    expect(await consume(id, first.instanceId)).toMatchObject({ instances: [1], lastReused: false });
    expect(await machine.backend.count('records')).toBeLessThan(before);
    const last = await openInstance(log.vault, id, [0, 1], NOW);
    expect(last.isLast).toBe(true);
    expect(await consume(id, last.instanceId)).toMatchObject({ instances: [1], lastReused: true });
    expect((await openInstance(log.vault, id, [0, 1], NOW)).disclosures).toEqual(last.disclosures);
  });

  it('lets nobody use an instance twice while others remain', async () => {
    const { id } = await add(await copies(2));
    await consume(id, 0);
    await expect(consume(id, 0)).rejects.toMatchObject({ reason: 'changed', field: 'instance' });
    expect((await getCredential(log.vault, id)).instances).toEqual([1]);
  });

  it('removes everything that belongs to a credential', async () => {
    const kept = await add([await copy()]);
    const written: Address[] = [];
    const instances = await copies(2);
    const { id } = await log.transact(async (tx) => {
      await tx.log({ kind: 'credential.received' });
      const put: typeof tx.put = (address, tier, bytes) => {
        written.push(address);
        tx.put(address, tier, bytes);
      };
      return addCredential({ ...tx, put }, { name: '', issuerName: '', receivedAt: NOW, instances });
    });
    await log.transact(async (tx) => {
      await removeCredential(tx, id);
      await tx.log({ kind: 'credential.deleted' });
    });
    const own = written.filter(({ label }) => label.startsWith(`data/credential/${id}`));
    expect(own).toHaveLength(1 + 2 * (1 + 3));
    expect(await Promise.all(own.map((address) => log.vault.tierOf(address)))).toEqual(own.map(() => undefined));
    expect(await listCredentials(log.vault)).toEqual([kept]);
    await expect(getCredential(log.vault, id)).rejects.toMatchObject({ reason: 'not_found' });
    await expect(openInstance(log.vault, id, [], NOW)).rejects.toMatchObject({ reason: 'not_found' });
  });

  it('refuses copies that differ, and no copies, and leaves the vault as it was', async () => {
    const other = await copy({
      claims: { age_over_21: false, birthdate: '1', given_name: 'Ada', family_name: 'Byron' },
    });
    const fewer = await copy({ claims: { age_over_21: true } });
    for (const instances of [[await copy(), other], [await copy(), fewer], []]) {
      await expect(add(instances)).rejects.toMatchObject({ reason: 'credential_refused' });
    }
    expect(await listCredentials(log.vault)).toEqual([]);
  });

  it('knows which claims a password reset took, and still proves the others', async () => {
    const record = await add(await copies(1));
    await log.transact(async (tx) => {
      await tx.deleteTier(2);
      await tx.log({ kind: 'proof.ended' });
    });
    expect(await lostRows(log.vault, record)).toEqual([1, 2, 3]);
    expect((await openInstance(log.vault, record.id, [0], NOW)).disclosures).toHaveLength(1);
    await expect(openInstance(log.vault, record.id, [1], NOW)).rejects.toMatchObject({ reason: 'not_found' });
  });

  it('leaves no claim, name or key in clear in what is stored', async () => {
    const instances = await copies(2);
    const keys = instances.map(({ holderKey }) => Buffer.from(holderKey.expose()).toString('latin1'));
    await add(instances);
    const stored = await dumpText(machine);
    const encoded = instances.flatMap(({ issued }) => issued.sdJwt.disclosures.map((disclosure) => disclosure.encoded));
    for (const secret of ['Byron', 'birthdate', '1990-04-01', VCT, ISSUER, 'data/cred', ...keys, ...encoded]) {
      expect(stored.includes(secret)).toBe(false);
    }
  });
});

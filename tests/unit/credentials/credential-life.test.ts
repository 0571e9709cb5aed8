import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditLog } from '../../../lib/audit/index.ts';
import type { Origin } from '../../../lib/core/index.ts';
import { SecretBytes } from '../../../lib/core/index.ts';
import type {
  ArrivedOpening,
  CredentialRecord,
  CredentialStatus,
  DecayPolicy,
} from '../../../lib/credentials/index.ts';
import {
  addCredential,
  consumeInstance,
  createHolderKey,
  getCredential,
  hasOpening,
  holderPublicJwk,
  issuerKeyResolver,
  listCredentials,
  noteStatuses,
  openInstance,
  putOpenings,
  removeCredential,
  revealInstance,
  showableClaims,
  stateOf,
  statusReferences,
  verifyIssuedCredential,
} from '../../../lib/credentials/index.ts';
import { ProofRequest } from '../../../lib/proofs/index.ts';
import type { Grant, VaultKeeper } from '../../../lib/vault/index.ts';
import { LIST_URI, statusClaim } from '../../fixtures/credentials/status-list.ts';
import type { TestIssuer } from '../../fixtures/credentials/test-issuer.ts';
import { ISSUER, NOW, VCT, createTestIssuer, issueAge } from '../../fixtures/credentials/test-issuer.ts';
import { MARK, Machine, PASSWORD, byPassword } from '../../fixtures/vault/machine.ts';

const DAY = 86_400_000;

let issuer: TestIssuer;
let unlocked: Machine;
let machine: Machine;
let keeper: VaultKeeper;
let log: AuditLog;

beforeAll(async () => {
  issuer = await createTestIssuer();
  unlocked = new Machine();
  await unlocked.worker().create({ password: PASSWORD, mark: MARK });
});

beforeEach(async () => {
  machine = await unlocked.fork();
  keeper = machine.worker();
  log = machine.log(await keeper.open());
});

async function copy(payload: object) {
  const holderKey = createHolderKey();
  const holder = holderPublicJwk(holderKey);
  const { text } = await issueAge(issuer, holder, { payload });
  const clock = (): number => NOW;
  const fetchJson = () => Promise.resolve({ issuer: ISSUER, jwks: { keys: [issuer.publicJwk] } });
  const origin = ISSUER as Origin; // the test's own constant
  const resolveKeys = issuerKeyResolver({ issuer: origin, clock, fetchJson });
  return {
    holderKey,
    issued: await verifyIssuedCredential(text, { issuer: origin, vct: VCT, holder, clock, resolveKeys }),
  };
}

/** A credential of so many copies, each with its own place in a status list. */
async function add({
  copies = 2,
  decay,
  payload = {},
}: { copies?: number; decay?: DecayPolicy; payload?: object } = {}) {
  const instances = await Promise.all(
    Array.from({ length: copies }, (_, i) => copy({ ...statusClaim(10 + i), exp: (NOW + 9 * DAY) / 1000, ...payload })),
  );
  const added = { name: 'Card', issuerName: 'Town', receivedAt: NOW, instances, ...(decay && { decay }) };
  const store = (grant?: Grant) =>
    log.transact(async (tx) => {
      await tx.log({ kind: 'credential.received', subject: ISSUER });
      return addCredential(tx, added, grant && ((name) => grant.ensureCompartment(tx, name)));
    });
  return 'iban' in payload ? keeper.grant(byPassword(), store) : store();
}

const consume = (id: string, instance: number, now = NOW): Promise<CredentialRecord> =>
  log.transact(async (tx) => {
    await tx.log({ kind: 'proof.allowed' });
    return consumeInstance(tx, id, instance, now);
  });

const note = (id: string, statuses: readonly CredentialStatus[], now = NOW): Promise<CredentialRecord> =>
  log.transact(async (tx) => {
    await tx.log({ kind: 'credential.received' });
    return noteStatuses(tx, id, new Map(statuses.entries()), now);
  });

async function open(id: string, now = NOW): Promise<number> {
  const { instanceId, holderKey } = await openInstance(log.vault, id, [0], now);
  holderKey.dispose();
  return instanceId;
}

/** Whether a site that asks gets anything to choose from. */
async function isOffered(now = NOW): Promise<boolean> {
  const asker = { requestId: 'request', origin: 'https://shop.example' as Origin };
  const request = { claims: ['age_over_21'], nonce: 'MDEyMzQ1Njc4OWFiY2RlZg', purpose: 'Wine' };
  return (await ProofRequest.admit(asker, request).plan(log.vault, () => now)).length > 0;
}

describe('the credential store refuses, itself,', () => {
  it('what has expired: to open it, to use it, and to plan with it', async () => {
    const { id } = await add();
    const late = NOW + 9 * DAY + 30_000;
    await expect(open(id, late)).rejects.toMatchObject({ reason: 'expired' });
    await expect(consume(id, 0, late)).rejects.toMatchObject({ reason: 'expired' });
    expect(await isOffered(late)).toBe(false);
    expect((await getCredential(log.vault, id)).instances).toEqual([0, 1]);
  });

  it('what was revoked', async () => {
    const { id } = await add();
    expect(await note(id, ['invalid', 'invalid'], NOW + 1)).toMatchObject({
      revokedAt: NOW + 1,
      statusAskedAt: NOW + 1,
    });
    await expect(open(id)).rejects.toMatchObject({ reason: 'revoked' });
    await expect(consume(id, 0)).rejects.toMatchObject({ reason: 'revoked' });
    await expect(note(id, ['valid', 'valid'])).rejects.toMatchObject({ reason: 'revoked' });
    expect(await isOffered()).toBe(false);
  });

  it('what is suspended, until a later answer says otherwise', async () => {
    const { id } = await add();
    await note(id, ['suspended', 'suspended']);
    await expect(open(id)).rejects.toMatchObject({ reason: 'revoked' });
    expect(await isOffered()).toBe(false);
    await note(id, ['valid', 'valid']);
    expect(await open(id)).toBe(0);
  });

  it('a copy that was taken back, and opens the next one', async () => {
    const { id } = await add({ copies: 3 });
    await note(id, ['invalid', 'valid', 'valid']);
    expect(await open(id)).toBe(1);
    await expect(consume(id, 0)).rejects.toMatchObject({ reason: 'changed' });
    await consume(id, 1);
    expect(await open(id)).toBe(2);
  });

  it('what was used up: its copies are gone from the vault', async () => {
    const { id } = await add({ decay: { uses: 1 } });
    const before = await machine.backend.count('records');
    const record = await consume(id, await open(id));
    expect(record).toMatchObject({ instances: [], consumedAt: NOW, uses: 1 });
    expect(await machine.backend.count('records')).toBeLessThan(before);
    await expect(open(id)).rejects.toMatchObject({ reason: 'consumed' });
    await expect(consume(id, 1)).rejects.toMatchObject({ reason: 'consumed' });
    expect(await isOffered()).toBe(false);
  });

  it('one use more than was agreed, when two are made at once', async () => {
    const { id } = await add({ decay: { uses: 1 } });
    const both = await Promise.allSettled([consume(id, 0), consume(id, 1)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await getCredential(log.vault, id)).toMatchObject({ uses: 1, instances: [] });
  });

  it('what was shown too often for now, and shows it again later', async () => {
    const { id } = await add({ copies: 5, decay: { rate: { times: 1, within: DAY, grace: 1 } } });
    await consume(id, 0);
    await consume(id, 1);
    await expect(open(id)).rejects.toMatchObject({ reason: 'wait' });
    expect(await isOffered()).toBe(false);
    expect(await open(id, NOW + DAY)).toBe(2);
    expect(await isOffered(NOW + DAY)).toBe(true);
  });

  it('a policy that cannot be kept to, and stores nothing', async () => {
    await expect(add({ decay: { uses: 0 } })).rejects.toMatchObject({ reason: 'bad_request', field: 'decay.uses' });
    expect(await listCredentials(log.vault)).toEqual([]);
  });
});

describe('a plan', () => {
  it('that was agreed to opens nothing when the credential has expired meanwhile', async () => {
    await add();
    let now = NOW;
    const asker = { requestId: 'request', origin: 'https://shop.example' as Origin };
    const request = { claims: ['age_over_21'], nonce: 'MDEyMzQ1Njc4OWFiY2RlZg', purpose: 'Wine' };
    const [plan] = await ProofRequest.admit(asker, request).plan(log.vault, () => now);
    if (plan === undefined) throw new Error('there is no plan');
    now += 10 * DAY;
    const gathered = plan.gather({ requestId: 'request', digest: plan.digest }, log.vault);
    await expect(gathered).rejects.toMatchObject({ reason: 'expired' });
  });
});

describe('a credential at its end', () => {
  it('can still be looked at and removed', async () => {
    const spent = await add({ decay: { uses: 1 } });
    const revoked = await add();
    await consume(spent.id, 0);
    await note(revoked.id, ['invalid', 'invalid']);
    const records = await listCredentials(log.vault);
    expect(records.map((record) => stateOf(record, NOW))).toEqual(['consumed', 'revoked']);
    for (const record of records) expect(await showableClaims(log.vault, record)).toHaveLength(4);
    await log.transact(async (tx) => {
      for (const { id } of records) await removeCredential(tx, id);
      await tx.log({ kind: 'credential.deleted' });
    });
    expect(await listCredentials(log.vault)).toEqual([]);
  });
});

describe('openings', () => {
  it('go with their copy when that is used, and with their credential when that is removed', async () => {
    const record = await add();
    const { id } = record;
    await log.transact(async (tx) => {
      for (const instance of record.instances) putOpenings(tx, id, instance, [opening()]);
      await tx.log({ kind: 'credential.received' });
    });
    const there = async (): Promise<readonly boolean[]> =>
      Promise.all(record.instances.map((instance) => hasOpening(log.vault, id, instance, 1)));
    expect(await there()).toEqual([true, true]);
    await consume(id, 0);
    expect(await there()).toEqual([false, true]);
    await log.transact(async (tx) => {
      await removeCredential(tx, id);
      await tx.log({ kind: 'credential.deleted' });
    });
    expect(await there()).toEqual([false, false]);
  });
});

/** An opening of what would stand in the second row. */
const opening = (): ArrivedOpening => ({
  claim: { name: 'score_commitment', row: 1, kind: 'integer', bits: 8, point: '' },
  value: 7n,
  blinding: SecretBytes.take(new Uint8Array(32)),
});

describe('a record of before lives were kept', () => {
  it('reads as it did, and is used as it was', async () => {
    const { id } = await add();
    const record = await getCredential(log.vault, id);
    expect(Object.keys(record)).not.toEqual(expect.arrayContaining(['uses']));
    expect(stateOf(record, NOW)).toBe('active');
    expect(await consume(id, 0)).toMatchObject({ instances: [1], uses: 1, lastReused: false });
    expect(await consume(id, 1)).toMatchObject({ instances: [1], uses: 2, lastReused: true });
  });
});

describe('what a copy says of itself', () => {
  it('can be read without its key, whatever state it is in', async () => {
    const { id } = await add();
    await note(id, ['invalid', 'invalid']);
    const read = await revealInstance(log.vault, id, [0]);
    expect(read.disclosures).toHaveLength(1);
    expect(read).not.toHaveProperty('holderKey');
  });

  it('is where its status stands', async () => {
    const record = await add({ copies: 2 });
    expect([...(await statusReferences(log.vault, record))]).toEqual([
      [0, { uri: LIST_URI, index: 10 }],
      [1, { uri: LIST_URI, index: 11 }],
    ]);
  });

  it('is where its status stands even when the rest lies in a compartment', async () => {
    const record = await add({ copies: 1, payload: { iban: 'GB33BUKB' } });
    expect(record.sealed?.some(({ issuerPart }) => issuerPart)).toBe(true);
    expect((await statusReferences(log.vault, record)).get(0)).toEqual({ uri: LIST_URI, index: 10 });
  });

  it('is nothing about a status that is kept by other means', async () => {
    const record = await add({ payload: { status: { other: {} } } });
    await expect(statusReferences(log.vault, record)).rejects.toMatchObject({ field: 'status' });
    const locked = await add({ payload: { status: { other: {} }, iban: 'GB33BUKB' } });
    await expect(statusReferences(log.vault, locked)).rejects.toMatchObject({ field: 'status' });
  });

  it('is noted where it lets copies be put together', async () => {
    const apart = await add({ copies: 2, payload: { iat: 0, exp: Math.ceil(NOW / DAY + 9) * 86_400 } });
    expect(apart).not.toHaveProperty('linkable');
    const together = await add({ copies: 2, payload: statusClaim(7) });
    expect(together.linkable).toContain('status');
  });
});

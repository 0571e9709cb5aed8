import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AuditLog } from '../../../lib/audit/index.ts';
import type { LoggedTx } from '../../../lib/audit/index.ts';
import type { Origin, Reason } from '../../../lib/core/index.ts';
import { SecretBytes, SignetError, randomBytes } from '../../../lib/core/index.ts';
import type { CredentialRecord, DecayPolicy, NewCredential } from '../../../lib/credentials/index.ts';
import {
  addCredential,
  consumeInstance,
  createHolderKey,
  getCredential,
  holderPublicJwk,
  issuerKeyResolver,
  matchOpenings,
  noteStatuses,
  putOpenings,
  removeCredential,
  verifyIssuedCredential,
} from '../../../lib/credentials/index.ts';
import { ed25519PublicJwk, ed25519Signer, issueBatch } from '../../../lib/credentials/issuing/index.ts';
import type { OwnHandlers } from '../../../lib/messaging/own-router.ts';
import type { ProveRanges } from '../../../lib/proofs/index.ts';
import type { PageRequest } from '../../../lib/requests/index.ts';
import { createOwnHandlers } from '../../../lib/wallet/index.ts';
import type { Services } from '../../../lib/wallet/index.ts';
import { COMMITTED_LICENCE, COMMITTING_ISSUER } from '../../fixtures/credentials/committing-issuer.ts';
import { NOW } from '../../fixtures/credentials/test-issuer.ts';
import { SHOP, Worker, forkWith } from '../../fixtures/licensed-wallet.ts';
import { Machine } from '../../fixtures/vault/machine.ts';
import { PASSWORD } from '../../fixtures/wallet.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;
const COPIES = 5;

/** With copies of a licence whose birth date is committed to; it lasts twenty minutes or two uses, one a day. */
let prepared: Machine;
let licence: string;
let machine: Machine;
let worker: Worker;

beforeAll(async () => {
  prepared = new Machine();
  prepared.clock.now = NOW;
  const first = await Worker.on(prepared);
  await first.own['wallet.create']({ password: PASSWORD, mark: { shape: 'star', colour: 'blue' } });
  await first.own['settings.set']({ autoLockMinutes: 60, decoys: false });
  licence = await receive(first.services, {
    ...{ uses: 2, timeToLive: 20 * MINUTE },
    rate: { times: 1, within: DAY, grace: 0 },
  });
});
beforeEach(async () => {
  machine = await forkWith(prepared);
  worker = await Worker.on(machine);
});

async function receive(services: Services, decay: DecayPolicy): Promise<string> {
  const issuer = COMMITTING_ISSUER as Origin; // a literal that is one
  const clock = (): number => NOW;
  using key = SecretBytes.take(randomBytes(32));
  const keys = Array.from({ length: COPIES }, createHolderKey);
  const context = { issuer, signer: ed25519Signer(key), now: NOW, validDays: 30 };
  const holders = keys.map((holderKey) => ({ holder: holderPublicJwk(holderKey) }));
  const batch = await issueBatch(COMMITTED_LICENCE, { given_name: 'Ada', birth_date: '1990-05-17' }, context, holders);
  const { kty, crv, x } = ed25519PublicJwk(key);
  const fetchJson = () => Promise.resolve({ issuer, jwks: { keys: [{ kty, crv, x }] } });
  const resolveKeys = issuerKeyResolver({ issuer, clock, fetchJson });
  const instances: NewCredential['instances'][number][] = [];
  for (const [at, holderKey] of keys.entries()) {
    const expected = { issuer, vct: COMMITTED_LICENCE.type, holder: holderPublicJwk(holderKey), clock, resolveKeys };
    instances.push({ issued: await verifyIssuedCredential(batch.credentials[at] ?? '', expected), holderKey });
  }
  return await change(services, async (tx) => {
    const added = { name: 'Licence', issuerName: 'Town', receivedAt: NOW, instances, decay };
    const record = await addCredential(tx, added);
    for (const [at, { issued }] of instances.entries()) {
      putOpenings(tx, record.id, at, matchOpenings(issued.sdJwt, batch.openings[at] ?? {}));
    }
    await tx.log({ kind: 'credential.received', subject: issuer });
    return record.id;
  });
}

async function change<T>({ keeper, clock }: Services, write: (tx: LoggedTx) => Promise<T>): Promise<T> {
  return new AuditLog(await keeper.open(), { clock }).transact(write);
}

const ask = (): Promise<PageRequest> =>
  worker.wallet.ask('requestProof', {
    claims: ['age_over_21'],
    formats: ['bulletproof'],
    nonce: crypto.randomUUID().replaceAll('-', ''),
    purpose: 'To enter',
  });

/** The wallet with another prover of ranges. */
function proving(ranges: ProveRanges): { readonly services: Services; readonly own: OwnHandlers } {
  const services = { ...worker.services, provers: { ...worker.services.provers, ranges } };
  return { services, own: createOwnHandlers(() => Promise.resolve(services)) };
}

/** A prover during whose work something happens, so that what it proves is not looked at. */
const meanwhile =
  (happens: () => Promise<unknown>): ProveRanges =>
  async ({ entries }) => {
    await happens();
    return entries.map(() => ({ proof: 'AAAA' }));
  };

const givesUp = (reason: Reason) => (): Promise<never> => Promise.reject(new SignetError(reason, 'It did not work.'));

async function sayYes({ id: requestId }: PageRequest, own: OwnHandlers = worker.own): Promise<void> {
  const { plans } = await own['requests.narrow']({ requestId, extras: [] });
  await own['requests.allowProof']({ requestId, digest: plans[0]?.digest ?? '' });
}

const failures = async () => (await worker.log()).filter(({ kind }) => kind === 'proof.failed');

const recordOf = async (): Promise<CredentialRecord> => getCredential(await worker.services.keeper.open(), licence);

/** What really happens to the credential, or to what proves about it, between the yes and the answer. */
const MISHAPS: readonly (readonly [Reason, string, () => ProveRanges])[] = [
  ['expired', 'the credential expires', () => meanwhile(() => Promise.resolve((machine.clock.now += 21 * MINUTE)))],
  ['consumed', 'its last use is made elsewhere', () => meanwhile(() => useUp(2))],
  ['wait', 'it is shown as often as it may be for now', () => meanwhile(() => useUp(1))],
  ['revoked', 'its issuer takes it back', () => meanwhile(revoke)],
  ['not_found', 'it is deleted', () => meanwhile(() => change(worker.services, remove))],
  ['denied', 'the prover is stopped', () => givesUp('denied')],
  ['timed_out', 'the prover takes too long', () => givesUp('timed_out')],
  ['internal', 'the prover breaks', () => () => Promise.reject(new TypeError('x is undefined'))],
  ['internal', 'the prover answers something else', () => () => Promise.resolve([])],
];

async function remove(tx: LoggedTx): Promise<void> {
  await removeCredential(tx, licence);
  await tx.log({ kind: 'credential.deleted' });
}

async function useUp(times: number): Promise<void> {
  await change(worker.services, async (tx) => {
    for (let use = 0; use < times; use++) {
      const { instances } = await getCredential(tx, licence);
      // A day apart, from the last copy down, so that the one that is being shown is still there.
      await consumeInstance(tx, licence, instances.at(-1) ?? 0, NOW - (times - 1 - use) * DAY);
    }
    await tx.log({ kind: 'settings.changed' });
  });
}

async function revoke(): Promise<void> {
  const { instances } = await recordOf();
  await change(worker.services, async (tx) => {
    await noteStatuses(tx, licence, new Map(instances.map((one) => [one, 'invalid'])), NOW);
    await tx.log({ kind: 'credential.revoked' });
  });
}

describe.each(MISHAPS)('a proof that fails with %s, because %s', (reason, _, prover) => {
  test('releases nothing, is in the log, and leaves the request waiting', async () => {
    const asked = await ask();
    const { own } = proving(prover());
    const thrown = await sayYes(asked, own).catch((error: unknown) => SignetError.from(error));
    expect(thrown?.reason).toBe(reason);
    expect(worker.wallet.delivered).toEqual([]);
    expect(worker.phaseOf(asked)).toBe('waiting');
    expect(await failures()).toMatchObject([
      { kind: 'proof.failed', subject: SHOP, claims: ['age_over_21'], decision: 'DENY', rules: [] },
    ]);
    expect((await worker.route('sites.list', {})).sites).toEqual([]);
  });
});

describe('a number that does not open what its issuer signed', () => {
  beforeEach(async () => {
    const record = await recordOf();
    await change(worker.services, async (tx) => {
      const address = { label: `data/credential/${licence}/opening`, index: await openingIndex(tx, record) } as const;
      const bytes = await tx.get(address, 2);
      if (bytes === undefined) throw new Error('There is no opening.');
      new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(32, 20_000n, true); // older than they are
      tx.put(address, 2, bytes);
      await tx.log({ kind: 'credential.received' });
    });
  });

  const openingIndex = async (tx: LoggedTx, { rowTiers, instances }: CredentialRecord): Promise<number> => {
    for (const row of rowTiers.keys()) {
      const index = (instances[0] ?? 0) * 1024 + row;
      if ((await tx.tierOf({ label: `data/credential/${licence}/opening`, index })) !== undefined) return index;
    }
    throw new Error('There is no opening.');
  };

  test('is not proven about, and that is in the log', async () => {
    const asked = await ask();
    await expect(sayYes(asked)).rejects.toMatchObject({ reason: 'credential_refused' });
    expect(worker.wallet.delivered).toEqual([]);
    expect(worker.phaseOf(asked)).toBe('waiting');
    expect(await failures()).toHaveLength(1);
  });
});

describe('after a proof failed', () => {
  test('the same yes can be said again, and works where the prover does', async () => {
    const asked = await ask();
    await expect(sayYes(asked, proving(givesUp('timed_out')).own)).rejects.toMatchObject({ reason: 'timed_out' });
    await sayYes(asked);
    expect(worker.wallet.delivered).toHaveLength(1);
    expect((await recordOf()).uses).toBe(1);
    const kinds = (await worker.log()).map(({ kind }) => kind).filter((kind) => kind.startsWith('proof.'));
    expect(kinds).toEqual(['proof.allowed', 'proof.failed']);
  });

  test.each<Reason>(['changed', 'bad_request', 'locked', 'wrong_password'])(
    'there is nothing in the log of %s: it is for the person to look, or to try, again',
    async (reason) => {
      await expect(sayYes(await ask(), proving(givesUp(reason)).own)).rejects.toMatchObject({ reason });
      expect(await failures()).toEqual([]);
    },
  );

  test('of a request that ended meanwhile the log says nothing more', async () => {
    const asked = await ask();
    const ends = async (): Promise<never> => {
      await worker.services.queue.cancelDocument(worker.services.queue.documents()[0] ?? '');
      return givesUp('timed_out')();
    };
    await expect(sayYes(asked, proving(ends).own)).rejects.toMatchObject({ reason: 'timed_out' });
    expect(await failures()).toEqual([]);
  });

  test('of a vault that was locked meanwhile it is in the log once that is opened', async () => {
    const asked = await ask();
    const locks = async (): Promise<never> => {
      await worker.own['wallet.lock']({});
      return givesUp('timed_out')();
    };
    await expect(sayYes(asked, proving(locks).own)).rejects.toMatchObject({ reason: 'timed_out' });
    await worker.own['wallet.unlock']({ password: PASSWORD });
    expect(await failures()).toMatchObject([{ subject: SHOP, claims: ['age_over_21'], decision: 'DENY' }]);
  });
});

describe('a standing permission whose proof fails', () => {
  let rule: string;

  beforeEach(async () => {
    ({ id: rule } = await worker.own['policy.saveRule']({
      rule: { effect: 'permit', action: 'prove', subject: { site: SHOP }, claims: ['age_over_21'] },
    }));
  });

  test('leaves it to the person, says so in the log, and counts no use', async () => {
    const asked = await ask();
    const { services } = proving(givesUp('timed_out'));
    expect(await services.desk.consider(services, asked)).toBe('ask');
    expect(worker.phaseOf(asked)).toBe('waiting');
    expect(await failures()).toHaveLength(1);
    expect(await worker.usesOf(rule)).toBe(0);
    expect(worker.wallet.delivered).toEqual([]);
    await sayYes(asked);
    expect(worker.wallet.delivered).toHaveLength(1);
  });

  test('is not tried over and over for one request', async () => {
    const asked = await ask();
    const { services } = proving(givesUp('timed_out'));
    for (let look = 0; look < 3; look++) await services.desk.consider(services, asked);
    expect(await failures()).toHaveLength(1);
  });

  test('answers by itself where the prover works', async () => {
    expect(await worker.services.desk.consider(worker.services, await ask())).toBe('answered');
    expect(await failures()).toEqual([]);
  });
});

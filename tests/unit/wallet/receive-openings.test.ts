import { beforeEach, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../lib/core/index.ts';
import { SignetError, toBase64url } from '../../../lib/core/index.ts';
import { opensTo, readCommitment } from '../../../lib/credentials/commitment/index.ts';
import type { CredentialRecord, OpeningToCheck } from '../../../lib/credentials/index.ts';
import {
  deleteOpenings,
  getOpening,
  hasOpening,
  listCredentials,
  openInstance,
  parseSdJwt,
} from '../../../lib/credentials/index.ts';
import type { IssuedBatch } from '../../../lib/credentials/issuing/index.ts';
import type { OwnHandlers } from '../../../lib/messaging/own-router.ts';
import { createOwnHandlers } from '../../../lib/wallet/index.ts';
import type { Services } from '../../../lib/wallet/index.ts';
import { COMMITTING_ISSUER, createCommittingIssuer, honest } from '../../fixtures/credentials/committing-issuer.ts';
import { NOW } from '../../fixtures/credentials/test-issuer.ts';
import { PASSWORD, createTestWallet } from '../../fixtures/wallet.ts';
import type { TestWallet } from '../../fixtures/wallet.ts';

const COPIES = 3;
const ADA: JsonObject = { given_name: 'Ada', birth_date: '1990-05-17' };
/** Days from the first of 1900 to Ada's birth. */
const DAYS = 33_008n;

let wallet: TestWallet;
let own: OwnHandlers;

beforeEach(async () => {
  wallet = await createTestWallet({ clock: () => NOW });
  own = createOwnHandlers(() => Promise.resolve(wallet.services));
  await own['wallet.create']({ password: PASSWORD, mark: { shape: 'star', colour: 'blue' } });
});

/** The person takes a licence from an issuer that answers so. */
async function take(respond?: (batch: IssuedBatch) => Json, changes: Partial<Services> = {}) {
  const issuer = await createCommittingIssuer(ADA, {
    ...{ clock: () => NOW, copies: COPIES },
    ...(respond === undefined ? {} : { respond }),
  });
  const online = createOwnHandlers(() =>
    Promise.resolve({ ...wallet.services, fetchJson: issuer.fetchJson, ...changes }),
  );
  const { id: requestId } = await wallet.ask('offerCredential', issuer.offer, COMMITTING_ISSUER);
  await online['requests.continueOffer']({ requestId });
  const [waiting] = (await online['requests.list']({})).waiting;
  if (waiting?.kind !== 'offer' || waiting.state.step !== 'review') throw new Error('Nothing is offered.');
  return online['requests.acceptOffer']({ requestId, digest: waiting.state.digest });
}

const vaultOf = () => wallet.services.keeper.open();
const stored = async () => listCredentials(await vaultOf());

async function onlyRecord(): Promise<CredentialRecord> {
  const [record] = await stored();
  if (record === undefined) throw new Error('Nothing was stored.');
  return record;
}

/** The row of the commitment's disclosure. */
function commitmentRow({ claims }: CredentialRecord): number {
  const row = claims.find(({ path }) => path[0] === 'birth_date_commitment')?.rows[0];
  if (row === undefined) throw new Error('There is no commitment.');
  return row;
}

describe('openings that come beside a credential', () => {
  test('are stored, and open what each copy commits to', async () => {
    await take();
    const vault = await vaultOf();
    const record = await onlyRecord();
    const row = commitmentRow(record);
    const { issuerJwt, disclosures } = await openInstance(vault, record.id, [row], NOW);
    const { claims } = parseSdJwt(`${[issuerJwt, ...disclosures].join('~')}~`);
    const opening = await getOpening(vault, record.id, 0, row);
    expect(opening?.value).toBe(DAYS);
    expect(opening && opensTo(readCommitment(claims['birth_date_commitment']), opening)).toBe(true);
  });

  test('are another for each copy', async () => {
    await take();
    const record = await onlyRecord();
    const blindings = await Promise.all(
      record.instances.map(async (instance) => {
        const opening = await getOpening(await vaultOf(), record.id, instance, commitmentRow(record));
        return toBase64url(opening?.blinding.expose() ?? new Uint8Array());
      }),
    );
    expect(new Set(blindings).size).toBe(COPIES);
  });

  test('are Tier 2 records of their own', async () => {
    await take();
    const vault = await vaultOf();
    const record = await onlyRecord();
    const label = `data/credential/${record.id}/opening` as const;
    expect(await vault.tierOf({ label, index: commitmentRow(record) })).toBe(2);
    expect(await vault.tierOf({ label, index: 1024 + commitmentRow(record) })).toBe(2);
    expect(await vault.tierOf({ label, index: 3 * 1024 + commitmentRow(record) })).toBeUndefined();
  });

  test('go with their instance', async () => {
    await take();
    const vault = await vaultOf();
    const record = await onlyRecord();
    await vault.transact((tx) => deleteOpenings(tx, record, 1));
    const there = record.instances.map((one) => hasOpening(vault, record.id, one, commitmentRow(record)));
    expect(await Promise.all(there)).toEqual([true, false, true]);
  });

  test('need not come: the credential is stored, and there is nothing to prove with', async () => {
    await take(({ credentials }) => ({ credentials: credentials.map((credential) => ({ credential })) }));
    const record = await onlyRecord();
    expect(await hasOpening(await vaultOf(), record.id, 0, commitmentRow(record))).toBe(false);
    expect(await getOpening(await vaultOf(), record.id, 0, commitmentRow(record))).toBeUndefined();
  });

  test('are checked once, all together, by whoever knows the curve', async () => {
    const asked: (readonly OpeningToCheck[])[] = [];
    await take(undefined, {
      checkOpenings: (checks) => {
        asked.push(checks);
        return Promise.resolve(true);
      },
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.map(({ value, bits }) => [value, bits])).toEqual(
      Array.from({ length: COPIES }, () => ['33008', 16]),
    );
  });
});

describe('nothing is stored', () => {
  const bend =
    (change: (openings: Record<string, { value: string; blinding: string }>[]) => unknown) =>
    (batch: IssuedBatch): Json => ({
      ...(honest(batch) as JsonObject),
      signet_openings: change(structuredClone(batch.openings) as never) as Json, // a copy, to be bent
    });
  const opening = (value: string, blinding = toBase64url(new Uint8Array(32).fill(1))) => ({ value, blinding });

  test.each<[string, (batch: IssuedBatch) => Json, string]>([
    [
      'when an opening is of another number',
      bend((all) => all.map((one) => ({ birth_date_commitment: { ...one['birth_date_commitment'], value: '33007' } }))),
      'signet_openings',
    ],
    [
      'when one of many does not open',
      bend(([first, ...others]) => [...others.slice(0, 1), first, ...others.slice(1)]),
      'signet_openings',
    ],
    [
      'when a blinding is no scalar',
      bend((all) =>
        all.map(() => ({ birth_date_commitment: opening('33008', toBase64url(new Uint8Array(32).fill(255))) })),
      ),
      'signet_openings',
    ],
    [
      'when a number is larger than the commitment says',
      bend((all) => all.map(() => ({ birth_date_commitment: opening('65536') }))),
      'signet_openings.birth_date_commitment',
    ],
    [
      'when an opening is of nothing that is there',
      bend((all) => all.map((one) => ({ ...one, points_commitment: opening('5') }))),
      'signet_openings.points_commitment',
    ],
  ])('%s', async (_, respond, field) => {
    await expect(take(respond)).rejects.toMatchObject({ reason: 'credential_refused', field });
    expect(await stored()).toEqual([]);
    const { entries } = await own['audit.list']({ limit: 10 });
    expect(entries.map(({ kind }) => kind)).toContain('credential.refused');
    expect(entries.map(({ kind }) => kind)).not.toContain('credential.received');
  });

  test('when openings cannot be read', async () => {
    await expect(take(bend(() => []))).rejects.toMatchObject({
      reason: 'issuer_refused',
      field: 'credential response.signet_openings',
    });
    expect(await stored()).toEqual([]);
  });

  test('when the prover fails', async () => {
    const checkOpenings = () => Promise.reject(new SignetError('internal', 'The prover did not answer.'));
    await expect(take(undefined, { checkOpenings })).rejects.toMatchObject({ reason: 'internal' });
    expect(await stored()).toEqual([]);
  });
});

test('no number, blinding or name of what was opened reaches the log, or the page', async () => {
  const batches: IssuedBatch[] = [];
  await take((batch) => {
    batches.push(batch);
    return honest(batch);
  });
  const blinding = batches[0]?.openings[0]?.['birth_date_commitment']?.blinding ?? '';
  const said = JSON.stringify([(await own['audit.list']({ limit: 50 })).entries, wallet.delivered]);
  expect(blinding).toHaveLength(43);
  for (const secret of [blinding, String(DAYS), '1990']) expect(said).not.toContain(secret);
});

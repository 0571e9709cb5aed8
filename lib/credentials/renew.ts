import { SignetError } from '../core/index.ts';
import type { VaultTx } from '../vault/index.ts';
import type { OpenCompartment } from './credential-instance.ts';
import { deleteInstance, openAll, putInstance } from './credential-instance.ts';
import type { CredentialRecord } from './credential-record.ts';
import { getCredential, isUsedUp, issuerId, putRecord } from './credential-record.ts';
import type { NewCredential } from './credential-store.ts';
import { commonChain, compartmentsOfCopies, describe } from './credential-store.ts';
import { stateOf } from './life/index.ts';
import { dropChain, keepChain, vouchedAnew } from './trust/kept-chain.ts';
import { keptType } from './type-metadata/type-store.ts';

/** New copies of a credential that is there. */
export interface Renewal extends Pick<NewCredential, 'instances' | 'issuerName' | 'name' | 'labels' | 'tie'> {
  /** Milliseconds since the epoch. */
  readonly renewedAt: number;
}

/**
 * Whether new copies would make a credential usable, or keep it so: not one that its issuer took back, nor one whose
 * end was agreed to beforehand, which new copies must not put off.
 * @param now milliseconds since the epoch
 */
export function isRenewable(record: CredentialRecord, now: number): boolean {
  if (!isUsedUp(record) || record.tie?.renewable !== true) return false;
  const state = stateOf(record, now);
  return state !== 'revoked' && state !== 'consumed' && (state !== 'expired' || record.decay?.timeToLive === undefined);
}

/**
 * Puts new copies in the place of those that are left, in one transaction. What was used stays counted, and whatever the
 * credential was agreed to fade by goes on from where it stood.
 * @param open makes or opens a compartment, under a grant; needed where `compartmentsOfCopies` names one
 * @throws SignetError `not_found`; `credential_refused` when the copies differ among themselves, or are not of this
 *   credential; `bad_request`, field `id`, when it cannot be renewed; `bad_request`, field `opener`, when a compartment
 *   is needed and there is no way into it
 */
export async function renewCredential(
  tx: VaultTx,
  id: string,
  renewal: Renewal,
  open?: OpenCompartment,
): Promise<CredentialRecord> {
  const before = await getCredential(tx, id);
  const { instances, renewedAt } = renewal;
  if (!isRenewable(before, renewedAt)) {
    throw new SignetError('bad_request', 'This credential takes no new copies.', { field: 'id' });
  }
  const copies = instances.map(({ issued }) => issued);
  const compartments = await openAll(compartmentsOfCopies(copies), open);
  const type = await keptType(tx, id); // what its claims are called stays
  const described = type === undefined ? {} : { type };
  const fresh = describe({ ...renewal, ...described, receivedAt: before.receivedAt }, compartments);
  assertSameCredential(before, fresh);
  const record = renewed(before, fresh, renewedAt);
  for (const instance of before.instances) await deleteInstance(tx, before, instance);
  for (const [place, { issued, holderKey }] of instances.entries()) {
    putInstance(tx, record, record.instances[place] ?? place, { issued, holderKey, compartments });
  }
  await dropChain(tx, id);
  keepChain(tx, id, commonChain(copies));
  return putRecord(tx, await vouchedAnew(tx, record, renewedAt));
}

function assertSameCredential(before: CredentialRecord, fresh: CredentialRecord): void {
  if (
    before.vct === fresh.vct &&
    issuerId(before) === issuerId(fresh) &&
    before.issuer.origin === fresh.issuer.origin
  ) {
    return;
  }
  throw new SignetError('credential_refused', 'The new copies are of another credential. The old ones were kept.', {
    field: 'vct',
  });
}

function renewed(before: CredentialRecord, fresh: CredentialRecord, renewedAt: number): CredentialRecord {
  const { id, uses, recentUses, decay } = before;
  const first = 1 + Math.max(-1, ...before.instances);
  return {
    ...fresh,
    id,
    renewedAt,
    ...(uses === undefined ? {} : { uses }),
    ...(recentUses === undefined ? {} : { recentUses }),
    ...(decay === undefined ? {} : { decay }),
    instances: fresh.instances.map((instance) => first + instance),
    instancesReceived: usedCopies(before) + fresh.instances.length,
  };
}

/** Copies that somebody has seen: the last one stays when it was. */
const usedCopies = ({ instancesReceived, instances, lastReused }: CredentialRecord): number =>
  instancesReceived - instances.length + (lastReused ? 1 : 0);

import {
  isUsedUp,
  listCredentials,
  phaseOf,
  removeCredential,
  showableClaims,
  stateOf,
  summariseClaims,
} from '../credentials/index.ts';
import type { CredentialRecord } from '../credentials/index.ts';
import type { CredentialView } from '../messaging/contract.ts';
import { openLog } from './open-log.ts';
import type { Services } from './services.ts';

/** The credentials the person keeps. @throws SignetError locked */
export async function viewCredentials({ keeper, clock }: Services): Promise<readonly CredentialView[]> {
  const vault = await keeper.open();
  const views: CredentialView[] = [];
  for (const record of await listCredentials(vault)) {
    views.push(viewOf({ ...record, claims: await showableClaims(vault, record) }, clock()));
  }
  return views;
}

function viewOf(record: CredentialRecord, now: number): CredentialView {
  const { id, name, vct, issuer, claims, issuedAt, expiresAt, receivedAt, instances, statusAskedAt } = record;
  return {
    id,
    name,
    vct,
    issuer,
    claims: summariseClaims(claims),
    numbers: claims.flatMap(({ commits, label }) => (commits === undefined ? [] : [label])),
    unlinkable: !isUsedUp(record),
    ...(issuedAt === undefined ? {} : { issuedAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    receivedAt,
    instancesLeft: instances.length,
    instancesReceived: record.instancesReceived,
    lastReused: record.lastReused,
    state: stateOf(record, now),
    ...(record.decay === undefined ? {} : { decay: record.decay }),
    phase: phaseOf(record, now),
    hasStatus: record.hasStatus,
    ...(statusAskedAt === undefined ? {} : { statusAskedAt }),
  };
}

/** Deletes a credential with all its copies. @throws SignetError not_found */
export async function deleteCredential(services: Services, id: string): Promise<void> {
  const log = await openLog(services);
  await log.transact(async (tx) => {
    const { issuer } = await removeCredential(tx, id);
    await tx.log({ kind: 'credential.deleted', subject: issuer.origin });
  });
  services.announce('credentials');
  services.announce('audit');
}

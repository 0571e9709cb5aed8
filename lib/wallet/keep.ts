import {
  hasTypeAddress,
  isUsedUp,
  keptType,
  listCredentials,
  phaseOf,
  removeCredential,
  showableClaims,
  stateOf,
  summariseClaims,
  vouchedAnew,
} from '../credentials/index.ts';
import type { CredentialRecord, KeptType } from '../credentials/index.ts';
import type { CredentialView, TypeView } from '../messaging/contract.ts';
import { openLog } from './open-log.ts';
import type { Services } from './services.ts';

/** The credentials the person keeps. @throws SignetError locked */
export async function viewCredentials({ keeper, clock }: Services): Promise<readonly CredentialView[]> {
  const vault = await keeper.open();
  const views: CredentialView[] = [];
  for (const record of await listCredentials(vault)) {
    const looked = await vouchedAnew(vault, record, clock()); // a certificate's time may be over since
    const type = await keptType(vault, record.id);
    const view = viewOf({ ...looked, claims: await showableClaims(vault, record) }, clock());
    views.push(type === undefined ? view : { ...view, type: viewType(type) });
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
    describable: hasTypeAddress(vct),
    ...(statusAskedAt === undefined ? {} : { statusAskedAt }),
  };
}

const viewType = ({ name, description, colour, lookedAt }: KeptType): TypeView => ({
  ...(name === undefined ? {} : { name }),
  ...(description === undefined ? {} : { description }),
  ...(colour === undefined ? {} : { colour }),
  lookedAt,
});

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

import { SignetError } from '../../core/index.ts';
import {
  compartmentsOfRows,
  getCredential,
  getTie,
  hasTypeAddress,
  isRenewable,
  isUsedUp,
  keptType,
  listCredentials,
  phaseOf,
  putTie,
  removeCredential,
  showableClaims,
  stateOf,
  summariseClaims,
  vouchedAnew,
} from '../../credentials/index.ts';
import type { CredentialRecord, KeptType } from '../../credentials/index.ts';
import type { CredentialView, TypeView } from '../../messaging/contract.ts';
import { partIn, sessionIn, tieOf } from '../receiving/issuance-part.ts';
import { openLog } from '../log/open-log.ts';
import type { Services } from '../services.ts';
import { tell } from '../receiving/tell-issuer.ts';

/** The credentials the person keeps. @throws SignetError locked */
export async function viewCredentials({
  keeper,
  clock,
}: Pick<Services, 'keeper' | 'clock'>): Promise<readonly CredentialView[]> {
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
    renewable: isRenewable(record, now),
    ...(record.renewedAt === undefined ? {} : { renewedAt: record.renewedAt }),
    compartments: compartmentsOfRows(record, [...record.rowTiers.keys()]),
    notifies: record.tie?.notifies === true,
    others: record.tie?.others ?? [],
  };
}

const viewType = ({ name, description, colour, lookedAt }: KeptType): TypeView => ({
  ...(name === undefined ? {} : { name }),
  ...(description === undefined ? {} : { description }),
  ...(colour === undefined ? {} : { colour }),
  lookedAt,
});

/**
 * Deletes a credential with all its copies. Where the person wants the issuer to hear of it, it does first: where that
 * cannot be, nothing is deleted, so that they can decide anew.
 * @throws SignetError not_found; what telling the issuer throws
 */
export async function deleteCredential(
  services: Services,
  { id, tell: isTold = false }: { readonly id: string; readonly tell?: boolean },
): Promise<void> {
  const log = await openLog(services);
  if (isTold) await tellDeleted(services, id);
  await log.transact(async (tx) => {
    const { issuer } = await removeCredential(tx, id);
    await tx.log({ kind: 'credential.deleted', subject: issuer.origin });
  });
  services.announce('credentials');
  services.announce('audit');
}

async function tellDeleted(services: Services, id: string): Promise<void> {
  const { vault } = await openLog(services);
  const { tie, issuer } = await getCredential(vault, id);
  const kept = tie === undefined ? undefined : await getTie(vault, tie.issuance);
  const notificationId = tie === undefined ? undefined : partIn(tie).notificationId;
  if (tie === undefined || kept === undefined || notificationId === undefined) {
    throw new SignetError('bad_request', 'The issuer does not want to hear of it. Nothing was deleted.', {
      field: 'tell',
    });
  }
  const keep = async (session: Parameters<typeof tieOf>[1]): Promise<void> => {
    const log = await openLog(services);
    await log.transact(async (tx) => {
      putTie(tx, tieOf(tie.issuance, session));
      await tx.log({ kind: 'credential.asked', subject: issuer.origin });
    });
  };
  await tell(services, sessionIn(kept, tie), { notificationId, event: 'credential_deleted' }, keep);
}

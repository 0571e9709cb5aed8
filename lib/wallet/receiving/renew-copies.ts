import type { AuditDraft, LoggedTx } from '../../audit/index.ts';
import { SignetError } from '../../core/index.ts';
import {
  compartmentsOfCopies,
  getCredential,
  getTie,
  isRenewable,
  putOpenings,
  putTie,
  renewCredential,
} from '../../credentials/index.ts';
import type { StoredCredential, TieFacts } from '../../credentials/index.ts';
import type { Opener } from '../../messaging/contract.ts';
import { refreshInstances } from '../../protocols/index.ts';
import type { CredentialConfiguration, IssuanceSession } from '../../protocols/index.ts';
import type { Grant } from '../../vault/index.ts';
import type { Arrived, Kind } from './arrived.ts';
import { factsOf, forgetArrived, take } from './arrived.ts';
import { createHolderKeys } from './copies.ts';
import { partIn, sessionIn, tieFacts, tieOf } from './issuance-part.ts';
import type { Held } from './issuance-desk.ts';
import { openLog } from '../log/open-log.ts';
import { withOpener } from '../life/opener.ts';
import type { Services } from '../services.ts';
import type { Arrival } from './store-arrived.ts';
import { addArrived, openBy } from './store-arrived.ts';
import { tellOutcome } from './tell-issuer.ts';

/**
 * The person asks for new copies: the issuer is asked by what it left for that, and what comes takes the place of the
 * copies that are left once all of it is checked; until then nothing changes. Copies of Tier 3 take an opener; when they
 * turn up unannounced they are held for another try, and the issuer is not asked again.
 * @returns how many came; `promised`: the issuer delivers later, and the old ones stay until then
 * @throws SignetError `bad_request`, field `id`, where it takes none; field `opener`, `wrong_password`, `wait` when another
 *   try helps; `not_found`, `locked`; what asking and checking throw
 */
export function renewCopies(
  services: Services,
  { id, opener }: { readonly id: string; readonly opener?: Opener },
): Promise<{ credentials: number; promised: boolean }> {
  return services.issuance.once(id, async () => {
    const { held } = services.issuance;
    const { vault } = await openLog(services);
    const record = await getCredential(vault, id);
    if (!isRenewable(record, services.clock()) || record.tie === undefined) throw notRenewable();
    if (opener === undefined && (record.sealed ?? []).length > 0) throw openerNeeded();
    const came = held.take(id, services.clock()) ?? (await ask(services, record, record.tie));
    try {
      const stored = await store(services, record, came, opener);
      forgetArrived(came.arrived);
      await tellOutcome(services, came.session, partsOf(came), 'credential_accepted');
      return stored;
    } catch (error) {
      if (isAboutOpener(error)) held.hold(id, came, services.clock());
      else forgetArrived(came.arrived);
      throw error;
    }
  });
}

const notRenewable = (): SignetError =>
  new SignetError('bad_request', 'This credential takes no new copies. Ask its issuer for a new one.', { field: 'id' });

const openerNeeded = (): SignetError =>
  new SignetError('bad_request', 'It takes your password or passkey to lock the new copies away. Nothing was lost.', {
    field: 'opener',
  });

function isAboutOpener(thrown: unknown): boolean {
  const { reason, field } = SignetError.from(thrown);
  return field === 'opener' || reason === 'wrong_password' || reason === 'wait';
}

const partsOf = ({ arrived }: Held) => arrived.flatMap(({ is, part }) => (is === 'promised' ? [] : [part]));

async function ask(services: Services, record: StoredCredential, tie: TieFacts): Promise<Held> {
  const vault = await services.keeper.open();
  const kept = await getTie(vault, tie.issuance);
  if (kept === undefined) throw notRenewable();
  const { fetchJson, clock } = services;
  const before = sessionIn(kept, tie);
  const keys = createHolderKeys(before.copies);
  try {
    const { identifier } = partIn(tie);
    const named = identifier === undefined ? {} : { identifier };
    const keep = (session: IssuanceSession) => keepSession(services, record, tie, session);
    const issuance = await refreshInstances(before, { keys, fetchJson, clock, keep, ...named });
    const arrived = await take(services, { ...issuance, kind: kindOf(record), keys, named }, () => undefined);
    return { arrived: [arrived], session: issuance.session };
  } catch (error) {
    for (const key of keys) key.dispose();
    await logFailure(services, record, error);
    throw error;
  }
}

/** What was received once is what must come again, under the names that it has. */
function kindOf({ issuer, vct, name, claims, decay, tie }: StoredCredential): Kind {
  const configuration: CredentialConfiguration = {
    id: tie === undefined ? '' : partIn(tie).configurationId,
    vct,
    name,
    appearance: { name },
    claims: claims.map(({ path, label }) => ({ path, label })),
    ...(decay === undefined ? {} : { decay }),
  };
  return { issuer: issuer.origin, issuerName: issuer.name, configuration };
}

/** Tokens that were exchanged are good once: the next ones are kept before they are used. */
async function keepSession(
  services: Services,
  { id, issuer }: StoredCredential,
  { issuance }: TieFacts,
  session: IssuanceSession,
): Promise<void> {
  const log = await openLog(services);
  await log.transact(async (tx) => {
    await getCredential(tx, id); // deleted meanwhile: then there is nothing to keep
    putTie(tx, tieOf(issuance, session));
    await tx.log({ kind: 'credential.asked', subject: issuer.origin });
  });
}

async function logFailure(services: Services, { issuer }: StoredCredential, thrown: unknown): Promise<void> {
  const { reason } = SignetError.from(thrown);
  if (reason === 'locked' || reason === 'not_found') return;
  const log = await openLog(services);
  const kind = reason === 'credential_refused' ? 'credential.refused' : 'credential.ask_failed';
  await log.transact((tx) => tx.log({ kind, subject: issuer.origin }));
  services.announce('audit');
}

async function store(
  services: Services,
  record: StoredCredential,
  { arrived, session }: Held,
  opener: Opener | undefined,
): Promise<{ credentials: number; promised: boolean }> {
  const [one] = arrived;
  if (one === undefined || record.tie === undefined) throw new SignetError('internal', 'Nothing came to be stored.');
  const { issuance } = record.tie;
  const copies = one.is === 'copies' ? one.copies : [];
  const write = async (grant?: Grant) => {
    const log = await openLog(services);
    await log.transact(async (tx) => {
      await tx.log(await put(tx, { record, arrived: one, session, issuance, at: services.clock() }, grant));
      putTie(tx, tieOf(issuance, session));
    });
    services.announce('credentials');
    services.announce('audit');
    await services.promisesChanged();
    return { credentials: copies.length, promised: one.is === 'promised' };
  };
  if (compartmentsOfCopies(copies.map(({ issued }) => issued)).length === 0) return write();
  if (opener === undefined) throw openerNeeded();
  return withOpener(opener, (given) => services.keeper.grant(given, (grant) => write(grant)));
}

async function put(
  tx: LoggedTx,
  { record, ...arrival }: Arrival & { readonly record: StoredCredential },
  grant: Grant | undefined,
): Promise<AuditDraft> {
  const { arrived } = arrival;
  if (arrived.is === 'copies') return storeInPlace(tx, record.id, { ...arrival, arrived }, grant);
  if (arrived.is === 'card') throw new SignetError('internal', 'A card came in the place of copies.');
  await addArrived(tx, { ...arrival, renews: record.id });
  return { kind: 'credential.promised', subject: record.issuer.origin, decision: 'PERMIT' };
}

type ArrivedCopies = Extract<Arrived, { is: 'copies' }>;

/**
 * Puts copies that came in the place of those that are left of a credential.
 * @returns what the log says of it
 */
export async function storeInPlace(
  tx: LoggedTx,
  id: string,
  { arrived, session, issuance, at }: Omit<Arrival, 'arrived'> & { readonly arrived: ArrivedCopies },
  grant: Grant | undefined,
): Promise<AuditDraft> {
  const { name, issuerName, labels = [] } = factsOf(arrived.kind);
  const tie = tieFacts(issuance, session, arrived.part);
  const renewal = { name, issuerName, labels, tie, instances: arrived.copies, renewedAt: at };
  const record = await renewCredential(tx, id, renewal, openBy(tx, grant));
  for (const [place, { openings }] of arrived.copies.entries()) {
    putOpenings(tx, id, record.instances[place] ?? place, openings);
  }
  return { kind: 'credential.renewed', subject: record.issuer.origin, decision: 'PERMIT' };
}

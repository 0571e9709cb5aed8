import type { SecretBytes } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import {
  compartmentsOfCopies,
  getPromise,
  getTie,
  listPromises,
  putPromise,
  putTie,
  readPromisedKeys,
  removePromise,
} from '../../credentials/index.ts';
import type { PromisedCredential } from '../../credentials/index.ts';
import type { Opener, PromisedView } from '../../messaging/contract.ts';
import { pollDeferred } from '../../protocols/index.ts';
import type { Deferral, IssuanceSession } from '../../protocols/index.ts';
import type { Grant } from '../../vault/index.ts';
import type { Arrived } from './arrived.ts';
import { forgetArrived, keptDeferral, keptKind, take } from './arrived.ts';
import type { Held } from './issuance-desk.ts';
import { partIn, sessionIn, tieOf } from './issuance-part.ts';
import { openLog } from '../log/open-log.ts';
import { withOpener } from '../life/opener.ts';
import { nextAskAt } from './promise-times.ts';
import { viewPromise } from './promise-view.ts';
import type { Services } from '../services.ts';
import { storeInPlace } from './renew-copies.ts';
import { addArrived, hangsOnTie } from './store-arrived.ts';
import { receivedDraft } from './store-received.ts';
import { tellOutcome } from './tell-issuer.ts';

/** What issuers have promised and not delivered. @throws SignetError locked */
export async function viewPromises({ keeper }: Services): Promise<readonly PromisedView[]> {
  return (await listPromises(await keeper.open())).map(viewPromise);
}

/** Forgets that something was promised: its issuer is asked no more. @throws SignetError not_found, locked */
export async function stopPromise(services: Services, id: string): Promise<void> {
  const log = await openLog(services);
  await log.transact(async (tx) => {
    const { issuer } = await removePromise(tx, id);
    await tx.log({ kind: 'credential.given_up', subject: issuer });
  });
  await changed(services);
}

/**
 * When an issuer is to be asked next of those that promised something: milliseconds since the epoch; undefined while
 * none is, or the vault is not open or takes no change.
 */
export async function nextPromiseAt({ keeper }: Services): Promise<number | undefined> {
  if ((await keeper.state()) !== 'unlocked') return undefined;
  const vault = await keeper.open();
  if (vault.readOnly !== undefined) return undefined; // what comes could not be kept
  const times = (await listPromises(vault)).flatMap(({ askAt }) => (askAt === undefined ? [] : [askAt]));
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * Asks every issuer whose time has come, one after the other: the person started it by taking what it promised, and can
 * stop it. What fails here fails for each alone, and shows beside its name.
 * @throws SignetError what the vault throws
 */
export async function askDue(services: Services): Promise<void> {
  if ((await services.keeper.state()) !== 'unlocked') return;
  const vault = await services.keeper.open();
  if (vault.readOnly !== undefined) return;
  const due = (await listPromises(vault)).filter(({ askAt = Infinity }) => askAt <= services.clock());
  for (const { id } of due) {
    try {
      await services.issuance.once(id, () => askOnce(services, id, undefined));
    } catch (error) {
      if (isForVault(error)) throw error; // all else is written down beside the promise
    }
  }
}

const isForVault = (thrown: unknown): boolean =>
  ['locked', 'no_vault', 'vault_damaged', 'read_only', 'storage_failed'].includes(SignetError.from(thrown).reason);

/**
 * The person asks now. Where claims go into compartments it takes an opener: what came unannounced is held for another
 * try, and the issuer is not asked again.
 * @returns whether it came and is stored
 * @throws SignetError `bad_request` with field `opener`, `wrong_password`, `wait`; `not_found`; what the issuer's answer
 *   came to, and then it is written down beside the promise as well
 */
export function askNow(services: Services, { id, opener }: { readonly id: string; readonly opener?: Opener }) {
  return services.issuance.once(id, async () => ({ arrived: await askOnce(services, id, opener) }));
}

async function askOnce(services: Services, id: string, opener: Opener | undefined): Promise<boolean> {
  const { held } = services.issuance;
  const { clock } = services;
  const promised = await getPromise(await services.keeper.open(), id);
  if (promised.state === 'failed') return false;
  if (opener === undefined && promised.compartments.length > 0) throw openerNeeded();
  const came = held.take(id, clock()) ?? (await poll(services, promised));
  if (came === undefined) return false;
  try {
    await storeArrival(services, promised, came, opener);
    forgetArrived(came.arrived);
    await tellOutcome(
      services,
      came.session,
      came.arrived.map(({ part }) => part),
      'credential_accepted',
    );
    return true;
  } catch (error) {
    const { reason, field } = SignetError.from(error);
    if (field === 'opener') await waitForOpener(services, id);
    if (field === 'opener' || reason === 'wrong_password' || reason === 'wait') held.hold(id, came, clock());
    else forgetArrived(came.arrived);
    throw error;
  }
}

/** Asks the issuer. @returns what came; undefined when it is not there yet, which is written down */
async function poll(services: Services, promised: PromisedCredential): Promise<Held | undefined> {
  if (services.clock() < keptDeferral(promised).notBefore) return undefined; // the issuer asked not to be asked yet
  const vault = await services.keeper.open();
  const tie = await getTie(vault, promised.tie.issuance);
  if (tie === undefined) throw new SignetError('vault_damaged', 'What this promise hangs on is missing.');
  const { fetchJson, clock } = services;
  const keys = await readPromisedKeys(vault, promised.id);
  try {
    const keep = (session: IssuanceSession) => keepSession(services, promised, session);
    const options = { keys, fetchJson, clock, keep };
    const issuance = await pollDeferred(sessionIn(tie, promised.tie), keptDeferral(promised), options);
    const { identifier } = partIn(promised.tie);
    const named = identifier === undefined ? {} : { identifier };
    const arrived = await take(services, { ...issuance, kind: keptKind(promised), keys, named }, () => undefined);
    const { session } = issuance;
    if (arrived.is !== 'promised') return { arrived: [arrived], session };
    await notYet(services, promised, { deferral: arrived.deferral, session });
    dispose(keys);
    return undefined;
  } catch (error) {
    dispose(keys);
    await noteFailure(services, promised, error);
    throw error;
  }
}

function dispose(keys: readonly SecretBytes[]): void {
  for (const key of keys) key.dispose();
}

/** Tokens that were exchanged are good once: the next ones are kept before they are used. */
async function keepSession(services: Services, { id, tie, issuer }: PromisedCredential, session: IssuanceSession) {
  const log = await openLog(services);
  await log.transact(async (tx) => {
    await getPromise(tx, id); // given up meanwhile: then there is nothing to keep
    putTie(tx, tieOf(tie.issuance, session));
    await tx.log({ kind: 'credential.asked', subject: issuer });
  });
}

async function notYet(
  services: Services,
  { id }: PromisedCredential,
  { deferral, session }: { readonly deferral: Deferral; readonly session: IssuanceSession },
): Promise<void> {
  const log = await openLog(services);
  const at = services.clock();
  await log.transact(async (tx) => {
    const before = notAsked(await getPromise(tx, id));
    const tries = before.tries + 1;
    const next = nextAskAt(deferral, { ...before, tries }, at);
    const asked = { ...before, tries, lastAskedAt: at, deferral: { ...deferral } };
    const isByItself = before.state === 'waiting';
    const over = {
      state: 'failed',
      message: 'The issuer did not deliver in all this time. Ask it what became of it.',
    } as const;
    putPromise(tx, next === undefined ? { ...asked, ...over } : { ...asked, ...(isByItself ? { askAt: next } : {}) });
    putTie(tx, tieOf(before.tie.issuance, session));
    await tx.log({ kind: 'credential.asked', subject: before.issuer });
  });
  await changed(services);
}

/** An issuer that could not be reached is asked again; one that says no is not. */
async function noteFailure(services: Services, { id }: PromisedCredential, thrown: unknown): Promise<void> {
  const { reason, message } = SignetError.from(thrown);
  if (isForVault(thrown) || reason === 'not_found') return;
  const log = await openLog(services);
  const at = services.clock();
  const isPassing = reason === 'network' || reason === 'internal';
  await log.transact(async (tx) => {
    const before = notAsked(await getPromise(tx, id));
    const tries = before.tries + 1;
    const pace = { ...keptDeferral(before), notBefore: at + 60_000 };
    const next = isPassing ? nextAskAt(pace, { ...before, tries }, at) : undefined;
    const tried = { ...before, tries, lastAskedAt: at };
    if (next === undefined) putPromise(tx, { ...tried, state: 'failed', message });
    else putPromise(tx, before.state === 'waiting' ? { ...tried, askAt: next } : tried);
    const kind = reason === 'credential_refused' ? 'credential.refused' : 'credential.ask_failed';
    await tx.log({ kind, subject: before.issuer });
  });
  await changed(services);
}

/** A promise whose issuer is asked no more, until a time for it is set. */
function notAsked(promised: PromisedCredential): PromisedCredential {
  const kept = Object.entries(promised).filter(([name]) => name !== 'askAt');
  return Object.fromEntries(kept) as unknown as PromisedCredential; // all but what is optional
}

/** It is there, and has to be locked away: nobody asks for it any more but the person. */
async function waitForOpener(services: Services, id: string): Promise<void> {
  const log = await openLog(services);
  await log.transact(async (tx) => {
    const before = notAsked(await getPromise(tx, id));
    putPromise(tx, { ...before, state: 'opener' });
    await tx.log({ kind: 'credential.asked', subject: before.issuer });
  });
  await changed(services);
}

/** Stores what came in the place of its promise, in one transaction. */
async function storeArrival(
  services: Services,
  promised: PromisedCredential,
  came: Held,
  opener: Opener | undefined,
): Promise<void> {
  const copies = came.arrived.flatMap((one) => (one.is === 'copies' ? one.copies : []));
  const compartments = compartmentsOfCopies(copies.map(({ issued }) => issued));
  const store = async (grant?: Grant): Promise<void> => {
    const log = await openLog(services);
    await log.transact(async (tx) => {
      await getPromise(tx, promised.id);
      for (const arrived of came.arrived) await tx.log(await put(tx, services, { promised, arrived, came }, grant));
      await removePromise(tx, promised.id);
      if (hangsOnTie(came.arrived, came.session)) putTie(tx, tieOf(promised.tie.issuance, came.session));
    });
    await changed(services);
  };
  if (compartments.length === 0) return store();
  if (opener === undefined) throw openerNeeded();
  await withOpener(opener, (given) => services.keeper.grant(given, (grant) => store(grant)));
}

interface Putting {
  readonly promised: PromisedCredential;
  readonly arrived: Arrived;
  readonly came: Held;
}

async function put(
  tx: Parameters<typeof addArrived>[0],
  services: Services,
  { promised, arrived, came }: Putting,
  grant: Grant | undefined,
) {
  const { renews, tie } = promised;
  const at = services.clock();
  const arrival = { arrived, session: came.session, issuance: tie.issuance, at };
  if (renews !== undefined && arrived.is === 'copies') return storeInPlace(tx, renews, { ...arrival, arrived }, grant);
  const added = await addArrived(tx, arrival, grant);
  if (added.is === 'promised') throw new SignetError('internal', 'A promise came of a promise.');
  return receivedDraft(added.record);
}

async function changed(services: Services): Promise<void> {
  services.announce('credentials');
  services.announce('audit');
  await services.promisesChanged();
}

const openerNeeded = (): SignetError =>
  new SignetError(
    'bad_request',
    'This credential says something about payment or health: it takes your password or passkey to lock that away. Nothing was lost.',
    { field: 'opener' },
  );

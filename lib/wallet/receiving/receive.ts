import { SignetError } from '../../core/index.ts';
import { compartmentsOfCopies, trustAnchors } from '../../credentials/index.ts';
import type { Opener } from '../../messaging/contract.ts';
import { checkTransactionCode, discover, startIssuance } from '../../protocols/index.ts';
import type { IssuanceSession, OfferedCredential } from '../../protocols/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import type { Arrived, Asking } from './arrived.ts';
import { announcedCompartments, askForAll, forgetArrived } from './arrived.ts';
import type { Held, Underway } from './issuance-desk.ts';
import { Judge } from '../judging/judge.ts';
import type { Progress } from './offer-progress.ts';
import {
  failOffer,
  keepProgress,
  nextHosts,
  offeredIn,
  progressOf,
  reviewedOffer,
  takenOf,
  waitingOffer,
} from './offer-progress.ts';
import { withOpener } from '../life/opener.ts';
import type { Services } from '../services.ts';
import { CLIENT_ID } from './sign-in.ts';
import type { Taken } from './store-received.ts';
import { storeReceived } from './store-received.ts';
import { tellOutcome } from './tell-issuer.ts';

/** Formats of credentials that the vault holds. */
const HELD_FORMATS = ['dc+sd-jwt', 'signet-bbs', 'signet-bbs-2020'] as const;

/**
 * The person lets the wallet talk to the hosts that the window names: asks them what is offered, as far as they know.
 * Nothing was fetched before this, and nobody else is asked: where another host must be, the window names that one next.
 */
export async function continueOffer(services: Services, requestId: string): Promise<void> {
  const request = waitingOffer(services, requestId);
  const progress = progressOf(request);
  if (progress.step !== 'look' || offeredIn(progress) !== undefined) return;
  const vault = await services.keeper.open();
  const { fetchJson, clock, languages, issuance } = services;
  const agreed = [...progress.agreed, ...nextHosts(progress)];
  try {
    await issuance.during(requestId, async (say) => {
      say({ stage: 'discover', done: 0, of: 0 });
      const anchors = await trustAnchors(vault, { for: 'issuers' });
      const options = { fetchJson, clock, languages, formats: HELD_FORMATS, agreed, anchors };
      const discovery = await discover(progress.discovery, options);
      await assertHeard(services, request, { step: 'look', discovery, agreed });
      await keepProgress(services, requestId, { step: 'look', discovery, agreed });
    });
  } catch (error) {
    if (SignetError.from(error).reason !== 'wait') await failOffer(services, request, error);
  } finally {
    services.announce('requests');
  }
}

/** An address may lead to the offer of an issuer that the person wants to hear nothing of. */
async function assertHeard(services: Services, request: PageRequest, { discovery }: Progress & { step: 'look' }) {
  const issuer =
    'offer' in discovery ? discovery.offer.issuer : offeredIn({ step: 'look', discovery, agreed: [] })?.issuer;
  if (issuer === undefined) return;
  const judge = await Judge.of(await services.keeper.open(), services, request);
  if (judge.offer(issuer).verdict !== 'DENY') return;
  throw new SignetError('unsupported', 'One of your rules refuses what this issuer offers.', { field: 'issuer' });
}

export interface AcceptedOffer {
  readonly requestId: string;
  readonly digest: string;
  /** Ids of configurations; absent: all. */
  readonly chosen?: readonly string[];
  readonly transactionCode?: string;
  readonly opener?: Opener;
}

/**
 * The person takes the offer: token, proofs of fresh keys, credentials, each checked, all stored in one transaction
 * with the answer to the page. Claims of Tier 3 go into their compartments, which takes an opener: when they turn up
 * unannounced, or the opener is wrong, what was received is held for another try, and the issuer is not asked again.
 * A token is kept with the request, so that a worker that dies can go on from it.
 * @throws SignetError `changed`; `issuer_refused` with field `transactionCode`, `bad_request` with field `opener`,
 *   `wrong_password` and `wait` when another try may help; else what failed
 */
export async function acceptOffer(services: Services, accepted: AcceptedOffer): Promise<Taken> {
  const { request, progress, offered } = reviewedOffer(services, accepted);
  await services.keeper.open();
  const chosen = progress.step === 'granted' ? progress.chosen : takenOf(offered, accepted.chosen);
  const kinds = offered.configurations.filter(({ id }) => chosen.includes(id));
  if (accepted.opener === undefined && kinds.some((kind) => announcedCompartments(kind).length > 0)) {
    throw openerNeeded();
  }
  const { issuance } = services;
  try {
    return await issuance.during(request.id, (say) => takeOffer(services, { request, offered, chosen, accepted }, say));
  } catch (error) {
    if (!mayTryAgain(error) && !mayGoOn(services, request, error)) await failOffer(services, request, error);
    throw error;
  } finally {
    services.announce('requests');
  }
}

interface Taking {
  readonly request: PageRequest;
  readonly offered: OfferedCredential;
  readonly chosen: readonly string[];
  readonly accepted: AcceptedOffer;
}

async function takeOffer(services: Services, taking: Taking, say: (underway: Underway) => void): Promise<Taken> {
  const { request, accepted } = taking;
  const { held } = services.issuance;
  const { clock } = services;
  const came = held.take(request.id, clock()) ?? (await receive(services, taking, say));
  try {
    say({ stage: 'store', done: 0, of: 0 });
    const stored = await storeAll(services, { request, came }, accepted.opener);
    forgetArrived(came.arrived);
    await tellOutcome(services, came.session, partsOf(came.arrived), 'credential_accepted');
    return stored;
  } catch (error) {
    if (mayTryAgain(error)) held.hold(request.id, came, clock());
    else forgetArrived(came.arrived);
    throw error;
  }
}

const partsOf = (arrived: readonly Arrived[]) => arrived.flatMap(({ is, part }) => (is === 'promised' ? [] : [part]));

/** Asks the issuer for all of it. The token is kept before it is used: a code is good once. */
async function receive(services: Services, taking: Taking, say: (underway: Underway) => void): Promise<Held> {
  const { request, offered, chosen } = taking;
  const sessions = await tokenFor(services, taking, say);
  const asking = sessions.flatMap((session): readonly Asking[] => {
    const configuration = offered.configurations.find(({ id }) => id === session.configurationId);
    const { issuer, issuerName } = offered;
    return configuration === undefined ? [] : [{ session, kind: { issuer, issuerName, configuration } }];
  });
  const [first, ...others] = asking;
  if (first === undefined) throw new SignetError('internal', 'A token came that is good for nothing.');
  const keep = (session: IssuanceSession): Promise<void> => {
    const kept = sessions.map((one) => ({ ...one, token: session.token }));
    return keepProgress(services, request.id, { step: 'granted', offered, chosen, sessions: kept });
  };
  return askForAll(services, [first, ...others], keep, say);
}

async function tokenFor(
  services: Services,
  { request, offered, chosen, accepted }: Taking,
  say: (underway: Underway) => void,
): Promise<readonly IssuanceSession[]> {
  const progress = progressOf(request);
  if (progress.step === 'granted') return progress.sessions;
  if (offered.grant !== 'pre-authorized_code') throw new SignetError('changed', 'Sign in first. Nothing was stored.');
  const { fetchJson, clock } = services;
  const code = checkTransactionCode(offered.transactionCode, accepted.transactionCode);
  say({ stage: 'token', done: 0, of: 0 });
  const typed = code === undefined ? {} : { transactionCode: code };
  const grant = { type: 'pre-authorized_code', clientId: CLIENT_ID, ...typed } as const;
  const sessions = await startIssuance(offered, grant, { fetchJson, clock, configurationIds: chosen });
  await keepProgress(services, request.id, { step: 'granted', offered, chosen, sessions });
  return sessions;
}

const openerNeeded = (): SignetError =>
  new SignetError(
    'bad_request',
    'This credential says something about payment or health: it takes your password or passkey to lock that away. Nothing was lost.',
    { field: 'opener' },
  );

/** Whether the same offer may be accepted once more, with a right code or opener. */
function mayTryAgain(thrown: unknown): boolean {
  const { reason, field } = SignetError.from(thrown);
  return field === 'transactionCode' || field === 'opener' || reason === 'wrong_password' || reason === 'wait';
}

/** Whether the issuer could not be reached, and there is a token to ask it with once more. */
function mayGoOn({ queue }: Services, { id }: PageRequest, thrown: unknown): boolean {
  const now = queue.get(id);
  const isWaiting = now?.state.phase === 'waiting';
  return SignetError.from(thrown).reason === 'network' && isWaiting && progressOf(now).step === 'granted';
}

/** What is about to be stored. */
interface Storing {
  readonly request: PageRequest;
  readonly came: Held;
}

async function storeAll(services: Services, { request, came }: Storing, opener: Opener | undefined): Promise<Taken> {
  const copies = came.arrived.flatMap((one) => (one.is === 'copies' ? one.copies : []));
  const compartments = compartmentsOfCopies(copies.map(({ issued }) => issued));
  if (compartments.length === 0) return storeReceived(services, request, came);
  if (opener === undefined) throw openerNeeded();
  return withOpener(opener, (given) =>
    services.keeper.grant(given, (grant) => storeReceived(services, request, came, grant)),
  );
}

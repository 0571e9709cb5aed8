import { sha256 } from '@noble/hashes/sha2.js';
import type { Json, Origin } from '../../core/index.ts';
import { SignetError, canonicalJsonBytes, toBase64url } from '../../core/index.ts';
import { hostsOf, readOffer } from '../../protocols/index.ts';
import type {
  AuthorizationSession,
  Discovery,
  IssuanceSession,
  OfferCall,
  OfferedCredential,
} from '../../protocols/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import { logOutcome } from '../asking/log-outcome.ts';
import type { Services } from '../services.ts';

/**
 * What an offer has come to, kept with its request so that a worker that dies forgets nothing. Secrets are in it: the
 * row is sealed under a key of this browser session, and goes with the request.
 */
export type Progress =
  /** Signet looks at it, as far as the person let it. */
  | { readonly step: 'look'; readonly discovery: Discovery; readonly agreed: readonly Origin[] }
  /** The person is on their way through the issuer's pages. */
  | {
      readonly step: 'sign_in';
      readonly offered: OfferedCredential;
      readonly chosen: readonly string[];
      readonly authorization: AuthorizationSession;
    }
  /** There is a token, which is good for what was chosen: a session for each, in the order of `chosen`. */
  | {
      readonly step: 'granted';
      readonly offered: OfferedCredential;
      readonly chosen: readonly string[];
      readonly sessions: readonly IssuanceSession[];
    }
  | { readonly step: 'failed'; readonly message: string };

/** The offer in a request. @throws SignetError bad_request or unsupported, naming the field */
export const offerIn = ({ params }: Pick<PageRequest, 'params'>): OfferCall => readOffer(params);

/** How far the request has come. */
export function progressOf(request: PageRequest): Progress {
  const { state } = request;
  if (state.phase !== 'waiting' || state.data === undefined) {
    return { step: 'look', discovery: { step: 'call', call: offerIn(request) }, agreed: [] };
  }
  return state.data as unknown as Progress; // sealed under our session key: only this file wrote it
}

/** Everything the person sees of the offer before they take it, once it is all known. */
export function offeredIn(progress: Progress): OfferedCredential | undefined {
  switch (progress.step) {
    case 'look':
      return progress.discovery.step === 'offered' ? progress.discovery.offered : undefined;
    case 'sign_in':
    case 'granted':
      return progress.offered;
    case 'failed':
      return undefined;
  }
}

/** Whose offer it is, as far as is known: an address that it was fetched from may have been another's. */
export function issuerIn(request: PageRequest): Origin {
  const progress = progressOf(request);
  const offered = offeredIn(progress);
  if (offered !== undefined) return offered.issuer;
  const looked = progress.step === 'look' ? progress.discovery : undefined;
  return looked !== undefined && 'offer' in looked ? looked.offer.issuer : offerIn(request).issuer;
}

/** Hosts that the next step of looking at an offer speaks to, and that the person has not agreed to yet. */
export const nextHosts = ({ discovery, agreed }: Extract<Progress, { step: 'look' }>): readonly Origin[] =>
  hostsOf(discovery).filter((host) => !agreed.includes(host));

/** base64url SHA-256 of everything that is shown of an offer. */
export const digestOf = (offered: OfferedCredential): string => toBase64url(sha256(canonicalJsonBytes(offered)));

/** The offer that waits. @throws SignetError not_found */
export function waitingOffer({ queue }: Services, requestId: string): PageRequest {
  const request = queue.get(requestId);
  if (request?.state.phase !== 'waiting') {
    throw new SignetError('not_found', 'The page that offered this is gone. Nothing was stored.');
  }
  return request;
}

/**
 * What the person looked at, as it stands now.
 * @throws SignetError `changed` where that is something else; `not_found`
 */
export function reviewedOffer(
  services: Services,
  { requestId, digest }: { readonly requestId: string; readonly digest: string },
): { readonly request: PageRequest; readonly progress: Progress; readonly offered: OfferedCredential } {
  const request = waitingOffer(services, requestId);
  const progress = progressOf(request);
  const offered = offeredIn(progress);
  if (offered === undefined || digestOf(offered) !== digest) {
    throw new SignetError('changed', 'The offer has changed. Please look again.');
  }
  return { request, progress, offered };
}

/**
 * What the person takes of an offer, in the issuer's order.
 * @param chosen ids of configurations; absent: all
 * @throws SignetError bad_request naming `chosen` where one is not offered, or there is none
 */
export function takenOf({ configurations }: OfferedCredential, chosen?: readonly string[]): readonly string[] {
  const ids = configurations.map(({ id }) => id);
  const taken = chosen === undefined ? ids : ids.filter((id) => chosen.includes(id));
  if (taken.length > 0 && (chosen === undefined || chosen.every((id) => ids.includes(id)))) return taken;
  throw new SignetError('bad_request', 'Choose at least one of what is offered.', { field: 'chosen' });
}

/** Writes down how far an offer has come. */
export async function keepProgress(
  { queue, announce }: Services,
  requestId: string,
  progress: Progress,
): Promise<void> {
  await queue.setData(requestId, progress as unknown as Json); // plain JSON, by its type
  announce('requests');
}

/** Says in the window what went wrong, and in the log that it did; the page learns nothing until the window closes. */
export async function failOffer(services: Services, request: PageRequest, thrown: unknown): Promise<void> {
  const error = SignetError.from(thrown);
  const kind = error.reason === 'credential_refused' ? 'credential.refused' : 'offer.failed';
  await logOutcome(services, { kind, subject: issuerIn(request), decision: 'DENY' });
  if (services.queue.get(request.id)?.state.phase !== 'waiting') return;
  await keepProgress(services, request.id, { step: 'failed', message: error.message });
}

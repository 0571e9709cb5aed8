import type { Json, Origin } from '../../core/index.ts';
import { SignetError, originOf, parseUrl } from '../../core/index.ts';
import type { ReadRequest, VpToken } from '../../protocols/index.ts';
import type { PageRequest } from '../../requests/index.ts';

/** What a verifier's link led to, as it waits. */
export interface LinkRequest {
  /** No signature in it is believed here. */
  readonly read: ReadRequest;
  /** Where it came from, if that is not where its answer goes: the person was told of the one, and is asked for the other. */
  readonly from?: Origin;
}

/** The request in a link's params. */
export const requestInLink = ({ params }: Pick<PageRequest, 'params'>): LinkRequest => params as unknown as LinkRequest; // only `linkParams` made them

/** A request as the queue keeps it. */
export const linkParams = (request: LinkRequest): Json => request as unknown as Json; // plain JSON, by its type

/** Where the answer goes, and to nobody else. @throws SignetError bad_request for a request that no link may bring */
export function responseUriOf({ params: { reply } }: ReadRequest): string {
  if (reply.mode === 'direct_post' || reply.mode === 'direct_post.jwt') return reply.responseUri;
  throw new SignetError('bad_request', 'This link does not say where an answer goes.', { field: 'response_mode' });
}

/** Who gets the answer: the one thing about a link that holds whoever made it. */
export const subjectOfLink = (request: ReadRequest): Origin =>
  originOf(parseUrl(responseUriOf(request), 'response_uri'));

/** How far an answer came. `under_way` where no worker is sending it: nobody knows whether it arrived. */
export type Sent =
  | { readonly state: 'under_way' }
  | { readonly state: 'arrived'; readonly back?: string }
  | { readonly state: 'refused'; readonly message: string }
  | { readonly state: 'unknown' };

/** What the person allowed, kept with its request until it has arrived. */
export interface LinkAnswer {
  readonly step: 'answered';
  readonly vpToken: VpToken;
  /** When its presentations were made: milliseconds since the epoch. */
  readonly boundAt: number;
  /** Absent: it was never sent. */
  readonly sent?: Sent;
}

/** The answer that a request by a link has come to; undefined while the person has not allowed it, and for others. */
export function linkAnswerOf({ method, state }: Pick<PageRequest, 'method' | 'state'>): LinkAnswer | undefined {
  if (method !== 'presentLink' || state.phase !== 'waiting' || state.data === undefined) return undefined;
  const kept = state.data as unknown as LinkAnswer | { readonly step: 'known' | 'failed' }; // sealed: we alone wrote it
  return kept.step === 'answered' ? kept : undefined;
}

/** Whether the person has allowed it: all that is left is to send the answer. */
export const isLinkAnswered = (request: Pick<PageRequest, 'method' | 'state'>): boolean =>
  linkAnswerOf(request) !== undefined;

/** An answer that was just made. @param now milliseconds since the epoch */
export const madeAnswer = (vpToken: Json, now: number): LinkAnswer => ({
  step: 'answered',
  vpToken: vpToken as unknown as VpToken, // the pipeline's, by DCQL id
  boundAt: now,
});

/** An answer as the queue keeps it. */
export const keptAnswer = (answer: LinkAnswer): Json => answer as unknown as Json; // plain JSON, by its type

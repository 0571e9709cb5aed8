import type { Json, JsonObject } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { FetchText } from '../../core/index.ts';
import type { ReadRequest } from './authorization-request.ts';

/** What a link or QR code holds, read and bounded. Plain JSON. */
export type LinkCall = PresentationCall | OfferLink;

/** An authorization request (§5): by value, as a signed object, or by reference. */
export type PresentationCall = {
  readonly kind: 'presentation';
  /** The full client id, as the link has it. */
  readonly clientId: string;
  /** Whether targets on this machine are all right: the link itself leads to this machine and was admitted so. */
  readonly loopback?: true;
} & (
  | { readonly by: 'value'; readonly parameters: JsonObject }
  | { readonly by: 'object'; readonly request: string }
  | { readonly by: 'reference'; readonly requestUri: string; readonly method: 'get' | 'post' }
);

/** A credential offer (OpenID4VCI 1.0 §4.1), for `readOffer`: exactly one of the two. */
export type OfferLink = { readonly kind: 'offer' } & (
  { readonly credential_offer: Json } | { readonly credential_offer_uri: string }
);

/**
 * Reads the text of a link or QR code. Nothing is fetched.
 * @param options.loopback whether links may lead to this machine (development); then all of one has to
 * @throws SignetError bad_request for what is no such link, unsupported for what Signet does not do
 */
export function readLink(_text: string, _options: { readonly loopback?: boolean } = {}): LinkCall {
  throw new SignetError('unsupported', 'Not yet.');
}

/** The host that `fetchRequestObject` will ask, if any: shown before the click. */
export function hostOfCall(_call: PresentationCall): string | undefined {
  return undefined;
}

/**
 * The request of a link: read as it stands, or fetched from where the link says (RFC 9101, §5.10). Only after the
 * person's click.
 * @param doors.walletNonce fresh and random: sent by POST, and must come back in the object
 * @throws SignetError bad_request or unsupported naming the field, issuer_refused, network
 */
export async function fetchRequestObject(
  _call: PresentationCall,
  _doors: { readonly fetchText: FetchText; readonly walletNonce: string },
): Promise<ReadRequest> {
  return Promise.reject(new SignetError('unsupported', 'Not yet.'));
}

import type { Json, JsonObject, Origin } from '../../core/index.ts';
import { assertField, isLoopback, originOf, parseJson, parseUrl, SignetError } from '../../core/index.ts';
import { REQUEST_LIMITS } from './bounds.ts';

/** What a link or QR code holds, read and bounded. Plain JSON. */
export type LinkCall = PresentationCall | OfferLink;

/** An authorization request (OpenID4VP 1.0 §5): by value, as a signed object, or by reference. */
export type PresentationCall = {
  readonly kind: 'presentation';
  /** The full client id, as the link has it. */
  readonly clientId: string;
  /** Whether the link may lead to this machine; then all of it has to. */
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

/** How much of a link is read; a QR code holds less than 3 kB. */
const MAX_LENGTH = REQUEST_LIMITS.maxLength;

/** Schemes that call a wallet to present, or to receive (§13.1.2, OpenID4VCI 1.0 §4.1.2, HAIP 1.0), and who uses them. */
const PRESENTATION_SCHEMES: readonly string[] = ['openid4vp:', 'haip-vp:', 'eudi-openid4vp:', 'mdoc-openid4vp:'];
const OFFER_SCHEMES: readonly string[] = ['openid-credential-offer:', 'haip-vci:'];

/** Parameters that are JSON in a query string (§5.1). */
const JSON_PARAMETERS: readonly string[] = ['dcql_query', 'client_metadata', 'transaction_data', 'verifier_info'];

const OFFER_PARAMETERS = ['credential_offer', 'credential_offer_uri'] as const;

/**
 * Reads the text of a link or QR code. Nothing is fetched, and the host of an https link plays no part: it stands for a
 * wallet, as a scheme of its own does.
 * @param options.loopback whether links may lead to this machine (development); default: they may not
 * @throws SignetError bad_request for what is no such link, unsupported for what Signet does not do
 */
export function readLink(text: string, options: { readonly loopback?: boolean } = {}): LinkCall {
  const field = 'link';
  const trimmed = text.trim();
  assertField(trimmed.length <= MAX_LENGTH, field, 'The link is too long.');
  const url = URL.parse(trimmed);
  assertField(url !== null, field, 'This is not a link.');
  const parameters = readQuery(url);
  return kindOf(url, parameters) === 'offer' ? readOffer(parameters) : readPresentation(parameters, options);
}

/** @throws SignetError bad_request where a parameter is there twice (RFC 6749 §3.1): each reader would take another */
function readQuery({ searchParams }: URL): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of searchParams) {
    assertField(!parameters.has(name), 'link', 'The link says the same thing twice.');
    parameters.set(name, value);
  }
  return parameters;
}

function kindOf({ protocol }: URL, parameters: ReadonlyMap<string, string>): 'presentation' | 'offer' {
  const isOffer = OFFER_PARAMETERS.some((name) => parameters.has(name));
  const isRequest = parameters.has('client_id');
  const isWeb = protocol === 'https:';
  if (isOffer && !isRequest && (isWeb || OFFER_SCHEMES.includes(protocol))) return 'offer';
  if (isRequest && !isOffer && (isWeb || PRESENTATION_SCHEMES.includes(protocol))) return 'presentation';
  throw new SignetError('bad_request', 'This link neither offers a credential nor asks for one.', { field: 'link' });
}

function readOffer(parameters: ReadonlyMap<string, string>): OfferLink {
  const [value, uri] = OFFER_PARAMETERS.map((name) => parameters.get(name));
  const field = 'credential_offer';
  if (value !== undefined && uri === undefined) {
    return { kind: 'offer', credential_offer: parseJson(value, field, REQUEST_LIMITS) };
  }
  if (value === undefined && uri !== undefined) return { kind: 'offer', credential_offer_uri: uri };
  throw new SignetError('bad_request', 'The link offers in two ways at once.', { field });
}

function readPresentation(
  parameters: ReadonlyMap<string, string>,
  { loopback = false }: { readonly loopback?: boolean },
): PresentationCall {
  const clientId = parameters.get('client_id') ?? '';
  assertField(clientId !== '' && clientId.length <= 2048, 'client_id', 'client_id is empty or too long.');
  const common = { kind: 'presentation', clientId, ...(loopback && { loopback }) } as const;
  const [request, requestUri] = [parameters.get('request'), parameters.get('request_uri')];
  if (requestUri !== undefined) {
    assertField(request === undefined, 'request_uri', 'The link asks in two ways at once.');
    return { ...common, by: 'reference', ...readReference(requestUri, parameters, loopback) };
  }
  assertField(!parameters.has('request_uri_method'), 'request_uri_method', 'request_uri_method is for request_uri.');
  if (request !== undefined) return { ...common, by: 'object', request };
  return { ...common, by: 'value', parameters: jsonOf(parameters) };
}

function readReference(
  requestUri: string,
  parameters: ReadonlyMap<string, string>,
  loopback: boolean,
): { readonly requestUri: string; readonly method: 'get' | 'post' } {
  const url = parseTarget(requestUri, 'request_uri', loopback);
  const method = parameters.get('request_uri_method') ?? 'get';
  assertField(
    method === 'get' || method === 'post',
    'request_uri_method',
    'request_uri_method is neither get nor post.',
  );
  return { requestUri: url.href, method };
}

/**
 * An address that a request names for itself: https, or of this machine where that is admitted.
 * @throws SignetError bad_request, naming `field`
 */
export function parseTarget(text: string, field: string, loopback: boolean): URL {
  const url = parseUrl(text, field);
  assertField(text.length <= 2048, field, `${field} is longer than 2048 characters.`);
  assertField(url.hash === '', field, `${field} must not have a fragment.`);
  assertField(loopback || !isLoopback(originOf(url)), field, `${field} must not be on the visitor’s own machine.`);
  return url;
}

/** The parameters of a request by value: those that are JSON parsed, the others as they are. */
function jsonOf(parameters: ReadonlyMap<string, string>): JsonObject {
  return Object.fromEntries(
    [...parameters].map(([name, value]) => [
      name,
      JSON_PARAMETERS.includes(name) ? parseJson(value, name, REQUEST_LIMITS) : value,
    ]),
  );
}

/** Who has to be asked for the request itself, if anybody: they are shown before the click. */
export const askedOrigin = (call: PresentationCall): Origin | undefined =>
  call.by === 'reference' ? originOf(new URL(call.requestUri)) : undefined;

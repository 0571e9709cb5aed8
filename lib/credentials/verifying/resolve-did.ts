import {
  SignetError,
  fromBase64url,
  fromUtf8,
  isLoopback,
  isPublicUrl,
  originOf,
  parseJson,
} from '../../core/index.ts';
import { readPublicJwk } from './public-jwk.ts';
import type { DidDocument, DidRelationship } from './did-document.ts';
import { readDidDocument } from './did-document.ts';

/** Fetches one JSON document. The platform's door keeps its own limits of time and size. */
export type FetchDocument = (url: URL) => Promise<unknown>;

export interface ResolveDidOptions {
  /** For did:web. Without it, only DIDs that are their own document resolve. */
  readonly fetchJson?: FetchDocument;
  /** Whether did:web may lead to this machine (development). */
  readonly loopback?: boolean;
  /** What the keys are for. Default: to sign statements. */
  readonly relationship?: DidRelationship;
}

const MAX_DID_LENGTH = 2048;
const JWK = 'did:jwk:';
const WEB = 'did:web:';
/** A domain name with a port where it has one, then path segments (did:web §3.1). No dots alone, no slashes. */
const WEB_NAME = /^[a-z0-9.-]+(?:%3a\d{1,5})?$/i;
const WEB_SEGMENT = /^(?!\.{1,2}$)(?:[\w.~-]|%(?!2f|5c|00)[\da-f]{2})+$/i;

const malformed = (message: string, cause?: unknown): SignetError =>
  new SignetError('bad_request', message, { field: 'did', cause });

/** Whether a text is a DID: something that keys can be found by, rather than an address. */
export const isDid = (text: string): boolean => /^did:[a-z0-9]+:./.test(text);

/** The host that has to be asked for a DID, for display before anybody is; undefined: nobody. */
export function didHost(did: string): string | undefined {
  if (!did.startsWith(WEB)) return undefined;
  try {
    return webUrl(did, true).host;
  } catch {
    return undefined; // resolving it says what is wrong
  }
}

/**
 * Resolves a DID to its keys for one use: did:jwk from itself, did:web by asking its host over https.
 * @throws SignetError bad_request, field `did`, for a malformed DID or document, or one that leads into a private
 *   network; unsupported for other methods, or where nobody may be asked; what `fetchJson` throws
 */
export async function resolveDid(did: string, options: ResolveDidOptions = {}): Promise<DidDocument> {
  if (did.length > MAX_DID_LENGTH) throw malformed('The DID is too long.');
  if (isDidJwk(did)) return readDidJwk(did);
  if (!did.startsWith(WEB)) throw unsupported('Signet knows no DID of this method.');
  const url = webUrl(did, options.loopback === true);
  if (options.fetchJson === undefined) throw unsupported('Nobody may be asked for this DID now.');
  return readDidDocument(await options.fetchJson(url), did, options.relationship ?? 'assertionMethod');
}

const unsupported = (message: string): SignetError => new SignetError('unsupported', message, { field: 'did' });

/** Whether a DID is its own key: nobody has to be asked. */
export const isDidJwk = (did: string): boolean => did.startsWith(JWK);

/**
 * did:jwk: the key in the name, called `#0`; it may be used for everything it can do.
 * @throws SignetError bad_request or unsupported, field `did`, where there is no key that signatures can be checked with
 */
export function readDidJwk(did: string): DidDocument {
  if (did.length > MAX_DID_LENGTH) throw malformed('The DID is too long.');
  const jwk = readPublicJwk(publicJwkIn(did.slice(JWK.length)));
  if (jwk === undefined) throw unsupported('The key in the DID is of a kind that Signet cannot check.');
  return { id: did, keys: [{ id: `${did}#0`, jwk }] };
}

function publicJwkIn(encoded: string): unknown {
  try {
    const jwk = parseJson(fromUtf8(fromBase64url(encoded)), 'did', { maxLength: MAX_DID_LENGTH, maxDepth: 4 });
    if (typeof jwk === 'object' && jwk !== null && 'd' in jwk) throw malformed('The DID holds a private key.');
    return jwk;
  } catch (cause) {
    throw cause instanceof SignetError && cause.field === 'did' ? cause : malformed('The DID holds no key.', cause);
  }
}

/** Where the document of a did:web is (did:web §3.2). */
function webUrl(did: string, loopback: boolean): URL {
  const [name = '', ...segments] = did.slice(WEB.length).split(':');
  if (!WEB_NAME.test(name) || !segments.every((segment) => WEB_SEGMENT.test(segment))) {
    throw malformed('The DID is not one of did:web.');
  }
  const path = segments.length === 0 ? '/.well-known/did.json' : `/${segments.join('/')}/did.json`;
  const host = name.replace(/%3a/i, ':');
  const url = URL.parse(`https://${host}${path}`);
  if (url === null) throw malformed('The DID names no host.');
  if (isLoopback(originOf(url)) && loopback) return new URL(`http://${host}${path}`);
  if (!isPublicUrl(url)) throw malformed('The DID leads to no public host.');
  return url;
}

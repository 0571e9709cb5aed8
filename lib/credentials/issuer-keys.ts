import type { Clock, Origin } from '../core/index.ts';
import { SignetError, isJsonObject, isLoopback, parseUrl } from '../core/index.ts';
import type { Certificate, Jws, PublicJwk } from './verifying/index.ts';
import {
  certificateKey,
  didKeysNamed,
  isDid,
  isNamedBy,
  keysNamed,
  parseCertificates,
  readJwkSet,
  resolveDid,
  validateChain,
} from './verifying/index.ts';

/** Keys that an issuer's credentials may be signed with, and whether somebody the person trusts vouches for them. */
export interface IssuerKeys {
  readonly keys: readonly PublicJwk[];
  readonly vouched: boolean;
  /** The certificates it came by, the leaf first; absent where it came by none. */
  readonly chain?: readonly [Certificate, ...Certificate[]];
}

export interface IssuerKeySource {
  /** The issuer's https or loopback origin: what consent showed. */
  readonly issuer: Origin;
  /**
   * What it calls itself in what it signs, where that is not the origin: a DID, or an address of that origin. A token
   * that names its issuer itself is measured by that name.
   */
  readonly id?: string;
  /** Fetches JSON under rule 11 of design §3. Called for the issuer's own origin, and for the host of its did:web. */
  readonly fetchJson: (url: URL) => Promise<unknown>;
  /** The person's trust anchors; empty by default, and then nobody vouches. */
  readonly anchors?: readonly Certificate[];
  readonly clock: Clock;
}

/** Finds the keys for one issuer-signed JWT of the issuer it was made for. */
export type IssuerKeyResolver = (issuerJwt: Jws) => Promise<IssuerKeys>;

const refused = (message: string, field: string, cause?: unknown): SignetError =>
  new SignetError('credential_refused', message, { field, cause });

/**
 * A resolver of one issuer's keys: from the `x5c` leaf of the token's header where it has one; else from the DID it names;
 * else from `/.well-known/jwt-vc-issuer` of the issuer's own origin (SD-JWT VC §2.5, §5). Each is fetched once.
 * The resolver throws SignetError credential_refused, naming `x5c`, `issuer`, `jwks` or `did`, and what `fetchJson` throws.
 */
export function issuerKeyResolver(source: IssuerKeySource): IssuerKeyResolver {
  const fetched = new Map<string, Promise<unknown>>();
  const fetchJson = (url: URL): Promise<unknown> => {
    const answer = fetched.get(url.href) ?? source.fetchJson(url);
    fetched.set(url.href, answer);
    return answer;
  };
  return async ({ header, payload }) => {
    const { iss } = payload;
    const issuer = typeof iss === 'string' ? iss : (source.id ?? source.issuer);
    if (header['x5c'] !== undefined) return keysFromCertificate(header['x5c'], issuer, source);
    if (isDid(issuer)) return keysFromDid(issuer, header['kid'], { ...source, fetchJson });
    const published = await fetchPublishedKeys({ issuer, fetchJson });
    return { keys: keysNamed(published, header['kid']), vouched: false };
  };
}

/**
 * Whether a name that an issuer goes by is that of an origin: it is the origin, or an address with a path there, or a
 * DID, which speaks for itself.
 */
export function isOfOrigin(issuer: string, origin: Origin): boolean {
  if (issuer === origin || isDid(issuer)) return true;
  const url = URL.parse(issuer);
  return url?.origin === origin && url.pathname !== '/' && issuer === `${origin}${url.pathname}`;
}

/** The certificate whose key is said to have made a signature, as base64 of DER; undefined where none is. Verifies nothing. */
export function leafCertificate({ header }: Pick<Jws, 'header'>): string | undefined {
  const chain: readonly unknown[] | undefined = Array.isArray(header['x5c']) ? header['x5c'] : undefined;
  const leaf = chain?.[0];
  return typeof leaf === 'string' ? leaf : undefined;
}

async function keysFromCertificate(
  x5c: Jws['header'][string],
  issuer: string,
  source: IssuerKeySource,
): Promise<IssuerKeys> {
  const chain = readChain(x5c);
  const now = source.clock();
  const [leaf] = chain;
  if (!isNamedBy(leaf, issuer)) throw refused('The certificate names another issuer.', 'x5c');
  if (now < leaf.notBefore || now > leaf.notAfter) throw refused('The certificate is out of its time.', 'x5c');
  const key = await certificateKey(leaf);
  if (key === undefined) throw refused('The certificate holds a key that is not supported.', 'x5c');
  return { keys: [key], vouched: await validateChain(chain, source.anchors ?? [], now), chain };
}

/** A DID's keys. One of this machine is asked for by an issuer of this machine alone. */
async function keysFromDid(
  did: string,
  kid: Jws['header'][string] | undefined,
  { issuer, fetchJson }: Pick<IssuerKeySource, 'issuer' | 'fetchJson'>,
): Promise<IssuerKeys> {
  try {
    const document = await resolveDid(did, { fetchJson, loopback: isLoopback(issuer) });
    return { keys: didKeysNamed(document, kid), vouched: false };
  } catch (error) {
    const { reason, message } = SignetError.from(error);
    if (reason !== 'bad_request' && reason !== 'unsupported') throw error;
    throw refused(`The issuer's keys cannot be found. ${message}`, 'did', error);
  }
}

function readChain(x5c: Jws['header'][string] | undefined): readonly [Certificate, ...Certificate[]] {
  try {
    return parseCertificates(x5c);
  } catch (cause) {
    throw refused("The issuer's certificates cannot be read.", 'x5c', cause);
  }
}

/** Where an issuer publishes its metadata: the well-known part goes between host and path (SD-JWT VC §5.1). */
export function issuerMetadataUrl(issuer: string): URL {
  const url = parseUrl(issuer, 'issuer');
  const path = url.pathname === '/' ? '' : url.pathname.replace(/\/$/, '');
  return new URL(`/.well-known/jwt-vc-issuer${path}`, url.origin);
}

/** An issuer that publishes its keys at its own address (https, or http on this machine). */
export interface PublishingIssuer {
  readonly issuer: string;
  readonly fetchJson: (url: URL) => Promise<unknown>;
}

/**
 * The JWK Set that an issuer publishes, of keys for whatever it signs, as it came (SD-JWT VC §5).
 * @throws SignetError credential_refused, naming `issuer` or `jwks`; what `fetchJson` throws
 */
export async function fetchIssuerJwks({ issuer, fetchJson }: PublishingIssuer): Promise<unknown> {
  const metadata = await fetchJson(issuerMetadataUrl(issuer));
  if (!isJsonObject(metadata) || metadata['issuer'] !== issuer) {
    throw refused("The issuer's metadata is for another issuer.", 'issuer');
  }
  const { jwks, jwks_uri: uri } = metadata;
  if ((jwks === undefined) === (uri === undefined)) throw refused("The issuer's metadata has no keys.", 'jwks');
  return typeof uri === 'string' ? fetchJson(ownUrl(uri, issuer)) : jwks;
}

async function fetchPublishedKeys(source: PublishingIssuer): Promise<readonly PublicJwk[]> {
  const set = await fetchIssuerJwks(source);
  try {
    return readJwkSet(set, 'jwks');
  } catch (cause) {
    throw refused("The issuer's keys cannot be read.", 'jwks', cause);
  }
}

function ownUrl(text: string, issuer: string): URL {
  const url = URL.parse(text);
  if (url === null || url.origin !== URL.parse(issuer)?.origin)
    throw refused("The issuer's keys are at another origin.", 'jwks_uri');
  return url;
}

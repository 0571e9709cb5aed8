import type { Clock, Origin } from '../core/index.ts';
import { SignetError, isJsonObject, parseUrl } from '../core/index.ts';
import type { Certificate, Jws, PublicJwk } from './verifying/index.ts';
import {
  certificateKey,
  isNamedBy,
  keysNamed,
  parseCertificates,
  readJwkSet,
  validateChain,
} from './verifying/index.ts';

/** Keys that an issuer's credentials may be signed with, and whether somebody the person trusts vouches for them. */
export interface IssuerKeys {
  readonly keys: readonly PublicJwk[];
  readonly vouched: boolean;
}

export interface IssuerKeySource {
  /** The issuer's https or loopback origin: `iss`, `credential_issuer` and what consent showed. */
  readonly issuer: Origin;
  /** Fetches JSON under rule 11 of design §3. Called for the issuer's own origin alone. */
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
 * A resolver of one issuer's keys: from the `x5c` leaf of the credential's header where it has one, else from
 * `/.well-known/jwt-vc-issuer` of the issuer's own origin, fetched once (SD-JWT VC §2.5, §5).
 * The resolver throws SignetError credential_refused, naming `x5c`, `issuer` or `jwks`, and what `fetchJson` throws.
 */
export function issuerKeyResolver(source: IssuerKeySource): IssuerKeyResolver {
  let published: Promise<readonly PublicJwk[]> | undefined;
  return async ({ header }) => {
    if (header['x5c'] !== undefined) return keysFromCertificate(header['x5c'], source);
    published ??= fetchPublishedKeys(source);
    return { keys: keysNamed(await published, header['kid']), vouched: false };
  };
}

/** The certificate whose key is said to have made a signature, as base64 of DER; undefined where none is. Verifies nothing. */
export function leafCertificate({ header }: Pick<Jws, 'header'>): string | undefined {
  const chain: readonly unknown[] | undefined = Array.isArray(header['x5c']) ? header['x5c'] : undefined;
  const leaf = chain?.[0];
  return typeof leaf === 'string' ? leaf : undefined;
}

async function keysFromCertificate(x5c: Jws['header'][string], source: IssuerKeySource): Promise<IssuerKeys> {
  const chain = readChain(x5c);
  const now = source.clock();
  const [leaf] = chain;
  if (!isNamedBy(leaf, source.issuer)) throw refused('The certificate names another issuer.', 'x5c');
  if (now < leaf.notBefore || now > leaf.notAfter) throw refused('The certificate is out of its time.', 'x5c');
  const key = await certificateKey(leaf);
  if (key === undefined) throw refused('The certificate holds a key that is not supported.', 'x5c');
  return { keys: [key], vouched: await validateChain(chain, source.anchors ?? [], now) };
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

/**
 * The JWK Set that an issuer publishes, of keys for whatever it signs, as it came (SD-JWT VC §5).
 * @throws SignetError credential_refused, naming `issuer` or `jwks`; what `fetchJson` throws
 */
export async function fetchIssuerJwks({
  issuer,
  fetchJson,
}: Pick<IssuerKeySource, 'issuer' | 'fetchJson'>): Promise<unknown> {
  const metadata = await fetchJson(issuerMetadataUrl(issuer));
  if (!isJsonObject(metadata) || metadata['issuer'] !== issuer) {
    throw refused("The issuer's metadata is for another issuer.", 'issuer');
  }
  const { jwks, jwks_uri: uri } = metadata;
  if ((jwks === undefined) === (uri === undefined)) throw refused("The issuer's metadata has no keys.", 'jwks');
  return typeof uri === 'string' ? fetchJson(ownUrl(uri, issuer)) : jwks;
}

async function fetchPublishedKeys(source: IssuerKeySource): Promise<readonly PublicJwk[]> {
  const set = await fetchIssuerJwks(source);
  try {
    return readJwkSet(set, 'jwks');
  } catch (cause) {
    throw refused("The issuer's keys cannot be read.", 'jwks', cause);
  }
}

function ownUrl(text: string, issuer: Origin): URL {
  const url = URL.parse(text);
  if (url?.origin !== issuer) throw refused("The issuer's keys are at another origin.", 'jwks_uri');
  return url;
}

import type { BbsPublicJwk } from '../credentials/bbs/verifying/bbs-jwk.ts';
import { readBbsJwkSet } from '../credentials/bbs/verifying/bbs-jwk.ts';
import type { Certificate, Jws, PublicJwk, TrustedKeys } from '../credentials/verifying/index.ts';
import {
  SELF_ISSUER,
  certificateKey,
  isDidJwk,
  isNamedBy,
  keysNamed,
  parseCertificate,
  parseCertificates,
  readDidJwk,
  readJwkSet,
  selfIssuedKeys,
  validateChain,
} from '../credentials/verifying/index.ts';
import { SignetError } from '../core/index.ts';

/** An issuer a service accepts credentials from: by its keys, or by certificates that lead to a trust anchor. */
export interface TrustedIssuer {
  /**
   * The exact `iss` of its credentials: an https address, or a DID. A did:jwk is its own key and needs no other; the keys
   * of a did:web are yours to look up and to hand over in `jwks`, as nothing is fetched here. `self` stands for what people say of themselves, and comes without keys and
   * anchors: it proves that the same wallet speaks to you again, and nothing about truth.
   */
  readonly issuer: string;
  /** Credential types (`vct`) it is trusted for; absent: those of `VerifyOptions.types`. */
  readonly types?: readonly string[];
  /** Its public keys by value (RFC 7517 §5). */
  readonly jwks?: { readonly keys: readonly object[] };
  /** X.509 certificates, as PEM, base64 of DER, or DER, that its `x5c` chain must lead to. */
  readonly anchors?: readonly (string | Uint8Array)[];
}

/** A trusted issuer with its keys and certificates read. */
export interface PreparedIssuer {
  readonly issuer: string;
  readonly types: readonly string[] | undefined;
  readonly keys: readonly PublicJwk[];
  readonly bbsKeys: readonly BbsPublicJwk[];
  readonly anchors: readonly Certificate[];
}

/**
 * Reads the keys and anchors of trusted issuers.
 * @throws SignetError bad_request where an entry names no issuer, or brings neither keys nor anchors that can be read
 */
export function prepareIssuers(issuers: unknown): readonly PreparedIssuer[] {
  if (!Array.isArray(issuers) || issuers.length === 0) {
    throw new SignetError('bad_request', 'issuers must name at least one trusted issuer.', { field: 'issuers' });
  }
  return (issuers as readonly TrustedIssuer[]).map(prepare); // the shape the service's types promise, checked below
}

function prepare({ issuer, types, jwks, anchors = [] }: TrustedIssuer): PreparedIssuer {
  const given = jwks === undefined ? [] : readJwkSet(jwks, 'issuers.jwks');
  const keys = [...given, ...ownKeys(issuer)];
  const certificates = anchors.map((anchor) => parseCertificate(anchor, 'issuers.anchors'));
  const bbsKeys = jwks === undefined ? [] : readBbsJwkSet(jwks, 'issuers.jwks');
  const known = keys.length + bbsKeys.length + certificates.length;
  if (typeof issuer !== 'string' || issuer === '' || (known === 0) !== (issuer === SELF_ISSUER)) {
    throw new SignetError('bad_request', 'A trusted issuer needs a name, and keys or anchors unless it is `self`.', {
      field: 'issuers',
    });
  }
  return { issuer, types, keys, bbsKeys, anchors: certificates };
}

/** The key that a did:jwk is. */
const ownKeys = (issuer: unknown): readonly PublicJwk[] =>
  typeof issuer === 'string' && isDidJwk(issuer) ? readDidJwk(issuer).keys.map(({ jwk }) => jwk) : [];

/**
 * What stands behind an issuer-signed JWT: for each entry of its issuer, the keys it may be signed with and the types
 * it is trusted for. A type must be accepted by the call and by the entry, where both say. Empty: nobody trusted.
 * @param accepted the types the call accepts
 * @param now milliseconds since the epoch
 */
export async function trustIn(
  entries: readonly PreparedIssuer[],
  accepted: readonly string[] | undefined,
  issuerJwt: Jws,
  now: number,
): Promise<readonly TrustedKeys[]> {
  const trusted: TrustedKeys[] = [];
  for (const entry of entries) {
    const certified =
      entry.issuer === SELF_ISSUER ? selfIssuedKeys(issuerJwt) : await certifiedKeys(entry, issuerJwt, now);
    const keys = [...keysNamed(entry.keys, issuerJwt.header['kid']), ...certified];
    if (keys.length > 0) trusted.push({ keys, types: typesOf(entry, accepted) });
  }
  return trusted;
}

/** The types that an entry is trusted for, as far as the call accepts them. */
export function typesOf({ types }: PreparedIssuer, accepted: readonly string[] | undefined): readonly string[] {
  if (types === undefined) return accepted ?? [];
  return accepted === undefined ? types : types.filter((type) => accepted.includes(type));
}

async function certifiedKeys(
  { issuer, anchors }: PreparedIssuer,
  { header }: Jws,
  now: number,
): Promise<readonly PublicJwk[]> {
  if (anchors.length === 0 || header['x5c'] === undefined) return [];
  const chain = readChain(header['x5c']);
  if (chain === undefined || !isNamedBy(chain[0], issuer)) return [];
  const key = (await validateChain(chain, anchors, now)) ? await certificateKey(chain[0]) : undefined;
  return key === undefined ? [] : [key];
}

function readChain(x5c: Jws['header'][string] | undefined): readonly [Certificate, ...Certificate[]] | undefined {
  try {
    return parseCertificates(x5c);
  } catch {
    return undefined; // a chain that cannot be read leads to no anchor
  }
}

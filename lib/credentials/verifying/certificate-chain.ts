import type { Bytes } from '../../core/index.ts';
import { SignetError, concatBytes, equalBytes } from '../../core/index.ts';
import type { Certificate } from './certificate.ts';
import { CURVES, OID } from './certificate.ts';
import { DerTag, derContent, derElements, readDer } from './der.ts';

const ECDSA_HASHES: Readonly<Record<string, string>> = {
  '2a8648ce3d040302': 'SHA-256',
  '2a8648ce3d040303': 'SHA-384',
  '2a8648ce3d040304': 'SHA-512',
};
const RSA_HASHES: Readonly<Record<string, string>> = {
  '2a864886f70d01010b': 'SHA-256',
  '2a864886f70d01010c': 'SHA-384',
  '2a864886f70d01010d': 'SHA-512',
};

/**
 * Whether a chain leads from its leaf to a trust anchor (RFC 5280 §6, without policies and name constraints: a
 * certificate that has name constraints or an unknown critical extension is refused). A leaf that is itself an anchor
 * is trusted as it stands. Asks nobody about revocation.
 * @param chain the leaf first, each signed by the next; the anchor may be left out
 * @param now milliseconds since the epoch
 */
export async function validateChain(
  chain: readonly [Certificate, ...Certificate[]],
  anchors: readonly Certificate[],
  now: number,
): Promise<boolean> {
  return (await anchorOf(chain, anchors, now)) !== undefined;
}

/**
 * The trust anchor that a chain leads to, by the rules of `validateChain`; undefined where it leads to none.
 * @param now milliseconds since the epoch
 */
export async function anchorOf<A extends Certificate>(
  chain: readonly [Certificate, ...Certificate[]],
  anchors: readonly A[],
  now: number,
): Promise<A | undefined> {
  const [leaf] = chain;
  if (!leaf.signsData || !chain.every((certificate) => isUsable(certificate, now))) return undefined;
  for (const [depth, certificate] of chain.entries()) {
    const itself = anchors.find((anchor) => equalBytes(anchor.der, certificate.der));
    if (itself !== undefined) return itself;
    for (const anchor of anchors) {
      if (isUsable(anchor, now) && (await isIssuedBy(certificate, anchor, depth))) return anchor;
    }
    const next = chain[depth + 1];
    if (next === undefined || !(await isIssuedBy(certificate, next, depth))) return undefined;
  }
  return undefined;
}

/**
 * Whether a certificate says that it signed itself, and by a method that is checked here it did not. What old roots signed
 * themselves with is not checked: nothing rests on it.
 */
export async function isForgedRoot(certificate: Certificate): Promise<boolean> {
  if (!equalBytes(certificate.issuer, certificate.subject)) return false;
  return hasKnownMethod(certificate) && !(await isSignedByKeyOf(certificate, certificate));
}

function hasKnownMethod({ signatureAlgorithm: oid }: Certificate): boolean {
  return Object.hasOwn(ECDSA_HASHES, oid) || Object.hasOwn(RSA_HASHES, oid) || oid === OID.ed25519;
}

/** RSA keys that are shorter have signed nothing that counts (NIST SP 800-57). */
export const MIN_RSA_BITS = 2048;

const isUsable = ({ notBefore, notAfter, hasUnknownConstraint }: Certificate, now: number): boolean =>
  notBefore <= now && now <= notAfter && !hasUnknownConstraint;

/** @param depth how many authorities already stand between the issuer and the leaf */
async function isIssuedBy(certificate: Certificate, issuer: Certificate, depth: number): Promise<boolean> {
  if (!issuer.isAuthority || !issuer.signsCertificates || issuer.pathLength < depth) return false;
  return equalBytes(certificate.issuer, issuer.subject) && (await isSignedByKeyOf(certificate, issuer));
}

async function isSignedByKeyOf(certificate: Certificate, issuer: Certificate): Promise<boolean> {
  try {
    const method = signatureMethod(certificate, issuer);
    if (method === undefined) return false;
    const key = await crypto.subtle.importKey('spki', issuer.publicKey, method.key, false, ['verify']);
    return await crypto.subtle.verify(method.verify, key, method.signature, certificate.signed);
  } catch {
    return false; // a key or signature that cannot be read has signed nothing
  }
}

interface SignatureMethod {
  readonly key: AlgorithmIdentifier | EcKeyImportParams | RsaHashedImportParams;
  readonly verify: AlgorithmIdentifier | EcdsaParams;
  readonly signature: Bytes;
}

function signatureMethod(certificate: Certificate, issuer: Certificate): SignatureMethod | undefined {
  const { signatureAlgorithm, signature } = certificate;
  if ((issuer.rsaBits ?? MIN_RSA_BITS) < MIN_RSA_BITS) return undefined;
  const curve = CURVES[issuer.keyAlgorithm];
  const ecdsaHash = ECDSA_HASHES[signatureAlgorithm];
  if (curve !== undefined && ecdsaHash !== undefined) {
    return {
      key: { name: 'ECDSA', namedCurve: curve.name },
      verify: { name: 'ECDSA', hash: ecdsaHash },
      signature: compactSignature(signature, curve.bytes),
    };
  }
  if (signatureAlgorithm === OID.ed25519 && issuer.keyAlgorithm === OID.ed25519) {
    return { key: { name: 'Ed25519' }, verify: { name: 'Ed25519' }, signature };
  }
  const rsaHash = RSA_HASHES[signatureAlgorithm];
  if (issuer.keyAlgorithm !== OID.rsaKey || rsaHash === undefined) return undefined;
  const name = 'RSASSA-PKCS1-v1_5';
  return { key: { name, hash: rsaHash }, verify: { name }, signature };
}

/** An ECDSA signature as WebCrypto wants it, r and s side by side, from the DER of certificates (RFC 3279 §2.2.3). */
function compactSignature(der: Bytes, size: number): Bytes {
  const [r, s, ...more] = derElements(readDer(der), DerTag.sequence);
  if (more.length > 0) throw new SignetError('bad_request', 'A signature has more than two numbers.');
  return concatBytes(
    fixedLength(derContent(r, DerTag.integer), size),
    fixedLength(derContent(s, DerTag.integer), size),
  );
}

/** A DER integer as an unsigned number of so many bytes. */
function fixedLength(integer: Bytes, size: number): Bytes {
  const digits = integer.subarray(integer[0] === 0 ? 1 : 0);
  if (digits.length > size) throw new SignetError('bad_request', 'A signature is too long.');
  return concatBytes(new Uint8Array(size - digits.length), digits);
}

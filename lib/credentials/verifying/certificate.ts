import { AsnConvert } from '@peculiar/asn1-schema';
import type { Extension } from '@peculiar/asn1-x509';
import {
  BasicConstraints,
  Certificate as CertificateSchema,
  KeyUsage,
  KeyUsageFlags,
  SubjectAlternativeName,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
} from '@peculiar/asn1-x509';
import type { Bytes, Json } from '../../core/index.ts';
import { SignetError, concatBytes, equalBytes, fromBase64 } from '../../core/index.ts';
import type { PublicJwk } from './public-jwk.ts';
import { readPublicJwk } from './public-jwk.ts';

/** What Signet reads of an X.509 certificate (RFC 5280). Parsed, not verified. */
export interface Certificate {
  readonly der: Bytes;
  readonly signed: Bytes;
  readonly signature: Bytes;
  /** OID of the algorithm that made the signature. */
  readonly signatureAlgorithm: string;
  /** DER of the names. */
  readonly subject: Bytes;
  readonly issuer: Bytes;
  /** DER SubjectPublicKeyInfo, and the OIDs of its algorithm and curve. */
  readonly publicKey: Bytes;
  readonly keyAlgorithm: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly dnsNames: readonly string[];
  readonly uris: readonly string[];
  readonly isAuthority: boolean;
  readonly pathLength: number;
  readonly signsCertificates: boolean;
  readonly signsData: boolean;
  /** A constraint that Signet does not evaluate, and therefore must not overlook. */
  readonly hasUnknownConstraint: boolean;
}

const MAX_CERTIFICATES = 8;
const MAX_CERTIFICATE_LENGTH = 16 * 1024;
const EVALUATED = new Set([id_ce_basicConstraints, id_ce_keyUsage, id_ce_subjectAltName, id_ce_extKeyUsage]);
const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/;

/**
 * Parses one certificate.
 * @param source DER, or base64 of DER, or PEM
 * @throws SignetError bad_request, naming `field`
 */
export function parseCertificate(source: string | Uint8Array, field: string): Certificate {
  try {
    return read(typeof source === 'string' ? fromText(source) : new Uint8Array(source));
  } catch (cause) {
    throw new SignetError('bad_request', `${field} holds no certificate that can be read.`, { field, cause });
  }
}

/**
 * Parses an `x5c` header: base64 of DER each, the leaf first (RFC 7515 §4.1.6).
 * @throws SignetError bad_request, naming `x5c`
 */
export function parseCertificates(x5c: Json | undefined): readonly [Certificate, ...Certificate[]] {
  if (!Array.isArray(x5c) || x5c.length > MAX_CERTIFICATES || !x5c.every((item) => typeof item === 'string')) {
    throw new SignetError('bad_request', 'x5c is not a list of certificates.', { field: 'x5c' });
  }
  const [leaf, ...others] = x5c.map((item) => parseCertificate(item, 'x5c'));
  if (leaf === undefined) throw new SignetError('bad_request', 'x5c is empty.', { field: 'x5c' });
  return [leaf, ...others];
}

const fromText = (text: string): Bytes => fromBase64((PEM.exec(text)?.[1] ?? text).replace(/\s/g, ''));

function read(der: Bytes): Certificate {
  if (der.length > MAX_CERTIFICATE_LENGTH) throw new SignetError('bad_request', 'A certificate is too long.');
  if (sequenceLength(der) !== der.length) throw new SignetError('bad_request', 'A certificate is cut or padded.');
  const certificate = AsnConvert.parse(der, CertificateSchema);
  const { tbsCertificate: tbs, tbsCertificateRaw, signatureAlgorithm, signatureValue } = certificate;
  if (tbsCertificateRaw === undefined || tbs.signature.algorithm !== signatureAlgorithm.algorithm) {
    throw new SignetError('bad_request', 'A certificate names two signature algorithms.');
  }
  const extensions: readonly Extension[] = Array.from(tbs.extensions ?? []);
  const names = Array.from(decode(extensions, id_ce_subjectAltName, SubjectAlternativeName) ?? []);
  const constraints = decode(extensions, id_ce_basicConstraints, BasicConstraints);
  const usage = decode(extensions, id_ce_keyUsage, KeyUsage)?.toNumber();
  const allows = (flag: number): boolean => usage === undefined || (usage & flag) !== 0;
  return {
    der,
    signed: new Uint8Array(tbsCertificateRaw),
    signature: new Uint8Array(signatureValue),
    signatureAlgorithm: signatureAlgorithm.algorithm,
    subject: new Uint8Array(AsnConvert.serialize(tbs.subject)),
    issuer: new Uint8Array(AsnConvert.serialize(tbs.issuer)),
    publicKey: new Uint8Array(AsnConvert.serialize(tbs.subjectPublicKeyInfo)),
    keyAlgorithm: keyAlgorithmOf(tbs.subjectPublicKeyInfo.algorithm),
    notBefore: tbs.validity.notBefore.getTime().getTime(),
    notAfter: tbs.validity.notAfter.getTime().getTime(),
    dnsNames: names.flatMap(({ dNSName }) => dNSName?.toLowerCase() ?? []),
    uris: names.flatMap(({ uniformResourceIdentifier }) => uniformResourceIdentifier ?? []),
    isAuthority: constraints?.cA ?? false,
    pathLength: constraints?.pathLenConstraint ?? Infinity,
    signsCertificates: allows(KeyUsageFlags.keyCertSign),
    signsData: allows(KeyUsageFlags.digitalSignature),
    hasUnknownConstraint: extensions.some(
      ({ extnID, critical }) => extnID === id_ce_nameConstraints || (critical && !EVALUATED.has(extnID)),
    ),
  };
}

/** Bytes in the DER sequence that begins here, header included: the schema's parser takes a wrong outer length. */
function sequenceLength(der: Bytes): number {
  const [tag, size = 0] = der;
  if (tag !== 0x30) return 0;
  if (size < 0x80) return 2 + size;
  const digits = der.subarray(2, 2 + (size & 0x7f));
  return 2 + digits.length + digits.reduce((length, byte) => length * 256 + byte, 0);
}

function decode<T>(extensions: readonly Extension[], oid: string, schema: new () => T): T | undefined {
  const [found, ...more] = extensions.filter(({ extnID }) => extnID === oid);
  if (more.length > 0) throw new SignetError('bad_request', 'A certificate has an extension twice.');
  return found === undefined ? undefined : AsnConvert.parse(found.extnValue.buffer, schema);
}

const EC_KEY = '1.2.840.10045.2.1';
/** By the DER of the curve's OID. */
const CURVES: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  '06082a8648ce3d030107': { name: 'P-256', bytes: 32 },
  '06052b81040022': { name: 'P-384', bytes: 48 },
};

function keyAlgorithmOf({ algorithm, parameters }: { algorithm: string; parameters?: ArrayBuffer | null }): string {
  if (algorithm !== EC_KEY || !parameters) return algorithm;
  return Array.from(new Uint8Array(parameters), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const ED25519 = '1.3.101.112';
const RSA_KEY = '1.2.840.113549.1.1.1';
const ECDSA_HASHES: Readonly<Record<string, string>> = {
  '1.2.840.10045.4.3.2': 'SHA-256',
  '1.2.840.10045.4.3.3': 'SHA-384',
  '1.2.840.10045.4.3.4': 'SHA-512',
};
const RSA_HASHES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'SHA-256',
  '1.2.840.113549.1.1.12': 'SHA-384',
  '1.2.840.113549.1.1.13': 'SHA-512',
};

/** Whether a leaf names an issuer: a URI that is it, or a DNS name that is its host (SD-JWT VC §2.5). */
export function isNamedBy(leaf: Certificate, issuer: string): boolean {
  const host = URL.parse(issuer)?.hostname;
  return leaf.uris.includes(issuer) || (host !== undefined && leaf.dnsNames.includes(host));
}

/** The key in a certificate, where it is one that credentials can be signed with. */
export async function certificateKey({ publicKey, keyAlgorithm }: Certificate): Promise<PublicJwk | undefined> {
  const namedCurve = CURVES[keyAlgorithm]?.name;
  if (namedCurve === undefined && keyAlgorithm !== ED25519) return undefined;
  const algorithm = namedCurve === undefined ? { name: 'Ed25519' } : { name: 'ECDSA', namedCurve };
  // A point that is not on its curve is no key: the caller refuses.
  const key = await crypto.subtle.importKey('spki', publicKey, algorithm, true, ['verify']).catch(() => undefined);
  return key === undefined ? undefined : readPublicJwk(await crypto.subtle.exportKey('jwk', key));
}

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
  const [leaf] = chain;
  if (!leaf.signsData || !chain.every((certificate) => isUsable(certificate, now))) return false;
  for (const [depth, certificate] of chain.entries()) {
    if (anchors.some((anchor) => equalBytes(anchor.der, certificate.der))) return true;
    for (const anchor of anchors) {
      if (isUsable(anchor, now) && (await isIssuedBy(certificate, anchor, depth))) return true;
    }
    const next = chain[depth + 1];
    if (next === undefined || !(await isIssuedBy(certificate, next, depth))) return false;
  }
  return false;
}

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
  const curve = CURVES[issuer.keyAlgorithm];
  const ecdsaHash = ECDSA_HASHES[signatureAlgorithm];
  if (curve !== undefined && ecdsaHash !== undefined) {
    return {
      key: { name: 'ECDSA', namedCurve: curve.name },
      verify: { name: 'ECDSA', hash: ecdsaHash },
      signature: compactSignature(signature, curve.bytes),
    };
  }
  if (signatureAlgorithm === ED25519 && issuer.keyAlgorithm === ED25519) {
    return { key: { name: 'Ed25519' }, verify: { name: 'Ed25519' }, signature };
  }
  const rsaHash = RSA_HASHES[signatureAlgorithm];
  if (issuer.keyAlgorithm !== RSA_KEY || rsaHash === undefined) return undefined;
  const name = 'RSASSA-PKCS1-v1_5';
  return { key: { name, hash: rsaHash }, verify: { name }, signature };
}

/**
 * An ECDSA signature as WebCrypto wants it, r and s side by side, from the DER that certificates carry
 * (RFC 3279 §2.2.3). Both numbers are shorter than 128 bytes, so every length is one byte.
 */
function compactSignature(der: Bytes, size: number): Bytes {
  const first = 4 + (der[3] ?? 0);
  const r = der.subarray(4, first);
  const s = der.subarray(first + 2);
  const isDer = der[0] === 0x30 && der[1] === der.length - 2 && der[2] === 2 && der[first] === 2;
  if (!isDer || der[first + 1] !== s.length) throw new SignetError('bad_request', 'A signature is not DER.');
  return concatBytes(fixedLength(r, size), fixedLength(s, size));
}

/** A DER integer as an unsigned number of so many bytes. */
function fixedLength(integer: Bytes, size: number): Bytes {
  const digits = integer.subarray(integer[0] === 0 ? 1 : 0);
  if (digits.length > size) throw new SignetError('bad_request', 'A signature is too long.');
  return concatBytes(new Uint8Array(size - digits.length), digits);
}

import type { Bytes, Json } from '../../core/index.ts';
import { SignetError, equalBytes, fromBase64, fromUtf8, toBase64url, toHex } from '../../core/index.ts';
import type { Der } from './der.ts';
import { DerTag, derContent, derElements, readDer } from './der.ts';
import type { PublicJwk } from './public-jwk.ts';
import { readPublicJwk } from './public-jwk.ts';

/** What Signet reads of an X.509 certificate (RFC 5280). Parsed, not verified. */
export interface Certificate {
  readonly der: Bytes;
  readonly signed: Bytes;
  readonly signature: Bytes;
  /** OID of the algorithm that made the signature, as the hex of its DER content. */
  readonly signatureAlgorithm: string;
  /** DER of the names. */
  readonly subject: Bytes;
  readonly issuer: Bytes;
  /** DER SubjectPublicKeyInfo, and the OID of its curve, or else of its algorithm, as hex. */
  readonly publicKey: Bytes;
  readonly keyAlgorithm: string;
  /** Length of an RSA key's modulus; absent for other keys. */
  readonly rsaBits?: number;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly dnsNames: readonly string[];
  readonly uris: readonly string[];
  /** The KeyIdentifier of its AuthorityKeyIdentifier, as base64url (RFC 5280 §4.2.1.1). */
  readonly authorityKeyId?: string;
  readonly isAuthority: boolean;
  readonly pathLength: number;
  readonly signsCertificates: boolean;
  readonly signsData: boolean;
  /** A constraint that Signet does not evaluate, and therefore must not overlook. */
  readonly hasUnknownConstraint: boolean;
}

const MAX_CERTIFICATES = 8;
const MAX_CERTIFICATE_LENGTH = 16 * 1024;
/** The hex of OIDs. */
export const OID = {
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  nameConstraints: '551d1e',
  authorityKeyId: '551d23',
  extKeyUsage: '551d25',
  ecKey: '2a8648ce3d0201',
  rsaKey: '2a864886f70d010101',
  ed25519: '2b6570',
} as const;
const EVALUATED: ReadonlySet<string> = new Set([
  OID.basicConstraints,
  OID.keyUsage,
  OID.subjectAltName,
  OID.extKeyUsage,
]);
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
  const [tbs, algorithm, signature] = derElements(readDer(der), DerTag.sequence);
  const fields = derElements(tbs, DerTag.sequence);
  // The version stands first, tagged [0], in every certificate that can have extensions.
  const [, , innerAlgorithm, issuer, validity, subject, publicKey, ...rest] =
    fields[0]?.tag === 0xa0 ? fields : [undefined, ...fields];
  const [notBefore, notAfter] = derElements(validity, DerTag.sequence);
  const extensions = readExtensions(rest.find((part) => part?.tag === 0xa3));
  if (tbs === undefined || algorithm === undefined || innerAlgorithm === undefined || publicKey === undefined)
    throw cut();
  if (!equalBytes(innerAlgorithm.raw, algorithm.raw)) {
    throw new SignetError('bad_request', 'A certificate names two signature algorithms.');
  }
  derContent(issuer, DerTag.sequence);
  derContent(subject, DerTag.sequence);
  return {
    der,
    signed: tbs.raw,
    signature: bits(signature),
    signatureAlgorithm: oidOf(derElements(algorithm, DerTag.sequence)[0]),
    subject: subject?.raw ?? new Uint8Array(),
    issuer: issuer?.raw ?? new Uint8Array(),
    publicKey: publicKey.raw,
    keyAlgorithm: keyAlgorithmOf(publicKey),
    ...rsaBitsOf(publicKey),
    notBefore: timeOf(notBefore),
    notAfter: timeOf(notAfter),
    ...namesIn(extensions.get(OID.subjectAltName)),
    ...authorityKeyIn(extensions.get(OID.authorityKeyId)),
    ...authorityIn(extensions.get(OID.basicConstraints)),
    ...usageIn(extensions.get(OID.keyUsage)),
    hasUnknownConstraint: [...extensions].some(
      ([oid, { critical }]) => oid === OID.nameConstraints || (critical && !EVALUATED.has(oid)),
    ),
  };
}

const cut = (): SignetError => new SignetError('bad_request', 'A certificate lacks a part.');

const oidOf = (element: Der | undefined): string => toHex(derContent(element, DerTag.oid));

/** The bytes of a bit string that has no unused bits. */
function bits(element: Der | undefined): Bytes {
  const content = derContent(element, DerTag.bitString);
  if (content[0] !== 0) throw new SignetError('bad_request', 'A bit string is not whole bytes.');
  return content.subarray(1);
}

interface CertificateExtension {
  readonly critical: boolean;
  readonly value: Bytes;
}

function readExtensions(tagged: Der | undefined): ReadonlyMap<string, CertificateExtension> {
  const extensions = new Map<string, CertificateExtension>();
  if (tagged === undefined) return extensions;
  for (const extension of derElements(readDer(tagged.content), DerTag.sequence)) {
    const parts = derElements(extension, DerTag.sequence);
    const oid = oidOf(parts[0]);
    if (extensions.has(oid)) throw new SignetError('bad_request', 'A certificate has an extension twice.');
    const critical = parts.length === 3 && isTrue(parts[1]);
    extensions.set(oid, { critical, value: derContent(parts.at(-1), DerTag.octetString) });
  }
  return extensions;
}

const isTrue = (element: Der | undefined): boolean => derContent(element, DerTag.boolean)[0] !== 0;

function namesIn(extension: CertificateExtension | undefined): Pick<Certificate, 'dnsNames' | 'uris'> {
  const names = extension === undefined ? [] : derElements(readDer(extension.value), DerTag.sequence);
  const textsOf = (tag: number): readonly string[] =>
    names.filter((name) => name.tag === tag).map(({ content }) => fromUtf8(content));
  return { dnsNames: textsOf(0x82).map((name) => name.toLowerCase()), uris: textsOf(0x86) };
}

const KEY_IDENTIFIER = 0x80;

function authorityKeyIn(extension: CertificateExtension | undefined): Pick<Certificate, 'authorityKeyId'> {
  const parts = extension === undefined ? [] : derElements(readDer(extension.value), DerTag.sequence);
  const id = parts.find(({ tag }) => tag === KEY_IDENTIFIER);
  return id === undefined ? {} : { authorityKeyId: toBase64url(id.content) };
}

function authorityIn(extension: CertificateExtension | undefined): Pick<Certificate, 'isAuthority' | 'pathLength'> {
  const parts = extension === undefined ? [] : derElements(readDer(extension.value), DerTag.sequence);
  const length = parts.find(({ tag }) => tag === DerTag.integer)?.content;
  return {
    isAuthority: parts[0]?.tag === DerTag.boolean && isTrue(parts[0]),
    pathLength: length === undefined ? Infinity : length.reduce((sum, digit) => sum * 256 + digit, 0),
  };
}

const DIGITAL_SIGNATURE = 0x80;
const KEY_CERT_SIGN = 0x04;

function usageIn(extension: CertificateExtension | undefined): Pick<Certificate, 'signsCertificates' | 'signsData'> {
  if (extension === undefined) return { signsCertificates: true, signsData: true };
  const flags = derContent(readDer(extension.value), DerTag.bitString)[1] ?? 0;
  return { signsCertificates: (flags & KEY_CERT_SIGN) !== 0, signsData: (flags & DIGITAL_SIGNATURE) !== 0 };
}

const TIME = /^(\d\d|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** Milliseconds since the epoch; years of two digits are from 1950 to 2049 (RFC 5280 §4.1.2.5). */
function timeOf(element: Der | undefined): number {
  const digits = element?.tag === DerTag.utcTime ? 2 : 4;
  const text = fromUtf8(derContent(element, digits === 2 ? DerTag.utcTime : DerTag.generalizedTime));
  const [, year = '', ...parts] = TIME.exec(text) ?? [];
  const [month = '', day = '', hour = '', minute = '', second = ''] = parts;
  const century = digits === 4 ? '' : Number(year) < 50 ? '20' : '19';
  const time = Date.parse(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (year.length !== digits || Number.isNaN(time)) throw new SignetError('bad_request', 'A certificate has no time.');
  return time;
}

/** Curves of keys, by the hex of their OID. */
export const CURVES: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  '2a8648ce3d030107': { name: 'P-256', bytes: 32 },
  '2b81040022': { name: 'P-384', bytes: 48 },
};

function keyAlgorithmOf(publicKey: Der): string {
  const [algorithm, parameters] = derElements(derElements(publicKey, DerTag.sequence)[0], DerTag.sequence);
  const oid = oidOf(algorithm);
  return oid === OID.ecKey ? oidOf(parameters) : oid;
}

/** The bits of an RSA modulus (RFC 8017 §A.1.1): it says how strong the key is. */
function rsaBitsOf(publicKey: Der): Pick<Certificate, 'rsaBits'> {
  if (keyAlgorithmOf(publicKey) !== OID.rsaKey) return {};
  const key = readDer(bits(derElements(publicKey, DerTag.sequence)[1]));
  const digits = derContent(derElements(key, DerTag.sequence)[0], DerTag.integer);
  const first = digits.findIndex((digit) => digit !== 0);
  const top = digits[first];
  return { rsaBits: top === undefined ? 0 : (digits.length - first - 1) * 8 + (32 - Math.clz32(top)) };
}

/** Whether a leaf names an issuer: a URI that is it, or a DNS name that is its host (SD-JWT VC §2.5). */
export function isNamedBy(leaf: Certificate, issuer: string): boolean {
  const host = URL.parse(issuer)?.hostname ?? '';
  return leaf.uris.includes(issuer) || (host !== '' && leaf.dnsNames.includes(host));
}

/**
 * What an issuer is called that only its certificate names (SD-JWT VC §2.5): the first https address in it, or that of
 * the first host; undefined where it names neither.
 */
export function certifiedIssuer({ uris, dnsNames }: Certificate): string | undefined {
  const [host] = dnsNames;
  const address = uris.find((uri) => URL.parse(uri)?.protocol === 'https:');
  return address ?? (host === undefined ? undefined : URL.parse(`https://${host}`)?.origin);
}

/** The key in a certificate, where it is one that credentials can be signed with. */
export async function certificateKey({ publicKey, keyAlgorithm }: Certificate): Promise<PublicJwk | undefined> {
  const namedCurve = CURVES[keyAlgorithm]?.name;
  if (namedCurve === undefined && keyAlgorithm !== OID.ed25519) return undefined;
  const algorithm = namedCurve === undefined ? { name: 'Ed25519' } : { name: 'ECDSA', namedCurve };
  // A point that is not on its curve is no key: the caller refuses.
  const key = await crypto.subtle.importKey('spki', publicKey, algorithm, true, ['verify']).catch(() => undefined);
  return key === undefined ? undefined : readPublicJwk(await crypto.subtle.exportKey('jwk', key));
}

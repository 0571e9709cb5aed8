import { createHash } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  Certificate,
  Extension,
  Extensions,
  GeneralName,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
  id_ce_subjectAltName,
} from '@peculiar/asn1-x509';
import { p256 } from '@noble/curves/nist.js';
import type { RequestSigning } from '../../lib/sdk/index.ts';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const ES256 = { name: 'ECDSA', hash: 'SHA-256' } as const;
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const DAY = 86_400_000;

/** The ways in which the demo's verifier says who it is: each with a key of its own, made at each start. */
export interface Signers {
  readonly hash: Extract<RequestSigning, { certificates: unknown }>;
  readonly host: RequestSigning;
  readonly did: RequestSigning;
}

/** @param host a DNS name, for the certificate */
export async function createSigners(host: string): Promise<Signers> {
  const [certified, named] = [await createKeyPair(), await createKeyPair()];
  const hash = { key: certified.privateKey, certificates: [await selfSigned(certified, host)] };
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', named.publicKey);
  const did = `did:jwk:${Buffer.from(JSON.stringify({ kty, crv, x, y })).toString('base64url')}`;
  return { hash, host: { ...hash, by: 'x509_san_dns' }, did: { key: named.privateKey, did } };
}

const createKeyPair = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(P256, false, ['sign', 'verify']);

/** The `x509_hash` that a certificate is named by (OpenID4VP 1.0 §5.9.3). */
export const hashOf = (certificate: Uint8Array): string => createHash('sha256').update(certificate).digest('base64url');

/** DER of a certificate that nobody vouches for: a wallet shows who asks as not known to it. */
async function selfSigned({ publicKey, privateKey }: CryptoKeyPair, host: string): Promise<Uint8Array> {
  const algorithm = new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
  const name = new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: '2.5.4.3', value: new AttributeValue({ utf8String: 'Interop verifier' }) }),
    ]),
  ]);
  const names = new SubjectAlternativeName([new GeneralName({ dNSName: host })]);
  const tbs = new TBSCertificate({
    ...{
      version: Version.v3,
      serialNumber: new Uint8Array([1]).buffer,
      signature: algorithm,
      issuer: name,
      subject: name,
    },
    validity: new Validity({ notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) }),
    subjectPublicKeyInfo: AsnConvert.parse(await crypto.subtle.exportKey('spki', publicKey), SubjectPublicKeyInfo),
    extensions: new Extensions([
      new Extension({ extnID: id_ce_subjectAltName, extnValue: new OctetString(AsnConvert.serialize(names)) }),
    ]),
  });
  const signature = new Uint8Array(await crypto.subtle.sign(ES256, privateKey, AsnConvert.serialize(tbs)));
  const signatureValue = new Uint8Array(p256.Signature.fromBytes(signature, 'compact').toBytes('der')).buffer;
  return new Uint8Array(
    AsnConvert.serialize(new Certificate({ tbsCertificate: tbs, signatureAlgorithm: algorithm, signatureValue })),
  );
}

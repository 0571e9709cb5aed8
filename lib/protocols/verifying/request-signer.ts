import type { Bytes, Json, JsonObject } from '../../core/index.ts';
import {
  SignetError,
  fromBase64url,
  fromUtf8,
  isJsonObject,
  parseJson,
  toBase64,
  toBase64url,
} from '../../core/index.ts';
import type { Certificate, PublicJwk } from '../../credentials/verifying/index.ts';
import { certificateKey, parseCertificate, parseJws, readPublicJwk } from '../../credentials/verifying/index.ts';

/** How a verifier shows who it is: by a certificate, by a DID, or by what somebody attests (OpenID4VP 1.0 §5.9.3). */
export type RequestSigning =
  | {
      /** Private, for signing: P-256, P-384 or Ed25519. It need not be extractable. */
      readonly key: CryptoKey;
      /** The certificate of that key, and those that lead to an anchor: PEM, base64 of DER, or DER; the leaf first. */
      readonly certificates: readonly (string | Uint8Array)[];
      /** How the client id names the certificate: by its hash (default), or by its first DNS name. */
      readonly by?: 'x509_hash' | 'x509_san_dns';
    }
  | {
      readonly key: CryptoKey;
      /** `did:jwk:…` or `did:web:…`. */
      readonly did: string;
      /** The verification method; default `#0` of the DID, as did:jwk has it. */
      readonly kid?: string;
    }
  | {
      readonly key: CryptoKey;
      /** A verifier attestation JWT (OpenID4VP 1.0 §12) that names this key. */
      readonly attestation: string;
    };

/** What signs requests for one client id. */
export interface RequestSigner {
  readonly clientId: string;
  /** Of each signature: `alg`, and what wallets find the key by. */
  readonly header: JsonObject;
  /** The public half, where what names it holds it. */
  readonly publicKey: PublicJwk | undefined;
  /** Names of the certificate, where there is one and the client id is one of them. */
  readonly dnsName?: string;
  readonly sign: (bytes: Bytes) => Promise<Bytes>;
}

const mistake = (message: string): SignetError => new SignetError('bad_request', message, { field: 'signing' });

/** @throws SignetError bad_request, field `signing`, where the key cannot sign or what names it cannot be read */
export async function requestSigner(signing: RequestSigning): Promise<RequestSigner> {
  const { alg, parameters } = algorithmOf(signing.key);
  const named = await nameOf(signing);
  const sign = async (bytes: Bytes): Promise<Bytes> =>
    new Uint8Array(await crypto.subtle.sign(parameters, signing.key, bytes));
  return { ...named, header: { alg, ...named.header }, sign };
}

interface Algorithm {
  readonly alg: 'ES256' | 'ES384' | 'EdDSA';
  readonly parameters: AlgorithmIdentifier | EcdsaParams;
}

function algorithmOf(key: CryptoKey): Algorithm {
  if (!(key instanceof CryptoKey) || !key.usages.includes('sign')) throw mistake('signing.key must be a private key.');
  const { name } = key.algorithm;
  if (name === 'Ed25519') return { alg: 'EdDSA', parameters: { name } };
  const curve = name === 'ECDSA' ? (key.algorithm as EcKeyAlgorithm).namedCurve : undefined; // what ECDSA keys have
  if (curve === 'P-256') return { alg: 'ES256', parameters: { name, hash: 'SHA-256' } };
  if (curve === 'P-384') return { alg: 'ES384', parameters: { name, hash: 'SHA-384' } };
  throw mistake('signing.key must be for P-256, P-384 or Ed25519.');
}

type Named = Pick<RequestSigner, 'clientId' | 'header' | 'publicKey' | 'dnsName'>;

function nameOf(signing: RequestSigning): Named | Promise<Named> {
  if ('certificates' in signing) return certified(signing.certificates, signing.by ?? 'x509_hash');
  if ('did' in signing) return ofDid(signing.did, signing.kid ?? `${signing.did}#0`);
  return attested(signing.attestation);
}

async function certified(sources: readonly (string | Uint8Array)[], by: 'x509_hash' | 'x509_san_dns'): Promise<Named> {
  const [leaf, ...others] = sources.map((source) => parseCertificate(source, 'signing'));
  if (leaf === undefined) throw mistake('signing.certificates must hold the certificate of the key.');
  const header = { x5c: [leaf, ...others].map(({ der }) => toBase64(der)) };
  const publicKey = await certificateKey(leaf);
  if (by === 'x509_hash') return { clientId: `x509_hash:${await hashOf(leaf)}`, header, publicKey };
  const [dnsName] = leaf.dnsNames;
  if (dnsName === undefined) throw mistake('The certificate names no host.');
  return { clientId: `x509_san_dns:${dnsName}`, header, publicKey, dnsName };
}

const hashOf = async ({ der }: Certificate): Promise<string> =>
  toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', der)));

function ofDid(did: string, kid: string): Named {
  if (!/^did:(?:jwk|web):\S+$/.test(did)) throw mistake('signing.did must be a did:jwk or did:web.');
  if (!kid.startsWith(`${did}#`)) throw mistake('signing.kid must be a verification method of the DID.');
  const encoded = /^did:jwk:(.+)$/.exec(did)?.[1];
  const publicKey = encoded === undefined ? undefined : keyIn(encoded);
  return { clientId: `decentralized_identifier:${did}`, header: { kid }, publicKey };
}

function keyIn(encoded: string): PublicJwk {
  const key = readPublicJwk(jsonIn(encoded));
  if (key === undefined) throw mistake('signing.did holds no key that signs.');
  return key;
}

function jsonIn(encoded: string): Json {
  try {
    return parseJson(fromUtf8(fromBase64url(encoded)), 'signing', { maxLength: 4096, maxDepth: 4 });
  } catch (cause) {
    throw new SignetError('bad_request', 'signing.did is no did:jwk.', { field: 'signing', cause });
  }
}

function attested(attestation: string): Named {
  const { sub, cnf } = parseJws(attestation, 'signing').payload;
  if (typeof sub !== 'string' || sub === '') throw mistake('signing.attestation names nobody.');
  const publicKey = isJsonObject(cnf) ? readPublicJwk(cnf['jwk']) : undefined;
  return { clientId: `verifier_attestation:${sub}`, header: { jwt: attestation }, publicKey };
}

import { randomBytes } from 'node:crypto';
import { certify, createParty } from '../../fixtures/credentials/test-certificates.ts';

export type Members = Record<string, unknown>;

/** As whom a verifier asks: unsigned, by either kind of certificate, or by both at once (multisigned). */
export type Identity = 'nobody' | 'x509_hash' | 'x509_san_dns' | 'both';

export interface AskTerms {
  readonly identity?: Identity;
  /** Of the answer; absent: in the clear. */
  readonly enc?: 'A128GCM' | 'A256GCM';
  /** What is asked for, one selectively disclosable claim each. Default: `age_over_21`. */
  readonly claims?: readonly string[];
  /** Objects to be agreed to (OpenID4VP 1.0 §8.4); each names the one credential that is asked for. */
  readonly transactions?: readonly Members[];
  /** Default: a fresh one. */
  readonly nonce?: string;
  /** What the verifier says in the place of its request's parameters, before they are signed. */
  readonly payload?: (honest: Members) => Members;
  /** The same of the protected header of each signature. */
  readonly header?: (honest: Members) => Members;
  /** Signs in the place of the key that the certificate is about. */
  readonly forger?: CryptoKey;
}

/** A member of `digital.requests`, or what a DigitalCredential says. */
export interface Call {
  readonly protocol: string;
  readonly data: object;
}

/** A request, and what its verifier makes of answers. */
export interface Question {
  readonly call: Call;
  readonly nonce: string;
  /** @throws Error with the reason, where the verifier does not accept the answer */
  verify(answer: Call): Promise<Accepted>;
}

export interface Accepted {
  /** Selectively disclosed claims, by name. */
  readonly disclosed: Members;
  /** What tells holder keys apart. */
  readonly holder: string;
  /** The encoded transaction data that the holder's key has signed for. */
  readonly agreed: readonly string[];
  /** As it came. */
  readonly presentation: string;
}

export interface ForeignVerifier {
  ask(terms?: AskTerms): Promise<Question>;
}

/** Where a verifier stands and whom it believes. */
export interface Stand {
  /** Of the page that asks. */
  readonly origin: string;
  readonly issuer: string;
  readonly vct: string;
  /** The issuer's, as the verifier got them beforehand. */
  readonly issuerKeys: readonly JsonWebKey[];
  readonly certificate: Certified;
}

/** A key with a certificate for it. */
export interface Certified {
  readonly key: CryptoKey;
  /** DER. */
  readonly leaf: Uint8Array<ArrayBuffer>;
}

/** The one id in every query. */
export const QUERY_ID = 'licence';

export const freshNonce = (): string => randomBytes(24).toString('base64url');

/** Seconds within which a key binding must have been made. */
export const KEY_BINDING_SECONDS = 300;

/** What any verifier here asks for, in DCQL. */
export const queryFor = (vct: string, claims: readonly string[]) => ({
  credentials: [
    {
      id: QUERY_ID,
      format: 'dc+sd-jwt',
      meta: { vct_values: [vct] },
      claims: claims.map((name) => ({ path: [name] })),
    },
  ],
});

/** A certificate for `host`, of an authority that nobody knows. */
export async function certificateFor(host: string): Promise<Certified> {
  const [authority, verifier] = await Promise.all([createParty('Registry'), createParty('Foreign Verifier Ltd')]);
  const terms = { uris: [], dnsNames: [host], notBefore: Date.now() - 86_400_000, notAfter: Date.now() + 86_400_000 };
  return { key: verifier.keyPair.privateKey, leaf: await certify(verifier, authority, terms) };
}

/** The keys that an issuer publishes (SD-JWT VC, JWT VC Issuer Metadata). */
export async function issuerKeys(issuer: string): Promise<readonly JsonWebKey[]> {
  const response = await fetch(`${issuer}/.well-known/jwt-vc-issuer`);
  const { jwks } = (await response.json()) as { readonly jwks: { readonly keys: readonly JsonWebKey[] } }; // as the draft has it
  return jwks.keys;
}

/** @throws Error with `what`, unless it is so */
export function must(isSo: boolean, what: string): asserts isSo {
  if (!isSo) throw new Error(what);
}

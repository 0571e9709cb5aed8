import { randomBytes } from 'node:crypto';
import type { Certified, Registry } from './registry.ts';

export type Members = Record<string, unknown>;

/** As whom a verifier asks: unsigned, by one kind of client id (OpenID4VP 1.0 §5.9.3), or by both certificates at once. */
export type Identity =
  'nobody' | 'x509_hash' | 'x509_san_dns' | 'both' | 'did:jwk' | 'did:web' | 'verifier_attestation';

export interface AskTerms {
  readonly identity?: Identity;
  /** Of the answer; absent: in the clear. */
  readonly enc?: 'A128GCM' | 'A256GCM';
  /** What is asked for, one selectively disclosable claim each. Default: `age_over_21`. */
  readonly claims?: readonly string[];
  /** DCQL, in the place of `claims`. */
  readonly query?: Query;
  /** Objects to be agreed to (OpenID4VP 1.0 §8.4); each names the one credential that is asked for. */
  readonly transactions?: readonly Members[];
  /** What others say of the verifier (§5.11). */
  readonly verifierInfo?: readonly Members[];
  /** Default: a fresh one. */
  readonly nonce?: string;
  /** What the verifier says in the place of its request's parameters, before they are signed. */
  readonly payload?: Lie;
  /** The same of the protected header of each signature. */
  readonly header?: Lie;
  /** The same of its DID document. */
  readonly document?: Lie;
  /** What its attestation says, before the registry signs it. */
  readonly attestation?: Lie;
  /** Signs in the place of the key that the certificate, the document or the attestation is about. */
  readonly forger?: CryptoKey;
}

export type Lie = (honest: Members) => Members;

/** What a verifier writes, or what it would have others believe. */
export const lied = (honest: object, lie: Lie | undefined): Members =>
  lie === undefined ? { ...honest } : lie({ ...honest });

/** A step of a claims path pointer (§7). */
export type Step = string | number | null;

/** DCQL, as far as verifiers here speak it (§6). */
export interface Query {
  readonly credentials: readonly CredentialQuery[];
  readonly credential_sets?: readonly {
    readonly options: readonly (readonly string[])[];
    readonly required?: boolean;
  }[];
}

export interface CredentialQuery {
  readonly id: string;
  readonly format: string;
  readonly meta: { readonly vct_values: readonly string[] };
  readonly multiple?: boolean;
  readonly require_cryptographic_holder_binding?: boolean;
  readonly trusted_authorities?: readonly { readonly type: 'aki'; readonly values: readonly string[] }[];
  readonly claims?: readonly ClaimQuery[];
  readonly claim_sets?: readonly (readonly string[])[];
}

export interface ClaimQuery {
  readonly id?: string;
  readonly path: readonly Step[];
  readonly values?: readonly (string | number | boolean)[];
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

export interface LinkTerms extends AskTerms {
  /** How the request object is to be fetched (§5.10). Default: get. */
  readonly method?: 'get' | 'post';
  /** In the place of the wallet's nonce. */
  readonly walletNonce?: string;
}

/** A link, and what its verifier answers to the wallet that follows it. */
export interface LinkQuestion {
  /** As a QR code would show it. */
  readonly link: string;
  /**
   * The request object.
   * @param form what was posted for it; empty where it was asked for by GET
   */
  requestObject(form: string): Promise<string>;
  /**
   * @param form as it was posted to the `response_uri`
   * @throws Error with the reason, where the verifier does not accept the answer
   */
  verify(form: string): Promise<Accepted>;
}

export interface Accepted {
  /** What was shown for each credential query. */
  readonly shown: Readonly<Record<string, readonly Shown[]>>;
  /** The encoded transaction data that a holder's key has signed for. */
  readonly agreed: readonly string[];
}

/** A presentation that was verified. */
export interface Shown {
  /** All that it says, but for what every credential says (`iss`, `exp`, `cnf` and the like). */
  readonly disclosed: Members;
  /** What tells holder keys apart; absent where none has signed. */
  readonly holder?: string;
  /** As it came. */
  readonly presentation: string;
}

/** The one presentation that was asked for. */
export function only({ shown }: Accepted): Shown {
  const [[one] = [], ...more] = Object.values(shown);
  must(one !== undefined && more.length === 0, 'not one presentation');
  return one;
}

export interface ForeignVerifier {
  /** Through the Digital Credentials API. */
  ask(terms?: AskTerms): Promise<Question>;
  askByLink(terms?: LinkTerms): Promise<LinkQuestion>;
}

/** Where a verifier stands, whom it believes, and who speaks for it. */
export interface Stand {
  /** Of the page that asks, or of the server that a link leads to. */
  readonly origin: string;
  /** What is asked for by default. */
  readonly vct: string;
  readonly believed: readonly Believed[];
  readonly certificate: Certified;
  readonly registry: Registry;
  /** A host that its DID names; absent: it has none. */
  readonly web?: Web;
}

export interface Believed {
  readonly issuer: string;
  /** As the verifier got them beforehand. */
  readonly keys: readonly JsonWebKey[];
}

/** Where something is published over https. */
export interface Web {
  /** With its port. */
  readonly host: string;
  publish(path: string, document: object): void;
}

/** The `request_uri` and the `response_uri` of whoever asks by a link, after its origin. */
export const REQUEST_PATH = '/request';
export const RESPONSE_PATH = '/response';

/** The one id in queries that ask for one credential. */
export const QUERY_ID = 'licence';

export const freshNonce = (): string => randomBytes(24).toString('base64url');

/** Seconds within which a key binding must have been made. */
export const KEY_BINDING_SECONDS = 300;

/** What is in an SD-JWT VC unasked: it may not be hidden, or says how the rest is. */
export const ALWAYS_SHOWN: ReadonlySet<string> = new Set([
  'iss',
  'iat',
  'nbf',
  'exp',
  'cnf',
  'vct',
  'vct#integrity',
  'status',
  '_sd_alg',
  '_sd',
]);

/** DCQL for one credential of a type. */
export const credentialOf = (vct: string, more: Partial<CredentialQuery> = {}): CredentialQuery => ({
  id: QUERY_ID,
  format: 'dc+sd-jwt',
  meta: { vct_values: [vct] },
  ...more,
});

/** What a verifier asks for under its terms. */
export const queryFor = ({ vct }: Stand, { query, claims = ['age_over_21'] }: AskTerms): Query =>
  query ?? { credentials: [credentialOf(vct, { claims: claims.map((name) => ({ path: [name] })) })] };

/** The keys that an issuer publishes (SD-JWT VC, JWT VC Issuer Metadata). */
export async function believe(issuer: string): Promise<Believed> {
  const response = await fetch(`${issuer}/.well-known/jwt-vc-issuer`);
  const { jwks } = (await response.json()) as { readonly jwks: { readonly keys: readonly JsonWebKey[] } }; // as the draft has it
  return { issuer, keys: jwks.keys };
}

/** @throws Error with `what`, unless it is so */
export function must(isSo: boolean, what: string): asserts isSo {
  if (!isSo) throw new Error(what);
}

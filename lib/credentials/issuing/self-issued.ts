import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Json, JsonObject, Origin } from '../../core/index.ts';
import { SecretBytes, SignetError, dateInUtc, utf8 } from '../../core/index.ts';
import type { KeyBinding } from '../key-binding.ts';
import { keyBindingClaims } from '../key-binding.ts';
import { SELF_ISSUER, parseSdJwt, sdHashOf } from '../verifying/index.ts';
import { fieldValues } from './field-values.ts';
import type { RandomBytes } from './hidden-claims.ts';
import type { Committer } from './issued-copy.ts';
import { CopyIssuer } from './issued-copy.ts';
import { ed25519PublicJwk, ed25519Signer, signWith } from './jws-signer.ts';
import type { CredentialField, CredentialSchema } from './schema.ts';
import { issuedFields } from './schema.ts';

const INFO = 'signet-self-issuer-key';
/** Days from the start of the one it is made on: it is made for one presentation, and a day may end meanwhile. */
const VALID_DAYS = 2;
const DAY = 86_400_000;

/** What a vault can say of its person. */
export interface AboutMyself {
  /** What can be said, and how: committed fields are not for this. */
  readonly schema: CredentialSchema;
  /** By the name of the raw field. */
  readonly values: JsonObject;
}

/** One presentation that the vault makes of what the person told it. */
export interface SelfPresentation extends AboutMyself {
  /** Names of the fields to show. The others are not in what is made. */
  readonly shown: readonly string[];
  /** The vault's identity seed. */
  readonly identity: SecretBytes;
  /** Whom it is for: another key speaks to each. */
  readonly origin: Origin;
  /** The key binding's `aud`. Default: `origin:<origin>`. */
  readonly audience?: string;
  /** The verifier's, as is. */
  readonly nonce: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Entries of `transaction_data` that it is given for, as they came. */
  readonly transactionData?: KeyBinding['transactionData'];
  /** Default: the platform's. */
  readonly random?: RandomBytes;
}

/**
 * The key that a vault speaks for itself with to one site: HKDF-SHA256(identity seed, salt origin, info
 * "signet-self-issuer-key"). Ed25519. Two sites see two keys, and neither leads to the Signet id (design §4).
 */
export const selfIssuerKey = (identity: SecretBytes, origin: Origin): SecretBytes =>
  SecretBytes.take(hkdf(sha256, identity.expose(), utf8(origin), utf8(INFO), 32));

/**
 * An SD-JWT VC presentation with key binding whose issuer is the person: `iss` is `self`, the header's `jwk` is the key
 * for this site, and `cnf` is the same key, so that nobody can pass on what another said. Made when it is shown and not
 * before, and never kept: the key depends on whom it is shown to. It proves who speaks, again, and nothing about truth.
 * @returns the compact SD-JWT+KB
 * @throws SignetError bad_request, naming the field that cannot be said
 */
export async function presentSelfIssued(presentation: SelfPresentation): Promise<string> {
  const { identity, origin, now, random } = presentation;
  using key = selfIssuerKey(identity, origin);
  const holder = ed25519PublicJwk(key);
  const { kty, crv, x } = holder;
  const { schema, values } = reduced(presentation);
  const context = {
    issuer: SELF_ISSUER,
    signer: ed25519Signer(key, { jwk: { kty, crv, x } }),
    now,
    validDays: VALID_DAYS,
    ...(random === undefined ? {} : { random }),
  };
  const { credential } = await new CopyIssuer(schema, values, context, NO_COMMITTER).issue({ holder });
  const { audience = `origin:${origin}`, nonce, transactionData } = presentation;
  const binding = keyBindingClaims(
    { audience, nonce, now, ...(transactionData && { transactionData }) },
    sdHashOf(credential, parseSdJwt(credential).issuerJwt.payload),
  );
  return credential + (await signWith(ed25519Signer(key), 'kb+jwt', binding));
}

/**
 * What each claim would say that can be said, in the schema's order, each by itself: however many there are.
 * @param now milliseconds since the epoch
 * @throws SignetError bad_request, naming the field that cannot be said
 */
export function selfClaims(about: AboutMyself, now: number): readonly (readonly [name: string, value: Json])[] {
  return issuedFields(about.schema).flatMap(({ name }) => {
    const { schema, values } = reduced({ ...about, shown: [name] });
    return fieldValues(schema, values, dateInUtc(now)).flatMap((one) =>
      'value' in one ? [[name, one.value] as const] : [],
    );
  });
}

/** How long what is said at a time is valid, in seconds since the epoch. @param now milliseconds since the epoch */
export function selfValidity(now: number): { readonly issuedAt: number; readonly expiresAt: number } {
  const today = Math.floor(now / DAY) * DAY;
  return { issuedAt: today / 1000, expiresAt: (today + VALID_DAYS * DAY) / 1000 };
}

/** The schema and the values of what is shown, and of what it is made from. */
function reduced({ schema, values, shown }: AboutMyself & Pick<SelfPresentation, 'shown'>): AboutMyself {
  const fields = shown.map((name) => sayable(schema, name));
  const kept = new Set(fields.map((field) => (field.kind === 'raw' ? field.name : field.from)));
  const sources = schema.fields.filter((field) => field.kind === 'raw').filter(({ name }) => kept.has(name));
  const unseen = sources.filter(({ name }) => !shown.includes(name));
  return {
    schema: { ...schema, fields: [...fields, ...unseen.map((field) => ({ ...field, disclosure: 'never' as const }))] },
    values: Object.fromEntries(Object.entries(values).filter(([name]) => kept.has(name))),
  };
}

function sayable({ fields }: CredentialSchema, name: string): CredentialField {
  const field = fields.find((one) => one.name === name);
  if (field !== undefined && field.disclosure !== 'never' && field.kind !== 'committed') return field;
  throw new SignetError('bad_request', 'This cannot be said by yourself.', { field: name });
}

/** Nothing committed to is said by oneself: a fact about a number that nobody else signed proves nothing. */
const NO_COMMITTER: Committer = { newBlinding: nothingToCommit, commit: nothingToCommit };

function nothingToCommit(): never {
  throw new SignetError('internal', 'What a vault says itself is not committed to.');
}

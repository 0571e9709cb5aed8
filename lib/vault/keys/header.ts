import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import type { Bytes } from '../../core/index.ts';
import { canonicalJsonBytes, fromBase64url, fromUtf8, isJsonObject, toBase64url } from '../../core/index.ts';
import { damaged } from '../damage.ts';
import type { KdfParameters } from './password.ts';
import { isBearableCost } from './password.ts';

/** The schema of rows and header that this code writes. */
export const SCHEMA = 2;

/** nonce ‖ 32 bytes ‖ tag. */
const WRAP_LENGTH = 12 + 32 + 16;

/** How one passkey opens the vault. Its name is the person's own word and is sealed with the records. */
export interface PasskeyWraps {
  /** WebAuthn credential id, base64url. */
  readonly id: string;
  /** What the passkey's PRF is asked, 32 bytes. */
  readonly salt: Bytes;
  /** The entropy of the phrase, wrapped by the PRF output. */
  readonly wrap: Bytes;
  /** The key of Tier 2, wrapped by the sealing key and the PRF output together. */
  readonly tier2Wrap: Bytes;
}

/** What stands in `meta` under `header`: how the password, and each passkey, opens the vault. */
export interface Header {
  /** Of the rows that it stands over: a vault of an older one is migrated when it is opened. */
  readonly schema: number;
  readonly kdf: KdfParameters;
  /** The entropy of the phrase, wrapped by the password. Always there: the password is never the way that goes. */
  readonly passwordWrap: Bytes;
  /** The key of Tier 2, wrapped by the sealing key and the password together. */
  readonly tier2Wrap: Bytes;
  readonly passkeys: readonly PasskeyWraps[];
  /** X25519 public key that entries are sealed to while locked. */
  readonly inboxKey: Bytes;
}

/** What a stored header turns out to be. */
export type HeaderReading =
  | { readonly kind: 'readable'; readonly header: Header }
  /** A newer Signet wrote it. `header`: where it says that code of this schema may read. */
  | { readonly kind: 'newer'; readonly header: Header | undefined }
  | { readonly kind: 'unreadable'; readonly cause: unknown };

const bytesField = (length: number) =>
  v.pipe(
    v.string(),
    v.check((text) => /^[A-Za-z0-9_-]*$/.test(text) && Math.floor((text.length * 3) / 4) === length),
    v.transform(fromBase64url),
  );

/** A WebAuthn credential id has at most 1,023 bytes. */
const PasskeyIdSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,1364}$/));
const SchemaNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const kdf = v.pipe(
  v.strictObject({ alg: v.literal('argon2id'), m: v.number(), t: v.number(), p: v.number(), salt: bytesField(16) }),
  v.check((cost) => isBearableCost(cost)),
);
const wrap = bytesField(WRAP_LENGTH);
const passkeyMembers = { id: PasskeyIdSchema, salt: bytesField(32), wrap, tier2: wrap };
const inbox = bytesField(32);

const FirstSchema = v.strictObject({
  v: v.literal(1),
  kdf,
  wraps: v.strictObject({ password: wrap }),
  tier2: v.strictObject({ password: wrap }),
  inbox,
});

const SecondSchema = v.strictObject({
  v: v.literal(2),
  schema: v.literal(SCHEMA),
  reads: v.literal(SCHEMA),
  kdf,
  wraps: v.strictObject({ password: wrap, passkeys: v.array(v.strictObject(passkeyMembers)) }),
  tier2: v.strictObject({ password: wrap }),
  inbox,
});

/** Of a header to come: what it has beside the members known here is its own affair. */
const NewerSchema = v.object({
  kdf,
  wraps: v.object({ password: wrap, passkeys: v.array(v.object(passkeyMembers)) }),
  tier2: v.object({ password: wrap }),
  inbox,
});

const VersionSchema = v.object({ v: SchemaNumber, schema: SchemaNumber, reads: SchemaNumber });

export const isPasskeyId = (id: string): boolean => v.is(PasskeyIdSchema, id);

/** The parameters of the password as they are stored, and as its wrap authenticates them. */
export const kdfFields = ({ m, t, p, salt }: KdfParameters) => ({ alg: 'argon2id', m, t, p, salt: toBase64url(salt) });

/** A header as stored, always of this code's own schema: canonical JSON, UTF-8. */
export const encodeHeader = (header: Omit<Header, 'schema'>): Bytes =>
  canonicalJsonBytes({
    v: 2,
    schema: SCHEMA,
    reads: SCHEMA,
    kdf: kdfFields(header.kdf),
    wraps: {
      password: toBase64url(header.passwordWrap),
      passkeys: header.passkeys.map(({ id, salt, wrap, tier2Wrap }) => ({
        id,
        salt: toBase64url(salt),
        wrap: toBase64url(wrap),
        tier2: toBase64url(tier2Wrap),
      })),
    },
    tier2: { password: toBase64url(header.tier2Wrap) },
    inbox: toBase64url(header.inboxKey),
  });

/**
 * Looks at a stored header, of this schema, an older or a newer one. A cost below the floor or above the ceiling is
 * refused here, before anything is stretched.
 */
export function readHeader(bytes: Bytes): HeaderReading {
  try {
    const json: unknown = JSON.parse(fromUtf8(bytes));
    const version = v.safeParse(VersionSchema, json);
    if (version.success && isNewer(version.output)) return readNewer(json, version.output.reads);
    return { kind: 'readable', header: readOwn(json) };
  } catch (cause) {
    return { kind: 'unreadable', cause };
  }
}

const isNewer = ({ v: format, schema }: v.InferOutput<typeof VersionSchema>): boolean => format > 2 || schema > SCHEMA;

function readNewer(json: unknown, reads: number): HeaderReading {
  if (reads > SCHEMA) return { kind: 'newer', header: undefined };
  return { kind: 'newer', header: headerOf(SCHEMA, v.parse(NewerSchema, json)) };
}

function readOwn(json: unknown): Header {
  if (isJsonObject(json) && json['v'] === 1) {
    const { wraps, ...rest } = v.parse(FirstSchema, json);
    return headerOf(1, { ...rest, wraps: { ...wraps, passkeys: [] } });
  }
  return headerOf(SCHEMA, v.parse(SecondSchema, json));
}

function headerOf(schema: number, stored: v.InferOutput<typeof NewerSchema>): Header {
  const { m, t, p, salt } = stored.kdf;
  return {
    schema,
    kdf: { m, t, p, salt },
    passwordWrap: stored.wraps.password,
    tier2Wrap: stored.tier2.password,
    passkeys: stored.wraps.passkeys.map(({ tier2, ...rest }) => ({ ...rest, tier2Wrap: tier2 })),
    inboxKey: stored.inbox,
  };
}

/**
 * Reads a header that this code may write over.
 * @throws SignetError vault_damaged when it is none, or a newer Signet's
 */
export function decodeHeader(bytes: Bytes): Header {
  const reading = readHeader(bytes);
  if (reading.kind === 'readable') return reading.header;
  throw damaged(
    'The vault’s header cannot be read: it was altered, or a newer Signet wrote it.',
    reading.kind === 'unreadable' ? reading.cause : undefined,
  );
}

/**
 * The header of an older schema as this one writes it: the same wraps, nothing opened. Pure, for the migration.
 * @throws SignetError vault_damaged
 */
export const upgradeHeader = (bytes: Bytes): Bytes => encodeHeader(decodeHeader(bytes));

/** SHA-256 of a stored header: what the root of the record table and the session are bound to. */
export const headerDigest = (bytes: Bytes): Bytes => sha256(bytes);

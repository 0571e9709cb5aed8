import { p256 } from '@noble/curves/nist.js';
import { CompactEncrypt } from 'jose/jwe/compact/encrypt';
import * as v from 'valibot';
import type { JsonObject } from '../../core/index.ts';
import { concatBytes, fromBase64url, SignetError, utf8 } from '../../core/index.ts';

/** How an answer is to be encrypted: always ECDH-ES to a P-256 key (RFC 7518 §4.6). Plain JSON. */
export interface Encryption {
  /** The verifier's public key, checked to be a point of the curve. */
  readonly key: { readonly x: string; readonly y: string; readonly kid?: string };
  readonly enc: ContentEncryption;
}

/** Content encryption that Signet writes (RFC 7518 §5.3), what it prefers first (HAIP 1.0 §5). */
export const CONTENT_ENCRYPTIONS = ['A256GCM', 'A128GCM'] as const;
export type ContentEncryption = (typeof CONTENT_ENCRYPTIONS)[number];

/** The one key agreement that Signet writes. */
export const KEY_AGREEMENT = 'ECDH-ES';

const MAX_KEYS = 16;

const Word = v.pipe(v.string('must be text'), v.maxLength(512, 'must be at most 512 characters'));
const AnyKey = v.object({ kid: v.optional(Word), d: v.optional(v.unknown()) });
const KeySet = v.object({
  keys: v.pipe(
    v.array(AnyKey, 'must be a list'),
    v.minLength(1, 'must not be empty'),
    v.maxLength(MAX_KEYS, `must hold at most ${MAX_KEYS} keys`),
    v.check((keys) => keys.every(({ d }) => d === undefined), 'must not hold a private key'),
    v.check((keys) => areDistinct(keys.flatMap(({ kid }) => kid ?? [])), 'must name no two keys alike'),
  ),
});

const UsableKey = v.object({
  kty: v.literal('EC'),
  crv: v.literal('P-256'),
  alg: v.literal(KEY_AGREEMENT),
  use: v.optional(v.literal('enc')),
  x: Word,
  y: Word,
  kid: v.optional(Word),
});

const areDistinct = (names: readonly string[]): boolean => new Set(names).size === names.length;

/**
 * How to encrypt to a verifier, of what its metadata offers (OpenID4VP 1.0 §8.3): the first of its keys that Signet can
 * use, with the best content encryption that both know.
 * @param jwks a JWK Set; keys without `alg` are not for use, as the specification says
 * @param encValues `encrypted_response_enc_values_supported`; absent: `A128GCM` alone
 * @param field names the metadata in errors
 * @throws SignetError bad_request for a set or a key that is malformed, unsupported where no key or algorithm fits
 */
export function chooseEncryption(jwks: unknown, encValues: readonly string[] | undefined, field: string): Encryption {
  const set = v.safeParse(KeySet, jwks, { abortEarly: true });
  if (!set.success) throw refusedSet(`${field}.jwks`, set.issues[0].message);
  const { keys } = jwks as { keys: readonly unknown[] }; // the schema saw it; here the members it left out count too
  const key = keys.map((each) => v.safeParse(UsableKey, each)).find(({ success }) => success);
  if (key?.success !== true) {
    throw new SignetError('unsupported', 'The verifier has no key to encrypt to that Signet can use.', {
      field: `${field}.jwks`,
    });
  }
  const { x, y, kid } = key.output;
  assertPoint({ x, y }, `${field}.jwks`);
  return { key: { x, y, ...(kid !== undefined && { kid }) }, enc: chooseContentEncryption(encValues, field) };
}

const refusedSet = (field: string, problem: string): SignetError =>
  new SignetError('bad_request', `${field} ${problem.startsWith('Invalid') ? 'is not a set of keys' : problem}.`, {
    field,
  });

function chooseContentEncryption(offered: readonly string[] = ['A128GCM'], field: string): ContentEncryption {
  const enc = CONTENT_ENCRYPTIONS.find((known) => offered.includes(known));
  if (enc !== undefined) return enc;
  throw new SignetError('unsupported', 'The verifier wants its answer encrypted in a way that Signet does not know.', {
    field: `${field}.encrypted_response_enc_values_supported`,
  });
}

/** Before anybody is asked: what cannot be answered in the end is not begun. */
function assertPoint({ x, y }: { readonly x: string; readonly y: string }, field: string): void {
  try {
    p256.Point.fromBytes(concatBytes(Uint8Array.of(4), fromBase64url(x), fromBase64url(y))).assertValidity();
  } catch (cause) {
    throw new SignetError('bad_request', `${field} holds a key that is no point of its curve.`, { field, cause });
  }
}

/**
 * An unsigned, encrypted JWT of these members (RFC 7519, RFC 7516 §7.1), with a fresh ephemeral key. `apu` and `apv`
 * are left out: OpenID4VP 1.0 wants none for what Signet presents.
 * @returns a compact JWE
 */
export async function encryptJson(payload: JsonObject, { key, enc }: Encryption): Promise<string> {
  const { x, y, kid } = key;
  return new CompactEncrypt(utf8(JSON.stringify(payload)))
    .setProtectedHeader({ alg: KEY_AGREEMENT, enc, ...(kid !== undefined && { kid }) })
    .encrypt({ kty: 'EC', crv: 'P-256', x, y });
}

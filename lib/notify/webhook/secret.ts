import { ed25519 } from '@noble/curves/ed25519.js';
import type { Bytes } from '../../core/index.ts';
import { SecretBytes, SignetError, assertField, equalBytes, randomBytes, toBase64 } from '../../core/index.ts';
import { fromStrictBase64 } from './strict-base64.ts';

/** What a webhook is signed with: HMAC-SHA256 (`v1`) or Ed25519 (`v1a`, by the 32-byte seed of RFC 8032). */
export type SigningSecret =
  { readonly scheme: 'v1'; readonly secret: SecretBytes } | { readonly scheme: 'v1a'; readonly seed: SecretBytes };

/** What a webhook is verified with: the same secret, or the public half alone. */
export type VerifyingKey =
  { readonly scheme: 'v1'; readonly secret: SecretBytes } | { readonly scheme: 'v1a'; readonly publicKey: Bytes };

const HMAC_PREFIX = 'whsec_';
const SEED_PREFIX = 'whsk_';
const PUBLIC_PREFIX = 'whpk_';

/** What the specification takes for HMAC: 192 to 512 bits. */
const [MIN_HMAC, MAX_HMAC] = [24, 64];
const SEED_LENGTH = 32;

/** A new secret for HMAC: 32 random bytes. */
export const newHmacSecret = (): SigningSecret => ({ scheme: 'v1', secret: SecretBytes.take(randomBytes(32)) });

/** A new Ed25519 key: who verifies learns `spellPublicKey` of it and can sign nothing. */
export const newSigningKey = (): SigningSecret => ({ scheme: 'v1a', seed: SecretBytes.take(randomBytes(SEED_LENGTH)) });

/**
 * A signing secret as the specification spells it: `whsec_` or `whsk_` and base64. An Ed25519 key is the 32 bytes of its
 * seed, or those followed by the 32 of its public half, as other libraries write it.
 * @throws SignetError bad_request, naming `field`
 */
export function parseSigningSecret(text: string, field: string): SigningSecret {
  if (text.startsWith(HMAC_PREFIX)) return { scheme: 'v1', secret: hmacSecretIn(text, field) };
  if (text.startsWith(SEED_PREFIX)) return { scheme: 'v1a', seed: seedIn(text, field) };
  throw new SignetError('bad_request', 'A signing secret begins with whsec_ or whsk_.', { field });
}

/** What verifies, spelled `whsec_` or `whpk_` and base64. @throws SignetError bad_request, naming `field` */
export function parseVerifyingKey(text: string, field: string): VerifyingKey {
  if (text.startsWith(HMAC_PREFIX)) return { scheme: 'v1', secret: hmacSecretIn(text, field) };
  assertField(text.startsWith(PUBLIC_PREFIX), field, 'A verifying key begins with whsec_ or whpk_.');
  const publicKey = decodeStrictly(text.slice(PUBLIC_PREFIX.length), field);
  assertPublicKey(publicKey, field);
  return { scheme: 'v1a', publicKey };
}

/** The text to keep sealed, and to show the person once: `whsec_…` or `whsk_…`. */
export const spellSecret = (signing: SigningSecret): string =>
  signing.scheme === 'v1'
    ? HMAC_PREFIX + toBase64(signing.secret.expose())
    : SEED_PREFIX + toBase64(signing.seed.expose());

/** `whpk_…`: what whoever receives the webhooks needs, and anybody may know. Undefined for HMAC, which has no such half. */
export const spellPublicKey = (signing: SigningSecret): string | undefined =>
  signing.scheme === 'v1' ? undefined : PUBLIC_PREFIX + toBase64(ed25519.getPublicKey(signing.seed.expose()));

/** Zeroes the secret. */
export const forgetSecret = (signing: SigningSecret): void =>
  (signing.scheme === 'v1' ? signing.secret : signing.seed).dispose();

/**
 * Asserts that 32 bytes are an Ed25519 public key under which a signature means anything: a point, and not one of the
 * few of small order, whose signatures anybody can make.
 * @throws SignetError bad_request, naming `field`
 */
export function assertPublicKey(publicKey: Bytes, field: string): void {
  assertField(publicKey.length === 32 && isUsable(publicKey), field, 'This is no Ed25519 public key.');
}

function isUsable(publicKey: Bytes): boolean {
  try {
    return !ed25519.Point.fromBytes(publicKey, false).isSmallOrder();
  } catch {
    return false; // no point of the curve
  }
}

function hmacSecretIn(text: string, field: string): SecretBytes {
  const decoded = decodeStrictly(text.slice(HMAC_PREFIX.length), field);
  assertField(
    decoded.length >= MIN_HMAC && decoded.length <= MAX_HMAC,
    field,
    `A secret has ${MIN_HMAC} to ${MAX_HMAC} bytes.`,
  );
  return SecretBytes.take(decoded);
}

function seedIn(text: string, field: string): SecretBytes {
  const decoded = decodeStrictly(text.slice(SEED_PREFIX.length), field);
  const seed = SecretBytes.take(decoded.slice(0, SEED_LENGTH));
  const claimed = decoded.slice(SEED_LENGTH);
  decoded.fill(0);
  const isWhole =
    seed.length === SEED_LENGTH && (claimed.length === 0 || equalBytes(claimed, ed25519.getPublicKey(seed.expose())));
  if (!isWhole) seed.dispose();
  assertField(isWhole, field, 'This is no Ed25519 key.');
  return seed;
}

function decodeStrictly(text: string, field: string): Bytes {
  const decoded = fromStrictBase64(text);
  assertField(decoded !== undefined, field, 'This is not base64.');
  return decoded;
}

import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import type { Bytes, SecretBytes } from '../core/index.ts';
import {
  SecretBytes as Secret,
  canonicalJsonBytes,
  concatBytes,
  fromBase64url,
  fromUtf8,
  randomBytes,
  toBase64url,
  utf8,
} from '../core/index.ts';
import { damaged } from './damage.ts';
import type { PhraseKeys } from './key-tree.ts';
import { deriveTier2WrapKey, inboxPublicKey } from './key-tree.ts';
import type { KdfParameters, StretchedPassword } from './password.ts';
import { isBearableCost } from './password.ts';
import { openBox, sealBox } from './sealed-box.ts';

const WRAP_LABEL = utf8('signet-password-wrap');
const TIER2_LABEL = utf8('signet-tier2-wrap');
const WRAP_LENGTH = 12 + 32 + 16;

/** What stands in `meta` under `header`: how the password opens the vault. A passkey's wraps will stand beside. */
export interface Header {
  readonly kdf: KdfParameters;
  /** The entropy of the phrase, wrapped by the password. */
  readonly passwordWrap: Bytes;
  /** The key of Tier 2, wrapped by the sealing key and the password together. */
  readonly tier2Wrap: Bytes;
  /** X25519 public key that entries are sealed to while locked. */
  readonly inboxKey: Bytes;
}

const bytesField = (length: number) =>
  v.pipe(
    v.string(),
    v.check((text) => /^[A-Za-z0-9_-]*$/.test(text) && Math.floor((text.length * 3) / 4) === length),
    v.transform(fromBase64url),
  );

const HeaderSchema = v.strictObject({
  v: v.literal(1),
  kdf: v.pipe(
    v.strictObject({
      alg: v.literal('argon2id'),
      m: v.number(),
      t: v.number(),
      p: v.number(),
      salt: bytesField(16),
    }),
    v.check((cost) => isBearableCost(cost)),
  ),
  wraps: v.strictObject({ password: bytesField(WRAP_LENGTH) }),
  tier2: v.strictObject({ password: bytesField(WRAP_LENGTH) }),
  inbox: bytesField(32),
});

const kdfFields = ({ m, t, p, salt }: KdfParameters) => ({ alg: 'argon2id', m, t, p, salt: toBase64url(salt) });

/** A header as stored: canonical JSON, UTF-8. */
export const encodeHeader = (header: Header): Bytes =>
  canonicalJsonBytes({
    v: 1,
    kdf: kdfFields(header.kdf),
    wraps: { password: toBase64url(header.passwordWrap) },
    tier2: { password: toBase64url(header.tier2Wrap) },
    inbox: toBase64url(header.inboxKey),
  });

/**
 * Reads a stored header. A cost below the floor or above the ceiling is refused here, before anything is stretched.
 * @throws SignetError vault_damaged
 */
export function decodeHeader(bytes: Bytes): Header {
  try {
    const { kdf, wraps, tier2, inbox } = v.parse(HeaderSchema, JSON.parse(fromUtf8(bytes)));
    const { m, t, p, salt } = kdf;
    return { kdf: { m, t, p, salt }, passwordWrap: wraps.password, tier2Wrap: tier2.password, inboxKey: inbox };
  } catch (cause) {
    throw damaged('The vault’s header cannot be read: it was altered, or a newer Signet wrote it.', cause);
  }
}

/** SHA-256 of a stored header: what the record table and the session are bound to. */
export const headerDigest = (bytes: Bytes): Bytes => sha256(bytes);

/** Everything the wrap of the entropy authenticates: its purpose and the parameters that lead to its key. */
const wrapData = (kdf: KdfParameters): Bytes =>
  concatBytes(WRAP_LABEL, canonicalJsonBytes({ v: 1, kdf: kdfFields(kdf) }));

/** The entropy of the phrase, or undefined for a wrong password or altered parameters: nobody can tell which. */
export function unwrapEntropy(header: Header, stretched: StretchedPassword): SecretBytes | undefined {
  const entropy = openBox(stretched.wrapKey, wrapData(header.kdf), header.passwordWrap);
  return entropy === undefined ? undefined : Secret.take(entropy);
}

/** The key of Tier 2. @throws SignetError vault_damaged when its wrap was exchanged */
export function unwrapTier2(header: Header, sealing: SecretBytes, stretched: StretchedPassword): SecretBytes {
  using wrapKey = deriveTier2WrapKey(sealing, stretched.p);
  const key = openBox(wrapKey, TIER2_LABEL, header.tier2Wrap);
  if (key === undefined) throw damaged('The vault’s header was altered: the key of its second tier does not open.');
  return Secret.take(key);
}

/** A fresh random key of Tier 2. */
export const newTier2Key = (): SecretBytes => Secret.take(randomBytes(32));

/** What a header wraps. */
export interface Wrapped {
  readonly entropy: SecretBytes;
  readonly keys: Pick<PhraseKeys, 'sealing' | 'audit'>;
  readonly tier2: SecretBytes;
}

/** Wraps the vault's secrets under a freshly stretched password. @param kdf the parameters it was stretched with */
export function wrapHeader(
  { entropy, keys, tier2 }: Wrapped,
  kdf: KdfParameters,
  stretched: StretchedPassword,
): Header {
  using tier2WrapKey = deriveTier2WrapKey(keys.sealing, stretched.p);
  return {
    kdf,
    passwordWrap: sealBox(stretched.wrapKey, wrapData(kdf), entropy.expose()),
    tier2Wrap: sealBox(tier2WrapKey, TIER2_LABEL, tier2.expose()),
    inboxKey: inboxPublicKey(keys.audit),
  };
}

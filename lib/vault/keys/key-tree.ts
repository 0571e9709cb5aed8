import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { base58 } from '@scure/base';
import { mnemonicToSeedWebcrypto } from '@scure/bip39';
import type { Bytes } from '../../core/index.ts';
import { SecretBytes, concatBytes, utf8 } from '../../core/index.ts';

const KEY_LENGTH = 32;

/** The keys an unlocked vault holds. The root is not among them. */
export interface VaultKeys {
  /** Derives the key of every Tier 1 record. */
  readonly sealing: SecretBytes;
  /** Blinds labels into record ids. */
  readonly addressing: SecretBytes;
  /** Seed of the vault's Ed25519 identity and of the keys shown to each audience. */
  readonly identity: SecretBytes;
  /** Root of the audit log's keys: signing, inbox, anchor. */
  readonly audit: SecretBytes;
  /** Derives the key of every Tier 2 record. */
  readonly tier2: SecretBytes;
}

/** The part of the keys that follows from the phrase: all but Tier 2's, which is random. */
export type PhraseKeys = Omit<VaultKeys, 'tier2'>;

/** HKDF-SHA256 (RFC 5869), 32 bytes out. @param salt bytes, or text taken as UTF-8 */
export function deriveKey(secret: SecretBytes, salt: string | Uint8Array, info: string): SecretBytes {
  const saltBytes = typeof salt === 'string' ? utf8(salt) : salt;
  return SecretBytes.take(hkdf(sha256, secret.expose(), saltBytes, utf8(info), KEY_LENGTH));
}

/**
 * SLIP-0010 master key of a seed on the curve Ed25519 (path `m`): the private key without the chain code.
 * @param seed 16 to 64 bytes
 */
export function slip10MasterKey(seed: SecretBytes): SecretBytes {
  const node = hmac(sha512, utf8('ed25519 seed'), seed.expose());
  const key = SecretBytes.take(node.slice(0, KEY_LENGTH));
  node.fill(0);
  return key;
}

/** The root of the key tree: SLIP-0010 master key of the BIP39 seed with the empty passphrase (design §4). */
export async function rootOfPhrase(phrase: string): Promise<SecretBytes> {
  using seed = SecretBytes.take(await mnemonicToSeedWebcrypto(phrase, ''));
  return slip10MasterKey(seed);
}

/** The keys that hang under the root (design §4). The caller disposes of the root. */
export function deriveVaultKeys(root: SecretBytes): PhraseKeys {
  return {
    sealing: deriveKey(root, 'vault-seal', 'signet-vault-sealing-key'),
    addressing: deriveKey(root, 'blind-addressing', 'signet-addressing-key'),
    identity: deriveKey(root, 'vault-identity', 'signet-vault-signing'),
    audit: deriveKey(root, 'audit-log', 'signet-audit-key'),
  };
}

/** The key of one record: HKDF(tier's key, salt record id, info "signet-record-dek"). @param recordId 32 bytes */
export const deriveRecordKey = (tierKey: SecretBytes, recordId: Uint8Array): SecretBytes =>
  deriveKey(tierKey, recordId, 'signet-record-dek');

/**
 * The key that wraps Tier 2's: HKDF(VSK ‖ P), or with a passkey HKDF(VSK ‖ PRF output).
 * @param factor P, the second half of the stretched password, or the passkey's PRF output: 32 bytes
 */
export function deriveTier2WrapKey(sealing: SecretBytes, factor: SecretBytes): SecretBytes {
  using joined = SecretBytes.take(concatBytes(sealing.expose(), factor.expose()));
  return deriveKey(joined, 'tier-2', 'signet-tier2-key');
}

/** The key under which a passkey wraps the entropy. @param prf output of WebAuthn's PRF extension, 32 bytes */
export const derivePasskeyWrapKey = (prf: SecretBytes): SecretBytes =>
  deriveKey(prf, 'passkey', 'signet-passkey-wrap-key');

/** What this vault asks each of its passkeys: the PRF salt, 32 bytes. Public, and the vault's alone. */
export const passkeySalt = (identity: SecretBytes): Bytes => publicValue(identity, 'signet-passkey-prf-salt');

/** The user handle under which authenticators file this vault's passkeys (WebAuthn §5.4.3), 32 bytes. */
export const passkeyUserId = (identity: SecretBytes): Bytes => publicValue(identity, 'signet-passkey-user-id');

/** Derived like a key, but meant to be seen: it tells nothing of what it was derived from. */
function publicValue(secret: SecretBytes, info: string): Bytes {
  using value = deriveKey(secret, 'passkey', info);
  return value.expose().slice();
}

/**
 * The key that wraps a compartment's (design §4): of the root, so no running session can derive it.
 * @param compartmentId the compartment's name and its random id: `<name>.<id>`
 */
export const deriveCompartmentKey = (root: SecretBytes, compartmentId: string): SecretBytes =>
  deriveKey(root, compartmentId, 'signet-compartment-key');

/** The X25519 secret that opens what was logged while locked. */
export const deriveInboxSecret = (audit: SecretBytes): SecretBytes =>
  deriveKey(audit, 'audit-log', 'signet-audit-inbox-key');

/** The X25519 public key that entries are sealed to while locked: 32 bytes. */
export function inboxPublicKey(audit: SecretBytes): Bytes {
  using secret = deriveInboxSecret(audit);
  return x25519.getPublicKey(secret.expose());
}

/** The key of the anchor's MAC. */
export const deriveAnchorKey = (audit: SecretBytes): SecretBytes =>
  deriveKey(audit, 'audit-log', 'signet-audit-anchor-key');

/** The vault's id for the person's own eyes: base58(SHA-256(identity public key)[0..20]). It never leaves in a token. */
export const signetId = (identity: SecretBytes): string =>
  base58.encode(sha256(ed25519.getPublicKey(identity.expose())).slice(0, 20));

/** The same keys once more, to be disposed on their own. */
export function copyKeys(keys: VaultKeys): VaultKeys {
  const copy = (key: SecretBytes): SecretBytes => SecretBytes.take(key.expose().slice());
  const { sealing, addressing, identity, audit, tier2 } = keys;
  return {
    sealing: copy(sealing),
    addressing: copy(addressing),
    identity: copy(identity),
    audit: copy(audit),
    tier2: copy(tier2),
  };
}

/** Zeroes every key. */
export function disposeKeys(keys: Partial<VaultKeys>): void {
  for (const key of [keys.sealing, keys.addressing, keys.identity, keys.audit, keys.tier2]) key?.dispose();
}

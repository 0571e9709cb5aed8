import type { Origin, SecretBytes } from '../../core/index.ts';
import { deriveKey } from '../../vault/index.ts';

/**
 * The seed of the Ed25519 key that a person signs capabilities with for one audience: HKDF-SHA256(identity seed, salt
 * origin, info "signet-capability-key") (design §4). Two audiences see two keys, and neither leads to the Signet id.
 * @returns 32 bytes, the caller's to dispose of
 */
export const audienceKeySeed = (identity: SecretBytes, audience: Origin): SecretBytes =>
  deriveKey(identity, audience, 'signet-capability-key');

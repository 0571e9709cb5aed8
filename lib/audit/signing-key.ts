import { ed25519 } from '@noble/curves/ed25519.js';
import type { SecretBytes } from '../core/index.ts';
import { toHex } from '../core/index.ts';
import { deriveKey } from '../vault/index.ts';
import type { Checkpoint, VerifierKey } from './verifying/index.ts';
import { signCheckpoint, verifierKeyOf } from './verifying/index.ts';

/** The seed of the Ed25519 key that signs checkpoints. */
const deriveSigningSeed = (audit: SecretBytes): SecretBytes =>
  deriveKey(audit, 'audit-log', 'signet-audit-signing-key');

/** The public key of a vault's log, under the log's name: `signet.tools/log/` and eight digits of the key. */
export function verifierKeyFor(audit: SecretBytes): VerifierKey {
  using seed = deriveSigningSeed(audit);
  const publicKey = ed25519.getPublicKey(seed.expose());
  return verifierKeyOf(`signet.tools/log/${toHex(publicKey.slice(0, 4))}`, publicKey);
}

/** The text of a checkpoint. @param audit the vault's audit key */
export function signFor(audit: SecretBytes, stated: Omit<Checkpoint, 'origin'>): string {
  using seed = deriveSigningSeed(audit);
  return signCheckpoint(stated, verifierKeyFor(audit), seed);
}

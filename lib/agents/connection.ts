import { ed25519 } from '@noble/curves/ed25519.js';
import { fromBase64url, toBase64url } from '../core/index.ts';
import type { SecretBytes } from '../core/index.ts';
import { statement } from './statements.ts';

/** What the wallet says first on each connection. */
export interface Challenge {
  /** The id of the extension that is spoken to. */
  readonly extension: string;
  /** The id that the wallet gave this connection. */
  readonly connection: string;
  /** 32 random bytes, base64url: good for this connection alone. */
  readonly nonce: string;
}

/**
 * Shows who has connected: an Ed25519 signature (RFC 8032) over extension, connection and nonce.
 * @param seed 32 bytes
 * @returns base64url
 */
export const signChallenge = ({ extension, connection, nonce }: Challenge, seed: SecretBytes): string =>
  toBase64url(ed25519.sign(statement('signet-agent-connection-v1', { extension, connection, nonce }), seed.expose()));

/**
 * Whether the holder of a key has answered this very challenge. Never throws.
 * @param publicKey base64url of 32 bytes
 * @param signature base64url of 64 bytes
 */
export function answersChallenge(
  { extension, connection, nonce }: Challenge,
  publicKey: string,
  signature: string,
): boolean {
  const signed = statement('signet-agent-connection-v1', { extension, connection, nonce });
  try {
    return ed25519.verify(fromBase64url(signature), signed, fromBase64url(publicKey), { zip215: false });
  } catch {
    return false; // no key, or no signature
  }
}

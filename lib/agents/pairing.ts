import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64url } from '../core/index.ts';
import { statement } from './statements.ts';

const DIGITS = 6;

/** What a program shows of itself when it wants to be known. Keys and nonces are base64url. */
export interface PairingSide {
  /** Ed25519, 32 bytes. */
  readonly publicKey: string;
  /** 16 random bytes of the program's. */
  readonly agentNonce: string;
}

/** Everything that both sides of a pairing have seen. */
export interface PairingFacts extends PairingSide {
  /** The id of the extension. */
  readonly extension: string;
  /** 16 random bytes of the wallet's, told after the program has committed itself and before it shows its own. */
  readonly walletNonce: string;
}

/**
 * What a program says first: it fixes its key and its nonce before it knows the wallet's, so that nobody in between can
 * search for a pair that gives the same digits. base64url SHA-256.
 */
export const pairingCommitment = ({ publicKey, agentNonce }: PairingSide): string =>
  toBase64url(sha256(statement('signet-pairing-commitment-v1', { publicKey, agentNonce })));

/** The six digits that the person compares in terminal and wallet: whoever sits in between has one chance in a million. */
export function pairingDigits({ extension, publicKey, walletNonce, agentNonce }: PairingFacts): string {
  const hash = sha256(statement('signet-pairing-digits-v1', { extension, publicKey, walletNonce, agentNonce }));
  const number = new DataView(hash.buffer, hash.byteOffset).getBigUint64(0);
  return String(number % 10n ** BigInt(DIGITS)).padStart(DIGITS, '0');
}

import type { Bytes, SecretBytes } from '../../../core/index.ts';

/** `bbs`: the IETF draft (draft-irtf-cfrg-bbs-signatures, SHA-256 suite). `bbs+`: what came before it. */
export type BbsSuiteName = 'bbs' | 'bbs+';

/** Bytes of a compressed G2 point: an issuer's public key, in either suite. */
export const PUBLIC_KEY_LENGTH = 96;

/** Bytes of the seed that a key pair is made from. */
export const SEED_LENGTH = 32;

/** The most messages in one credential. */
export const MAX_MESSAGES = 128;

export interface BbsKeyPair {
  /** Compressed G2 point, 96 bytes. */
  readonly publicKey: Bytes;
  /** Big-endian scalar, 32 bytes. */
  readonly secretKey: SecretBytes;
}

/** What a signature is over. */
export interface BbsSigned {
  /** Always shown. At least one byte for `bbs+`. */
  readonly header: Uint8Array;
  /** One to 128, hidden or shown one by one. */
  readonly messages: readonly Uint8Array[];
}

export interface BbsSignature extends BbsSigned {
  /** 96 bytes. */
  readonly publicKey: Uint8Array;
  /** 80 bytes for `bbs`, 112 for `bbs+`. */
  readonly signature: Uint8Array;
}

export interface BbsDerivation extends BbsSignature {
  /** Places of the messages to show, from 0, ascending, distinct. */
  readonly disclosed: readonly number[];
  /** What the proof is bound to. */
  readonly nonce: Uint8Array;
}

export interface BbsProof {
  readonly publicKey: Uint8Array;
  readonly header: Uint8Array;
  /** How many messages were signed. */
  readonly count: number;
  /** What is shown, by places from 0, ascending, distinct. */
  readonly disclosed: readonly { readonly index: number; readonly message: Uint8Array }[];
  readonly nonce: Uint8Array;
  readonly proof: Uint8Array;
}

/**
 * A signature over a header and messages, from which proofs are derived that show some of the messages and cannot be
 * linked by anything else. Signing and deriving draw from `crypto.getRandomValues`: neither library takes another
 * source. Neither holds a key of the holder's: who has a copy of the signed messages can derive proofs.
 */
export interface BbsSuite {
  readonly name: BbsSuiteName;
  /** The key pair of a seed of 32 random bytes. @throws SignetError bad_request on another length */
  generateKeyPair(seed: SecretBytes): Promise<BbsKeyPair>;
  /** @throws SignetError bad_request on an empty or oversized list of messages, or a key that is none */
  sign(keyPair: BbsKeyPair, signed: BbsSigned): Promise<Bytes>;
  /** False for whatever does not hold, garbage too. */
  verify(signature: BbsSignature): Promise<boolean>;
  /** @throws SignetError bad_request on places that are not there, and on a signature or key that is none */
  deriveProof(derivation: BbsDerivation): Promise<Bytes>;
  /** False for whatever does not hold, garbage too. */
  verifyProof(proof: BbsProof): Promise<boolean>;
}

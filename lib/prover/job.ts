/**
 * What the prover can be asked to do, and what it answers. Everything is JSON, bytes are base64url.
 *
 * The secrets of a job are `value` and `blinding` of `range` and `open`, and the `credential` of the others. They
 * travel as strings within these messages, from the worker through the offscreen document into the one frame that
 * works on them, and nowhere else: never in an address, a name, an error, a log or a store. A string cannot be zeroed,
 * so each frame gets one job and is thrown away after it.
 */

/** What is to be shown of a committed number, as it stands in the key-binding JWT. All bounds are inclusive. */
export type JobStatement =
  /** `as_of`: YYYY-MM-DD. */
  | { readonly age_at_least: number; readonly as_of: string }
  | { readonly gte: number; readonly lte: number }
  | { readonly gte: number }
  | { readonly lte: number };

export type RangeBits = 8 | 16 | 32 | 64;

/** A Pedersen commitment over ristretto255 and what opens it. */
export interface OpeningCheck {
  /** The compressed point, 32 bytes. */
  readonly point: string;
  /** The issuer's word that the number is from 0 to below 2^bits. */
  readonly bits: RangeBits;
  /** The committed number, in decimal. */
  readonly value: string;
  /** Canonical little-endian scalar, 32 bytes. */
  readonly blinding: string;
}

export interface RangeJobEntry extends OpeningCheck {
  /** Where the commitment's claim stands in the credential. */
  readonly path: readonly string[];
  readonly statement: JobStatement;
}

/** Range proofs about committed numbers of one presentation. */
export interface RangeJob {
  readonly kind: 'range';
  readonly entries: readonly RangeJobEntry[];
  readonly context: {
    /** The site, e.g. `https://shop.example`. */
    readonly origin: string;
    /** As the verifier gave it. */
    readonly nonce: string;
    /** Of the presentation, as in its key-binding JWT (RFC 9901 §4.3.1). */
    readonly sdHash: string;
  };
}

/** One entry of `range_proofs` in the key-binding JWT. */
export interface RangeProofEntry {
  readonly path: readonly string[];
  readonly statement: JobStatement;
  readonly bits: RangeBits;
  /** The proof's bytes, or the index of the earlier entry whose proof covers this one too. */
  readonly proof: string | number;
}

export interface RangeResult {
  /** One for each entry of the job, in its order. */
  readonly range_proofs: readonly RangeProofEntry[];
}

/** The public key that an issuer signs BBS credentials with. */
export interface BbsKey {
  readonly kty: 'OKP';
  readonly crv: 'BLS12381G2';
  /** The compressed point, 96 bytes. */
  readonly x: string;
  readonly alg: 'BBS' | 'BBS+2020';
  readonly kid?: string;
}

interface BbsWork {
  /** The credential as it was issued: JSON text. */
  readonly credential: string;
  /** Of its issuer: a proof is made with it. */
  readonly key: BbsKey;
  /** Names of the claims to disclose. */
  readonly disclose: readonly string[];
  readonly binding: {
    readonly origin: string;
    readonly nonce: string;
    /** SHA-256 of what was asked. */
    readonly requestHash: string;
  };
}

/** A derived proof by the IETF draft. */
export interface BbsJob extends BbsWork {
  readonly kind: 'bbs';
}

/** A derived proof by legacy BBS+. */
export interface BbsPlusJob extends BbsWork {
  readonly kind: 'bbs+';
}

export interface BbsResult {
  /** The presentation. */
  readonly proof: string;
}

/** Whether commitments open as it is said: asked when a credential arrives. */
export interface OpenJob {
  readonly kind: 'open';
  readonly checks: readonly OpeningCheck[];
}

export interface OpenResult {
  /** Whether every one of them does. */
  readonly opens: boolean;
}

/** Whether an issuer signed a BBS credential of either suite: asked when it arrives. */
export interface IssuedJob {
  readonly kind: 'issued';
  readonly credential: string;
  readonly key: BbsKey;
}

export interface IssuedResult {
  readonly genuine: boolean;
}

/** Name → [job, result]. */
export interface ProverJobs {
  readonly range: readonly [RangeJob, RangeResult];
  readonly bbs: readonly [BbsJob, BbsResult];
  readonly 'bbs+': readonly [BbsPlusJob, BbsResult];
  readonly open: readonly [OpenJob, OpenResult];
  readonly issued: readonly [IssuedJob, IssuedResult];
}

export type ProverKind = keyof ProverJobs;
export type ProverJob = ProverJobs[ProverKind][0];
export type ProverResult<K extends ProverKind = ProverKind> = ProverJobs[K][1];

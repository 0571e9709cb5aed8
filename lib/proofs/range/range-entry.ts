import type { Json } from '../../core/index.ts';
import { SignetError, canonicalJsonBytes, isJsonObject, utf8 } from '../../core/index.ts';
import type { CommittedBits } from '../../credentials/commitment/index.ts';
import { COMMITTED_BITS } from '../../credentials/commitment/index.ts';
import { MAX_PARTIES, proofLength } from './range-proof.ts';
import type { RangeStatement } from './statement.ts';
import { readStatement } from './statement.ts';
import { Transcript } from './transcript.ts';

/** What a range proof is bound to: it proves nothing anywhere else. */
export interface ProofContext {
  /** Of the site, for example `https://shop.example`. */
  readonly origin: string;
  /** The verifier's, as it was given. */
  readonly nonce: string;
  /** Of the presentation (RFC 9901 §4.3.1), base64url. */
  readonly sdHash: string;
}

/** What is said of the number at one place. */
export interface PlacedStatement {
  /** Where the commitment stands in the processed claims. */
  readonly path: readonly string[];
  readonly statement: RangeStatement;
  /** The commitment's. */
  readonly bits: CommittedBits;
}

/** A member of `range_proofs` in the key-binding JWT. */
export interface RangeEntry extends PlacedStatement {
  /** The proof's bytes in base64url, or the index of the earlier entry whose proof covers this one too. */
  readonly proof: string | number;
}

/** How many statements a presentation can prove, at most. */
export const MAX_ENTRIES = 16;
const MAX_STEPS = 8;
const MAX_STEP = 256;
/** Letters of the longest proof: base64url has four for three bytes. */
const MAX_PROOF = Math.ceil((proofLength(64, MAX_PARTIES) * 4) / 3);

/**
 * Reads the entries of `range_proofs`: exactly `path`, `statement`, `bits` and `proof` each; an index names an earlier
 * entry that has a proof of its own and the same bits.
 * @throws SignetError bad_request; `field` is `range_proofs` or `range_proofs[i]`
 */
export function readRangeEntries(json: Json | undefined): readonly RangeEntry[] {
  const entries: RangeEntry[] = [];
  if (!isList(json) || json.length === 0 || json.length > MAX_ENTRIES) {
    throw new SignetError('bad_request', `Range proofs are a list of 1 to ${MAX_ENTRIES}.`, { field: 'range_proofs' });
  }
  for (const [i, item] of json.entries()) entries.push(readEntry(item, `range_proofs[${i}]`, entries));
  return entries;
}

const isList = (json: Json | undefined): json is readonly Json[] => Array.isArray(json);

function readEntry(json: Json, field: string, before: readonly RangeEntry[]): RangeEntry {
  const refuse = (why: string): never => {
    throw new SignetError('bad_request', why, { field });
  };
  if (!isJsonObject(json) || Object.keys(json).sort().join() !== 'bits,path,proof,statement') {
    return refuse('An entry has the members path, statement, bits and proof, and no other.');
  }
  const path = readPath(json['path']);
  const bits = COMMITTED_BITS.find((known) => known === json['bits']);
  if (path === undefined) return refuse('A path is a list of one to eight names.');
  if (bits === undefined) return refuse('A committed number has 8, 16, 32 or 64 bits.');
  const { proof } = json;
  if (typeof proof === 'string' ? proof.length > MAX_PROOF : !isCovered(proof, bits, before)) {
    return refuse('A proof is base64url, or the index of an earlier entry with a proof over the same bits.');
  }
  if (typeof proof !== 'string' && typeof proof !== 'number') return refuse('There is no proof.');
  try {
    return { path, statement: readStatement(json['statement']), bits, proof };
  } catch (error) {
    return refuse(SignetError.from(error).message);
  }
}

function readPath(json: Json | undefined): readonly string[] | undefined {
  if (!isList(json) || json.length === 0 || json.length > MAX_STEPS) return undefined;
  const steps = json.filter((step) => typeof step === 'string');
  const isPath = steps.length === json.length && steps.every((step) => step.isWellFormed() && step.length <= MAX_STEP);
  return isPath ? steps : undefined;
}

function isCovered(proof: Json | undefined, bits: CommittedBits, before: readonly RangeEntry[]): boolean {
  const covering = typeof proof === 'number' && !Object.is(proof, -0) ? before[proof] : undefined;
  return typeof covering?.proof === 'string' && covering.bits === bits;
}

/** The transcript of one proof, with everything in it that the proof is bound to. */
export function transcriptOf({ origin, nonce, sdHash }: ProofContext, covered: readonly PlacedStatement[]): Transcript {
  const transcript = new Transcript('signet range proof v1');
  const statements = covered.map(({ path, statement, bits }) => ({ path, statement, bits }));
  transcript.append('origin', utf8(origin));
  transcript.append('nonce', utf8(nonce));
  transcript.append('sd_hash', utf8(sdHash));
  transcript.append('statements', canonicalJsonBytes(statements));
  return transcript;
}

import type { Json } from '../../core/index.ts';
import { SignetError, fromBase64url, randomBytes } from '../../core/index.ts';
import type { CommittedNumber, RandomSource } from '../../credentials/commitment/index.ts';
import { COMMITMENT_TO_NOTHING, differenceCommitment, paddedCount } from './difference.ts';
import type { PlacedStatement, ProofContext, RangeEntry } from './range-entry.ts';
import { readRangeEntries, transcriptOf } from './range-entry.ts';
import { assertStatementFits, differencesOf } from './statement.ts';
import type { VerifyingJob } from './verify.ts';
import { verifyRange } from './verify.ts';

/** What was proven, or why not. */
export type StatementsVerdict =
  | { readonly ok: true; readonly proven: readonly PlacedStatement[] }
  /** `entry`: the index of the one at fault; absent where the whole list is. */
  | { readonly ok: false; readonly entry?: number; readonly detail: string };

/** The commitment at a place of the credential's signed and disclosed claims; undefined where there is none. */
export type CommitmentLookup = (path: readonly string[]) => CommittedNumber | undefined;

/**
 * Verifies the `range_proofs` of a key-binding JWT: that each statement is true of the number committed to at its
 * path. Whether it is the statement that was asked, and a day `as_of` that the verifier takes, is for the caller to
 * compare: what is proven is what `proven` says.
 * @param json the member as it stands in the payload
 * @param lookup answers from claims whose signature was checked
 * @param context the verifier's own origin and nonce, and the hash that it computed of the presentation
 */
export function verifyStatements(
  json: Json | undefined,
  lookup: CommitmentLookup,
  context: ProofContext,
  random: RandomSource = randomBytes,
): StatementsVerdict {
  const read = readEntries(json);
  if (!('entries' in read)) return read;
  const { entries } = read;
  const numbers: CommittedNumber[] = [];
  for (const [entry, { path, statement, bits }] of entries.entries()) {
    const number = lookup(path);
    const fault = number === undefined ? 'there is no commitment at its path' : misfit(number, statement, bits);
    if (fault !== undefined || number === undefined) return { ok: false, entry, detail: fault ?? '' };
    numbers.push(number);
  }
  for (const [first, { proof }] of entries.entries()) {
    if (typeof proof === 'number') continue;
    const job = jobOf(entries, first, proof, numbers, context);
    if (job === undefined || !verifyRange(job, random)) return { ok: false, entry: first, detail: 'its proof fails' };
  }
  return { ok: true, proven: entries.map(({ path, statement, bits }) => ({ path, statement, bits })) };
}

function readEntries(
  json: Json | undefined,
): { readonly entries: readonly RangeEntry[] } | (StatementsVerdict & { readonly ok: false }) {
  try {
    return { entries: readRangeEntries(json) };
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    const entry = /^range_proofs\[(\d+)\]$/.exec(error.field ?? '')?.[1];
    return { ok: false, detail: error.message, ...(entry === undefined ? {} : { entry: Number(entry) }) };
  }
}

function misfit(
  number: CommittedNumber,
  statement: PlacedStatement['statement'],
  bits: PlacedStatement['bits'],
): string | undefined {
  if (number.bits !== bits) return 'its bits are not those of the commitment';
  try {
    assertStatementFits(statement, number);
    return undefined;
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    return error.message;
  }
}

function jobOf(
  entries: readonly RangeEntry[],
  first: number,
  text: string,
  numbers: readonly CommittedNumber[],
  context: ProofContext,
): VerifyingJob | undefined {
  const covered = [...entries.entries()].filter(([i, { proof }]) => i === first || proof === first);
  const commitments = covered.flatMap(([i, { statement }]) => {
    const number = numbers[i];
    const differences = differencesOf(statement);
    return number === undefined ? [] : differences.map((difference) => differenceCommitment(number, difference));
  });
  const count = paddedCount(commitments.length);
  const proof = bytesOf(text);
  const bits = entries[first]?.bits;
  if (count === undefined || proof === undefined || bits === undefined) return undefined;
  const padding = Array.from({ length: count - commitments.length }, () => COMMITMENT_TO_NOTHING);
  const statements = covered.map(([, entry]) => entry);
  return { transcript: transcriptOf(context, statements), bits, commitments: [...commitments, ...padding], proof };
}

function bytesOf(text: string): Uint8Array | undefined {
  try {
    return fromBase64url(text);
  } catch (error) {
    if (!(error instanceof SignetError)) throw error;
    return undefined;
  }
}

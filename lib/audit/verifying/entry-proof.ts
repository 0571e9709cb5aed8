import type { Bytes } from '../../core/index.ts';
import { SignetError, equalBytes, fromUtf8, isJsonObject, utf8 } from '../../core/index.ts';
import { hashLeaf, includes } from '../../core/merkle/index.ts';
import { problem } from './chain-walk.ts';
import type { Checkpoint } from './checkpoint.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { Standing } from './earlier.ts';
import type { AuditEntry } from './entry.ts';
import { entryBytes, entryText, parseEntry } from './entry.ts';
import type { Known } from './known.ts';
import { assertKnown } from './known.ts';
import type { LogProblem } from './problem.ts';
import type { VerifierKey } from './signed-note.ts';
import { formatVerifierKey, parseVerifierKey } from './signed-note.ts';
import { malformed, parseAny } from './text-form.ts';
import type { TlogProof } from './tlog-proof.ts';
import { formatTlogProof, parseTlogProof } from './tlog-proof.ts';

/** One entry with all that a stranger needs to see that it is in a log. */
export interface EntryProof {
  readonly entry: AuditEntry;
  /** Inclusion proof under the checkpoint. */
  readonly hashes: readonly Bytes[];
  readonly checkpoint: string;
  readonly key: VerifierKey;
}

/** A C2SP tlog-proof whose extra data is canonical JSON of the entry and the verifier key. */
export function formatEntryProof({ entry, hashes, checkpoint, key }: EntryProof): string {
  return formatTlogProof({ extra: utf8(extraText(entry, key)), index: entry.seq, hashes, checkpoint });
}

const extraText = (entry: AuditEntry, key: VerifierKey): string =>
  `{"entry":${entryText(entry)},"key":${JSON.stringify(formatVerifierKey(key))}}`;

export type ProofCheck =
  | {
      readonly ok: true;
      readonly entry: AuditEntry;
      readonly checkpoint: Checkpoint;
      readonly key: VerifierKey;
      /** Present when an earlier checkpoint was given: one of another size cannot be compared. */
      readonly against?: Standing;
    }
  | { readonly ok: false; readonly problem: LogProblem };

/**
 * Checks the proof of one entry. Every byte counts: there is one spelling of a proof.
 * @throws SignetError bad_request when `against` is no checkpoint by the log's key
 */
export function verifyProof(text: string, known: Known = {}): ProofCheck {
  const read = readProof(text, known.key);
  if ('problem' in read) return { ok: false, problem: read.problem };
  const { entry, proof, checkpoint, key } = read;
  const claim = { leaf: hashLeaf(entryBytes(entry)), index: proof.index, ...checkpoint };
  if (!includes(claim, proof.hashes)) {
    const message = `Entry ${entry.seq} is not in the log that was signed: it was edited, or belongs elsewhere.`;
    return { ok: false, problem: problem('edited', entry.seq, message) };
  }
  const found = { ok: true as const, entry, checkpoint, key };
  return known.against === undefined ? found : compare(found, openCheckpoint(known.against, key));
}

type Proven = Extract<ProofCheck, { ok: true }>;

function compare(found: Proven, earlier: Checkpoint): ProofCheck {
  if (found.checkpoint.size !== earlier.size) return { ...found, against: 'not_comparable' };
  if (equalBytes(found.checkpoint.root, earlier.root)) return { ...found, against: 'consistent' };
  const message = `The log was rewritten: another tree of ${earlier.size} entries was signed before.`;
  return { ok: false, problem: problem('rolled_back', found.entry.seq, message) };
}

interface Read {
  readonly entry: AuditEntry;
  readonly proof: TlogProof;
  readonly checkpoint: Checkpoint;
  readonly key: VerifierKey;
}

function readProof(text: string, known: VerifierKey | undefined): Read | { readonly problem: LogProblem } {
  let seq = 0;
  try {
    const proof = parseTlogProof(text);
    seq = proof.index;
    const { entry, key } = parseExtra(proof.extra);
    if (entry.seq !== proof.index) throw malformed('The entry has another number than the proof.');
    assertKnown(key, known);
    return { entry, proof, key, checkpoint: openCheckpoint(proof.checkpoint, key) };
  } catch (error) {
    return { problem: problem('unreadable', seq, SignetError.from(error).message) };
  }
}

/** @throws SignetError bad_request unless it is exactly what `formatEntryProof` writes */
function parseExtra(extra: Bytes | undefined): Pick<EntryProof, 'entry' | 'key'> {
  if (extra === undefined) throw malformed('The proof does not carry its entry.');
  const text = decode(extra);
  const value = parseAny(text);
  if (!isJsonObject(value) || typeof value['key'] !== 'string') throw malformed('The proof does not carry its entry.');
  const entry = parseEntry(JSON.stringify(value['entry']));
  const key = parseVerifierKey(value['key']);
  if (extraText(entry, key) !== text) throw malformed('The entry is not written in its one way.');
  return { entry, key };
}

function decode(bytes: Bytes): string {
  try {
    const text = fromUtf8(bytes);
    if (equalBytes(utf8(text), bytes)) return text;
  } catch (cause) {
    throw malformed('The proof’s extra data is no text.', cause);
  }
  throw malformed('The proof’s extra data begins with a mark that is no text.');
}

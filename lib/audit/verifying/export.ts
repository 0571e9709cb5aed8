import type { Bytes } from '../../core/index.ts';
import { SignetError, canonicalJson, equalBytes, isJsonObject, toBase64 } from '../../core/index.ts';
import { CompactRange, HASH_LENGTH } from '../../core/merkle/index.ts';
import { ChainWalk, problem } from './chain-walk.ts';
import type { Checkpoint } from './checkpoint.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { Standing } from './earlier.ts';
import { EarlierCheckpoint } from './earlier.ts';
import type { AuditEntry } from './entry.ts';
import { GENESIS, parseEntry } from './entry.ts';
import type { Known } from './known.ts';
import { assertKnown } from './known.ts';
import type { LogProblem } from './problem.ts';
import type { VerifierKey } from './signed-note.ts';
import { formatVerifierKey, parseVerifierKey } from './signed-note.ts';
import { malformed, parseAny, parseBase64 } from './text-form.ts';

/** What stands below the entries of an export. */
export interface ExportEnd {
  /** Text of the checkpoint over every entry up to here. */
  readonly checkpoint: string;
  readonly key: VerifierKey;
  /** The tree of the entries that were pruned; empty when the export begins with the first. */
  readonly pruned: CompactRange;
}

/** The last line of an export, with its newline. */
export function formatExportEnd({ checkpoint, key, pruned }: ExportEnd): string {
  const before = pruned.size === 0 ? {} : { pruned: { size: pruned.size, roots: pruned.roots.map(toBase64) } };
  return `${canonicalJson({ v: 1, checkpoint, key: formatVerifierKey(key), ...before })}\n`;
}

export type ExportCheck =
  | {
      readonly ok: true;
      /** Numbers of the first entry and of the one after the last. */
      readonly first: number;
      readonly end: number;
      readonly checkpoint: Checkpoint;
      readonly key: VerifierKey;
      /** Present when an earlier checkpoint was given. */
      readonly against?: Standing;
    }
  | { readonly ok: false; readonly problem: LogProblem };

/**
 * Checks an exported log: one entry in canonical JSON per line, then one line with checkpoint and verifier key.
 * Every byte counts: there is one spelling of an export.
 * @throws SignetError bad_request when `against` is no checkpoint by the log's key
 */
export function verifyExport(text: string, known: Known = {}): ExportCheck {
  const lines = text.split('\n');
  const rest = lines.pop();
  const end = readEnd(lines, known.key);
  const entries = 'problem' in end ? end.entries : lines.length - 1;
  const walked = walk(lines.slice(0, entries), 'problem' in end ? undefined : end, known.against);
  if ('problem' in walked) return { ok: false, problem: walked.problem };
  if ('problem' in end) return { ok: false, problem: problem(end.problem.kind, walked.next, end.problem.message) };
  if (rest !== '')
    return { ok: false, problem: problem('unreadable', walked.next, 'Something follows the checkpoint.') };
  const { checkpoint, key, pruned } = end;
  const found = { ok: true as const, first: pruned.size, end: checkpoint.size, checkpoint, key };
  return walked.standing === undefined ? found : { ...found, against: walked.standing };
}

interface End {
  readonly checkpoint: Checkpoint;
  readonly key: VerifierKey;
  readonly pruned: CompactRange;
}

/** An end that is missing or wrong, and how many lines above it may be entries. */
interface BadEnd {
  readonly entries: number;
  readonly problem: Pick<LogProblem, 'kind' | 'message'>;
}

function readEnd(lines: readonly string[], known: VerifierKey | undefined): End | BadEnd {
  const line = lines.at(-1);
  if (line === undefined) return badEnd(0, 'unreadable', 'There is nothing to read.');
  if (isEntry(line)) return badEnd(lines.length, 'truncated', 'The export ends without its checkpoint.');
  try {
    const { checkpoint, key, pruned } = parseEnd(line);
    assertKnown(key, known);
    return { checkpoint: openCheckpoint(checkpoint, key), key, pruned };
  } catch (error) {
    const { message } = SignetError.from(error);
    return badEnd(lines.length - 1, 'unreadable', `The end of the export does not hold: ${message}`);
  }
}

const badEnd = (entries: number, kind: LogProblem['kind'], message: string): BadEnd => ({
  entries,
  problem: { kind, message },
});

function isEntry(line: string): boolean {
  try {
    parseEntry(line);
    return true;
  } catch {
    return false; // whatever else it is, the caller reads it as that
  }
}

function parseEnd(line: string): ExportEnd {
  const value = parseAny(line);
  if (!isJsonObject(value)) throw malformed('The last line is no JSON object.');
  const { checkpoint, key, pruned } = value;
  if (typeof checkpoint !== 'string' || typeof key !== 'string') throw malformed('The last line has no checkpoint.');
  const end = { checkpoint, key: parseVerifierKey(key), pruned: parsePruned(pruned) };
  if (formatExportEnd(end) !== `${line}\n`) throw malformed('The last line is not written in its one way.');
  return end;
}

function parsePruned(value: unknown): CompactRange {
  if (value === undefined) return CompactRange.empty();
  if (!isJsonObject(value) || typeof value['size'] !== 'number' || !Array.isArray(value['roots'])) {
    throw malformed('What stands for pruned entries cannot be read.');
  }
  const roots: readonly unknown[] = value['roots'];
  return rangeOf(value['size'], roots.map(parseRoot));
}

function parseRoot(text: unknown): Bytes {
  if (typeof text !== 'string') throw malformed('A hash is no text.');
  return parseBase64(text, HASH_LENGTH);
}

/** @throws SignetError bad_request */
function rangeOf(size: number, roots: readonly Bytes[]): CompactRange {
  try {
    return CompactRange.of(size, roots);
  } catch (cause) {
    throw malformed('What stands for pruned entries is not of their number.', cause);
  }
}

interface Walked {
  readonly next: number;
  readonly standing: Standing | undefined;
}

/** @param end what the export says of its end, if it can be read */
function walk(lines: readonly string[], end: End | undefined, against: string | undefined): Walked | BadWalk {
  const pruned = end?.pruned ?? CompactRange.empty();
  const chain = new ChainWalk({ tree: pruned.fork(), prev: pruned.size === 0 ? GENESIS : undefined });
  const earlier = end && against !== undefined ? new EarlierCheckpoint(openCheckpoint(against, end.key)) : undefined;
  let rolledBack = earlier?.look(chain.tree);
  for (const [place, line] of lines.entries()) {
    const found = pushLine(chain, line, (seq) => lines.some((other, i) => i !== place && seqIn(other) === seq));
    if (found !== undefined) return { problem: found };
    rolledBack ??= earlier?.look(chain.tree);
  }
  const wrong = end === undefined ? chain.end(undefined) : atTheEnd(chain, end);
  if (wrong !== undefined) return { problem: wrong };
  if (rolledBack !== undefined) return { problem: rolledBack };
  const standing = end && earlier?.end(end.checkpoint);
  if (typeof standing === 'object') return { problem: standing };
  return { next: chain.next, standing };
}

interface BadWalk {
  readonly problem: LogProblem;
}

function pushLine(chain: ChainWalk, line: string, isElsewhere: (seq: number) => boolean): LogProblem | undefined {
  let entry: AuditEntry;
  try {
    entry = parseEntry(line);
  } catch (error) {
    const { message } = SignetError.from(error);
    return problem('unreadable', chain.next, `Where entry ${chain.next} belongs is none: ${message}`);
  }
  return chain.push(entry, isElsewhere);
}

function seqIn(line: string): number | undefined {
  try {
    return parseEntry(line).seq;
  } catch {
    return undefined; // no entry has no number
  }
}

function atTheEnd(chain: ChainWalk, { checkpoint }: End): LogProblem | undefined {
  const { next } = chain;
  const broken = chain.end(checkpoint.root);
  if (broken !== undefined) return broken;
  if (next < checkpoint.size) {
    return problem('truncated', next, `The entries from ${next} to ${checkpoint.size - 1} are missing at the end.`);
  }
  if (next > checkpoint.size) {
    return problem('edited', checkpoint.size, `Entry ${checkpoint.size} stands after the end that was signed.`);
  }
  if (equalBytes(chain.tree.root(), checkpoint.root)) return undefined;
  const seq = Math.max(0, next - 1);
  return problem('edited', seq, `The entries up to ${seq} are not those that were signed: that one, or some with it.`);
}

import type { SecretBytes } from '../../core/index.ts';
import { toBase64 } from '../../core/index.ts';
import type { TreeHead } from '../../core/merkle/index.ts';
import { HASH_LENGTH, isTreeSize } from '../../core/merkle/index.ts';
import type { Note, VerifierKey } from './signed-note.ts';
import { isSignedBy, parseNote, signNote } from './signed-note.ts';
import { malformed, parseBase64, parseDecimal } from './text-form.ts';

/** A signed statement of a log's size and root (C2SP tlog-checkpoint). */
export interface Checkpoint extends TreeHead {
  /** Names the log; also the name of the key that signs. */
  readonly origin: string;
  /** When it was signed, by the log's own clock: milliseconds since the epoch. */
  readonly time: number;
}

/** A checkpoint's text, with the `time` in an extension line. @param seed of the log's Ed25519 key */
export function signCheckpoint(
  { size, root, time }: Omit<Checkpoint, 'origin'>,
  key: VerifierKey,
  seed: SecretBytes,
): string {
  const lines = [key.name, String(size), toBase64(root), `time ${new Date(time).toISOString()}`];
  return signNote(lines.map((line) => `${line}\n`).join(''), key, seed);
}

/**
 * The checkpoint in a text, once the key of the log is found to have signed it and nobody else did: a signature that
 * nothing here checks has no place in it.
 * @throws SignetError bad_request
 */
export function openCheckpoint(text: string, key: VerifierKey): Checkpoint {
  const note = parseNote(text);
  return believe(note, key, isSignedBy(note, key));
}

/**
 * As `openCheckpoint`, where another checks signatures.
 * @param isSigned whether the key signed the note, as strictly as `isSignedBy`
 * @throws SignetError bad_request
 */
export async function openCheckpointBy(
  text: string,
  key: VerifierKey,
  isSigned: (note: Note, key: VerifierKey) => Promise<boolean>,
): Promise<Checkpoint> {
  const note = parseNote(text);
  return believe(note, key, await isSigned(note, key));
}

function believe(note: Note, key: VerifierKey, isSigned: boolean): Checkpoint {
  const checkpoint = readCheckpoint(note);
  if (checkpoint.origin !== key.name) throw malformed('The checkpoint is of another log than its key.');
  if (!isSigned) throw malformed('The checkpoint is not signed by the key of its log.');
  if (note.signatures.length > 1) throw malformed('The checkpoint carries a signature that nothing here can check.');
  return checkpoint;
}

function readCheckpoint({ text }: Note): Checkpoint {
  const [origin = '', size = '', root = '', time = '', end, ...rest] = text.split('\n');
  if (end !== '' || rest.length > 0)
    throw malformed('The checkpoint has other lines than origin, size, root and time.');
  const head = { size: parseDecimal(size), root: parseBase64(root, HASH_LENGTH) };
  if (!isTreeSize(head.size)) throw malformed('The checkpoint is of a tree that is too large.');
  return { origin, ...head, time: parseTime(time) };
}

/** `time 2026-11-23T20:15:00.000Z`, in exactly this spelling. */
function parseTime(line: string): number {
  const [, stamp = ''] = /^time ([0-9TZ:.-]{24})$/.exec(line) ?? [];
  const time = Date.parse(stamp);
  if (Number.isNaN(time) || new Date(time).toISOString() !== stamp) throw malformed('The checkpoint says no time.');
  return time;
}

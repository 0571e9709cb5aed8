import type { Bytes } from '../core/index.ts';
import { equalBytes, fromBase64url, fromUtf8, toBase64url } from '../core/index.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { AuditDecision, AuditEntry } from './verifying/index.ts';
import { entryBytes, parseEntry } from './verifying/index.ts';

/** An entry as it is kept: or, where it could not be read when it was put here, the bytes that stood in its place. */
export type Kept = AuditEntry | { readonly unreadable: Bytes };

export const isReadable = (kept: Kept): kept is AuditEntry => !('unreadable' in kept);

/** What a kept entry hashes as: its canonical JSON. */
export const leafBytes = (kept: Kept): Bytes => (isReadable(kept) ? entryBytes(kept) : kept.unreadable);

const VERSION = 1;
const COMPACT = 0;
const VERBATIM = 1;
const SALT_LENGTH = 16;
const HASH_LENGTH = 32;

/** Texts that cost one byte. Part of the format: add at the end, and never take one out or move it. */
const WORDS = [
  '',
  'PERMIT',
  'DENY',
  'ANOMALY',
  'proof.allowed',
  'proof.denied',
  'proof.nothing',
  'proof.ended',
  'offer.denied',
  'offer.ended',
  'offer.failed',
  'credential.received',
  'credential.refused',
  'credential.deleted',
  'attribute.added',
  'attribute.changed',
  'attribute.deleted',
  'vault.unlocked',
  'vault.locked',
  'vault.unlock_failed',
  'settings.changed',
  'inbox.dropped',
  'person',
  'timeout',
  'system',
  'age_over_18',
  'age_over_21',
] as const;

const DECISIONS: ReadonlySet<string> = new Set<AuditDecision>(['', 'PERMIT', 'DENY', 'ANOMALY']);

/**
 * Entries, packed: hashes and salts as bytes, times as differences, a text that was there before as a number. The
 * canonical JSON of each comes back to the byte; one for which it would not is kept as it is.
 * @param from number of the first
 */
export function encodeSegment(from: number, entries: readonly Kept[]): Bytes {
  const out = new ByteWriter().number(VERSION).number(from).number(entries.length);
  const words = new WordWriter(out);
  let time = 0;
  for (const kept of entries) {
    if (!isReadable(kept)) {
      out.number(VERBATIM).sized(kept.unreadable);
      continue;
    }
    writeEntry(out, words, kept, time);
    time = kept.time;
  }
  return out.finish();
}

function writeEntry(out: ByteWriter, words: WordWriter, entry: AuditEntry, before: number): void {
  const { seq, time, salt, prev, kind, subject, claims, decision, rules, policy, commitment } = entry;
  out.number(COMPACT).number(seq).bytes(fromBase64url(salt)).bytes(fromBase64url(prev));
  out.number(time < before ? 1 : 0).number(Math.abs(time - before));
  for (const word of [kind, subject, decision, policy]) words.word(word);
  for (const list of [claims, rules, commitment === undefined ? [] : [commitment]]) words.list(list);
}

/** @throws RangeError, SignetError or TypeError when these bytes are no segment */
export function decodeSegment(bytes: Bytes): { readonly from: number; readonly entries: readonly Kept[] } {
  const input = new ByteReader(bytes);
  if (input.number() !== VERSION) throw new RangeError('This segment is of another version.');
  const [from, length] = [input.number(), input.number()];
  const words = new WordReader(input);
  const entries: Kept[] = [];
  let time = 0;
  for (let i = 0; i < length; i++) {
    const kept = input.number() === VERBATIM ? { unreadable: input.sized() } : readEntry(input, words, time);
    if (isReadable(kept)) time = kept.time;
    entries.push(kept);
  }
  if (!input.isAtEnd) throw new RangeError('Something follows the segment.');
  return { from, entries };
}

function readEntry(input: ByteReader, words: WordReader, before: number): AuditEntry {
  const seq = input.number();
  const [salt, prev] = [toBase64url(input.bytes(SALT_LENGTH)), toBase64url(input.bytes(HASH_LENGTH))];
  const isEarlier = input.number() === 1;
  const difference = input.number();
  const time = isEarlier ? before - difference : before + difference;
  const [kind, subject, decision, policy] = [words.word(), words.word(), words.word(), words.word()];
  const [claims, rules, [commitment]] = [words.list(), words.list(), words.list()];
  if (!isDecision(decision)) throw new RangeError('This decision is none.');
  const entry = { v: 1 as const, salt, prev, seq, time, kind, subject, claims, decision, rules, policy };
  return commitment === undefined ? entry : { ...entry, commitment };
}

const isDecision = (word: string): word is AuditDecision => DECISIONS.has(word);

/** An entry from its canonical JSON; the bytes as they are where it is no entry that could be packed. */
export function keep(bytes: Bytes): Kept {
  try {
    const entry = parseEntry(fromUtf8(bytes));
    const [again] = decodeSegment(encodeSegment(entry.seq, [entry])).entries;
    if (again !== undefined && equalBytes(leafBytes(again), bytes)) return entry;
  } catch {
    // No entry: it is kept, and verifying says so.
  }
  return { unreadable: bytes };
}

class WordWriter {
  readonly #out: ByteWriter;
  readonly #numbers = new Map<string, number>(WORDS.map((word, i) => [word, i]));

  constructor(out: ByteWriter) {
    this.#out = out;
  }

  /** The number of a text that was there before, plus one; or zero and the text. */
  word(word: string): void {
    const known = this.#numbers.get(word);
    if (known !== undefined) {
      this.#out.number(known + 1);
      return;
    }
    this.#numbers.set(word, this.#numbers.size);
    this.#out.number(0).text(word);
  }

  list(list: readonly string[]): void {
    this.#out.number(list.length);
    for (const word of list) this.word(word);
  }
}

class WordReader {
  readonly #input: ByteReader;
  readonly #words: string[] = [...WORDS];

  constructor(input: ByteReader) {
    this.#input = input;
  }

  word(): string {
    const number = this.#input.number();
    const word = number === 0 ? this.#input.text() : this.#words[number - 1];
    if (word === undefined) throw new RangeError('This text was not there before.');
    if (number === 0) this.#words.push(word);
    return word;
  }

  list(): readonly string[] {
    return Array.from({ length: this.#input.number() }, () => this.word());
  }
}

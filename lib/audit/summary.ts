import type { Bytes } from '../core/index.ts';
import { SignetError } from '../core/index.ts';
import { HASH_LENGTH } from '../core/merkle/index.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { Kept } from './segment.ts';
import { isReadable } from './segment.ts';

/** What may be found among some entries, so that a search need not look at each. */
export interface Holds {
  /** The earliest and the latest time, in milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly kinds: readonly string[];
  readonly decisions: readonly string[];
  /** Absent: too many to be named here, so it may be any. */
  readonly subjects?: readonly string[];
  readonly claims?: readonly string[];
}

/** What is kept of a run of entries beside them. */
export interface Summary {
  /** Roots of the subtrees that it joins: of the block itself, or of the sixteen summaries of the level below. */
  readonly roots: readonly Bytes[];
  /** Undefined: some of it could not be read, so it may hold anything. */
  readonly holds: Holds | undefined;
  /** Text of the checkpoint that was signed at the end of a block. */
  readonly checkpoint?: string;
}

/** Names longer than this, all together, are left out of a summary, in characters. */
const MOST_NAMED = 32_768;

/** What is found among entries; undefined when one cannot be read. @param entries at least one */
export function holdsOf(entries: readonly Kept[]): Holds | undefined {
  if (!entries.every(isReadable)) return undefined;
  return named({
    from: Math.min(...entries.map(({ time }) => time)),
    to: Math.max(...entries.map(({ time }) => time)),
    kinds: distinct(entries.map(({ kind }) => kind)),
    decisions: distinct(entries.map(({ decision }) => decision)),
    subjects: distinct(entries.map(({ subject }) => subject)),
    claims: distinct(entries.flatMap(({ claims }) => claims)),
  });
}

/** What is found in any of several runs of entries; undefined when one may hold anything. @param all at least one */
export function holdsOfAll(all: readonly (Holds | undefined)[]): Holds | undefined {
  const known = all.filter((holds) => holds !== undefined);
  if (known.length < all.length || known.length === 0) return undefined;
  const subjects = joined(known.map((holds) => holds.subjects));
  const claims = joined(known.map((holds) => holds.claims));
  return named({
    from: Math.min(...known.map(({ from }) => from)),
    to: Math.max(...known.map(({ to }) => to)),
    kinds: distinct(known.flatMap(({ kinds }) => kinds)),
    decisions: distinct(known.flatMap(({ decisions }) => decisions)),
    ...(subjects === undefined ? {} : { subjects }),
    ...(claims === undefined ? {} : { claims }),
  });
}

function named({ subjects, claims, ...rest }: Holds): Holds {
  return {
    ...rest,
    ...(subjects !== undefined && isShort(subjects) ? { subjects } : {}),
    ...(claims !== undefined && isShort(claims) ? { claims } : {}),
  };
}

const isShort = (names: readonly string[]): boolean =>
  names.reduce((length, name) => length + name.length + 3, 0) <= MOST_NAMED;

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

function joined(lists: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  const known = lists.filter((list) => list !== undefined);
  return known.length < lists.length ? undefined : distinct(known.flat());
}

const VERSION = 1;

/** Sorted names, each as what it does not share with the one before: most sites begin alike. */
function writeNames(out: ByteWriter, names: readonly string[] | undefined): void {
  out.number(names === undefined ? 0 : names.length + 1);
  let before = '';
  for (const name of names ?? []) {
    const shared = sharedLength(before, name);
    out.number(shared).text(name.slice(shared));
    before = name;
  }
}

function readNames(input: ByteReader): readonly string[] | undefined {
  const count = input.number() - 1;
  if (count < 0) return undefined;
  let before = '';
  return Array.from({ length: count }, () => {
    before = before.slice(0, input.number()) + input.text();
    return before;
  });
}

/** How many characters two texts begin with alike; never half of a surrogate pair. */
function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length).isWellFormed() ? length : length - 1;
}

export function encodeSummary({ roots, holds, checkpoint = '' }: Summary): Bytes {
  const out = new ByteWriter().number(VERSION).number(roots.length);
  for (const root of roots) out.bytes(root);
  out.text(checkpoint).number(holds === undefined ? 0 : 1);
  if (holds === undefined) return out.finish();
  out.number(holds.from).number(holds.to);
  for (const names of [holds.kinds, holds.decisions, holds.subjects, holds.claims]) writeNames(out, names);
  return out.finish();
}

/** @throws SignetError vault_damaged */
export function decodeSummary(bytes: Bytes): Summary {
  try {
    return readSummary(new ByteReader(bytes));
  } catch (cause) {
    throw new SignetError('vault_damaged', 'A summary of the log cannot be read.', { cause });
  }
}

function readSummary(input: ByteReader): Summary {
  if (input.number() !== VERSION) throw new RangeError('This summary is of another version.');
  const roots = Array.from({ length: input.number() }, () => input.bytes(HASH_LENGTH));
  const checkpoint = input.text();
  const holds = input.number() === 0 ? undefined : readHolds(input);
  if (!input.isAtEnd) throw new RangeError('Something follows the summary.');
  return { roots, holds, ...(checkpoint === '' ? {} : { checkpoint }) };
}

function readHolds(input: ByteReader): Holds {
  const [from, to] = [input.number(), input.number()];
  const [kinds = [], decisions = [], subjects, claims] = [1, 2, 3, 4].map(() => readNames(input));
  return {
    ...{ from, to, kinds, decisions },
    ...(subjects === undefined ? {} : { subjects }),
    ...(claims === undefined ? {} : { claims }),
  };
}

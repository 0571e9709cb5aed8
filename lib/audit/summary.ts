import * as v from 'valibot';
import type { Bytes } from '../core/index.ts';
import { SignetError, canonicalJsonBytes, fromBase64url, fromUtf8, toBase64url } from '../core/index.ts';
import type { Kept } from './segment.ts';
import { isReadable } from './segment.ts';
import type { AuditDecision } from './verifying/index.ts';

/** What may be found among some entries, so that a search need not look at each. */
export interface Holds {
  /** The earliest and the latest time, in milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly kinds: readonly string[];
  readonly decisions: readonly AuditDecision[];
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

const distinct = <T extends string>(names: readonly T[]): readonly T[] => [...new Set(names)].sort();

function joined(lists: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  const known = lists.filter((list) => list !== undefined);
  return known.length < lists.length ? undefined : distinct(known.flat());
}

const names = v.array(v.string());
const SummarySchema = v.strictObject({
  v: v.literal(1),
  roots: v.array(v.string()),
  holds: v.exactOptional(
    v.strictObject({
      from: v.number(),
      to: v.number(),
      kinds: names,
      decisions: v.array(v.picklist(['PERMIT', 'DENY', 'ANOMALY', ''])),
      subjects: v.exactOptional(names),
      claims: v.exactOptional(names),
    }),
  ),
  checkpoint: v.exactOptional(v.string()),
});

export const encodeSummary = ({ roots, holds, checkpoint }: Summary): Bytes =>
  canonicalJsonBytes({ v: 1, roots: roots.map(toBase64url), holds, checkpoint });

/** @throws SignetError vault_damaged */
export function decodeSummary(bytes: Bytes): Summary {
  try {
    const { roots, holds, checkpoint } = v.parse(SummarySchema, JSON.parse(fromUtf8(bytes)));
    return { roots: roots.map(fromBase64url), holds, ...(checkpoint === undefined ? {} : { checkpoint }) };
  } catch (cause) {
    throw new SignetError('vault_damaged', 'A summary of the log cannot be read.', { cause });
  }
}

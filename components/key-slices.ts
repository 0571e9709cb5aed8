/** 2^256: one more than the largest row id. */
const SPACE = 1n << 256n;
const ID_LENGTH = 64;

/** A stretch of the space of row ids; all ids are 64 hexadecimal digits. */
export interface KeySlice {
  /** The id just before the first of the slice; absent for the first slice. */
  readonly after?: string;
  /** The last id of the slice. */
  readonly last: string;
}

const toId = (value: bigint): string => value.toString(16).padStart(ID_LENGTH, '0');

/** The smallest id of slice `index`: ceil(2^256 · index / count). */
const firstOf = (index: number, count: number): bigint => (SPACE * BigInt(index) + BigInt(count) - 1n) / BigInt(count);

/**
 * `count` equal slices of all ids. Ids are hashes, so each slice holds about as many rows as any other: any place in a
 * table of any length is reached with one question, and no list of its rows is needed.
 */
export const keySlices = (count: number): readonly KeySlice[] =>
  Array.from({ length: count }, (_, index) => {
    const last = toId(firstOf(index + 1, count) - 1n);
    return index === 0 ? { last } : { after: toId(firstOf(index, count) - 1n), last };
  });

/** In which of `count` slices an id lies. */
export const sliceOf = (id: string, count: number): number => Number((BigInt(`0x${id}`) * BigInt(count)) / SPACE);

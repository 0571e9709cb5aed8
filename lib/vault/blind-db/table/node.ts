import type { Bytes } from '../../../core/index.ts';
import type { RowSpan } from '../blind-store.ts';
import { DIGEST_LENGTH } from '../blind-store.ts';
import { ROW_CAPACITY } from '../envelope.ts';
import type { RecordEntry } from './entry.ts';
import { ENTRY_LENGTH, NAME_LENGTH, compareBytes, readChange, writeChange } from './entry.ts';
import { FieldReader, FieldWriter } from './fields.ts';

/**
 * A place in the order of name ids: their first bytes. Name ids are hashes under a secret, so no two share these.
 */
export type Position = Bytes;
export const POSITION_LENGTH = 12;

/** Before every name id. */
export const START: Position = new Uint8Array(POSITION_LENGTH);

/** A node of the tree, from above: one row, which holds what lies at `from` and after it. */
export interface NodeRef extends RowSpan {
  readonly from: Position;
}

/** Length of an encoded reference, in bytes. */
export const REF_LENGTH = POSITION_LENGTH + 6 + 1 + DIGEST_LENGTH;

const HEAD_LENGTH = 1 + 1;

/** Most entries of a leaf, and most references of a node above. */
export const LEAF_CAPACITY = Math.floor((ROW_CAPACITY - HEAD_LENGTH) / ENTRY_LENGTH);
export const INNER_CAPACITY = Math.floor((ROW_CAPACITY - HEAD_LENGTH) / REF_LENGTH);

export function writeRef(out: FieldWriter, { from, serial, twins, digest }: NodeRef): void {
  out
    .raw(from)
    .u48(serial)
    .u8(twins ? 1 : 0)
    .raw(digest);
}

export function readRef(from: FieldReader): NodeRef {
  const position = from.raw(POSITION_LENGTH);
  const [serial, flags] = [from.u48(), from.u8()];
  return { from: position, serial, parts: 1, twins: flags === 1, digest: from.raw(DIGEST_LENGTH) };
}

/** level (1; 0 is a leaf) ‖ number of entries (1) ‖ entries, as the plaintext of a row. */
export function encodeLeaf(entries: readonly RecordEntry[]): Bytes {
  const out = new FieldWriter(ROW_CAPACITY).u8(0).u8(entries.length);
  for (const entry of entries) writeChange(out, { name: entry.name, entry });
  return out.bytes;
}

/** @param level 1 for the parent of leaves */
export function encodeInner(level: number, refs: readonly NodeRef[]): Bytes {
  const out = new FieldWriter(ROW_CAPACITY).u8(level).u8(refs.length);
  for (const ref of refs) writeRef(out, ref);
  return out.bytes;
}

export const levelOf = (node: Bytes): number => node[0] ?? 0;
const sizeOf = (node: Bytes): number => node[1] ?? 0;

export function decodeLeaf(node: Bytes): RecordEntry[] {
  const from = new FieldReader(node, HEAD_LENGTH);
  const changes = Array.from({ length: sizeOf(node) }, () => readChange(from));
  return changes.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
}

export function decodeInner(node: Bytes): NodeRef[] {
  const from = new FieldReader(node, HEAD_LENGTH);
  return Array.from({ length: sizeOf(node) }, () => readRef(from));
}

/** The entry of a name in a leaf. */
export function findEntry(leaf: Bytes, name: Bytes): RecordEntry | undefined {
  const place = lastNotAfter(leaf, name, { width: ENTRY_LENGTH, compared: NAME_LENGTH });
  if (place < 0) return undefined;
  const { entry } = readChange(new FieldReader(leaf, HEAD_LENGTH + place * ENTRY_LENGTH));
  return entry !== undefined && compareBytes(entry.name, name, NAME_LENGTH) === 0 ? entry : undefined;
}

/** The reference under which a name or position lies, and where the next one begins. */
export function findRef(node: Bytes, name: Bytes): { readonly ref: NodeRef; readonly end: Position | undefined } {
  const place = Math.max(0, lastNotAfter(node, name, { width: REF_LENGTH, compared: POSITION_LENGTH }));
  const at = (index: number) => readRef(new FieldReader(node, HEAD_LENGTH + index * REF_LENGTH));
  return { ref: at(place), end: place + 1 < sizeOf(node) ? at(place + 1).from : undefined };
}

/** The last of a node's sorted items that begins with a key not after this one, or -1. */
function lastNotAfter(node: Bytes, key: Bytes, { width, compared }: { width: number; compared: number }): number {
  let [low, high] = [0, sizeOf(node)];
  while (low < high) {
    const middle = (low + high) >> 1;
    const start = HEAD_LENGTH + middle * width;
    if (compareBytes(node.subarray(start, start + compared), key, compared) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

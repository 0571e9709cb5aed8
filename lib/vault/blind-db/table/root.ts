import type { Bytes } from '../../../core/index.ts';
import { damaged } from '../../damage.ts';
import type { PendingChange } from './entry.ts';
import { ENTRY_LENGTH, readChange, writeChange } from './entry.ts';
import { FieldReader, FieldWriter } from './fields.ts';
import type { Position } from './node.ts';
import { POSITION_LENGTH, REF_LENGTH, readRef, writeRef } from './node.ts';
import type { Tree } from './tree.ts';

/** Where the root stands in `meta`. */
export const ROOT_KEY = 'root';

/** Length of the sealed root, in bytes: always the same. */
export const ROOT_LENGTH = 4096;

/** Most bytes that the log may keep in the root. */
export const MAX_LOG_STATE = 1024;

const PLAINTEXT_LENGTH = ROOT_LENGTH - 12 - 16;
const HASH_LENGTH = 32;
const FIXED_LENGTH = 1 + 1 + 4 * 6 + 2 * HASH_LENGTH + POSITION_LENGTH + HASH_LENGTH + 2 + MAX_LOG_STATE + 3;

/** What the root says beside the tree. Digests are SHA-256, 32 bytes, all zero where there is nothing yet. */
export interface RootFacts {
  /** The format of this vault. */
  readonly schema: number;
  /** Transactions so far. */
  readonly counter: number;
  /** Digest of the sealed root before this one. */
  readonly previous: Bytes;
  /** Digest of the vault's header. */
  readonly header: Bytes;
  /** What the anchor says of the log. */
  readonly logHead: Bytes;
  /** The log's own words: at most MAX_LOG_STATE bytes. */
  readonly logState: Bytes;
  /** The number of the next row: none was ever written under it or a higher one. */
  readonly nextSerial: number;
  /** How many rows there are, nodes and twins counted. */
  readonly rows: number;
  /** How many records there are. */
  readonly records: number;
  /** Whether rows written now get a twin each. */
  readonly decoys: boolean;
  /** Where the next refresh goes on. */
  readonly cursor: Position;
}

/** All that the root holds. */
export interface Root {
  readonly facts: RootFacts;
  readonly tree: Tree;
  /** Changes that the tree does not know yet, by the hexadecimal name id. */
  readonly pending: ReadonlyMap<string, PendingChange>;
}

/** How many pending changes fit beside the references of a tree. */
export const pendingCapacity = ({ top }: Tree): number =>
  Math.floor((PLAINTEXT_LENGTH - FIXED_LENGTH - top.length * REF_LENGTH) / ENTRY_LENGTH);

export function encodeRoot({ facts, tree, pending }: Root): Bytes {
  const out = new FieldWriter(PLAINTEXT_LENGTH).u8(facts.schema).u8(facts.decoys ? 1 : 0);
  out.u48(facts.counter).u48(facts.nextSerial).u48(facts.rows).u48(facts.records);
  out.raw(facts.previous).raw(facts.header).raw(facts.cursor).raw(facts.logHead);
  out
    .u16(facts.logState.length)
    .raw(facts.logState)
    .raw(new Uint8Array(MAX_LOG_STATE - facts.logState.length));
  out.u8(tree.height).u8(tree.top.length).u8(pending.size);
  for (const ref of tree.top) writeRef(out, ref);
  for (const change of pending.values()) writeChange(out, change);
  return out.bytes;
}

/** The format that a root says it is of. */
export const schemaOfRoot = (bytes: Bytes): number => bytes[0] ?? 0;

/** @param nameOf the key of a change among the pending @throws SignetError vault_damaged */
export function decodeRoot(bytes: Bytes, nameOf: (name: Bytes) => string): Root {
  if (bytes.length !== PLAINTEXT_LENGTH) throw damaged('The vault’s table of records cannot be read.');
  const from = new FieldReader(bytes);
  const [schema, flags] = [from.u8(), from.u8()];
  const [counter, nextSerial, rows, records] = [from.u48(), from.u48(), from.u48(), from.u48()];
  const [previous, header] = [from.raw(HASH_LENGTH), from.raw(HASH_LENGTH)];
  const [cursor, logHead, stateLength] = [from.raw(POSITION_LENGTH), from.raw(HASH_LENGTH), from.u16()];
  const logState = from.raw(MAX_LOG_STATE).slice(0, stateLength);
  const [height, topLength, pendingLength] = [from.u8(), from.u8(), from.u8()];
  const top = Array.from({ length: topLength }, () => readRef(from));
  const changes = Array.from({ length: pendingLength }, () => readChange(from));
  return {
    facts: {
      ...{ schema, counter, previous, header, logHead, logState, nextSerial, rows, records, cursor },
      decoys: flags === 1,
    },
    tree: { height, top },
    pending: new Map(changes.map((change) => [nameOf(change.name), change])),
  };
}

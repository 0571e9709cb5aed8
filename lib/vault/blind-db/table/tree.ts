import type { Bytes } from '../../../core/index.ts';
import type { PendingChange, RecordEntry } from './entry.ts';
import { NAME_LENGTH, compareBytes } from './entry.ts';
import type { NodeRef, Position } from './node.ts';
import {
  INNER_CAPACITY,
  LEAF_CAPACITY,
  POSITION_LENGTH,
  START,
  decodeInner,
  decodeLeaf,
  encodeInner,
  encodeLeaf,
  findEntry,
  findRef,
} from './node.ts';
import type { RowBatch } from './row-batch.ts';

/** Two nodes that together fill less than this part of one are joined. */
const SPARSE = 0.7;

/** Most references that the root may hold itself. */
export const TOP_CAPACITY = 15;

/** A B+tree of entries by name id. Its topmost references lie in the root; everything below is a row each. */
export interface Tree {
  /** Levels of nodes above the leaves: the references of the root are of this level. */
  readonly height: number;
  readonly top: readonly NodeRef[];
}

export const EMPTY_TREE: Tree = { height: 0, top: [] };

/** Reads a node. @throws SignetError vault_damaged */
export type LoadNode = (ref: NodeRef, level: number) => Promise<Bytes>;

/** The entries from a position to the end of its leaf, and the nodes that led there. */
export interface LeafView {
  readonly entries: readonly RecordEntry[];
  readonly nodes: readonly NodeRef[];
  /** Where the next leaf begins; undefined after the last. */
  readonly end: Position | undefined;
}

export async function findInTree(tree: Tree, name: Bytes, load: LoadNode): Promise<RecordEntry | undefined> {
  const path = await descend(tree, name, load);
  return path === undefined ? undefined : findEntry(path.leaf, name);
}

export async function leafAt(tree: Tree, position: Position, load: LoadNode): Promise<LeafView> {
  const path = await descend(tree, position, load);
  if (path === undefined) return { entries: [], nodes: [], end: undefined };
  const { leaf, nodes, end } = path;
  const entries = decodeLeaf(leaf).filter(({ name }) => compareBytes(name, position, POSITION_LENGTH) >= 0);
  return { entries, nodes, end };
}

interface Path {
  readonly leaf: Bytes;
  readonly nodes: readonly NodeRef[];
  readonly end: Position | undefined;
}

async function descend({ height, top }: Tree, key: Bytes, load: LoadNode): Promise<Path | undefined> {
  const after = top.findIndex(({ from }) => compareBytes(from, key, POSITION_LENGTH) > 0);
  let ref = after < 0 ? top.at(-1) : top[Math.max(0, after - 1)];
  if (ref === undefined) return undefined;
  let end = after < 0 ? undefined : top[Math.max(1, after)]?.from;
  const nodes = [ref];
  let node = await load(ref, height);
  for (let level = height - 1; level >= 0; level--) {
    ({ ref, end = end } = findRef(node, key));
    nodes.push(ref);
    node = await load(ref, level);
  }
  return { leaf: node, nodes, end };
}

/** A node that is not written yet, or one that stands. */
type Draft =
  | { readonly from: Position; readonly entries: readonly RecordEntry[] }
  | { readonly from: Position; readonly children: readonly Node[] };
type Node = NodeRef | Draft;

const isStanding = (node: Node): node is NodeRef => 'digest' in node;

/** The batch that takes the rows of a new tree, and how the nodes of the old one are read. */
export interface Graft {
  readonly rows: RowBatch;
  readonly load: LoadNode;
  /** Told the plaintext of each node that is written. */
  readonly wrote: (ref: NodeRef, node: Bytes) => void;
}

/**
 * The tree after some changes. Nodes on the way to a change are written anew and their old rows deleted; a node that
 * grows too large becomes several of the same size, one that holds nothing goes.
 * @param changes at most one for a name, in any order
 */
export async function graft({ height, top }: Tree, changes: readonly PendingChange[], into: Graft): Promise<Tree> {
  const sorted = [...changes].sort((a, b) => compareBytes(a.name, b.name, NAME_LENGTH));
  let nodes = await replaceAmong(top, { level: height, from: START }, sorted, into);
  let level = height;
  for (; nodes.length > TOP_CAPACITY; level++) nodes = split(nodes);
  while (level > 0) {
    const below = await onlyChildren(nodes, level, into);
    if (below === undefined) break;
    nodes = below;
    level -= 1;
  }
  return { height: nodes.length === 0 ? 0 : level, top: nodes.map((node) => settle(node, level, into)) };
}

/** Siblings, of which the first begins where their parent does: no name falls before it, whatever was there once. */
async function replaceAmong(
  siblings: readonly NodeRef[],
  { level, from }: { readonly level: number; readonly from: Position },
  changes: readonly PendingChange[],
  into: Graft,
): Promise<readonly Node[]> {
  if (siblings.length === 0) return leavesOf(from, merge([], changes));
  const nodes = startingAt(from, siblings);
  const replaced: Node[] = [];
  for (const [index, node] of nodes.entries()) {
    const end = nodes[index + 1]?.from;
    const own = changes.filter(({ name }) => isWithin(name, node.from, end));
    if (own.length === 0) replaced.push(node);
    else replaced.push(...(await replace(node, level, own, into)));
  }
  return startingAt(from, joined(replaced));
}

/** Neighbours that are to be written anyway, and hold little, become one. */
function joined(nodes: readonly Node[]): readonly Node[] {
  const rest: Node[] = [];
  for (const node of nodes) {
    const before = rest.pop();
    if (before !== undefined) rest.push(...(together(before, node) ?? [before, node]));
    else rest.push(node);
  }
  return rest;
}

function together(a: Node, b: Node): readonly [Draft] | undefined {
  if ('entries' in a && 'entries' in b && a.entries.length + b.entries.length <= LEAF_CAPACITY * SPARSE) {
    return [{ from: a.from, entries: [...a.entries, ...b.entries] }];
  }
  if ('children' in a && 'children' in b && a.children.length + b.children.length <= INNER_CAPACITY * SPARSE) {
    return [{ from: a.from, children: [...a.children, ...b.children] }];
  }
  return undefined;
}

/** The nodes that take the place of one: none when nothing is left in it. */
async function replace(
  node: NodeRef,
  level: number,
  changes: readonly PendingChange[],
  into: Graft,
): Promise<readonly Node[]> {
  const old = await into.load(node, level);
  into.rows.drop(node);
  if (level === 0) return leavesOf(node.from, merge(decodeLeaf(old), changes));
  return split(await replaceAmong(decodeInner(old), { level: level - 1, from: node.from }, changes, into));
}

const startingAt = <T extends Node>(from: Position, [first, ...others]: readonly T[]): readonly T[] =>
  first === undefined ? [] : [{ ...first, from }, ...others];

/** Children dealt out to as many nodes as they need, evenly. */
const split = (children: readonly Node[]): readonly Node[] =>
  evenly(children, INNER_CAPACITY).map((some): Node => ({ from: some[0]?.from ?? START, children: some }));

const leavesOf = (from: Position, entries: readonly RecordEntry[]): readonly Node[] =>
  evenly(entries, LEAF_CAPACITY).map((some, index): Node => ({
    from: index === 0 ? from : (some[0]?.name.slice(0, POSITION_LENGTH) ?? from),
    entries: some,
  }));

function merge(entries: readonly RecordEntry[], changes: readonly PendingChange[]): readonly RecordEntry[] {
  const kept = entries.filter(({ name }) => !changes.some((one) => compareBytes(one.name, name, NAME_LENGTH) === 0));
  const added = changes.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
  return [...kept, ...added].sort((a, b) => compareBytes(a.name, b.name, NAME_LENGTH));
}

/** What lies under the one node that is left, where the root has room for it. */
async function onlyChildren(
  [only, ...others]: readonly Node[],
  level: number,
  into: Graft,
): Promise<readonly Node[] | undefined> {
  if (only === undefined || others.length > 0 || 'entries' in only) return undefined;
  const children = isStanding(only) ? decodeInner(await into.load(only, level)) : only.children;
  if (children.length > TOP_CAPACITY) return undefined;
  if (isStanding(only)) into.rows.drop(only);
  return children;
}

function settle(node: Node, level: number, into: Graft): NodeRef {
  if (isStanding(node)) return node;
  const plaintext =
    'entries' in node
      ? encodeLeaf(node.entries)
      : encodeInner(
          level,
          node.children.map((child) => settle(child, level - 1, into)),
        );
  const ref = { ...into.rows.add(1, [plaintext]), from: node.from };
  into.wrote(ref, plaintext);
  return ref;
}

function isWithin(name: Bytes, from: Position, end: Position | undefined): boolean {
  if (compareBytes(name, from, POSITION_LENGTH) < 0) return false;
  return end === undefined || compareBytes(name, end, POSITION_LENGTH) < 0;
}

function evenly<T>(items: readonly T[], capacity: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / capacity);
  const bound = (index: number): number => Math.round((index * items.length) / count);
  return Array.from({ length: count }, (_, index) => items.slice(bound(index), bound(index + 1)));
}

export { CompactRange, rootOver } from './compact-range.ts';
export type { TreeHead } from './consistency.ts';
export { isConsistent, proveConsistency } from './consistency.ts';
export type { InclusionClaim, SubtreeRoots } from './inclusion.ts';
export { hashRange, includes, proveInclusion } from './inclusion.ts';
export type { LeafRange, Subtree } from './tree-hash.ts';
export {
  EMPTY_ROOT,
  HASH_LENGTH,
  LEAF_PREFIX,
  hashLeaf,
  hashNode,
  isTreeSize,
  joinRoots,
  subtreesOf,
} from './tree-hash.ts';

/**
 * What can be wrong with a log: an entry is not the one that was written (`edited`), stands in another's place or
 * twice (`reordered`), is missing between others (`gap`) or at the end (`truncated`), is no entry at all
 * (`unreadable`); or the whole log is not the one that an earlier checkpoint saw (`rolled_back`).
 */
export type ProblemKind = 'edited' | 'reordered' | 'gap' | 'truncated' | 'rolled_back' | 'unreadable';

/** The first thing that is wrong with a log. */
export interface LogProblem {
  /** Number of the first entry that is not what it must be. */
  readonly seq: number;
  readonly kind: ProblemKind;
  /** One sentence for people. */
  readonly message: string;
}

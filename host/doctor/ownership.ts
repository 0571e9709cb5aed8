import type { Stats } from 'node:fs';
import { statSync } from 'node:fs';

const OTHERS_WRITE = 0o022;
const OTHERS_READ = 0o044;
const ROOT = 0;

/** A file or folder as it stands: who has it, and who else can do what. */
export interface Standing {
  readonly stats: Stats;
  /** `/path (rwx by its owner alone)`. */
  readonly says: string;
  /** What is wrong with it, one sentence each. */
  readonly problems: readonly string[];
}

/**
 * @param userId whose it should be, or root's
 * @param mayBeRead by others than its owner
 * @returns undefined where there is none
 */
export function standingOf(path: string, userId: number | undefined, mayBeRead: boolean): Standing | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const mode = stats.mode & 0o777;
  const says = `${path}: mode ${mode.toString(8).padStart(3, '0')}, user ${stats.uid}`;
  if (userId === undefined) return { stats, says, problems: [] };
  const problems = [
    ...(stats.uid === userId || stats.uid === ROOT ? [] : [`${path} belongs to somebody else (user ${stats.uid}).`]),
    ...((mode & OTHERS_WRITE) === 0 ? [] : [`Others can change ${path}: chmod go-w takes that away.`]),
    ...(mayBeRead || (mode & OTHERS_READ) === 0 ? [] : [`Others can read ${path}: chmod go= takes that away.`]),
  ];
  return { stats, says, problems };
}

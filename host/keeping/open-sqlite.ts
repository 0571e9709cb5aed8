import type * as Sqlite from 'node:sqlite';
import { SignetError } from '../../lib/core/index.ts';

const WAIT = 3000;

/**
 * A database of Node's own SQLite; whoever has to wait for another writer does so for three seconds.
 * @throws Error where this Node has none, or the file is no database
 */
export function openSqlite(path: string): Sqlite.DatabaseSync {
  const database = new (nodeSqlite().DatabaseSync)(path, { timeout: WAIT });
  database.exec('PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;');
  return database;
}

/** Node's own SQLite. @throws SignetError unsupported where this Node has none (before 22.13) */
export function nodeSqlite(): typeof Sqlite {
  const found = 'getBuiltinModule' in process ? quietly(() => builtin('node:sqlite')) : undefined;
  if (found === undefined) throw new SignetError('unsupported', 'This takes Node 22.13 or newer.');
  return found;
}

/** @returns undefined where this Node has none of that name, whatever its types say */
const builtin = (name: 'node:sqlite'): typeof Sqlite | undefined => process.getBuiltinModule(name);

/** Node says on standard error that its SQLite is new: nothing that somebody who uses the command can act on. */
function quietly<Result>(act: () => Result): Result {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return act();
  } finally {
    process.emitWarning = emitWarning;
  }
}

import type { DatabaseSync } from 'node:sqlite';

const WAIT = 3000;

/**
 * A database of Node's own SQLite; whoever has to wait for another writer does so for three seconds.
 * @throws Error where this Node has none (before 22.13), or the file is no database
 */
export function openSqlite(path: string): DatabaseSync {
  const { DatabaseSync } = quietly(() => process.getBuiltinModule('node:sqlite'));
  const database = new DatabaseSync(path, { timeout: WAIT });
  database.exec('PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;');
  return database;
}

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

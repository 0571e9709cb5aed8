import type { DatabaseSync } from 'node:sqlite';
import { SignetError } from '../../lib/core/index.ts';
import { nodeSqlite } from '../keeping/open-sqlite.ts';
import { makeOwnFile } from '../keeping/own-files.ts';
import { isBusy, storageFailure } from './storage-failure.ts';

export interface Waiting {
  /** How long to wait for whoever holds it, in milliseconds. */
  readonly wait: number;
  /** Called before the first wait. */
  readonly onWait?: () => void;
}

/**
 * One process at a time: a lock of SQLite's on a file of its own, which the system takes back when its process ends,
 * however that ends.
 */
export class ProcessLock implements Disposable {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @throws SignetError storage_failed when somebody else holds it for all of the time */
  static acquire(path: string, waiting: Waiting): ProcessLock {
    try {
      makeOwnFile(path);
      const database = new (nodeSqlite().DatabaseSync)(path, { timeout: 0 });
      try {
        hold(database, waiting);
        return new ProcessLock(database);
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (error) {
      if (isBusy(error)) throw new SignetError('storage_failed', TAKEN, { cause: error });
      throw storageFailure(error, path);
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

const TAKEN = 'Another signet command is at work, or waits for an answer on its terminal. Nothing was done.';

function hold(database: DatabaseSync, { wait, onWait }: Waiting): void {
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    if (!isBusy(error) || wait <= 0) throw error;
    onWait?.();
    database.exec(`PRAGMA busy_timeout = ${wait}`);
    database.exec('BEGIN EXCLUSIVE');
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openSqlite } from '../../../../host/keeping/open-sqlite.ts';
import { isBusy, storageFailure } from '../../../../host/vault/storage-failure.ts';
import { SignetError } from '../../../../lib/core/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-failure-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What SQLite itself throws. */
function failureOf(act: (file: string) => void): unknown {
  try {
    act(join(folder, crypto.randomUUID()));
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail.');
}

const full = failureOf((file) => {
  using database = openSqlite(file);
  database.exec('CREATE TABLE t (x BLOB); PRAGMA max_page_count = 4; INSERT INTO t VALUES (zeroblob(100000))');
});

const busy = failureOf((file) => {
  using held = openSqlite(file);
  held.exec('BEGIN EXCLUSIVE');
  using other = openSqlite(file);
  other.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
});

describe('what storage throws', () => {
  test.each<readonly [string, unknown]>([
    ['a full database', full],
    ['a full disk', Object.assign(new Error('write'), { code: 'ENOSPC' })],
    ['a used up quota', Object.assign(new Error('write'), { code: 'EDQUOT' })],
  ])('for %s says that there is no room, as browsers say it', (_, cause) => {
    expect(storageFailure(cause, 'vault.sqlite')).toMatchObject({
      reason: 'storage_failed',
      message: expect.stringContaining('no room') as string,
      cause: { name: 'QuotaExceededError' },
    });
  });

  test('for anything else says what did not answer', () => {
    const message = expect.stringContaining('vault.sqlite does not answer') as string;
    expect(storageFailure(new Error('?'), 'vault.sqlite')).toMatchObject({ reason: 'storage_failed', message });
    expect(storageFailure(busy, 'vault.sqlite')).toMatchObject({ reason: 'storage_failed', message });
  });

  test('that is ours already stays as it is', () => {
    const own = new SignetError('changed', 'x');
    expect(storageFailure(own, 'vault.sqlite')).toBe(own);
  });

  test('tells a database that somebody holds from one that is full', () => {
    expect([isBusy(busy), isBusy(full), isBusy(new Error('busy')), isBusy('busy')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

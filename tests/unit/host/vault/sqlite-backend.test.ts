import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { SqliteBackend } from '../../../../host/vault/sqlite-backend.ts';
import { openSqlite } from '../../../../host/keeping/open-sqlite.ts';
import { randomBytes, utf8 } from '../../../../lib/core/index.ts';
import { describeBackend } from '../../../fixtures/vault/backend-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-sqlite-'));
const opened: SqliteBackend[] = [];

const freshFile = (): string => join(folder, `${crypto.randomUUID()}.sqlite`);

function open(file = freshFile()): SqliteBackend {
  const backend = SqliteBackend.open(file);
  opened.push(backend);
  return backend;
}

afterEach(() => opened.splice(0).forEach((backend) => backend[Symbol.dispose]()));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeBackend('SQLite', () => open());

const header = { store: 'meta', key: 'header', value: utf8('h') } as const;

describe('SQLite', () => {
  test('keeps rows for the next process, in a file of its owner alone', async () => {
    const file = freshFile();
    const first = open(file);
    await first.batch([header], []);
    first[Symbol.dispose]();
    expect(await open(file).get('meta', 'header')).toEqual(utf8('h'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('has keys and values, and nothing that says in which order they were written', () => {
    const file = freshFile();
    open(file)[Symbol.dispose]();
    const database = openSqlite(file);
    const tables = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    expect(tables.map(({ name }) => name)).toEqual(['meta', 'records', 'requests']);
    for (const { sql } of tables)
      expect(sql).toMatch(/\(key \w+ PRIMARY KEY, value BLOB NOT NULL\) STRICT, WITHOUT ROWID/);
    database.close();
  });

  test('leaves nothing of a deleted value in the file', async () => {
    const file = freshFile();
    const backend = open(file);
    const value = utf8('a sealed row that is to be gone '.repeat(20));
    await backend.batch([{ store: 'records', key: randomBytes(32), value }, header], []);
    expect(readFileSync(file).includes('a sealed row')).toBe(true);
    const [[key] = []] = await backend.entries('records');
    if (key !== undefined) await backend.batch([{ store: 'records', key, value: undefined }], []);
    expect(readFileSync(file).includes('a sealed row')).toBe(false);
  });

  test('a batch that the database refuses in the middle leaves the state before it', async () => {
    const backend = open();
    await backend.batch([header], []);
    const strange = { store: 'meta', key: {} as string, value: utf8('y') } as const; // a key that no database takes
    const writes = [{ ...header, value: utf8('other') }, strange];
    await expect(backend.batch(writes, [])).rejects.toMatchObject({ reason: 'storage_failed' });
    expect(await backend.get('meta', 'header')).toEqual(utf8('h'));
    await backend.batch([{ ...header, value: utf8('later') }], []);
    expect(await backend.get('meta', 'header')).toEqual(utf8('later'));
  });

  test.each<readonly [string, (file: string) => void]>([
    ['was cut off', (file) => truncateSync(file, 8192)],
    ['is no database', (file) => writeFileSync(file, 'Dear diary, '.repeat(1000))],
    [
      'is a database of something else',
      (file) => {
        rmSync(file);
        const other = openSqlite(file);
        other.exec('CREATE TABLE letters (text TEXT)');
        other.close();
      },
    ],
  ])('a file that %s is told as damage, and is not written to', async (_, harm) => {
    const file = freshFile();
    const backend = open(file);
    const rows = Array.from(
      { length: 50 },
      () => ({ store: 'records', key: randomBytes(32), value: randomBytes(4000) }) as const,
    );
    await backend.batch(rows, []);
    backend[Symbol.dispose]();
    harm(file);
    const before = readFileSync(file);
    const read = async (): Promise<unknown> => open(file).entries('records');
    await expect(read()).rejects.toMatchObject({ reason: 'vault_damaged' });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('leaves a file of a newer Signet alone', () => {
    const file = freshFile();
    const newer = openSqlite(file);
    newer.exec('PRAGMA user_version = 2; CREATE TABLE more (key TEXT)');
    newer.close();
    expect(() => open(file)).toThrow(expect.objectContaining({ reason: 'read_only' }) as Error);
  });
});

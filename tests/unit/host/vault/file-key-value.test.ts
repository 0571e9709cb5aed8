import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { FileKeyValue } from '../../../../host/vault/file-key-value.ts';
import { PassingSession } from '../../../../host/vault/passing-session.ts';

const root = mkdtempSync(join(tmpdir(), 'signet-values-'));
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
  file = join(folder, 'values.json');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('values in a file', () => {
  test('outlive the process, whole, for their owner alone, with nothing left beside them', async () => {
    const values = new FileKeyValue(file);
    await values.set('anchor', { counter: 1 });
    await values.set('header', 'text');
    expect(await new FileKeyValue(file).get('anchor')).toEqual({ counter: 1 });
    expect(await new FileKeyValue(file).get('header')).toBe('text');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['values.json']);
  });

  test('are nothing where there is no file, and no file where there is nothing', async () => {
    const values = new FileKeyValue(file);
    expect(await values.get('session')).toBeUndefined();
    await values.remove('session');
    expect(existsSync(file)).toBe(false);
    await values.set('session', 'secret');
    await values.remove('session');
    expect(existsSync(file)).toBe(false);
  });

  test.each(['', '{', '[]', '"text"', '{"anchor":'])(
    'that are altered to %j are told, and not written over',
    async (text) => {
      writeFileSync(file, text);
      const values = new FileKeyValue(file);
      await expect(values.get('anchor')).rejects.toMatchObject({ reason: 'vault_damaged' });
      await expect(values.set('anchor', 1)).rejects.toMatchObject({ reason: 'vault_damaged' });
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );

  test('that cannot be written are as they were', async () => {
    const values = new FileKeyValue(file);
    await values.set('a', 1);
    rmSync(folder, { recursive: true });
    await expect(values.set('a', 2)).rejects.toMatchObject({ reason: 'storage_failed' });
    expect(await values.get('a')).toBe(1);
  });
});

describe('the session of one command', () => {
  test('goes on with one that stands', async () => {
    const standing = new FileKeyValue(file);
    await standing.set('session', 'theirs');
    expect(await new PassingSession(standing).get('session')).toBe('theirs');
  });

  test('leaves nothing of its own behind', async () => {
    const passing = new PassingSession(new FileKeyValue(file));
    await passing.set('session', 'mine');
    expect(await passing.get('session')).toBe('mine');
    expect(existsSync(file)).toBe(false);
  });

  test('ends what stood when it is taken away', async () => {
    const standing = new FileKeyValue(file);
    await standing.set('session', 'theirs');
    const passing = new PassingSession(standing);
    await passing.remove('session');
    expect([await passing.get('session'), existsSync(file)]).toEqual([undefined, false]);
  });
});

import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { assertPrivate, makeFolder, sessionFile, vaultFolder } from '../../../../host/vault/vault-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'signet-folder-'));
let home: string;

beforeEach(() => {
  home = join(mkdtempSync(join(root, 'case-')), 'signet');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

const isRoot = process.geteuid?.() === 0;
const refusal = (message: RegExp): Error =>
  expect.objectContaining({ reason: 'storage_failed', message: expect.stringMatching(message) as string }) as Error;

describe('the folder of the vault', () => {
  test.each([
    [{ SIGNET_DIR: '/srv/signet', XDG_DATA_HOME: '/data' }, '/srv/signet'],
    [{ SIGNET_DIR: '', XDG_DATA_HOME: '/data' }, '/data/signet'],
    [{ XDG_DATA_HOME: 'data' }, join(homedir(), '.local/share/signet')],
    [{}, join(homedir(), '.local/share/signet')],
  ])('with %j is %s', (env, path) => {
    expect(vaultFolder(env).path).toBe(path);
  });

  test('is made for its owner alone', () => {
    makeFolder(vaultFolder({ SIGNET_DIR: home }));
    expect(statSync(home).mode & 0o777).toBe(0o700);
  });

  test.each([0o755, 0o750, 0o701, 0o777])('is refused when its mode is %o', (mode) => {
    mkdirSync(home);
    chmodSync(home, mode);
    const folder = vaultFolder({ SIGNET_DIR: home });
    expect(() => assertPrivate(folder)).toThrow(refusal(/open to others: `chmod 700`/));
    expect(() => makeFolder(folder)).toThrow(refusal(/open to others/));
  });

  test.runIf(isRoot)('is refused when it, or a file in it, is somebody else’s', () => {
    const folder = vaultFolder({ SIGNET_DIR: home });
    makeFolder(folder);
    writeFileSync(folder.database, '', { mode: 0o600 });
    assertPrivate(folder);
    chownSync(folder.database, 65_534, 65_534);
    expect(() => assertPrivate(folder)).toThrow(refusal(/vault\.sqlite belongs to somebody else/));
    chownSync(folder.database, 0, 0);
    chownSync(home, 65_534, 65_534);
    expect(() => assertPrivate(folder)).toThrow(refusal(/belongs to somebody else/));
  });

  test('is refused when a file in it can be read by others, or leads elsewhere', () => {
    const folder = vaultFolder({ SIGNET_DIR: home });
    makeFolder(folder);
    writeFileSync(folder.local, '{}', { mode: 0o600 });
    chmodSync(folder.local, 0o644);
    expect(() => assertPrivate(folder)).toThrow(refusal(/vault\.json is open to others: `chmod 600`/));
    chmodSync(folder.local, 0o600);
    symlinkSync(folder.local, folder.database);
    expect(() => assertPrivate(folder)).toThrow(refusal(/vault\.sqlite is no plain file/));
  });

  test('is refused when it is a file, and when it is not there', () => {
    const folder = vaultFolder({ SIGNET_DIR: home });
    expect(() => assertPrivate(folder)).toThrow(refusal(/is not there/));
    writeFileSync(home, '', { mode: 0o600 });
    expect(() => assertPrivate(folder)).toThrow(refusal(/is no folder/));
  });
});

describe('the file of the session', () => {
  const runtime = (mode: number): string => {
    const path = mkdtempSync(join(root, 'run-'));
    chmodSync(path, mode);
    return path;
  };
  const vaultAt = (path: string) => {
    const folder = vaultFolder({ SIGNET_DIR: path });
    makeFolder(folder);
    return folder;
  };

  test('is one for each vault, in the folder that ends with the person’s session', () => {
    const path = runtime(0o700);
    const env = { XDG_RUNTIME_DIR: path };
    const file = sessionFile(vaultAt(home), env);
    expect(file).toMatch(/\/signet\/session-[0-9a-f]{16}\.json$/);
    expect(sessionFile(vaultAt(`${home}-2`), env)).not.toBe(file);
    expect(statSync(join(path, 'signet')).mode & 0o777).toBe(0o700);
  });

  test.each<readonly [string, () => string | undefined]>([
    ['is not named', () => undefined],
    ['is not absolute', () => 'run'],
    ['is not there', () => join(root, 'nowhere')],
    ['can be read by others', () => runtime(0o755)],
  ])('is nowhere when that folder %s', (_, make) => {
    const path = make();
    expect(sessionFile(vaultAt(home), path === undefined ? {} : { XDG_RUNTIME_DIR: path })).toBeUndefined();
    if (path !== undefined) expect(existsSync(join(path, 'signet'))).toBe(false);
  });

  test('is nowhere when somebody opened Signet’s own folder there to others', () => {
    const path = runtime(0o700);
    mkdirSync(join(path, 'signet'));
    chmodSync(join(path, 'signet'), 0o777);
    expect(sessionFile(vaultAt(home), { XDG_RUNTIME_DIR: path })).toBeUndefined();
  });
});

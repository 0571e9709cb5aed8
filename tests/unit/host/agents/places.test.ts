import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { browserNamed, foundBrowsers } from '../../../../host/agents/browsers.ts';
import { checkAgents, checkInstalled, checkWallets } from '../../../../host/agents/checks.ts';
import { bridgeFolders } from '../../../../host/agents/folders.ts';
import { makeOwnFolder } from '../../../../host/keeping/own-files.ts';
import { findSockets, socketPath } from '../../../../host/agents/sockets.ts';
import { Written } from '../../../../host/agents/written.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signet-places-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the folders of the bridge', () => {
  test('are all in SIGNET_DIR where it is set', () => {
    expect(bridgeFolders({ SIGNET_DIR: '/d', XDG_RUNTIME_DIR: '/run/x', XDG_STATE_HOME: '/s' })).toEqual({
      keys: '/d/agents',
      sockets: ['/d/run'],
      bridge: '/d/bridge',
    });
  });

  test('are where the system keeps state, sessions and data', () => {
    const env = { XDG_RUNTIME_DIR: '/run/x', XDG_STATE_HOME: '/s', XDG_DATA_HOME: '/d' };
    expect(bridgeFolders(env)).toEqual({
      keys: '/s/signet/agents',
      sockets: ['/run/x/signet/agents', '/s/signet/run'],
      bridge: '/d/signet/bridge',
    });
  });

  test('are not where a path that is not whole leads', () => {
    const { keys, bridge } = bridgeFolders({ XDG_STATE_HOME: 'state', XDG_DATA_HOME: '.' });
    expect([keys, bridge]).toEqual([
      join(homedir(), '.local/state/signet/agents'),
      join(homedir(), '.local/share/signet/bridge'),
    ]);
  });
});

describe('browsers', () => {
  test.each([
    ['chrome', 'linux', 'google-chrome'],
    ['chromium', 'linux', 'chromium'],
    ['edge', 'linux', 'microsoft-edge'],
    ['brave', 'linux', 'BraveSoftware/Brave-Browser'],
  ] as const)('%s on %s looks in %s', (name, platform, where) => {
    const { manifests } = browserNamed(name, { XDG_CONFIG_HOME: '/c' }, platform);
    expect(manifests).toBe(`/c/${where}/NativeMessagingHosts`);
  });

  test.each([
    ['chrome', 'Google/Chrome'],
    ['brave', 'BraveSoftware/Brave-Browser'],
  ])('%s on a Mac looks in Application Support', (name, where) => {
    const { manifests } = browserNamed(name, {}, 'darwin');
    expect(manifests).toBe(join(homedir(), 'Library/Application Support', where, 'NativeMessagingHosts'));
  });

  test('are found by their profiles', () => {
    mkdirSync(join(folder, 'chromium'));
    expect(foundBrowsers({ XDG_CONFIG_HOME: folder }, 'linux').map(({ browser }) => browser)).toEqual(['Chromium']);
  });

  test('are not looked for on a system that was not tried', () => {
    expect(() => foundBrowsers({}, 'win32')).toThrow('was not tried on win32');
  });
});

describe('a socket', () => {
  const name = '0123456789abcdef';

  test('is a pipe on Windows', () => {
    expect(socketPath('C:\\x', name, 'win32')).toBe(`\\\\.\\pipe\\signet-${name}`);
  });

  test('is not made where its path is too long for one', () => {
    expect(() => socketPath(`/${'x'.repeat(90)}`, name)).toThrow('too long');
  });

  test('is not looked for in a folder that is a link, or open to others', () => {
    const folders = { keys: '', bridge: '', sockets: [join(folder, 'run')] };
    expect(findSockets(folders)).toEqual([]);
    mkdirSync(join(folder, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'run'));
    expect(() => findSockets(folders)).toThrow('is no folder');
  });

  test('is no plain file with its name, and no file with another', () => {
    const run = join(folder, 'run');
    makeOwnFolder(run);
    writeFileSync(join(run, 'notes.sock'), '');
    expect(findSockets({ keys: '', bridge: '', sockets: [run] })).toEqual([]);
    writeFileSync(join(run, `${name}.sock`), '');
    expect(() => findSockets({ keys: '', bridge: '', sockets: [run] })).toThrow('is no socket');
  });
});

describe('a folder of one’s own', () => {
  test('is made closed, whatever the umask', () => {
    const before = process.umask(0);
    try {
      makeOwnFolder(join(folder, 'a/b'));
    } finally {
      process.umask(before);
    }
    expect(() => makeOwnFolder(join(folder, 'a/b'))).not.toThrow();
  });

  test('is not one that was left open', () => {
    mkdirSync(join(folder, 'open'));
    chmodSync(join(folder, 'open'), 0o755);
    expect(() => makeOwnFolder(join(folder, 'open'))).toThrow('chmod 700');
  });
});

describe('what the doctor sees of agents', () => {
  test('is nothing wrong before anything was done', async () => {
    const folders = bridgeFolders({ SIGNET_DIR: folder });
    expect(checkInstalled(folders, {})).toMatchObject({ state: 'note', details: ['signet install lets it.'] });
    expect(await checkWallets(folders)).toMatchObject({ state: 'note' });
    expect(checkAgents(folders)).toMatchObject({ state: 'note', details: ['signet pair connects one.'] });
  });

  test('is what was changed, and which browser was not told', () => {
    const folders = bridgeFolders({ SIGNET_DIR: folder });
    const file = join(folder, 'bridge', 'signet.js');
    new Written(folders.bridge).write(file, 'x', 0o600);
    const env = { XDG_CONFIG_HOME: folder };
    expect(checkInstalled(folders, env)).toMatchObject({ state: 'well' });
    mkdirSync(join(folder, 'chromium'));
    expect(checkInstalled(folders, env)).toMatchObject({ state: 'note' });
    writeFileSync(file, 'y');
    expect(checkInstalled(folders, env)).toMatchObject({ state: 'not_well' });
  });

  test('is a key that others can read', () => {
    const folders = bridgeFolders({ SIGNET_DIR: folder });
    makeOwnFolder(folders.keys);
    writeFileSync(join(folders.keys, 'default.json'), '{}', { mode: 0o644 });
    expect(checkAgents(folders)).toMatchObject({ state: 'not_well' });
  });

  test('is a folder of sockets that others can look into', async () => {
    const folders = bridgeFolders({ SIGNET_DIR: folder });
    mkdirSync(join(folder, 'run'));
    chmodSync(join(folder, 'run'), 0o755);
    expect(await checkWallets(folders)).toMatchObject({
      state: 'not_well',
      details: [expect.stringContaining('chmod')],
    });
  });
});

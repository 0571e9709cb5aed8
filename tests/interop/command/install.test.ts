import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encodeMessage } from '../../../host/agents/message-stream.ts';
import { EXTENSION, until } from '../../fixtures/agents/played-browser.ts';
import type { Ran } from '../../fixtures/built-command.ts';
import { BuiltCommand } from '../../fixtures/built-command.ts';

let command: BuiltCommand;
/** A person's folder, with a space and a quote in its name. */
let person: string;

beforeAll(async () => {
  command = await BuiltCommand.build();
}, 120_000);
afterAll(() => command.remove());
beforeEach(async () => {
  person = await mkdtemp(join(command.folder, "an o'neill "));
});

/** The command as the person runs it: nothing but HOME says where things are. */
function signet(...args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [command.file, ...args], {
    env: { HOME: person },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

const profiles = (name: string): string => join(person, '.config', name);
const manifestIn = (folder: string): string => join(folder, 'NativeMessagingHosts', 'tools.signet.host.json');
const bridge = (): string => join(person, '.local/share/signet/bridge');

interface Manifest {
  readonly path: string;
  readonly allowed_origins: readonly string[];
}
const read = (folder: string): Manifest => JSON.parse(readFileSync(manifestIn(folder), 'utf8')) as Manifest;

describe('signet install', () => {
  test('tells the browsers that are there, lets our extension in alone, and leaves others as they are', async () => {
    for (const name of ['google-chrome', 'BraveSoftware/Brave-Browser']) mkdirSync(profiles(name), { recursive: true });
    const { code, out } = await signet('install');
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^Google Chrome: .*\nBrave: .*\nNext/) as string,
    });
    expect(read(profiles('google-chrome'))).toEqual({
      name: 'tools.signet.host',
      description: expect.any(String) as string,
      path: join(bridge(), 'signet-native-host'),
      type: 'stdio',
      allowed_origins: [`chrome-extension://${EXTENSION}/`],
    });
    expect(existsSync(manifestIn(profiles('BraveSoftware/Brave-Browser')))).toBe(true);
    expect(readdirSync(join(person, '.config')).sort()).toEqual(['BraveSoftware', 'google-chrome']);
  });

  test('gives a browser, which has no variables of a shell, a host that it can start', async () => {
    const folder = join(person, 'a profile');
    expect((await signet('install', '--profile', folder)).code).toBe(0);
    const { path } = read(folder);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    const host = spawn(path, [`chrome-extension://${EXTENSION}/`], { env: { HOME: person, XDG_RUNTIME_DIR: person } });
    let log = '';
    host.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const ended = new Promise((resolve) => host.once('close', resolve));
    host.stdin.write(encodeMessage(JSON.stringify({ kind: 'installed', installation: '0123456789abcdef' })));
    await until(() => existsSync(join(person, 'signet/agents/0123456789abcdef.sock')) || host.exitCode !== null);
    expect(log).toBe('');
    host.stdin.end();
    expect(await ended).toBe(0);
  });

  test('again puts right what was changed', async () => {
    const folder = join(person, 'profile');
    await signet('install', '--profile', folder);
    writeFileSync(manifestIn(folder), '{}');
    await signet('install', '--profile', folder);
    expect(read(folder).allowed_origins).toHaveLength(1);
    expect(await signet('uninstall')).toMatchObject({ code: 0 });
  });

  test('does nothing where no browser is, and says how to name one', async () => {
    expect(await signet('install')).toMatchObject({ code: 2, err: expect.stringContaining('--profile') as string });
    expect(readdirSync(person)).toEqual([]);
  });

  test.each([
    [['--browser', 'netscape'], 'There are chrome, chromium, edge, brave'],
    [['--browser', 'constructor'], 'There are chrome'],
    [['--browser', 'chrome', '--profile', 'x'], 'not both'],
  ])('takes no %j', async (args, words) => {
    expect(await signet('install', ...args)).toMatchObject({ code: 2, err: expect.stringContaining(words) as string });
    expect(readdirSync(person)).toEqual([]);
  });
});

describe('signet uninstall', () => {
  test('takes back exactly what was written, with the folders that were made for it', async () => {
    mkdirSync(join(profiles('chromium'), 'NativeMessagingHosts'), { recursive: true });
    const other = join(profiles('chromium'), 'NativeMessagingHosts', 'org.other.json');
    writeFileSync(other, '{}');
    await signet('install');
    await signet('install', '--browser', 'edge');
    expect(await signet('uninstall')).toMatchObject({ code: 0, err: '' });
    expect(readdirSync(join(profiles('chromium'), 'NativeMessagingHosts'))).toEqual(['org.other.json']);
    expect(readdirSync(join(person, '.config'))).toEqual(['chromium']);
    expect(readdirSync(person)).toEqual(['.config']);
  });

  test('leaves a file that is no longer as it was written, and says so', async () => {
    mkdirSync(profiles('chromium'), { recursive: true });
    await signet('install');
    writeFileSync(manifestIn(profiles('chromium')), '{"mine":true}');
    const { code, out } = await signet('uninstall');
    expect({ code, out }).toEqual({ code: 1, out: expect.stringMatching(/Left .*changed since/) as string });
    expect(readFileSync(manifestIn(profiles('chromium')), 'utf8')).toBe('{"mine":true}');
    expect(existsSync(bridge())).toBe(false);
  });

  test('says when there is nothing', async () => {
    expect(await signet('uninstall')).toMatchObject({ code: 0, out: 'Nothing was installed.\n' });
  });
});

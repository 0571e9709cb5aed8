import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encodeMessage } from '../../../host/agents/message-stream.ts';
import { MAX_FRAME } from '../../../lib/agents/index.ts';
import type { Envelope } from '../../../lib/agents/index.ts';
import { openPorts } from '../../fixtures/agents/open-ports.ts';
import type { Start } from '../../fixtures/agents/played-browser.ts';
import { PlayedBrowser, until } from '../../fixtures/agents/played-browser.ts';
import { RawProgram } from '../../fixtures/agents/raw-program.ts';
import { BuiltCommand } from '../../fixtures/built-command.ts';

const IS_ROOT = process.geteuid?.() === 0;
const NOBODY = 65_534;

let command: BuiltCommand;
let home: string;
let started: PlayedBrowser[];
let programs: RawProgram[];

beforeAll(async () => {
  command = await BuiltCommand.build();
}, 120_000);
afterAll(() => command.remove());
beforeEach(async () => {
  home = await mkdtemp(join(command.folder, 'home-'));
  [started, programs] = [[], []];
});
afterEach(async () => {
  for (const program of programs) program.close();
  for (const browser of started) browser.process.kill('SIGKILL');
  await Promise.all(started.map(({ ended }) => ended));
});

function browserWith(options: Partial<Start> = {}): PlayedBrowser {
  const browser = new PlayedBrowser({ file: command.file, home, ...options });
  started.push(browser);
  return browser;
}

/** A browser whose extension sends back each frame, in a list. */
async function echoing(options: Partial<Start> = {}): Promise<PlayedBrowser> {
  const browser = browserWith(options);
  browser.on((envelope) => {
    if (envelope.kind === 'frame') browser.tell({ ...envelope, frame: [envelope.frame] });
  });
  await browser.install();
  return browser;
}

async function program({ socket }: PlayedBrowser): Promise<RawProgram> {
  const opened = await RawProgram.open(socket);
  programs.push(opened);
  return opened;
}

const memoryOf = ({ process: { pid } }: PlayedBrowser): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]) * 1024;

/** That a program which behaves is served, whatever others do. */
async function serves(browser: PlayedBrowser): Promise<void> {
  const good = await program(browser);
  good.send({ good: true });
  await until(() => good.frames.length > 0);
  expect(good.frames).toEqual([[{ good: true }]]);
  good.close();
}

describe('a native host', () => {
  test('carries frames both ways, and keeps programs apart', async () => {
    const browser = await echoing();
    const [one, other] = [await program(browser), await program(browser)];
    one.send({ mine: 1 });
    other.send({ mine: 2 });
    one.send('a second');
    await until(() => one.frames.length === 2 && other.frames.length === 1);
    expect(one.frames).toEqual([[{ mine: 1 }], ['a second']]);
    expect(other.frames).toEqual([[{ mine: 2 }]]);
  });

  test('says who comes and who goes, and ends whom the extension ends', async () => {
    const browser = browserWith();
    const seen: Envelope[] = [];
    browser.on((envelope) => seen.push(envelope));
    await browser.install();
    const one = await program(browser);
    await until(() => seen.length === 1);
    one.close();
    await until(() => seen.length === 2);
    await program(browser);
    await until(() => seen.length === 3);
    browser.tell({ kind: 'closed', connection: '1' });
    await until(() => seen.length === 4);
    expect(seen.map((envelope) => [envelope.kind, 'connection' in envelope && envelope.connection])).toEqual([
      ['opened', '0'],
      ['closed', '0'],
      ['opened', '1'],
      ['closed', '1'],
    ]);
  });

  test('listens for its owner alone, on no port, and not before it is told under which name', async () => {
    const browser = browserWith();
    const { pid = 0 } = browser.process;
    expect(existsSync(join(home, 'run'))).toBe(false);
    await browser.install();
    expect(statSync(join(home, 'run')).mode & 0o777).toBe(0o700);
    expect(statSync(browser.socket).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(home, 'run'))).toEqual(['0123456789abcdef.sock']);
    expect(openPorts(pid)).toEqual([]);
  });

  test('ends when the browser does, with its socket and all connections', async () => {
    const browser = await echoing();
    const one = await program(browser);
    expect(await browser.close()).toBe(0);
    await one.ended;
    expect(readdirSync(join(home, 'run'))).toEqual([]);
    expect(browser.log).toBe('');
  });

  test('ends on a signal likewise', async () => {
    const browser = await echoing();
    browser.process.kill('SIGTERM');
    expect(await browser.ended).toBe(0);
    expect(readdirSync(join(home, 'run'))).toEqual([]);
  });

  test('takes the place of one that was killed', async () => {
    const first = await echoing();
    const left = await program(first);
    first.process.kill('SIGKILL');
    await left.ended;
    await first.ended;
    expect(existsSync(first.socket)).toBe(true);
    const second = browserWith();
    second.on((envelope) => {
      if (envelope.kind === 'frame') second.tell({ ...envelope, frame: [envelope.frame] });
    });
    const stale = statSync(first.socket).ino;
    second.tell({ kind: 'installed', installation: second.installation });
    await until(() => existsSync(second.socket) && statSync(second.socket).ino !== stale);
    await serves(second);
  });

  test('never takes the place of one that lives, and says so', async () => {
    const first = await echoing();
    const second = browserWith();
    second.tell({ kind: 'installed', installation: second.installation });
    expect(await second.ended).toBe(2);
    expect(second.log).toContain('Another host already serves this profile');
    await serves(first);
  });

  test('waits for the one before to go: a browser that starts a host anew is quicker than the old one ends', async () => {
    const first = await echoing();
    const second = browserWith();
    second.on((envelope) => {
      if (envelope.kind === 'frame') second.tell({ ...envelope, frame: [envelope.frame] });
    });
    second.tell({ kind: 'installed', installation: second.installation });
    await until(() => readdirSync(join(home, 'run')).length > 1);
    await first.close();
    await until(() => readdirSync(join(home, 'run')).join() === '0123456789abcdef.sock');
    await serves(second);
  });

  test('of another profile has another socket', async () => {
    const [one, other] = [await echoing(), await echoing({ installation: 'fedcba9876543210' })];
    await serves(one);
    await serves(other);
    expect(readdirSync(join(home, 'run')).sort()).toEqual(['0123456789abcdef.sock', 'fedcba9876543210.sock']);
  });

  test.each(['chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/', 'https://shop.example/', ''])(
    'does nothing for %j',
    async (origin) => {
      const browser = browserWith({ origin });
      browser.tell({ kind: 'installed', installation: browser.installation });
      expect(await browser.ended).toBe(2);
      expect(existsSync(join(home, 'run'))).toBe(false);
    },
  );
});

/** So many bytes promised, and what comes instead. */
function lying(length: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(4);
  new DataView(header.buffer, header.byteOffset).setUint32(0, length, true);
  return Buffer.concat([header, body]);
}

describe('a program that means harm', () => {
  const nested = `${'['.repeat(400_000)}${']'.repeat(400_000)}`;
  test.each([
    ['no JSON', encodeMessage('{"type":')],
    ['no UTF-8', lying(2, Buffer.from([0xc3, 0x28]))],
    ['nothing', lying(0)],
    ['a frame of more than a megabyte', encodeMessage(JSON.stringify('x'.repeat(MAX_FRAME + 2000)))],
    ['the promise of four gigabytes', lying(0xffff_ffff)],
    ['lists in lists without end', encodeMessage(nested)],
    ['numbers that grow when written anew', encodeMessage(`[${Array(150_000).fill('1e20').join()}]`)],
  ])('is let go for %s, and nobody else is', async (_, bytes) => {
    const browser = await echoing();
    const bad = await program(browser);
    bad.raw(bytes);
    await bad.ended;
    expect(bad.frames).toEqual([]);
    await serves(browser);
  });

  test('may promise and then say nothing: others are served meanwhile', async () => {
    const browser = await echoing();
    const bad = await program(browser);
    bad.raw(lying(MAX_FRAME, Buffer.from('{"')));
    await serves(browser);
    bad.close();
  });

  test('floods, and holds up nobody but itself', async () => {
    const browser = await echoing();
    const bad = await program(browser);
    const before = memoryOf(browser);
    for (let turn = 0; turn < 20; turn++)
      bad.raw(Buffer.concat(Array<Buffer>(1000).fill(encodeMessage('{"flood":1}'))));
    await serves(browser);
    expect(bad.frames.length).toBeLessThan(20_000);
    expect(memoryOf(browser) - before).toBeLessThan(60_000_000);
  });

  test('takes nothing, and is let go before it costs much', async () => {
    const browser = await echoing();
    const bad = await program(browser);
    bad.socket.pause();
    const closed = new Promise<void>((resolve) => {
      browser.on((envelope) => envelope.kind === 'closed' && resolve());
    });
    const frame = 'x'.repeat(900_000);
    const sending = setInterval(() => browser.tell({ kind: 'frame', connection: '0', frame }), 5);
    await closed;
    clearInterval(sending);
    expect(memoryOf(browser)).toBeLessThan(250_000_000);
    await serves(browser);
  });

  test('brings many, and the thirty-third is told that there are too many', async () => {
    const browser = await echoing();
    for (let count = 0; count < 32; count++) await program(browser);
    const one = await program(browser);
    await one.ended;
    expect(one.frames).toMatchObject([{ type: 'failed', error: { reason: 'too_many' } }]);
    const left = new Promise<void>((resolve) => {
      browser.on((envelope) => envelope.kind === 'closed' && resolve());
    });
    programs[0]?.close();
    await left;
    await serves(browser);
  });
});

describe('a browser', () => {
  test('that takes nothing holds the programs up, and still can end the host', async () => {
    const browser = await echoing();
    browser.process.stdout.pause();
    const one = await program(browser);
    for (let turn = 0; turn < 40; turn++) one.send('x'.repeat(900_000));
    await until(() => one.socket.writableLength > 20_000_000);
    expect(memoryOf(browser)).toBeLessThan(250_000_000);
    browser.process.stdin.end();
    browser.process.stdout.resume();
    expect(await browser.ended).toBe(0);
  });

  test.each([
    ['no envelope', encodeMessage('{"kind":"frame"}')],
    ['no JSON', encodeMessage('{')],
    ['more than a megabyte', encodeMessage(JSON.stringify('x'.repeat(MAX_FRAME + 2000)))],
  ])('that says %s ends the programs, who begin anew, and not the host', async (_, bytes) => {
    const browser = await echoing();
    const one = await program(browser);
    one.send(1);
    await until(() => one.frames.length === 1);
    browser.raw(bytes);
    await one.ended;
    await serves(browser);
  });
});

describe('the folder of sockets', () => {
  /** What a host says to a folder that is not as it must be. */
  async function refusal(): Promise<string> {
    const browser = browserWith();
    browser.tell({ kind: 'installed', installation: browser.installation });
    expect(await browser.ended).toBe(2);
    return browser.log;
  }

  test('is refused when others can look into it', async () => {
    mkdirSync(join(home, 'run'));
    chmodSync(join(home, 'run'), 0o750);
    expect(await refusal()).toContain('is open to others');
    expect(readdirSync(join(home, 'run'))).toEqual([]);
  });

  test('is refused when it is a link, and nothing is made where it leads', async () => {
    const elsewhere = await mkdtemp(join(command.folder, 'elsewhere-'));
    symlinkSync(elsewhere, join(home, 'run'));
    expect(await refusal()).toContain('is no folder');
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test.runIf(IS_ROOT)('is refused when it is somebody else’s', async () => {
    mkdirSync(join(home, 'run'), { mode: 0o700 });
    chownSync(join(home, 'run'), NOBODY, NOBODY);
    expect(await refusal()).toContain('belongs to somebody else');
  });

  test.runIf(IS_ROOT)('lets no other user in', async () => {
    const browser = await echoing();
    // What leads to it may be entered, so that it is the folder itself which refuses.
    for (const folder of [command.folder, home]) chmodSync(folder, 0o755);
    const knock = `require('net').connect(process.argv[1], () => console.log('in')).on('error', (e) => console.log(e.code))`;
    const run = (uid: number): string =>
      spawnSync('/proc/self/exe', ['-e', knock, browser.socket], { uid, gid: uid, encoding: 'utf8', argv0: 'node' })
        .stdout;
    const { stdout } = spawnSync(
      process.execPath,
      ['-e', `${knock}.on('connect', () => process.exit())`, browser.socket],
      {
        encoding: 'utf8',
      },
    );
    expect(stdout.trim()).toBe('in');
    expect(run(NOBODY).trim()).toBe('EACCES');
  });
});

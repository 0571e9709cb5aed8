import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../host/commands.ts';
import { VERSION } from '../../../lib/provider/version.ts';
import type { Ran } from '../../fixtures/built-command.ts';
import { BuiltCommand } from '../../fixtures/built-command.ts';

let command: BuiltCommand;
let home: string;

beforeAll(async () => {
  command = await BuiltCommand.build();
  home = await mkdtemp(join(command.folder, 'home-'));
}, 120_000);

afterAll(() => command.remove());

const signet = (args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  command.run(home, args, input, env);

const NAMES = COMMANDS.map(({ name }) => name);
/** A hook answers whatever it is called with, and never fails. */
const FALLIBLE = NAMES.filter((name) => name !== 'eval');

/** In a terminal of its own, made by util-linux. What it draws, as bytes. */
function onTerminal(line: string, env: NodeJS.ProcessEnv = {}): string {
  const { stdout } = spawnSync('script', ['-qec', line, '/dev/null'], {
    env: {
      ...process.env,
      SIGNET_DIR: home,
      TERM: 'xterm-256color',
      NO_COLOR: undefined,
      NODE_DISABLE_COLORS: undefined,
      FORCE_COLOR: undefined,
      CI: undefined, // Node shows no colour to a build
      ...env,
    },
    encoding: 'utf8',
  });
  return stdout;
}

const invoked = (args: string): string => `${process.execPath} ${command.file} ${args}`;

describe('help', () => {
  test('is the same by signet help COMMAND and COMMAND --help, and for machines too', async () => {
    for (const name of NAMES) {
      const [asked, other, json] = await Promise.all([
        signet(['help', name]),
        signet([name, '--help']),
        signet([name, '--help', '--json']),
      ]);
      expect(asked).toEqual(other);
      expect(asked).toMatchObject({ code: 0, err: '' });
      expect(asked.out).toMatch(new RegExp(`^Usage: signet ${name}\\b[^]*--json`));
      expect(JSON.parse(json.out)).toMatchObject({ name, options: { json: { type: 'boolean' } } });
    }
  }, 180_000);

  test('lists every command, for people and for machines', async () => {
    const [plain, help, json] = await Promise.all([signet(['--help']), signet(['help']), signet(['help', '--json'])]);
    expect(plain).toEqual(help);
    for (const name of NAMES) expect(plain.out).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    const { commands } = JSON.parse(json.out) as { readonly commands: { readonly name: string }[] };
    expect(commands.map(({ name }) => name)).toEqual(NAMES);
  });

  test('says which version this is', async () => {
    expect(await signet(['--version'])).toEqual({ code: 0, out: `signet ${VERSION}\n`, err: '' });
    expect(JSON.parse((await signet(['--version', '--json'])).out)).toEqual({ name: 'signet', version: VERSION });
  });

  test('is as wide as the terminal, and whole for a program', async () => {
    const narrow = onTerminal(`stty cols 60; ${invoked('help eval')}`).split(/\r?\n/);
    expect(narrow.length).toBeGreaterThan(8);
    expect(narrow.filter((line) => line.length > 60)).toEqual([]);
    expect((await signet(['help', 'eval'])).out).toMatch(/^.{61,}$/m);
  });
});

describe('what is not understood', () => {
  test.each([
    ['a command that is near', ['evla'], 'Did you mean eval?'],
    ['the beginning of one', ['valid'], 'Did you mean validate?'],
    ['help about one that is near', ['help', 'rulse'], 'Did you mean rules?'],
    ['an option that is near', ['log', '--lats', '3'], 'Did you mean --last?'],
    ['an option that every command has', ['rules', '--jsn'], 'Did you mean --json?'],
  ])('%s is suggested', async (_, args, said) => {
    const { code, out, err } = await signet(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(said);
    expect(err).toContain('Usage: signet');
  });

  test.each([[['frobnicate']], [['log', '--frobnicate']], [['help', 'frobnicate']]])(
    '%j is far from everything, and nothing is suggested',
    async (args) => {
      expect((await signet(args)).err).not.toContain('Did you mean');
    },
  );

  test.each([
    [['frobnicate', '--json'], 'usage'],
    [['--json'], 'usage'],
    [['help', 'frobnicate', '--json'], 'usage'],
    [['validate', 'nowhere.yaml', '--json'], 'not_found'],
    [['verify-log', 'nowhere.jsonl', '--json'], 'not_found'],
    [['log', '--last', 'x', '--json'], 'usage'],
  ])('%j is told to machines as %s, and nothing else', async (args, code) => {
    const ran = await signet(args);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(JSON.parse(ran.err)).toEqual({ error: { code, message: expect.any(String) as string } });
  });
});

describe('every command', () => {
  test.each(FALLIBLE)('%s ends with 2 on an option that there is not, and says so as JSON when asked', async (name) => {
    const { code, out, err } = await signet([name, '--xyzzy', '--json']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(JSON.parse(err)).toMatchObject({
      error: { code: 'usage', message: expect.stringContaining("'--xyzzy'") as string },
    });
  });

  test('eval ends with 0 and denies', async () => {
    const { code, out, err } = await signet(['eval', '--xyzzy', '--json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('"deny"');
  });

  test.each<[args: string[], input: string, code: number]>([
    [['validate', '-'], 'rules: []', 0],
    [['validate', '-'], 'rules: 7', 1],
    [['rules'], '', 0],
    [['rules', '--default'], '', 0],
    [['rules', '--policy', 'nowhere.yaml'], '', 1],
    [['test', '-'], '{"tool_name":"Read"}', 0],
    [['test', '-'], '- { tool: Read, expect: DENY }', 1],
    [['test', '-'], '7', 2],
    [['log'], '', 0],
    [['verify-log', '-'], 'x', 1],
  ])('%j ends with what is documented, with and without --json, which is one line', async (args, input, code) => {
    const [plain, json] = await Promise.all([signet(args, input), signet([...args, '--json'], input)]);
    expect([plain.code, json.code]).toEqual([code, code]);
    expect(plain.out.includes('\u001b')).toBe(false);
    expect(() => JSON.parse(code === 2 ? json.err : json.out) as unknown).not.toThrow();
    expect((json.out + json.err).trimEnd()).not.toContain('\n');
  });
});

describe('on a terminal', () => {
  const COLOUR = '\u001b[32m';
  const colourful = 'eval <<< \'{"tool_name":"Read"}\' > /dev/null; ';
  const shown = (env?: NodeJS.ProcessEnv): string =>
    onTerminal(`bash -c ${quote(invoked(colourful) + invoked('log'))}`, env);
  const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

  test('a verdict has its colour', () => {
    expect(shown()).toContain(`${COLOUR}ALLOW`);
  });

  test.each<[string, NodeJS.ProcessEnv]>([
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['TERM=dumb', { TERM: 'dumb' }],
  ])('not with %s', (_, env) => {
    const out = shown(env);
    expect(out).toContain('ALLOW');
    expect(out).not.toContain('\u001b');
  });

  test('long work is announced and taken back, but not where standard error is a file', async () => {
    const file = join(command.folder, 'one-call.json');
    await writeFile(file, '{"tool_name":"Read"}');
    expect(onTerminal(invoked(`test ${file}`))).toContain('Trying the cases …\r\u001b[K');
    expect(onTerminal(`${invoked(`test ${file}`)} 2> /dev/null`)).not.toContain('Trying');
    expect(onTerminal(invoked(`test ${file}`), { TERM: 'dumb' })).not.toContain('Trying');
  });
});

describe('a reader that goes away', () => {
  test.each(['rules', 'rules --json', 'help'])('%s | true is quiet', (args) => {
    const { stderr } = spawnSync('bash', ['-c', `${invoked(args)} | true; echo \${PIPESTATUS[0]} >&2`], {
      env: { ...process.env, SIGNET_DIR: home },
      encoding: 'utf8',
    });
    expect(stderr).toBe('0\n');
  });
});

describe('a crash', () => {
  const SECRET = 'correct-horse-battery';
  const script = fileURLToPath(new URL('../../fixtures/crashing-command.ts', import.meta.url));

  const crash = (
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<{ code: number | null; err: string }> => {
    const child = spawn(process.execPath, [script, ...args, '--value', SECRET], {
      env: { ...process.env, HOLDS_A_SECRET: SECRET, ...env },
    });
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, err })));
  };

  test.each(['now', 'later'])('%s says what kind, in a line, and nothing that was given', async (when) => {
    expect(await crash([when])).toEqual({
      code: 2,
      err: 'Something went wrong inside Signet (TypeError). SIGNET_DEBUG=1 shows where.\n',
    });
  });

  test.each(['now', 'later'])('%s is told to machines as internal', async (when) => {
    const { code, err } = await crash([when, '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'internal' } });
    expect(err).not.toContain(SECRET);
  });

  test('shows where only to who asks for it', async () => {
    expect((await crash(['now'], { SIGNET_DEBUG: '0' })).err).not.toContain('    at ');
    expect((await crash(['now'], { SIGNET_DEBUG: '1' })).err).toMatch(/crashing-command\.ts:\d+/);
  });

  test('of a full disk names it, and no file', () => {
    const { stderr, status } = spawnSync('bash', ['-c', `${invoked('rules')} > /dev/full`], { encoding: 'utf8' });
    expect({ stderr, status }).toEqual({
      stderr: 'Something went wrong inside Signet (ENOSPC). SIGNET_DEBUG=1 shows where.\n',
      status: 2,
    });
  });
});

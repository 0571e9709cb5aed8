import { spawnSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../host/commands.ts';
import { BuiltCommand } from '../../fixtures/built-command.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

let command: BuiltCommand;
let home: string;
const scripts = new Map<string, string>();

beforeAll(async () => {
  command = await BuiltCommand.build();
  home = await mkdtemp(join(command.folder, 'home-'));
  await writeFile(join(home, 'my policy.yaml'), '');
  for (const shell of SHELLS) {
    const { code, out, err } = await command.run(home, ['completions', shell]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    scripts.set(shell, out);
    await writeFile(join(home, `signet.${shell}`), out);
  }
}, 120_000);

afterAll(() => command.remove());

/** What bash offers after these words, the last of which is being typed. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `source ./signet.bash
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_signet
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-euc', script, 'bash', ...words], {
    cwd: home,
    encoding: 'utf8',
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.split('\n').filter((line) => line !== '');
}

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

describe('in bash', () => {
  test.each<[words: string[], offers: string[]]>([
    [['signet', 'va'], ['validate']],
    [['signet', '--v'], ['--version']],
    [['signet', 'help', 'verify'], ['verify-log']],
    [
      ['signet', 'log', '--'],
      ['--last', '--reset', '--json', '--help'],
    ],
    [['signet', 'completions', 'z'], ['zsh']],
    [['signet', 'validate', 'my'], ['my policy.yaml']],
    [['signet', 'eval', '--policy', 'my'], ['my policy.yaml']],
    [['signet', 'eval', '--policy', '=', 'my'], ['my policy.yaml']],
    [['signet', 'verify-log', '--key', 'x'], []],
    [['signet', 'frobnicate', ''], []],
  ])('after %j comes %j', (words, offers) => {
    expect(offered(...words)).toEqual(offers);
  });

  test('every command is offered, with every option that it has', async () => {
    expect(offered('signet', '')).toEqual(expect.arrayContaining(COMMANDS.map(({ name }) => name)));
    for (const known of COMMANDS) {
      const { name } = known;
      const names = Object.keys((await known.load()).options).map((option) => `--${option}`);
      expect(offered('signet', name, '--')).toEqual(expect.arrayContaining(names));
    }
  });
});

describe.each(SHELLS)('the script for %s', (shell) => {
  test('names every command and option', async () => {
    const script = scripts.get(shell) ?? '';
    for (const known of COMMANDS) {
      const { name } = known;
      expect(script).toContain(name);
      for (const option of Object.keys((await known.load()).options))
        expect(script).toMatch(new RegExp(`-l ${option}\\b|--${option}\\b`));
    }
  });

  test('quotes what stands in it: a summary with an apostrophe opens nothing', () => {
    const script = scripts.get(shell) ?? '';
    const summary = { bash: '_signet_words', zsh: "an agent'\\''s tool call", fish: "an agent\\'s tool call" }[shell];
    expect(script).toContain(summary);
  });
});

/** bash is on every machine that runs this; the others are held to theirs where they are. */
test.each(SHELLS.filter((shell) => shell === 'bash' || has(shell)))('%s reads its script', (shell) => {
  const { stderr, status } = spawnSync(shell, ['-n', join(home, `signet.${shell}`)], { encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});

test('there are none for another shell', async () => {
  expect(await command.run(home, ['completions', 'tcsh'])).toMatchObject({
    ...{ code: 2, out: '' },
    err: expect.stringContaining('bash, zsh, fish') as string,
  });
});

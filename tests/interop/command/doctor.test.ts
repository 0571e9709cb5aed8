import { chmod, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { examine } from '../../../host/doctor/index.ts';
import { policyFolder } from '../../../host/keeping/policy-folder.ts';
import { BuiltCommand } from '../../fixtures/built-command.ts';

let command: BuiltCommand;
let home: string;
let folder: string;

beforeAll(async () => {
  command = await BuiltCommand.build();
}, 120_000);

afterAll(() => command.remove());

beforeEach(async () => {
  home = await mkdtemp(join(command.folder, 'home-'));
  folder = join(home, 'signet');
  await mkdir(folder, { mode: 0o700 });
});

const decide = (input: object = { tool_name: 'Read' }) => command.run(folder, ['eval'], JSON.stringify(input));

interface Told {
  readonly good: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly state: string;
    readonly says: string;
    readonly details: readonly string[];
  }[];
}

/** What the doctor says, of a home and a project that nobody else uses. */
async function doctor(env: NodeJS.ProcessEnv = {}): Promise<{ readonly code: number | null; readonly told: Told }> {
  const { code, out } = await command.run(folder, ['doctor', '--json'], '', { HOME: home, ...env });
  return { code, told: JSON.parse(out) as Told };
}

/** It must be the only thing that is not well. */
async function complaint(name: string, env?: NodeJS.ProcessEnv): Promise<string> {
  const { code, told } = await doctor(env);
  const bad = told.checks.filter(({ state }) => state === 'not_well');
  expect({ code, good: told.good, bad: bad.map((check) => check.name) }).toEqual({ code: 1, good: false, bad: [name] });
  return [bad[0]?.says, ...(bad[0]?.details ?? [])].join('\n');
}

const settings = async (text: string): Promise<void> => {
  await mkdir(join(home, '.claude'));
  await writeFile(join(home, '.claude/settings.json'), text);
};
const hook = (line: string, more: object = {}): string =>
  JSON.stringify({ hooks: { PreToolUse: [{ matcher: '*', hooks: [{ type: 'command', command: line }] }] }, ...more });

describe('signet doctor, where all is well,', () => {
  test('ends with 0 before anything was done, and begins nothing by looking', async () => {
    for (let i = 0; i < 2; i++) {
      const { code, told } = await doctor();
      expect(code).toBe(0);
      expect(told.checks.find(({ name }) => name === 'Ledger')?.says).toContain('None yet');
    }
  });

  test('says which folder counts, and by which word', async () => {
    await decide();
    const { told } = await doctor();
    expect(told.checks.find(({ name }) => name === 'Folder')).toMatchObject({
      says: `${folder} is yours.`,
      details: expect.arrayContaining(['SIGNET_DIR says so.', expect.stringContaining('mode 700')]) as unknown[],
    });
    const byXdg = await doctor({ SIGNET_DIR: '', XDG_CONFIG_HOME: home });
    expect(byXdg.told.checks.find(({ name }) => name === 'Folder')?.details[0]).toContain('XDG_CONFIG_HOME says so');
    const byDefault = await doctor({ SIGNET_DIR: '', XDG_CONFIG_HOME: 'relative' });
    expect(byDefault.told.checks.find(({ name }) => name === 'Folder')).toMatchObject({
      says: `${join(home, '.config/signet')} is not there yet.`,
      details: [expect.stringContaining('no absolute path')],
    });
  });

  test('says which file the hook will run', async () => {
    await settings(hook(`${command.file} eval`));
    await chmod(command.file, 0o755);
    const { code, told } = await doctor();
    expect(code).toBe(0);
    expect(told.checks.find(({ name }) => name === 'Hook')).toMatchObject({
      state: 'well',
      details: [expect.stringContaining(`runs ${command.file}`)],
    });
  });

  test('is for people too, and says no more than it found', async () => {
    const { code, out } = await command.run(folder, ['doctor'], '', { HOME: home });
    expect(code).toBe(0);
    expect(out.split('\n').filter((line) => /^(?:well|note) /.test(line))).toHaveLength(12);
  });
});

describe('signet doctor, where something is not well, says of', () => {
  test('a folder that others can change', async () => {
    await chmod(folder, 0o777);
    expect(await complaint('Folder')).toContain('chmod go-w');
  });

  test('a policy file with a mistake, where that is', async () => {
    await writeFile(join(folder, 'policy.yaml'), 'rules:\n  - { name: x, tool_pattern: "(", action: DENY }');
    expect(await complaint('Policy')).toMatch(/Nothing is allowed unasked[^]*line 2/);
  });

  test('a policy file that others can change', async () => {
    await writeFile(join(folder, 'policy.yaml'), 'rules: []');
    await chmod(join(folder, 'policy.yaml'), 0o666);
    expect(await complaint('Policy')).toContain('Others can change');
  });

  test('a policy file that is gone, that it was there', async () => {
    await writeFile(join(folder, 'policy.yaml'), 'rules: []');
    await decide();
    await rm(join(folder, 'policy.yaml'));
    expect(await complaint('Policy')).toContain('is gone');
  });

  test('rules for a task that cannot be read', async () => {
    await writeFile(join(folder, 'preflight.yaml'), 'rules: [');
    expect(await complaint('Task')).toContain('Everything is asked about');
  });

  test.each([
    ['may not be run', 0o600],
    ['Others can change', 0o777],
  ])('a check, that it %s', async (said, mode) => {
    await mkdir(join(folder, 'checks'));
    const check = join(folder, 'checks/gh-identity-matches-remote');
    await writeFile(check, '#!/bin/sh\n');
    await chmod(check, mode);
    expect(await complaint('Checks')).toContain(said);
  });

  test.each<[string, () => Promise<void>]>([
    ['lost', () => rm(join(folder, 'ledger.sqlite'))],
    ['cut', () => truncate(join(folder, 'ledger.sqlite'), 6000)],
    ['read by others', () => chmod(join(folder, 'ledger.sqlite'), 0o644)],
  ])('a ledger, that it was %s', async (_, damage) => {
    await decide();
    await damage();
    expect(await complaint('Ledger')).toContain('cannot be relied on');
  });

  test.each([
    ['a command that there is not', hook('signet eval'), 'There is no signet in PATH'],
    ['hooks that are switched off', hook('/bin/true signet eval', { disableAllHooks: true }), 'disableAllHooks'],
    ['settings that are no JSON', '{', 'no JSON'],
    ['settings of another form', '{"hooks":{"PreToolUse":{}}}', 'hooks.PreToolUse'],
  ])('%s', async (_, text, said) => {
    await settings(text);
    expect(await complaint('Hook', { PATH: '/usr/bin:/bin' })).toContain(said);
  });
});

test('a Node that is too old is told what it lacks', async () => {
  const found = await examine({
    ...{ env: {}, home, workingFolder: home, folder: policyFolder({ SIGNET_DIR: folder }) },
    ...{ nodeVersion: '20.19.0', userId: process.getuid?.() },
  });
  expect(found.filter(({ state }) => state === 'not_well')).toMatchObject([
    { name: 'Node', details: [expect.stringContaining('22.13 or newer')] },
  ]);
});

describe('what others have to do with it', () => {
  test('is a vault that they could read', async () => {
    await writeFile(join(folder, 'vault.sqlite'), '', { mode: 0o600 });
    expect((await doctor()).told.checks.find(({ name }) => name === 'Vault')?.state).toBe('well');
    await chmod(join(folder, 'vault.sqlite'), 0o644);
    expect(await complaint('Vault')).toMatch(/vault\.sqlite is open to others/);
  });

  test('is whom a verification server trusts: a file that it would not start with, or that they could change', async () => {
    const file = join(folder, 'verification.yaml');
    await writeFile(file, 'audiences: [https://shop.example]\nissuers: []\n', { mode: 0o600 });
    expect(await complaint('Server')).toMatch(/does not start[^]*line 2, issuers: It is empty/);
    await chmod(file, 0o666);
    expect(await complaint('Server')).toMatch(/Others can change/);
  });

  test('is no vault and no server where there are none', async () => {
    const { told } = await doctor();
    const named = told.checks.filter(({ name }) => name === 'Vault' || name === 'Server');
    expect(named.map(({ state, says }) => [state, says])).toEqual([
      ['well', 'None here: `signet init` makes one.'],
      ['well', '`signet serve --transport http` would trust nobody.'],
    ]);
  });
});

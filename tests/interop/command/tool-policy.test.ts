import { chmod, mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../host/commands.ts';
import type { Ran } from '../../fixtures/built-command.ts';
import { BuiltCommand } from '../../fixtures/built-command.ts';
import { readmeExample } from '../../fixtures/readme.ts';

let command: BuiltCommand;
let home: string;

beforeAll(async () => {
  command = await BuiltCommand.build();
}, 120_000);

afterAll(() => command.remove());

beforeEach(async () => {
  home = await mkdtemp(join(command.folder, 'home-'));
});

const signet = (args: readonly string[], input: string | Uint8Array = ''): Promise<Ran> =>
  command.run(home, args, input);

interface HookOutput {
  readonly permissionDecision: string;
  readonly permissionDecisionReason?: string;
}

/** What the hook says about a call: it must be one line of JSON, and the end 0, whatever comes. */
async function hook(input: string | Uint8Array, args: readonly string[] = []): Promise<HookOutput> {
  const { code, out, err } = await signet(['eval', ...args], input);
  expect({ code, err, lines: out.split('\n').length }).toEqual({ code: 0, err: '', lines: 2 });
  const { hookSpecificOutput } = JSON.parse(out) as {
    readonly hookSpecificOutput: HookOutput & { readonly hookEventName: string };
  };
  expect(hookSpecificOutput.hookEventName).toBe('PreToolUse');
  return hookSpecificOutput;
}

const call = (tool_name: string, tool_input: object, more: object = {}): Promise<HookOutput> =>
  hook(JSON.stringify({ tool_name, tool_input, ...more }));
const decided = async (tool: string, input: object, more?: object): Promise<string> =>
  (await call(tool, input, more)).permissionDecision;
const policy = (yaml: string): Promise<void> => writeFile(join(home, 'policy.yaml'), yaml);

const LIMIT = `rules:
  - { name: limit, tool_pattern: ^buy$, action: DENY, conditions: ["spend_plus_amount_gt('', amount, 100)"] }
`;

describe('signet eval, a hook', () => {
  test('allows without a word, and denies with the rule and its alternative', async () => {
    expect(await call('Bash', { command: 'ls -la' })).toEqual({
      hookEventName: 'PreToolUse',
      permissionDecision: 'allow',
    });
    expect(await call('Bash', { command: 'rm -rf /' })).toMatchObject({
      permissionDecision: 'deny',
      permissionDecisionReason: expect.stringMatching(/block_rm.*File deletion blocked Instead: /) as string,
    });
  });

  test('takes parameters for tool_input', async () => {
    const input = JSON.stringify({ tool_name: 'Bash', parameters: { command: 'rm x' } });
    expect(await hook(input)).toMatchObject({ permissionDecision: 'deny' });
  });

  test.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['no JSON', '{'],
    ['an empty object', '{}'],
    ['bytes that are no text', Uint8Array.of(0x7b, 0xff, 0x7d)],
  ])('41: denies %s as malformed', async (_, input) => {
    expect(await hook(input)).toMatchObject({
      permissionDecision: 'deny',
      permissionDecisionReason: expect.stringContaining('Malformed hook input') as string,
    });
  });

  test('denies when it is called in a way it does not know', async () => {
    expect(await hook('{"tool_name":"Read"}', ['--polcy', 'x'])).toMatchObject({ permissionDecision: 'deny' });
    expect(await hook('{"tool_name":"Read"}', ['surplus'])).toMatchObject({ permissionDecision: 'deny' });
  });

  test('43: counts what was allowed, and not what was denied or asked about', async () => {
    await policy(
      `${LIMIT}  - { name: ask, tool_pattern: ^buy$, action: ASK, conditions: ['param_eq(category, food)'] }\n`,
    );
    const buy = (category: string, amount: unknown) => decided('buy', { category, amount });
    expect(await buy('books', '60.10')).toBe('allow');
    expect(await buy('books', 300)).toBe('deny');
    expect(await buy('food', 30)).toBe('ask');
    expect(await buy('books', -30)).toBe('deny');
    expect(await buy('books', '39.91')).toBe('deny');
    expect(await buy('books', '39.90')).toBe('allow');
    expect(JSON.parse((await signet(['log', '--json'])).out)).toMatchObject({ spent: { books: '100', total: '100' } });
    expect((await signet(['log', '--reset'])).code).toBe(0);
    expect(await buy('books', 100)).toBe('allow');
  });

  test('counts what was asked about once it is done, and once only', async () => {
    await policy(`${LIMIT}  - { name: ask, tool_pattern: ^buy$, action: ASK }\n`);
    expect(await decided('buy', { amount: 70 }, { tool_use_id: 'use-1' })).toBe('ask');
    const done = JSON.stringify({
      ...{ hook_event_name: 'PostToolUse', tool_use_id: 'use-1' },
      ...{ tool_name: 'buy', tool_input: { amount: 1 } },
    });
    for (let i = 0; i < 2; i++) expect(await signet(['eval'], done)).toEqual({ code: 0, out: '{}\n', err: '' });
    expect(JSON.parse((await signet(['log', '--json'])).out)).toMatchObject({ spent: { total: '70' } });
    expect(await decided('buy', { amount: 31 })).toBe('deny');
  });

  test('loses nothing when many run at once, and keeps the limit', async () => {
    await policy(LIMIT);
    const answers = await Promise.all(Array.from({ length: 12 }, () => decided('buy', { amount: 15 })));
    expect(answers.filter((answer) => answer === 'allow')).toHaveLength(6);
    const log = JSON.parse((await signet(['log', '--json'])).out) as { readonly decisions: unknown[] };
    expect(log).toMatchObject({ spent: { total: '90' } });
    expect(log.decisions).toHaveLength(12);
  });

  test('35: a gate opens after the action that it waits for was allowed', async () => {
    await policy(`rules:
  - { name: no, tool_pattern: ^Deny$, action: DENY }
  - { name: gate, tool_pattern: ^Push$, action: GATE, gate: { requires_prior: 'cargo test|npm test', within: 5 } }
`);
    expect(await call('Push', {})).toMatchObject({
      permissionDecision: 'deny',
      permissionDecisionReason: expect.stringContaining('not found in last 5 allowed actions') as string,
    });
    await decided('Deny', { command: 'npm test' });
    expect(await decided('Push', {})).toBe('deny');
    expect(await decided('Bash', { command: 'NPM test --all' })).toBe('allow');
    expect(await decided('Push', {})).toBe('allow');
  });

  test('36: runs the check that a rule hangs on', async () => {
    await mkdir(join(home, 'checks'));
    const check = async (name: string, script: string): Promise<void> => {
      await writeFile(join(home, 'checks', name), `#!/bin/sh\n${script}\n`);
      await chmod(join(home, 'checks', name), 0o700);
    };
    await Promise.all([
      check('good', 'cat > /dev/null'),
      check('bad', 'echo wrong >&2; exit 1'),
      check('slow', 'sleep 60'),
    ]);
    await writeFile(join(home, 'checks', 'plain'), 'echo');
    await policy(
      `rules:\n${['good', 'bad', 'slow', 'plain', 'gone']
        .map(
          (name) =>
            `  - { name: ${name}, tool_pattern: ^${name}$, action: ENSURE, ensure: { check: ${name}, timeout: 1 } }`,
        )
        .join('\n')}
  - { name: locked, tool_pattern: ^locked$, action: ENSURE, locked: true, ensure: { check: gone } }
`,
    );
    const [good, bad, slow, plain, gone, locked] = await Promise.all(
      ['good', 'bad', 'slow', 'plain', 'gone', 'locked'].map((tool) => call(tool, {})),
    );
    expect([good, plain, gone, locked].map((one) => one?.permissionDecision)).toEqual([
      'allow',
      'deny',
      'allow',
      'deny',
    ]);
    expect(bad).toMatchObject({
      permissionDecision: 'deny',
      permissionDecisionReason: expect.stringContaining('wrong') as string,
    });
    expect(slow).toMatchObject({
      permissionDecision: 'deny',
      permissionDecisionReason: expect.stringContaining('timed out') as string,
    });
  });

  test('cuts what it keeps between characters', async () => {
    expect(await decided('Bash', { command: `echo ${'é€😀'.repeat(200)}` })).toBe('allow');
    const { decisions } = JSON.parse((await signet(['log', '--json'])).out) as {
      readonly decisions: { detail: string }[];
    };
    const detail = decisions[0]?.detail ?? '';
    expect(detail).toMatch(/[é€😀]$/u);
    expect(Buffer.byteLength(detail)).toBeLessThanOrEqual(500);
  });

  test('keeps its folder to its owner', async () => {
    await decided('Read', {});
    const modes = await Promise.all(
      ['', 'ledger.sqlite', 'ledger.id'].map(async (name) => ((await stat(join(home, name))).mode & 0o777).toString(8)),
    );
    expect(modes.slice(1)).toEqual(['600', '600']);
  });
});

describe('the constraints of a task', () => {
  test('46: count violations, and a new file lifts no lockout', async () => {
    const task = (action: string): string => `rules: [{ name: no_edit, tool_pattern: ^Look$, action: ${action} }]`;
    await writeFile(join(home, 'preflight.yaml'), task('ASK'));
    const answers: string[] = [];
    for (let i = 0; i < 5; i++) answers.push(await decided('Look', {}));
    expect(answers).toEqual(['ask', 'ask', 'ask', 'ask', 'deny']);
    await writeFile(join(home, 'preflight.yaml'), `# another\n${task('ASK')}`);
    expect(await decided('Look', {})).toBe('deny');
    expect(await decided('Read', {})).toBe('allow');
    expect(await decided('Write', { file_path: join(home, 'preflight.yaml') })).toBe('deny');
  });

  test('that cannot be read make everything asked about', async () => {
    await writeFile(join(home, 'preflight.yaml'), 'rules: [');
    for (let i = 0; i < 6; i++) expect(await decided('Read', {})).toBe('ask');
  });
});

describe('what is lost or damaged never allows', () => {
  const spendAll = async (): Promise<void> => {
    await policy(LIMIT);
    expect(await decided('buy', { amount: 100 })).toBe('allow');
    expect(await decided('buy', { amount: 1 })).toBe('deny');
  };

  test.each<[string, () => Promise<void>]>([
    ['deleted', () => rm(join(home, 'ledger.sqlite'))],
    ['emptied', () => truncate(join(home, 'ledger.sqlite'))],
    ['cut', () => truncate(join(home, 'ledger.sqlite'), 5000)],
    ['overwritten', () => writeFile(join(home, 'ledger.sqlite'), 'x'.repeat(40_000))],
    ['exchanged', () => writeFile(join(home, 'ledger.id'), 'another')],
    [
      'altered',
      async () => {
        const bytes = await readFile(join(home, 'ledger.sqlite'));
        for (let at = 100; at < bytes.length; at += 7) bytes[at] = 0xa5;
        await writeFile(join(home, 'ledger.sqlite'), bytes);
      },
    ],
  ])('a ledger that was %s', async (_, damage) => {
    await spendAll();
    await damage();
    expect(await decided('buy', { amount: 1 })).toBe('ask');
    expect((await signet(['log'])).code).toBe(2);
  });

  test('a policy file that is gone', async () => {
    await policy('rules: [{ name: no, tool_pattern: ^Read$, action: DENY }]');
    expect(await decided('Read', {})).toBe('deny');
    await rm(join(home, 'policy.yaml'));
    expect(await decided('Read', {})).toBe('ask');
    expect(await decided('Bash', { command: 'rm x' })).toBe('deny');
  });

  test('a policy file that is named and not there', async () => {
    expect(await hook('{"tool_name":"Read"}', ['--policy', 'nowhere.yaml'])).toMatchObject({
      permissionDecision: 'ask',
    });
  });

  test.each([
    ['a bad rule', "rules: [{ name: no, tool_pattern: ^Read$, action: DENY, conditions: ['x('] }]"],
    ['no YAML', 'rules: ['],
    ['nothing', ''],
  ])('a policy file with %s', async (_, yaml) => {
    await policy(yaml);
    expect(await call('Read', {})).toMatchObject({
      permissionDecision: 'ask',
      permissionDecisionReason: expect.stringContaining('line 1') as string,
    });
    expect(await decided('Write', { file_path: join(home, 'policy.yaml') })).toBe('deny');
  });

  test('a policy file that is a folder', async () => {
    await mkdir(join(home, 'policy.yaml'));
    expect(await decided('Read', {})).toBe('ask');
  });
});

describe('what README shows under "Tool-call policy"', () => {
  test('is good, and does what it says', async () => {
    await policy((await readmeExample('Tool-call policy')).get('policy.yaml') ?? '');
    expect(await signet(['validate'])).toMatchObject({ code: 0, out: 'Good: 3 rules.\n' });
    expect(await decided('purchase', { category: 'books', amount: 201 })).toBe('deny');
    expect(await decided('Bash', { command: 'x;r""m -rf /' })).toBe('deny');
    expect(await decided('Bash', { command: 'git push' })).toBe('deny');
    expect(await decided('Bash', { command: 'npm test' })).toBe('allow');
    expect(await decided('Bash', { command: 'git push' })).toBe('allow');
  });
});

describe('the other commands', () => {
  const BAD =
    "rules:\n  - { name: bad, tool_pattern: '(', action: DENY }\n  - { name: odd, tool_pattern: x, action: GATE }\n";

  test('every command says how it is used', async () => {
    const { code, out } = await signet(['--help']);
    expect(code).toBe(0);
    const names = [...out.matchAll(/^ {2}(\S+) {2}/gm)].map(([, name = '']) => name);
    expect(names).toEqual(COMMANDS.map(({ name }) => name));
    for (const name of names) {
      const help = await signet([name, '--help']);
      expect(help).toMatchObject({ code: 0, err: '' });
      expect(help.out).toMatch(new RegExp(`^Usage: signet ${name}[^]*Exits with|exits with`));
    }
  });

  test('validate says what is wrong and where, and ends with 1', async () => {
    await policy(BAD);
    const { code, out } = await signet(['validate']);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^line 2, rule bad, tool_pattern: .*\(`signet fix` can mend it\)\nline 3, rule odd.*gate config/,
    );
    expect(await signet(['validate', '-'], 'default_action: ASK')).toMatchObject({ code: 0, out: 'Good: 0 rules.\n' });
    expect(await signet(['validate', 'nowhere.yaml'])).toMatchObject({ code: 2, out: '' });
    expect(JSON.parse((await signet(['validate', '--json'])).out)).toMatchObject({
      good: false,
      problems: [
        { rule: 'bad', fixable: true, place: { line: 2 } },
        { rule: 'odd', fixable: false },
      ],
    });
  });

  test('fix says what it would do, then does it', async () => {
    await policy(BAD);
    const file = join(home, 'policy.yaml');
    expect(await signet(['fix', '--dry-run'])).toMatchObject({
      code: 1,
      out: expect.stringContaining('Would mend') as string,
    });
    expect(await readFile(file, 'utf8')).toBe(BAD);
    expect(await signet(['fix'])).toMatchObject({ code: 1, out: expect.stringContaining('Left line 3') as string });
    expect(await readFile(file, 'utf8')).not.toContain('bad');
  });

  test('rules writes the default rules as a file that is good', async () => {
    const { out } = await signet(['rules', '--default']);
    expect(await signet(['validate', '-'], out)).toMatchObject({ code: 0, out: 'Good: 17 rules.\n' });
  });

  test('rules puts the locked ones before those of the file, once', async () => {
    await policy((await signet(['rules', '--default'])).out);
    const { rules } = JSON.parse((await signet(['rules', '--json'])).out) as {
      readonly rules: { readonly name: string }[];
    };
    expect(rules).toHaveLength(17);
    expect(rules[0]?.name).toBe('protect_checks_dir');
  });

  test('test tries a call, or cases, and keeps nothing', async () => {
    expect(await signet(['test', '-'], '{"tool_name":"Bash","tool_input":{"command":"rm -rf x"}}')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^DENY Bash by block_rm/) as string,
    });
    const cases = (expected: string): string => `
- { tool: Bash, input: { command: ls }, expect: ALLOW }
- { tool: Bash, input: { command: git push -f }, expect: ${expected}, rule: block_force_push }`;
    expect(await signet(['test', '-'], cases('ASK'))).toMatchObject({ code: 0 });
    expect(await signet(['test', '-'], cases('DENY'))).toMatchObject({
      code: 1,
      out: expect.stringContaining('Not as expected (DENY by block_force_push): ASK') as string,
    });
    expect(await signet(['test', '-'], '- { tool: Bash, expect: MAYBE }')).toMatchObject({ code: 2 });
    await expect(stat(join(home, 'ledger.sqlite'))).rejects.toThrow('ENOENT');
  });

  test('log draws no control character from a call on the terminal', async () => {
    await decided('Bash', { command: 'echo \u001b[2Jgotcha' });
    const { out } = await signet(['log']);
    expect(out).toContain('gotcha');
    expect(out).not.toContain('\u001b');
  });

  test.each([['log', '--last', '0'], ['log', '--last', 'x'], ['rules', 'x'], ['nothing'], ['test']])(
    '%s %s %s is not understood',
    async (...args) => {
      expect(await signet(args)).toMatchObject({ code: 2, out: '' });
    },
  );
});

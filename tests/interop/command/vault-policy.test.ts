import { readFile, rm, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BuiltCommand } from '../../fixtures/built-command.ts';
import { CommandHome } from '../../fixtures/command-home.ts';

let command: BuiltCommand;
let home: CommandHome;

beforeAll(async () => {
  command = await BuiltCommand.build();
}, 120_000);

afterAll(() => command.remove());

const unlock = () => home.signet(['unlock', ...home.password]);

interface Said {
  readonly permissionDecision: string;
  readonly permissionDecisionReason?: string;
}

async function hook(tool: string, input: object = {}): Promise<Said> {
  const { code, out, err } = await home.signet(['eval'], JSON.stringify({ tool_name: tool, tool_input: input }));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return (JSON.parse(out) as { readonly hookSpecificOutput: Said }).hookSpecificOutput;
}

const decided = async (tool: string, input?: object): Promise<string> => (await hook(tool, input)).permissionDecision;
const policy = (yaml: string): Promise<void> => writeFile(join(home.signetDir, 'policy.yaml'), yaml);

/** Another process that has the vault to itself until it is let go. */
async function holding(work: () => Promise<void>): Promise<void> {
  const module = new URL('../../../host/vault/process-lock.ts', import.meta.url).href;
  const script = `import { ProcessLock } from ${JSON.stringify(module)};
    globalThis.held = ProcessLock.acquire(${JSON.stringify(join(home.signetDir, 'vault.lock'))}, { wait: 0 });
    process.stdout.write('held');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    await once(child.stdout, 'data');
    await work();
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

describe('has_credential', () => {
  beforeAll(async () => {
    home = await CommandHome.withVault(command);
    await policy(`rules:
  - { name: needs, tool_pattern: ^pay$, action: DENY, conditions: ["not(has_credential('purchase'))"] }
`);
  });

  const permit = (...more: readonly string[]) =>
    home.signet(['permit', '--domain', 'shop.example', '--max-amount', '9', ...more, ...home.password]);
  const capability = (...more: readonly string[]) =>
    home.signet(['capability', '--domain', 'shop.example', '--max-amount', '9', '--purpose', 'x', ...more]);

  test('is false where the vault holds none, and what an agent stores by that name is none', async () => {
    expect(await decided('pay')).toBe('deny');
    expect((await home.signet(['store', '--tier', '1', '--label', 'purchase', '--value', 'mine'])).code).toBe(0);
    expect(await decided('pay')).toBe('deny');
    expect(await decided('other')).toBe('allow');
  });

  test('44: is true while a token of that kind works, false once it has expired or the vault is locked', async () => {
    await permit();
    const { code } = await capability('--expires-in', '20');
    expect(code).toBe(0);
    expect(await decided('pay')).toBe('allow');
    await home.signet(['lock']);
    expect(await decided('pay')).toBe('deny');
    await unlock();
    while ((await decided('pay')) === 'allow'); // the token has its twenty seconds, and the test its minute
    expect(await decided('pay')).toBe('deny');
  });

  test('44: of the wrong domain or over what was permitted there is no token to have', async () => {
    await permit();
    expect((await capability('--domain', 'evil.example')).code).toBe(2); // said twice: no call at all
    const other = ['capability', '--domain', 'evil.example', '--max-amount', '9', '--purpose', 'x'];
    expect((await home.signet(other)).code).toBe(1);
    expect(
      (await home.signet(['capability', '--domain', 'shop.example', '--max-amount', '9.01', '--purpose', 'x'])).code,
    ).toBe(1);
    expect(await decided('pay')).toBe('deny');
  });

  test('asks where the vault does not answer', async () => {
    await holding(async () => {
      expect(await decided('pay')).toBe('ask');
      expect(await decided('other')).toBe('allow');
    });
  });
});

const RULES = `rules:
  - { name: no_wire, tool_pattern: ^wire$, action: DENY, reason: Nobody wires }
`;

describe('45: a policy that was sealed', () => {
  const seal = (): string => join(home.signetDir, 'policy.hmac');

  beforeEach(async () => {
    home = await CommandHome.withVault(command);
    await policy(RULES);
    expect(await home.signet(['seal'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('password is needed') as string,
    });
    expect(await home.signet(['seal', ...home.password])).toEqual({ code: 0, out: '', err: '' });
  });

  test('decides as it was written while the vault is open; locked, nothing is allowed unasked', async () => {
    expect(Buffer.from((await readFile(seal(), 'utf8')).trim(), 'base64')).toHaveLength(32);
    expect([await decided('wire'), await decided('Read')]).toEqual(['deny', 'allow']);
    await home.signet(['lock']);
    expect([await decided('wire'), await decided('Read')]).toEqual(['deny', 'ask']);
    await unlock();
    expect(await decided('Read')).toBe('allow');
  });

  test.each<readonly [string, () => Promise<void>]>([
    ['the file is altered', () => policy('rules: []\n')],
    ['the seal is another', () => writeFile(seal(), `${Buffer.alloc(32).toString('base64')}\n`)],
    ['the seal is no seal', () => writeFile(seal(), 'x')],
    ['the seal is empty', () => writeFile(seal(), '')],
  ])('counts no more when %s: the default rules, and nothing unasked', async (_, harm) => {
    await harm();
    expect(await hook('Read')).toMatchObject({
      permissionDecision: 'ask',
      permissionDecisionReason: expect.stringContaining('sealed') as string,
    });
    expect(await decided('Bash', { command: 'rm -rf /' })).toBe('deny');
    expect((await home.signet(['rules'])).out).toMatch(/The default rules/);
  });

  test('is missed when its seal is taken away, or both are', async () => {
    expect(await decided('Read')).toBe('allow');
    await rm(seal());
    expect(await hook('Read')).toMatchObject({
      permissionDecision: 'ask',
      permissionDecisionReason: expect.stringContaining('seal') as string,
    });
    await rm(join(home.signetDir, 'policy.yaml'));
    expect(await decided('Read')).toBe('ask');
  });

  test('can be sealed anew by the person, and set free', async () => {
    await policy('rules: []\n');
    await home.signet(['seal', ...home.password]);
    expect([await decided('wire'), await decided('Read')]).toEqual(['allow', 'allow']);
    expect((await home.signet(['seal', '--remove', ...home.password])).code).toBe(0);
    await policy(RULES);
    expect([await decided('wire'), await decided('Read')]).toEqual(['deny', 'allow']);
  });

  test('of another vault’s is none', async () => {
    const other = await CommandHome.withVault(command);
    await writeFile(join(other.signetDir, 'policy.yaml'), RULES);
    await other.signet(['seal', ...other.password]);
    await writeFile(seal(), await readFile(join(other.signetDir, 'policy.hmac')));
    expect(await decided('Read')).toBe('ask');
  });
});

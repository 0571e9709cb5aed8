import { spawn } from 'node:child_process';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkAgents, checkWallets } from '../../../host/agents/checks.ts';
import { bridgeFolders } from '../../../host/agents/folders.ts';
import { writeAgentKey } from '../../../host/agents/agent-key.ts';
import { TOOL_NAMES } from '../../../lib/agents/index.ts';
import { SecretBytes, toBase64url } from '../../../lib/core/index.ts';
import { AgentClient } from '../../fixtures/agents/agent-client.ts';
import type { Era, ServerStart } from '../../fixtures/agents/inspector.ts';
import { inspect } from '../../fixtures/agents/inspector.ts';
import { openPorts } from '../../fixtures/agents/open-ports.ts';
import { EXTENSION, PlayedBrowser, until } from '../../fixtures/agents/played-browser.ts';
import { PlayedWallet } from '../../fixtures/agents/played-wallet.ts';
import { BuiltCommand } from '../../fixtures/built-command.ts';

const ERAS: readonly Era[] = ['legacy', 'modern'];

let command: BuiltCommand;
let home: string;
let browsers: PlayedBrowser[];
let clients: AgentClient[];

beforeAll(async () => {
  command = await BuiltCommand.build();
}, 120_000);
afterAll(() => command.remove());
beforeEach(async () => {
  home = await mkdtemp(join(command.folder, 'home-'));
  [browsers, clients] = [[], []];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  for (const browser of browsers) browser.process.kill('SIGKILL');
  await Promise.all(browsers.map(({ ended }) => ended));
});

const server = (...args: readonly string[]): ServerStart => ({
  command: process.execPath,
  args: [command.file, 'serve', ...args],
  env: { SIGNET_DIR: home },
});

async function connected(era: Era, ...args: readonly string[]): Promise<AgentClient> {
  const client = await AgentClient.start(server(...args), era);
  clients.push(client);
  return client;
}

/** A browser with a wallet in it, and programs can come. */
async function opened(installation?: string): Promise<PlayedWallet & { readonly browser: PlayedBrowser }> {
  const browser = new PlayedBrowser({
    file: command.file,
    home,
    ...(installation === undefined ? {} : { installation }),
  });
  browsers.push(browser);
  const wallet = Object.assign(new PlayedWallet(browser), { browser });
  await browser.install();
  return wallet;
}

/** `signet pair` to its end, and what it said. @param isSame what the person says of the digits */
async function pairWith(wallet: PlayedWallet, isSame = true, args: readonly string[] = []) {
  wallet.isPairingOpen = true;
  const child = spawn(process.execPath, [command.file, 'pair', ...args], { env: { ...process.env, SIGNET_DIR: home } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await until(() => (wallet.digits !== undefined && / \d{3} \d{3}\n/.test(said)) || child.exitCode !== null);
  const shown = wallet.digits;
  wallet.confirm(isSame);
  const code = await ended;
  wallet.isPairingOpen = false;
  wallet.digits = undefined;
  return { code, said, shown };
}

/** A wallet and a key as `signet pair` leaves them: how it does so has tests of its own. */
async function paired(): Promise<PlayedWallet & { readonly browser: PlayedBrowser }> {
  const wallet = await opened();
  const { installation, socket } = wallet.browser;
  const seed = SecretBytes.take(crypto.getRandomValues(new Uint8Array(32)));
  const publicKey = toBase64url(ed25519.getPublicKey(seed.expose()));
  writeAgentKey(join(home, 'agents'), 'default', { publicKey, seed, extension: EXTENSION, installation, socket });
  wallet.known.add(publicKey);
  return wallet;
}

describe.each(ERAS)('with the browser closed, a client of the %s era', (era) => {
  let client: AgentClient;

  beforeAll(async () => {
    home = await mkdtemp(join(command.folder, 'home-'));
    client = await AgentClient.start(server(), era);
  });
  afterAll(() => client.close());

  test('lists seven tools with whole schemas, and every call says what to do', async () => {
    const { tools } = await client.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(TOOL_NAMES);
    for (const { title, description, inputSchema, outputSchema, annotations } of tools) {
      expect(title).toMatch(/\w/);
      expect(description).toMatch(/\.$/);
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(outputSchema).toBeUndefined();
      expect(annotations?.openWorldHint).toBe(false);
    }
    expect(client.client.getInstructions()).toContain('Nonces come from the site');
    const { text, isError, structured } = await client.call('list_data', {});
    expect({ text, isError }).toEqual({ isError: true, text: expect.stringContaining('run `signet pair`') as string });
    expect(structured).toMatchObject({ status: 'failed', error: { reason: 'not_paired' } });
  });

  test('is MCP Inspector’s command line', async () => {
    const listed = await inspect(server(), era, ['--method', 'tools/list', '--strict']);
    expect(listed.code).toBe(0);
    const { result } = JSON.parse(listed.out) as { readonly result: { readonly tools: readonly object[] } };
    expect(result.tools).toHaveLength(7);
    const called = await inspect(server(), era, ['--method', 'tools/call', '--tool-name', 'list_data']);
    expect(called.out).toContain('run `signet pair`');
    expect(called.code).not.toBe(0);
  });

  test.each([
    ['a tool that there is not', 'other', {}, /not found/],
    ['a member too many', 'list_data', { all: true }, /all/],
    ['a tier that there is not', 'list_data', { tier: 4 }, /tier/],
    ['no nonce', 'get_proof', { predicates: [], proof_type: 'any', domain: 'x' }, /nonce|predicates/],
    ['a label that is too long', 'store_data', { label: 'x'.repeat(201), tier: 1, value: 'x' }, /label/],
  ] as const)('hears what is wrong with %s', async (_, tool, input, words) => {
    const said = await client.call(tool, input).then(
      ({ isError, text }) => (isError ? text : 'It was taken.'),
      (error: unknown) => String(error),
    );
    expect(said).toMatch(words);
  });
});

describe('pairing', () => {
  test('shows the same digits in both places, keeps the key for its owner alone, and says how to go on', async () => {
    const wallet = await opened();
    const { code, said, shown } = await pairWith(wallet);
    expect(code).toBe(0);
    expect(said).toContain(`${shown?.slice(0, 3) ?? ''} ${shown?.slice(3) ?? ''}`);
    expect(said).toContain('Connected as Claude.');
    expect(said).toMatch(/claude mcp add signet .*-- .*serve\n/);
    const file = join(home, 'agents', 'default.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ extension: EXTENSION });
  });

  test('gives a configuration with which a client starts the server', async () => {
    const wallet = await opened();
    const { said } = await pairWith(wallet);
    const json = JSON.parse(said.slice(said.indexOf('{'))) as { readonly mcpServers: { readonly signet: ServerStart } };
    const client = await AgentClient.start(json.mcpServers.signet, 'modern');
    clients.push(client);
    expect(await client.call('list_data', {})).toMatchObject({ isError: false });
  });

  test('keeps nothing when the digits are not the same', async () => {
    const wallet = await opened();
    const { code, said } = await pairWith(wallet, false);
    expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining('Nothing was paired') as string });
    expect(await readdir(home)).not.toContain('agents');
  });

  test('keeps nothing when the browser is closed meanwhile', async () => {
    const wallet = await opened();
    wallet.isPairingOpen = true;
    const ended = command.run(home, ['pair']);
    await until(() => wallet.digits !== undefined);
    await wallet.browser.close();
    expect(await ended).toMatchObject({ code: 2, err: expect.stringContaining('Nothing was paired') as string });
    expect(await readdir(home)).not.toContain('agents');
  });

  test('waits for the person to open it, in whichever profile', async () => {
    const [closed, open] = [await opened(), await opened('fedcba9876543210')];
    const child = command.run(home, ['pair']);
    await until(() => closed.refused > 0 && open.refused > 0);
    open.isPairingOpen = true;
    await until(() => open.digits !== undefined);
    open.confirm(true);
    expect(await child).toMatchObject({ code: 0, out: expect.stringContaining('Waiting for it') as string });
    expect(closed.known.size).toBe(0);
  });

  test('of a second agent leaves the first', async () => {
    const wallet = await paired();
    expect((await pairWith(wallet, true, ['--name', 'work'])).said).toContain('serve --agent work');
    const [one, other] = [await connected('modern'), await connected('modern', '--agent', 'work')];
    expect(await one.call('list_data', {})).toMatchObject({ isError: false });
    expect(await other.call('list_data', {})).toMatchObject({ isError: false });
    expect(wallet.known.size).toBe(2);
  });

  test('takes no name that could lead elsewhere', async () => {
    expect(await command.run(home, ['pair', '--name', '../../x'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('small letters') as string,
    });
  });
});

/** Calls of each tool that say what is in them. */
const INPUTS = {
  store_data: { label: 'City', tier: 1, value: 'Bern' },
  list_data: { tier: 2 },
  get_proof: {
    predicates: [{ attribute: 'birth_date', operator: 'age_at_least', value: 21 }],
    proof_type: 'any',
    domain: 'https://shop.example',
    nonce: 'QUJDREVGR0hJSktMTU5PUA',
  },
  query: { query: 'at_least("Income", 3000)' },
  request_capability: {
    capability_type: 'payment',
    domain: 'shop.example',
    purpose: 'A gift.',
    constraints: { max_amount: 150, currency: 'USD', one_time: true },
  },
  negotiate_context: {
    counterparty: 'shop.example',
    proposed_disclosures: [{ attribute: 'birth_date', mode: 'prove', justification: 'Wine.' }],
    purpose: 'An order.',
  },
  check_status: { request_id: 'r1' },
} as const;

describe.each(ERAS)('a paired client of the %s era', (era) => {
  test('calls all seven tools: what it says goes through, and so does what is answered', async () => {
    const wallet = await paired();
    wallet.answer = ({ tool }) => ({
      answer: { status: 'done', result: { tool, list: ['a', { b: true }] }, receipt: { sequence: 7, leaf: 'abc=' } },
    });
    const client = await connected(era);
    for (const tool of TOOL_NAMES) {
      const { text, structured, isError } = await client.call(tool, INPUTS[tool]);
      expect(isError).toBe(false);
      expect(structured).toMatchObject({ status: 'done', result: { tool }, receipt: { sequence: 7 } });
      expect(text).toBe(`Done.\ntool: ${tool}\nlist:\n  - a\n  -\n    b: true\nReceipt: entry 7 of the log.`);
    }
    expect(wallet.calls.map(({ tool, arguments: input }) => [tool, input])).toEqual(Object.entries(INPUTS));
    expect(wallet.clients).toEqual([{ name: 'A test', version: '1.0' }]);
    expect(openPorts(client.pid)).toEqual([]);
    expect(openPorts(wallet.browser.process.pid ?? 0)).toEqual([]);
  });

  test('is told how to go on when the person is asked, and why something is denied', async () => {
    const wallet = await paired();
    const client = await connected(era);
    wallet.answer = () => ({
      answer: { status: 'pending', request_id: 'r1', expires_at: 1_800_000_000_000, poll_after_ms: 2000 },
    });
    expect(await client.call('get_proof', INPUTS.get_proof)).toMatchObject({
      isError: false,
      text: expect.stringMatching(/check_status with request_id "r1" in 2000 ms.*2027-01-15T08:00:00/s) as string,
    });
    wallet.answer = () => ({ answer: { status: 'denied', message: 'The person said no.' } });
    expect(await client.call('check_status', INPUTS.check_status)).toMatchObject({
      isError: false,
      text: 'Denied. The person said no.',
    });
  });

  test('can take a call back', async () => {
    const wallet = await paired();
    wallet.answer = () => undefined;
    const client = await connected(era);
    const ended = new AbortController();
    const call = client.call('check_status', INPUTS.check_status, { signal: ended.signal });
    await until(() => wallet.calls.length === 1);
    ended.abort();
    await expect(call).rejects.toThrow();
    await until(() => wallet.cancelled.length === 1);
    expect(wallet.cancelled).toEqual([wallet.calls[0]?.id]);
  });
});

describe('a call that waits', () => {
  test('says so while it does, to a client that wants to hear it', async () => {
    const wallet = await paired();
    wallet.answer = () => undefined;
    const client = await connected('modern');
    const heard: (string | undefined)[] = [];
    const call = client.call('check_status', INPUTS.check_status, { onprogress: ({ message }) => heard.push(message) });
    await until(() => heard.length > 0);
    const [waiting] = wallet.calls;
    wallet.tellAll({ type: 'answer', id: waiting?.id ?? 0, answer: { status: 'denied', message: 'Late.' } });
    expect(await call).toMatchObject({ text: 'Denied. Late.' });
    expect(heard).toEqual(['Waiting for Signet.']);
  });

  test('does not hold up another', async () => {
    const wallet = await paired();
    wallet.answer = ({ tool }) => (tool === 'query' ? undefined : { answer: { status: 'done', result: {} } });
    const client = await connected('modern');
    const slow = client.call('query', INPUTS.query);
    await until(() => wallet.calls.length === 1);
    expect(await client.call('list_data', {})).toMatchObject({ text: 'Done.' });
    wallet.tellAll({ type: 'answer', id: wallet.calls[0]?.id ?? 0, answer: { status: 'done', result: 5 } });
    expect(await slow).toMatchObject({ text: 'Done.\n5' });
  });

  test('is one of 32 at most', async () => {
    const wallet = await paired();
    wallet.answer = () => undefined;
    const client = await connected('modern');
    const ended = new AbortController();
    const calls = Array.from({ length: 32 }, () => client.call('query', INPUTS.query, { signal: ended.signal }));
    await until(() => wallet.calls.length === 32);
    expect(await client.call('query', INPUTS.query)).toMatchObject({ structured: { error: { reason: 'too_many' } } });
    ended.abort();
    await Promise.allSettled(calls);
  });
});

describe('what is wrong between a program and the wallet', () => {
  const reasonOf = async (client: AgentClient): Promise<unknown> => {
    const { isError, structured, text } = await client.call('list_data', {});
    expect({ isError, isSaid: text.length > 20 }).toEqual({ isError: true, isSaid: true });
    return (structured as { readonly error: { readonly reason: string } }).error.reason;
  };

  test('is told when the browser is closed, and over once it is open', async () => {
    const wallet = await paired();
    const client = await connected('modern');
    await wallet.browser.close();
    expect(await reasonOf(client)).toBe('no_browser');
    const again = await opened();
    for (const key of wallet.known) again.known.add(key);
    expect(await client.call('list_data', {})).toMatchObject({ isError: false });
  });

  test('is told when the host is killed in the middle of a call, and the next call finds the new one', async () => {
    const wallet = await paired();
    wallet.answer = () => undefined;
    const next = new PlayedBrowser({ file: command.file, home });
    browsers.push(next);
    const again = new PlayedWallet(next);
    for (const key of wallet.known) again.known.add(key);
    const client = await connected('modern');
    const call = reasonOf(client);
    await until(() => wallet.calls.length === 1);
    wallet.browser.process.kill('SIGKILL');
    expect(await call).toBe('lost');
    const waiting = client.call('list_data', {}); // before the new host is told under which name it listens
    await next.install();
    expect(await waiting).toMatchObject({ isError: false });
    expect(again.calls).toHaveLength(1);
  });

  test('is told when it is locked, paused or another of these, and over with it', async () => {
    const wallet = await paired();
    const client = await connected('modern');
    for (const reason of ['locked', 'paused', 'stopped', 'no_vault', 'unknown_agent']) {
      wallet.refusal = reason;
      expect(await reasonOf(client)).toBe(reason);
    }
    wallet.refusal = undefined;
    expect(await client.call('list_data', {})).toMatchObject({ isError: false });
  });

  test('is told when the wallet was locked between two calls', async () => {
    const wallet = await paired();
    const client = await connected('modern');
    expect(await client.call('list_data', {})).toMatchObject({ isError: false });
    wallet.answer = () => ({ error: { reason: 'locked', message: 'Locked.' } });
    expect(await client.call('list_data', {})).toMatchObject({ text: expect.stringContaining('unlock') as string });
  });

  test('is told in the wallet’s own words where they are about the call', async () => {
    const wallet = await paired();
    wallet.answer = () => ({ error: { reason: 'bad_request', message: 'This is no nonce.', field: 'nonce' } });
    const client = await connected('modern');
    expect(await client.call('get_proof', INPUTS.get_proof)).toMatchObject({
      text: 'This is no nonce.',
      structured: { error: { reason: 'bad_request', field: 'nonce' } },
    });
  });

  test('is told to one whose key the wallet does not know', async () => {
    const wallet = await paired();
    wallet.known.clear();
    expect(await reasonOf(await connected('modern'))).toBe('unknown_agent');
  });

  test('is told when another profile is open than the one it was paired with', async () => {
    const wallet = await paired();
    await wallet.browser.close();
    await opened('fedcba9876543210');
    expect(await reasonOf(await connected('modern'))).toBe('other_profile');
  });

  test('is told when another extension answers, which sees no signature', async () => {
    const wallet = await paired();
    wallet.extension = 'a'.repeat(32);
    expect(await reasonOf(await connected('modern'))).toBe('wrong_wallet');
    expect(wallet.clients).toEqual([]);
  });

  test('is told when nobody in the browser answers', async () => {
    const wallet = await paired();
    wallet.isSilent = true;
    expect(await reasonOf(await connected('modern'))).toBe('no_answer');
  });

  test('is told when what the wallet says is no answer', async () => {
    const wallet = await paired();
    wallet.answer = () => ({ answer: { status: 'done', secret: 'x' } });
    expect(await reasonOf(await connected('modern'))).toBe('lost');
  });

  test('is told when others could get at what leads to it, and nothing is sent', async () => {
    const wallet = await paired();
    const client = await connected('modern');
    for (const [path, open, closed] of [
      ['run/0123456789abcdef.sock', 0o666, 0o600],
      ['run', 0o755, 0o700],
      ['agents/default.json', 0o644, 0o600],
      ['agents', 0o711, 0o700],
    ] as const) {
      chmodSync(join(home, path), open);
      expect(await reasonOf(client)).toBe('unsafe');
      chmodSync(join(home, path), closed);
    }
    expect(wallet.clients).toEqual([]);
    expect(await client.call('list_data', {})).toMatchObject({ isError: false });
  });

  test('is told when the key is damaged, and nothing of it is said', async () => {
    await paired();
    const file = join(home, 'agents', 'default.json');
    const { seed } = JSON.parse(await readFile(file, 'utf8')) as { readonly seed: string };
    writeFileSync(file, `{"seed":"${seed}`);
    const { text, structured } = await (await connected('modern')).call('list_data', {});
    expect(text).toContain('is damaged');
    expect(JSON.stringify(structured)).not.toContain(seed.slice(0, 12));
  });
});

describe('what the doctor sees', () => {
  test('is a wallet that answers, and an agent that was paired; and later that nobody answers', async () => {
    const wallet = await paired();
    const folders = bridgeFolders({ SIGNET_DIR: home });
    expect(await checkWallets(folders)).toMatchObject({ state: 'well', says: 'Signet answers.' });
    expect(checkAgents(folders)).toMatchObject({ state: 'well', says: '1 paired.' });
    wallet.browser.process.kill('SIGKILL');
    await wallet.browser.ended;
    const { state, details } = await checkWallets(folders);
    expect({ state, first: details[0] }).toEqual({
      state: 'not_well',
      first: `${wallet.browser.socket}: nobody is there.`,
    });
  });
});

describe('how it is started', () => {
  test.each([
    [['serve', '--transport', 'stdio', '--port', '0'], 'there is --agent alone'],
    [['serve', '--transport', 'http', '--agent', 'work'], 'there is no --agent'],
    [['serve', '--transport', 'tcp'], 'takes stdio or http'],
  ])('is not by %j', async (args, words) => {
    expect(await command.run(home, args)).toMatchObject({ code: 2, err: expect.stringContaining(words) as string });
  });
});

describe('a client that means harm', () => {
  /** The command with what a client writes, until it ends. */
  const served = (input: string) => command.run(home, ['serve'], input);
  const request = (id: number, method: string, params: object = {}): string =>
    `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;

  test.each([
    ['no JSON', '{"jsonrpc"\n'],
    ['no request', '[]\n{}\nnull\n"x"\n'],
    ['three million bytes in a line', `"${'x'.repeat(3_000_000)}`],
    ['an answer nobody asked for', '{"jsonrpc":"2.0","id":9,"result":{}}\n'],
  ])('sends %s, and the server neither hangs nor breaks', async (_, input) => {
    const { code, out, err } = await served(input);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).not.toContain('"result"');
  });

  test('sends garbage before what it means, and is answered', async () => {
    const client = spawn(process.execPath, [command.file, 'serve'], { env: { ...process.env, SIGNET_DIR: home } });
    let out = '';
    client.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    client.stdin.write(`garbage\n${request(1, 'ping')}`);
    await until(() => out.includes('"id":1'));
    client.stdin.end();
    expect(await new Promise((resolve) => client.once('close', resolve))).toBe(0);
  });

  test('has what is no key in its place', async () => {
    await paired();
    await writeFile(join(home, 'agents', 'default.json'), '{"__proto__":{"v":1}}');
    expect(await (await connected('modern')).call('list_data', {})).toMatchObject({ isError: true });
  });
});

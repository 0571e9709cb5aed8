import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ed25519 } from '@noble/curves/ed25519.js';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeMessage } from '../../host/agents/message-stream.ts';
import type { ToolAnswer, ToolName } from '../../lib/agents/index.ts';
import { TOOL_NAMES } from '../../lib/agents/index.ts';
import { SecretBytes, randomBytes, toBase64url } from '../../lib/core/index.ts';
import { verify } from '../../lib/sdk/index.ts';
import type { AgentClient, Called } from '../fixtures/agents/agent-client.ts';
import type { Era } from '../fixtures/agents/inspector.ts';
import { openPorts } from '../fixtures/agents/open-ports.ts';
import { RawProgram } from '../fixtures/agents/raw-program.ts';
import type { PairedAgent } from './agent-chain.ts';
import { AgentChain } from './agent-chain.ts';
import type { ExtensionBrowser } from './setup/harness.ts';
import { PASSWORD, approve, askWallet, createVault, deny, trusting, untilSays } from './setup/harness.ts';

const ERAS: readonly Era[] = ['legacy', 'modern'];
const SHOP = 'https://shop.example';
const INCOME = '4711.5';
/** What is stored at Tier 2 or 3, by the person, the issuer or an agent. */
const SECRETS = [INCOME, 'AB positive', 'Lumen', '1990-05-17', 'Harbour Lane'];

let chain: AgentChain;
let opened: ExtensionBrowser;
let app: Page;
let agent: PairedAgent;
let client: AgentClient;

beforeAll(async () => {
  chain = await AgentChain.build();
  await chain.install('profile');
  ({ opened, app } = await chain.browse('profile'));
  await chain.settle(opened, app);
  await askWallet(app, 'attributes.save', { label: 'Monthly income', type: 'number', value: INCOME, tier: 2 });
  const budget = [{ currency: 'USD', per: 'day', amount: '500' }] as const;
  agent = await chain.pair(app, { tiers: [1, 2, 3], claims: ['age_over_21', 'Monthly income'], budget });
  client = await chain.connect(agent.server, 'modern');
}, 100_000);
afterAll(() => chain[Symbol.asyncDispose]());

const freshNonce = (): string => toBase64url(randomBytes(16));

/** What each tool is called with; `unique` is part of what is stored. */
const inputs = (unique: string): Readonly<Record<Exclude<ToolName, 'check_status'>, object>> => ({
  store_data: { label: `Town ${unique}`, tier: 1, value: 'Port Example' },
  list_data: {},
  get_proof: {
    predicates: [{ attribute: 'age_over_21', operator: 'eq', value: true }],
    ...{ proof_type: 'dc+sd-jwt', domain: SHOP, nonce: freshNonce() },
  },
  query: { query: 'at_least("Monthly income", 3000)' },
  request_capability: {
    ...{ capability_type: 'payment', domain: SHOP, purpose: `A gift, ${unique}.` },
    constraints: { max_amount: 20, currency: 'USD', one_time: true },
  },
  negotiate_context: {
    ...{ counterparty: SHOP, purpose: 'An order.' },
    proposed_disclosures: [{ attribute: 'birth_date', mode: 'disclose', justification: 'Wine.' }],
  },
});

/** What has to come of each at once. */
const AT_ONCE = {
  store_data: { status: 'done', result: { stored: { tier: 1 } } },
  list_data: { status: 'done' },
  get_proof: { status: 'done', result: { format: 'dc+sd-jwt', claims: { age_over_21: true } } },
  query: { status: 'done', result: { conclusion: { kind: 'yes_no', answer: true } } },
  request_capability: { status: 'pending' },
  negotiate_context: { status: 'done', result: { disclosures: [{ attribute: 'birth_date', outcome: 'prove' }] } },
} as const;

const answerOf = ({ structured }: Called): ToolAnswer => structured as ToolAnswer; // the server wrote it

const idOf = (called: Called): string => {
  const answer = answerOf(called);
  if (answer.status !== 'pending') throw new Error(called.text);
  return answer.request_id;
};

/** Why a call failed, in a word; the sentence that goes with it tells what to do. */
function failure({ isError, structured, text }: Called): string {
  expect({ isError, isSaid: text.length > 20 }).toEqual({ isError: true, isSaid: true });
  return (structured as { readonly error: { readonly reason: string } }).error.reason; // the server wrote it
}

const status = (asked: Called, by = client): Promise<Called> => by.call('check_status', { request_id: idOf(asked) });

/** An agent that has asked eight times is told to wait: one more every ten seconds. */
async function patiently(call: () => Promise<Called>): Promise<Called> {
  let called = await call();
  const isTooMany = async (): Promise<boolean> => {
    if (!called.isError || failure(called) !== 'too_many') return false;
    called = await call();
    return called.isError && failure(called) === 'too_many';
  };
  await expect.poll(isTooMany, { timeout: 20_000, interval: 1_000 }).toBe(false);
  return called;
}

/** An agent asks, and the person gets a window that says who does. */
async function askedInWindow(call: () => Promise<Called>): Promise<{ asked: Called; consent: Page }> {
  await expect.poll(() => opened.consentPages()).toEqual([]);
  const appears = opened.nextConsent();
  const asked = await patiently(call);
  idOf(asked);
  const consent = await appears;
  await untilSays(consent, 'Helper');
  return { asked, consent };
}

describe.each(ERAS)('a client of the %s era', (era) => {
  test('lists and calls all seven tools, and the person allows what waits for them', async () => {
    const own = await chain.connect(agent.server, era);
    const { tools } = await own.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(TOOL_NAMES);
    for (const tool of TOOL_NAMES) {
      if (tool === 'check_status' || tool === 'request_capability') continue;
      const called = await own.call(tool, inputs(era)[tool]);
      expect(called).toMatchObject({ isError: false, structured: AT_ONCE[tool] });
      expect(called.text).toMatch(/^Done\.\n[^]*Receipt: entry \d+ of the log\.$/);
    }
    const { asked, consent } = await askedInWindow(() =>
      own.call('request_capability', inputs(era).request_capability),
    );
    await approve(consent);
    expect(answerOf(await status(asked, own))).toMatchObject({
      status: 'done',
      result: { token: expect.any(String) as string },
    });
    expect(await status(asked, own)).toMatchObject({ structured: { status: 'denied' } });
    await own.close();
  });

  test('is MCP Inspector’s command line, which lists and calls them too', async () => {
    const listed = await chain.inspect(agent.server, era, ['--method', 'tools/list', '--strict']);
    const { result } = JSON.parse(listed.out) as { readonly result: { readonly tools: readonly object[] } };
    expect(result.tools).toHaveLength(7);
    const call = async (tool: ToolName, input: object): Promise<ToolAnswer> => {
      const args = ['--method', 'tools/call', '--tool-name', tool, '--tool-args-json', JSON.stringify(input)];
      const { code, out, err } = await chain.inspect(agent.server, era, args);
      if (code !== 0) throw new Error(`${out}${err}`);
      const said = JSON.parse(out) as { readonly result: { readonly structuredContent: ToolAnswer } }; // as MCP has it
      return said.result.structuredContent;
    };
    const given = inputs(`inspected ${era}`);
    const first = TOOL_NAMES.filter((tool) => tool !== 'check_status');
    const answers = await Promise.all(first.map(async (tool) => [tool, await call(tool, given[tool])] as const));
    for (const [tool, answer] of answers) expect(answer).toMatchObject(AT_ONCE[tool]);
    const { waiting } = await askWallet(app, 'requests.list', {});
    const requestId = waiting[0]?.requestId ?? '';
    await askWallet(app, 'requests.deny', { requestId });
    expect(await call('check_status', { request_id: requestId })).toMatchObject({ status: 'denied' });
  });
});

test('a proof that an agent got is good for the audience and the nonce that it was asked for, and no other', async () => {
  const given = inputs('').get_proof as { readonly nonce: string }; // as it is written above
  const { structured } = await patiently(() => client.call('get_proof', given));
  const { result } = structured as { readonly result: { readonly proof: string } }; // the server wrote it
  const issuers = await trusting(chain.issuer);
  const check = (audience: string, nonce: string) =>
    verify(result.proof, 'age_over_21', audience, { nonce, issuers, status: 'skip' });
  expect(await check(SHOP, given.nonce)).toMatchObject({ valid: true, claims: { age_over_21: true } });
  expect(await check('https://other.example', given.nonce)).toMatchObject({ valid: false });
  expect(await check(SHOP, freshNonce())).toMatchObject({ valid: false });
});

describe('what is of Tier 3', () => {
  const BLOOD = { label: 'Blood type', tier: 3, value: 'AB positive' } as const;

  test('is kept when the person opens its compartment in the window', async () => {
    const { asked, consent } = await askedInWindow(() => client.call('store_data', BLOOD));
    const polled = status(asked);
    await consent.type('input[type="password"]', PASSWORD);
    await approve(consent);
    expect(answerOf(await polled)).toMatchObject({ status: 'done', result: { stored: { tier: 3 } } });
    expect((await client.call('list_data', { tier: 3 })).text).toContain('Blood type');
  });

  test('is not changed when the person denies it there', async () => {
    const { asked, consent } = await askedInWindow(() => client.call('store_data', { ...BLOOD, value: 'O negative' }));
    await deny(consent);
    expect(answerOf(await status(asked))).toMatchObject({ status: 'denied', message: 'This was not granted.' });
  });

  test('is told to no agent, whatever it asks', async () => {
    const told = await client.call('query', { query: 'category("Blood type", "AB positive", "O negative")' });
    expect(answerOf(told)).toMatchObject({ status: 'denied' });
  });
});

/** What is wrong with what follows, in one answer of the tool. */
const reasonOf = async (by = client): Promise<string> => failure(await by.call('list_data', {}));

/** Until the wallet answers again. */
const untilAnswered = (by = client): Promise<void> =>
  expect.poll(async () => (await by.call('list_data', {})).isError, { timeout: 20_000 }).toBe(false);

test('no process between a client and the browser listens on TCP', () => {
  const pids = [client.pid, ...chain.hosts()];
  expect(pids).toHaveLength(2);
  expect(pids.flatMap(openPorts)).toEqual([]);
});

/** The person goes away: the wallet has a minute, and everything here happens in it. */
describe('while nobody is there', () => {
  let deadline: number;

  beforeAll(async () => {
    const settings = await askWallet(app, 'settings.get', {});
    await askWallet(app, 'settings.set', { ...settings, autoLockMinutes: 1 });
    const stored = await app.evaluate(() => chrome.storage.local.get<{ autoLock: { deadline: number } }>('autoLock'));
    ({ deadline } = stored.autoLock);
  });

  test('a key that was never paired is none', async () => {
    const keys = join(chain.home, 'agents');
    const kept = JSON.parse(await readFile(join(keys, 'default.json'), 'utf8')) as object;
    const seed = SecretBytes.take(randomBytes(32));
    const changed = { public_key: toBase64url(ed25519.getPublicKey(seed.expose())), seed: toBase64url(seed.expose()) };
    await writeFile(join(keys, 'stranger.json'), JSON.stringify({ ...kept, ...changed }), { mode: 0o600 });
    const { server } = agent;
    const stranger = await chain.connect({ ...server, args: [...server.args, '--agent', 'stranger'] }, 'modern');
    expect(await reasonOf(stranger)).toBe('unknown_agent');
    await stranger.close();
  });

  test.each([
    ['what is no JSON', (raw: RawProgram) => raw.raw(encodeMessage('{"type":'))],
    ['JSON that is no frame', (raw: RawProgram) => raw.send({ type: 'unlock', password: PASSWORD })],
    ['a call of one that has not said who it is', (raw: RawProgram) => raw.send(LISTING)],
    ['a frame of a megabyte', (raw: RawProgram) => raw.send({ ...LISTING, arguments: 'x'.repeat(1_000_000) })],
    ['the length of a frame of four gigabytes', (raw: RawProgram) => raw.raw(Buffer.alloc(4, 0xff))],
    ['five hundred frames at once', flood],
  ])('a program that sends %s is let go or told no, and learns nothing', async (_, send) => {
    const raw = await RawProgram.open(chain.sockets()[0] ?? '');
    await expect.poll(() => raw.frames.length).toBe(1); // the challenge
    send(raw);
    await expect.poll(() => raw.isEnded || raw.frames.length > 1).toBe(true);
    raw.close();
    await raw.ended;
    for (const frame of raw.frames.slice(1)) expect(frame).toMatchObject({ type: 'failed' });
    chain.heard.push(JSON.stringify(raw.frames));
    expect((await client.call('list_data', {})).isError).toBe(false);
  });

  test('a call that is longer than a frame is refused before it is sent', async () => {
    const value = Array.from({ length: 5000 }, () => 'x'.repeat(256));
    const predicates = [{ attribute: 'age_over_21', operator: 'in', value }];
    const long = { ...inputs('').get_proof, predicates };
    expect(failure(await client.call('get_proof', long))).toBe('too_long');
  });

  test('many calls at once are answered, or told that they are too many', async () => {
    const calls = await Promise.all(Array.from({ length: 40 }, () => client.call('list_data', {})));
    const failed = calls.filter(({ isError }) => isError).map(failure);
    expect(failed.length).toBeLessThan(40);
    expect(failed.filter((reason) => reason !== 'too_many')).toEqual([]);
    await untilAnswered();
  });

  test('another profile has a socket of its own, and an agent finds the one that it was paired with', async () => {
    await chain.install('other');
    const other = await chain.browse('other');
    await createVault(other.app);
    await askWallet(other.app, 'agents.pairing.start', {});
    await expect.poll(() => chain.sockets()).toHaveLength(2);
    expect((await client.call('list_data', {})).text).toContain('Monthly income');
    await other.opened.close();
    await expect.poll(() => chain.sockets()).toHaveLength(1);
  });

  test('the wallet locks itself on time, though an agent calls all along', async () => {
    let told = 'done';
    while (told === 'done') {
      await delay(500);
      const called = await client.call('list_data', {});
      told = called.isError ? failure(called) : 'done';
    }
    expect(told).toBe('locked');
    expect(Date.now() - deadline).toBeGreaterThanOrEqual(0);
    expect(Date.now() - deadline).toBeLessThan(5000);
    await askWallet(app, 'wallet.unlock', { password: PASSWORD });
    await askWallet(app, 'settings.set', { ...(await askWallet(app, 'settings.get', {})), autoLockMinutes: 60 });
    await untilAnswered();
  });
});

describe('what the person takes away', () => {
  test('is told to one that calls on, and over when they give it back', async () => {
    const { id } = agent;
    await askWallet(app, 'agents.pause', { id });
    expect(await reasonOf()).toBe('paused');
    await askWallet(app, 'agents.resume', { id });
    await askWallet(app, 'agents.stopAll', {});
    expect(await reasonOf()).toBe('stopped');
    await askWallet(app, 'agents.startAll', {});
    await askWallet(app, 'wallet.lock', {});
    expect(await reasonOf()).toBe('locked');
    await askWallet(app, 'wallet.unlock', { password: PASSWORD });
    await untilAnswered();
  });
});

test('the browser starts the worker when it starts itself, before the person opens anything', async () => {
  const worker = await opened.worker();
  expect(await worker.evaluate(() => chrome.runtime.onStartup.hasListeners())).toBe(true);
});

describe('what dies', () => {
  /** A call that waits for the person, and then for what happens meanwhile. */
  async function waitingFor(asked: Called): Promise<{ readonly polled: Promise<Called> }> {
    const heard: unknown[] = [];
    const polled = client.call('check_status', { request_id: idOf(asked) }, { onprogress: () => heard.push(1) });
    await expect.poll(() => heard.length).toBeGreaterThan(0);
    return { polled };
  }

  test('is a host: what waits hears of it, and the next call finds the next host', async () => {
    const { asked, consent } = await askedInWindow(() =>
      client.call('request_capability', inputs('host').request_capability),
    );
    const { polled } = await waitingFor(asked);
    const [host = 0] = chain.hosts();
    process.kill(host, 'SIGKILL');
    expect(failure(await polled)).toBe('lost');
    await untilAnswered();
    expect(chain.hosts()).not.toContain(host);
    await deny(consent);
    expect(answerOf(await status(asked))).toMatchObject({ status: 'denied' });
  });

  test('is the worker: the same, and what waited for the person waits still', async () => {
    const { asked } = await askedInWindow(() => client.call('request_capability', inputs('worker').request_capability));
    const { polled } = await waitingFor(asked);
    await opened.killWorker();
    expect(failure(await polled)).toBe('lost');
    await opened.startWorker();
    await untilAnswered();
    const { waiting } = await askWallet(app, 'requests.list', {});
    expect(waiting.map(({ requestId }) => requestId)).toEqual([idOf(asked)]);
    await askWallet(app, 'requests.deny', { requestId: idOf(asked) });
    expect(answerOf(await status(asked))).toMatchObject({ status: 'denied' });
  });

  test('is the browser: tools are listed, calls say what to do, and go on once it is open again and unlocked', async () => {
    await opened.close();
    await expect.poll(() => chain.hosts()).toEqual([]);
    expect((await client.client.listTools()).tools).toHaveLength(7);
    expect(await reasonOf()).toBe('no_browser');
    ({ opened, app } = await chain.browse('profile'));
    await expect.poll(() => reasonOf(), { timeout: 20_000 }).toBe('locked');
    await askWallet(app, 'wallet.unlock', { password: PASSWORD });
    await untilAnswered();
  });

  test('is the pairing, when the person revokes it: for good', async () => {
    await askWallet(app, 'agents.revoke', { id: agent.id });
    expect(await reasonOf()).toMatch(/^(?:unknown_agent|lost|no_browser)$/);
    await expect.poll(() => chain.hosts()).toEqual([]);
    expect(await reasonOf()).toBe('no_browser');
  });
});

test('nothing that any client received has a value of Tier 2 or 3, as it is or encoded', () => {
  const received = chain.heard.join('\n');
  const inside = (received.match(/[A-Za-z0-9+/_-]{8,}/g) ?? []).map((part) =>
    Buffer.from(part, 'base64').toString('latin1'),
  );
  const everything = [received, ...inside].join('\n');
  expect(everything).toContain('Monthly income');
  expect(SECRETS.filter((secret) => everything.includes(secret))).toEqual([]);
});

const LISTING = { type: 'call', id: 1, tool: 'list_data', arguments: {} } as const;

function flood(raw: RawProgram): void {
  for (let frame = 0; frame < 500; frame++) raw.send({ type: 'cancel', id: frame });
}

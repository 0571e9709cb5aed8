import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as bodyOf } from 'node:stream/consumers';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startIssuer } from '../../demo/issuer/server.ts';
import type { RunningIssuer } from '../../demo/issuer/server.ts';
import type { ToolAnswer } from '../../lib/agents/index.ts';
import { randomBytes, toBase64url } from '../../lib/core/index.ts';
import { verify } from '../../lib/sdk/index.ts';
import { ASKS, callOn } from '../fixtures/agent-wallet.ts';
import type { AgentKey } from '../fixtures/agent-wallet.ts';
import { RemotePerson, ed25519Verifies, hmacVerifies, questionIn } from '../fixtures/notify/remote-person.ts';
import type { Program } from '../fixtures/test-host.ts';
import type { AgentScene } from './agent-scene.ts';
import { openAgentScene } from './agent-scene.ts';
import {
  PASSWORD,
  acceptLicence,
  askWallet,
  axeAndScreenshot,
  clickNamed,
  text,
  typeInto,
  trusting,
  untilSays,
} from './setup/harness.ts';

const QUERY = { query: 'at_least("Monthly income", 3000)' };

/** What the person does with a question: an answer to reply with, or nothing for now. */
type Answering = (question: string) => string | undefined | Promise<string | undefined>;

/** The person's own server: it lets the extension in, keeps what it is sent, and answers by its person. */
class PersonsServer implements AsyncDisposable {
  readonly questions: { readonly headers: Headers; readonly body: string }[] = [];
  /** How often it was asked for an answer. */
  polls = 0;
  atOnce: Answering = () => undefined;
  later: Answering = () => undefined;
  readonly #server: Server;
  #looks: (() => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<PersonsServer> {
    const server = createServer((request, response) => void persons.#answer(request, response));
    const persons = new PersonsServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return persons;
  }

  get url(): string {
    // A server that listens on a port has an address with one.
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Until something of what came is so. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#looks.push(resolve));
  }

  /** The next question that asks something. */
  async next(): Promise<string> {
    const before = this.questions.length;
    await this.until(() => this.questions.length > before);
    return this.questions.at(-1)?.body ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const own = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*' };
    const body = await bodyOf(request);
    const reply = request.method === 'OPTIONS' ? undefined : await this.#take(request, body);
    if (reply === undefined) response.writeHead(request.method === 'GET' ? 404 : 204, own).end();
    else response.writeHead(200, { ...own, 'Content-Type': 'application/json' }).end(reply);
    for (const look of this.#looks.splice(0)) look();
  }

  #take({ method, headers }: IncomingMessage, body: string): ReturnType<Answering> {
    if (method === 'GET') {
      this.polls += 1;
      return this.later(this.questions.at(-1)?.body ?? '');
    }
    const kept = new Headers(Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]));
    this.questions.push({ headers: kept, body });
    return this.atOnce(body);
  }
}

const SHOP = 'https://shop.example';

const person = new RemotePerson();
let scene: AgentScene;
let server: PersonsServer;
let issuer: RunningIssuer;
let app: Page;
let key: AgentKey;
let program: Program;
let secret: string;

beforeAll(async () => {
  [scene, server, issuer] = await Promise.all([openAgentScene(), PersonsServer.start(), startIssuer()]);
  app = scene.app;
  await acceptLicence(scene.opened, issuer);
  const income = { label: 'Monthly income', type: 'number', value: '4711', tier: 2 } as const;
  await askWallet(app, 'attributes.save', income);
  key = await scene.pair(ASKS);
  program = await scene.welcomed(key);
  const settings = {
    webhook: { url: `${server.url}/hook`, tells: 'names' },
    answers: { publicKey: person.publicKey, url: `${server.url}/answers`, tier3: false },
  } as const;
  secret = (await askWallet(app, 'elsewhere.set', { opener: { password: PASSWORD }, settings })).secret ?? '';
}, 240_000);
afterAll(async () => {
  await scene[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await issuer.close();
});

/** The browser's own notifications of ours, by the requests that they are about. */
const shown = async (): Promise<readonly string[]> =>
  Object.keys(await app.evaluate(() => new Promise<object>((resolve) => chrome.notifications.getAll(resolve))));

const idOf = (answer: ToolAnswer): string => (answer.status === 'pending' ? answer.request_id : '');
const status = (id: string) => callOn(program, 'check_status', { request_id: id });

/** An agent asks for a conclusion, and the person's server is asked about it. */
async function asked(): Promise<{ id: string; question: string }> {
  const arrives = server.next();
  const id = idOf(await callOn(program, 'query', QUERY));
  return { id, question: await arrives };
}

/** Another worker, and the agent connected to it. @param between when there is none */
async function restarted(between?: () => void): Promise<void> {
  const starts = scene.starts();
  await scene.opened.killWorker();
  between?.();
  await scene.opened.startWorker();
  await scene.startedAfter(starts);
  program = await scene.welcomed(key);
}

const isInSight = (selector: string): Promise<boolean> =>
  app.$eval(selector, (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });

const kinds = async (): Promise<readonly string[]> =>
  (await askWallet(app, 'audit.list', { limit: 50 })).entries.map(({ kind }) => kind);

test('an agent’s request is allowed by the answer in the webhook’s response, and the window goes', async () => {
  server.atOnce = (question) => person.answer(question, 'approve');
  const { id, question } = await asked();
  server.atOnce = () => undefined;
  expect(questionIn(question)).toMatchObject({ kind: 'query', agent: 'Helper', names: ['monthly_income'] });
  expect(hmacVerifies(server.questions.at(-1)?.headers ?? new Headers(), question, secret)).toBe(true);
  expect(await status(id)).toMatchObject({ result: { conclusion: { kind: 'yes_no', answer: true } } });
  expect(server.questions.map(({ body }) => body).join('')).not.toMatch(/4711|3000/);
});

test('the browser’s own notification is there while a request waits, and says who asks alone', async () => {
  const { id } = await asked();
  await expect.poll(shown).toEqual([id]);
  await askWallet(app, 'requests.deny', { requestId: id });
  await expect.poll(shown).toEqual([]);
});

test('an answer to a part of it gives a proof of that part, and of nothing else', async () => {
  server.atOnce = (question) => person.answer(question, 'narrow', { keep: ['age_over_18'] });
  const nonce = toBase64url(randomBytes(16));
  const predicates = ['age_over_18', 'age_over_21'].map((attribute) => ({ attribute, operator: 'eq', value: true }));
  const given = await callOn(program, 'get_proof', { predicates, proof_type: 'dc+sd-jwt', domain: SHOP, nonce });
  const answer = await status(idOf(given));
  server.atOnce = () => undefined;
  expect(answer).toMatchObject({ status: 'done' });
  const { proof } = (answer as unknown as { readonly result: { readonly proof: string } }).result; // of a proof, by the tool
  const verified = await verify(proof, 'age_over_18', SHOP, { nonce, issuers: await trusting(issuer), status: 'skip' });
  expect(verified).toMatchObject({ valid: true, claims: { age_over_18: true } });
  expect(Object.keys(verified.valid ? verified.claims : {})).toEqual(['age_over_18']);
  expect(atob(proof.split('~')[1] ?? '')).toContain('age_over_18');
  expect(proof.split('~').slice(1, -1)).toHaveLength(1);
});

test('an answer that arrives when the time is up is a denial', async () => {
  const allowed = async () => (await kinds()).filter((kind) => kind === 'elsewhere.allowed').length;
  const before = await allowed();
  const worker = await scene.opened.worker();
  server.atOnce = async (question) => {
    await worker.evaluate(
      (end) => {
        const late = end - Date.now();
        const now = Date.now.bind(Date);
        Date.now = () => now() + late;
      },
      Date.parse(questionIn(question).ends_at),
    );
    return person.answer(question, 'approve');
  };
  const { id } = await asked();
  expect(await status(id)).toMatchObject({ status: 'denied' });
  await expect.poll(async () => (await askWallet(app, 'requests.list', {})).waiting).toEqual([]);
  expect([await allowed(), await shown()]).toEqual([before, []]);
  server.atOnce = () => undefined;
  await restarted(); // and the clock goes right again
});

test('an answer of somebody else’s and one that was given before leave it waiting; a denial that is fetched ends it', async () => {
  const stranger = new RemotePerson();
  const used = person.answer(server.questions.at(-1)?.body ?? '', 'approve');
  const tried = [used, undefined as string | undefined];
  server.later = (question) => (tried.length === 2 ? tried.shift() : stranger.answer(question, 'approve'));
  const { id } = await asked();
  const before = server.polls;
  await server.until(() => server.polls >= before + 2);
  expect((await askWallet(app, 'requests.list', {})).waiting[0]?.requestId).toBe(id);
  server.later = (question) => person.answer(question, 'deny');
  expect(await status(id)).toMatchObject({ status: 'denied' });
  server.later = () => undefined;
  expect(await kinds()).toEqual(expect.arrayContaining(['elsewhere.asked', 'elsewhere.refused', 'elsewhere.denied']));
});

test('a worker that is killed goes on asking, and takes the answer that it gets then', async () => {
  const { id, question } = await asked();
  await restarted(() => (server.later = () => person.answer(question, 'approve')));
  expect(await status(id)).toMatchObject({ status: 'done' });
  server.later = () => undefined;
});

test('nothing is sent while the vault is locked', async () => {
  await asked();
  await askWallet(app, 'wallet.lock', {});
  const { polls } = server;
  server.later = (question) => person.answer(question, 'approve');
  await askWallet(app, 'wallet.unlock', { password: PASSWORD });
  await server.until(() => server.polls > polls);
  await expect.poll(async () => (await askWallet(app, 'requests.list', {})).waiting).toEqual([]);
});

test('the person changes in Settings where they are asked, and sees a new server’s secret once', async () => {
  await app.bringToFront(); // behind another tab nothing is drawn, and nothing can be found by its name
  await app.setViewport({ width: 1100, height: 900 });
  await app.evaluate(() => (location.hash = '#/settings/elsewhere'));
  await app.reload();
  await untilSays(app, text('elsewhere_webhook'));
  await typeInto(app, text('elsewhere_url'), `${server.url.replace('127.0.0.1', 'localhost')}/hook`);
  await typeInto(app, text('password'), PASSWORD);
  await clickNamed(app, text('elsewhere_save'));
  await untilSays(app, text('elsewhere_secret_once'));
  expect(await app.$eval('code.mono', (shown) => shown.textContent)).toMatch(/^whsec_/);
  expect(await axeAndScreenshot('settings-elsewhere-secret', app)).toEqual([]);
  expect(await isInSight('code.mono')).toBe(true); // the form that was sent ends far below
  await clickNamed(app, text('done'));
  const arrives = server.next();
  await clickNamed(app, text('elsewhere_test'));
  expect(JSON.parse(await arrives)).toMatchObject({ type: 'signet.test', data: {} });
  await untilSays(app, text('elsewhere_delivered', '').slice(0, 10));
  expect(await axeAndScreenshot('settings-elsewhere', app)).toEqual([]);
  expect(await app.$eval('main', ({ textContent }) => textContent)).not.toContain('whsec_');
  await app.click(`::-p-text(${text('elsewhere_signed_key')})`);
  await typeInto(app, text('password'), PASSWORD);
  await clickNamed(app, text('elsewhere_save'));
  await untilSays(app, text('elsewhere_public'));
  const publicKey = await app.$eval('code.mono', (shown) => shown.textContent);
  expect(await isInSight('code.mono')).toBe(true);
  expect(await axeAndScreenshot('settings-elsewhere-key', app)).toEqual([]);
  const signed = server.next();
  await clickNamed(app, text('elsewhere_test'));
  const question = await signed;
  expect(ed25519Verifies(server.questions.at(-1)?.headers ?? new Headers(), question, publicKey)).toBe(true);
});

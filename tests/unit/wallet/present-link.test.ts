import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as bodyText } from 'node:stream/consumers';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DeliveryWaiting, ProofWaiting, Waiting } from '../../../lib/messaging/contract.ts';
import { createFetchText } from '../../../lib/platform/fetch-text.ts';
import { closeConsent, createOwnHandlers } from '../../../lib/wallet/index.ts';
import { createTestIssuer } from '../../fixtures/credentials/test-issuer.ts';
import { Worker, forkWith, licensedMachine } from '../../fixtures/licensed-wallet.ts';
import { LinkVerifier, bindingIn, disclosedIn } from '../../fixtures/link-verifier.ts';
import type { VerifierOptions } from '../../fixtures/link-verifier.ts';
import type { Served } from '../../fixtures/serve.ts';
import { serve } from '../../fixtures/serve.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';

const OBJECT = 'application/oauth-authz-req+jwt';

let licensed: Machine;
let machine: Machine;
let worker: Worker;

beforeAll(async () => {
  licensed = await licensedMachine(5);
});
beforeEach(async () => {
  machine = await licensed.fork();
  worker = await Worker.on(machine);
});

/** A verifier behind a real server, and what is asked of it. */
interface Site extends AsyncDisposable {
  readonly origin: string;
  readonly verifier: LinkVerifier;
  readonly asked: readonly string[];
  /** Answers a path otherwise, from now on. */
  answer(path: string, how: (response: ServerResponse, request: IncomingMessage) => void): void;
  restore(path: string): void;
}

async function open(options: VerifierOptions = {}): Promise<Site> {
  const asked: string[] = [];
  const others = new Map<string, (response: ServerResponse, request: IncomingMessage) => void>();
  const held: { verifier?: LinkVerifier } = {};
  const listen = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request;
    asked.push(`${method} ${url}`);
    const { verifier } = held;
    const other = others.get(url);
    if (other !== undefined) {
      other(response, request);
      return;
    }
    if (verifier === undefined) return void response.writeHead(503).end();
    const body = await bodyText(request);
    if (url === '/response') {
      response.setHeader('Content-Type', 'application/json');
      return void response.end(JSON.stringify(await verifier.take(body)));
    }
    response.setHeader('Content-Type', OBJECT);
    response.end(await verifier.object(new URLSearchParams(body).get('wallet_nonce') ?? undefined));
  };
  const server: Served = await serve((request, response) => {
    listen(request, response).catch(() => response.destroy());
  });
  const verifier = (held.verifier = await LinkVerifier.at(server.origin, { clock: machine.clock.read, ...options }));
  return {
    origin: server.origin,
    verifier,
    asked,
    answer: (path, how) => void others.set(path, how),
    restore: (path) => void others.delete(path),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const first = async (from = worker): Promise<Waiting | undefined> => (await from.route('requests.list', {})).waiting[0];

async function proofOf(from = worker): Promise<ProofWaiting> {
  const waiting = await first(from);
  if (waiting?.kind !== 'proof') throw new Error(`Waits: ${waiting?.kind ?? 'nothing'}.`);
  return waiting;
}

async function deliveryOf(from = worker): Promise<DeliveryWaiting> {
  const waiting = await first(from);
  if (waiting?.kind !== 'delivery') throw new Error(`Waits: ${waiting?.kind ?? 'nothing'}.`);
  return waiting;
}

/** The person goes on with the link and says yes to what is shown. */
async function allow(site: Site): Promise<string> {
  await worker.route('links.open', { link: site.verifier.link() });
  const { requestId, state } = await proofOf();
  if (state.step !== 'ready') throw new Error(`Stands at ${state.step}.`);
  await worker.route('requests.allowProof', { requestId, digest: state.plans[0]?.digest ?? '' });
  return requestId;
}

const kinds = async (from = worker) => (await from.log()).map(({ kind }) => kind);
const copies = async () => (await worker.route('credentials.list', {})).credentials[0]?.instancesLeft;

describe('a verifier’s link', () => {
  test('says whom it leads to before anybody is asked', async () => {
    await using site = await open();
    for (const link of [
      site.verifier.link(),
      site.verifier.link('post'),
      site.verifier.link(undefined, 'haip-vp://'),
    ]) {
      expect(await worker.route('links.look', { link })).toEqual({ kind: 'proof', origin: site.origin, fetches: true });
    }
    expect(site.asked).toEqual([]);
    expect(await first()).toBeUndefined();
  });

  test('is put before the person as a site’s request is, after the click and no earlier', async () => {
    await using site = await open();
    await worker.route('links.open', { link: site.verifier.link() });
    expect(site.asked).toEqual(['GET /request']);
    expect(worker.wallet.shown()).toBe(1);
    expect(await proofOf()).toMatchObject({
      by: 'link',
      origin: site.origin,
      encrypted: false,
      verifier: { kind: 'did', did: expect.stringMatching(/^did:jwk:/) as string },
      state: { step: 'ready', plans: [{ learn: [{ claim: 'age_over_21' }] }] },
    });
  });

  test('gets the consented claim and no other, bound to its client id and nonce, with its state', async () => {
    await using site = await open();
    await allow(site);
    expect(site.asked).toEqual(['GET /request', 'POST /response']);
    const [answer] = site.verifier.answers;
    expect(answer?.state).toBe(site.verifier.state);
    const [presentation = ''] = answer?.vp_token?.['age'] ?? [];
    expect(bindingIn(presentation)).toMatchObject({ aud: site.verifier.clientId, nonce: site.verifier.nonce });
    expect(disclosedIn(presentation)).toEqual(['age_over_21']);
    expect(await copies()).toBe(4);
    expect(await worker.log(1)).toMatchObject([
      { kind: 'proof.allowed', subject: site.origin, claims: ['age_over_21'], decision: 'ANOMALY' },
    ]);
  });

  test('gets it encrypted where it asks for that', async () => {
    await using site = await open({ encrypted: true });
    await worker.route('links.open', { link: site.verifier.link() });
    expect((await proofOf()).encrypted).toBe(true);
    const { requestId, state } = await proofOf();
    const digest = state.step === 'ready' ? (state.plans[0]?.digest ?? '') : '';
    await worker.route('requests.allowProof', { requestId, digest });
    expect(Object.keys(site.verifier.answers[0]?.vp_token ?? {})).toEqual(['age']);
  });

  test('is asked by POST with a nonce of its own each time, where it says so', async () => {
    const sent: (string | undefined)[] = [];
    const lies = { walletNonce: (nonce: string | undefined) => (sent.push(nonce), nonce) };
    await using site = await open({ lies });
    await worker.route('links.open', { link: site.verifier.link('post') });
    const { requestId } = await proofOf();
    await worker.route('requests.deny', { requestId });
    await worker.route('links.open', { link: site.verifier.link('post') });
    expect(site.asked).toEqual(['POST /request', 'POST /request']);
    expect(new Set(sent).size).toBe(2);
    for (const nonce of sent) expect(nonce).toMatch(/^[\w-]{43}$/);
  });

  test('waits once, however often it is opened', async () => {
    await using site = await open();
    const object = await site.verifier.object();
    site.answer('/request', (response) => void response.writeHead(200, { 'Content-Type': OBJECT }).end(object));
    await worker.route('links.open', { link: site.verifier.link() });
    await worker.route('links.open', { link: site.verifier.link() });
    expect(worker.services.queue.list()).toHaveLength(1);
  });

  test('asks nobody anything while the vault is locked', async () => {
    await using site = await open();
    await worker.route('wallet.lock', {});
    await expect(worker.route('links.open', { link: site.verifier.link() })).rejects.toMatchObject({
      reason: 'locked',
    });
    expect(site.asked).toEqual([]);
  });
});

describe('a link to one place whose answer goes to another', () => {
  test('is put before the person as the other’s, and says where it led first', async () => {
    await using other = await open();
    const lies = { request: () => ({ response_uri: `${other.origin}/response` }) };
    await using site = await open({ lies });
    const link = site.verifier.link();
    expect(await worker.route('links.look', { link })).toMatchObject({ origin: site.origin });
    await worker.route('links.open', { link });
    expect(await proofOf()).toMatchObject({ origin: other.origin, from: site.origin });
    expect(other.asked).toEqual([]);
  });

  test('is not confused with one that stays where it is', async () => {
    await using site = await open();
    await worker.route('links.open', { link: site.verifier.link() });
    expect(await proofOf()).not.toHaveProperty('from');
  });
});

describe('where the person goes on', () => {
  test('is theirs to press, and nothing is opened by itself', async () => {
    await using site = await open({ back: 'https://shop.example/done?code=1' });
    await allow(site);
    expect((await deliveryOf()).state).toEqual({ step: 'arrived', back: 'https://shop.example/done?code=1' });
  });

  test.for(['javascript:alert(1)', 'http://shop.example/', 'chrome://settings', 'file:///etc/passwd', 7, null, {}])(
    'is never %s: the answer has arrived all the same',
    async (back) => {
      await using site = await open();
      site.answer('/response', (response, request) => {
        request.resume();
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify({ redirect_uri: back }));
      });
      await allow(site);
      const { state } = await deliveryOf();
      expect(JSON.stringify(state)).not.toContain('back');
    },
  );
});

describe('rules and denials', () => {
  test('a standing permit of the site is not applied: a link could come from anyone', async () => {
    await using site = await open();
    await worker.grant(['age_over_21'], {}, site.origin);
    expect(await worker.arrive(['age_over_21'], site.origin)).toBe('answered');
    await worker.route('links.open', { link: site.verifier.link() });
    expect((await proofOf()).state.step).toBe('ready');
    expect(site.verifier.answers).toEqual([]);
  });

  test('no permit is given by one', async () => {
    await using site = await open();
    await worker.route('links.open', { link: site.verifier.link() });
    const { requestId, state } = await proofOf();
    const digest = state.step === 'ready' ? (state.plans[0]?.digest ?? '') : '';
    const always = { claims: ['age_over_21'] };
    await expect(worker.route('requests.allowProof', { requestId, digest, always })).rejects.toMatchObject({
      reason: 'bad_request',
      field: 'always',
    });
    expect(await worker.rules()).toEqual([]);
    expect(site.verifier.answers).toEqual([]);
  });

  test('what the person never tells a site it is not asked by a link either, and they are told', async () => {
    await using site = await open();
    const { id: requestId } = await worker.ask(['age_over_21'], site.origin);
    await worker.route('requests.deny', { requestId, never: 'claims' });
    await expect(worker.route('links.open', { link: site.verifier.link() })).rejects.toMatchObject({
      reason: 'denied',
      message: expect.stringContaining(new URL(site.origin).host) as string,
    });
    expect(await first()).toBeUndefined();
    expect((await kinds())[0]).toBe('proof.refused');
    expect(site.verifier.answers).toEqual([]);
  });

  test('a no is logged, tells nobody and mutes no site', async () => {
    await using site = await open();
    for (let times = 0; times < 4; times += 1) {
      await worker.route('links.open', { link: site.verifier.link('post') });
      await worker.route('requests.deny', { requestId: (await proofOf()).requestId });
    }
    expect((await kinds()).filter((kind) => kind === 'proof.denied')).toHaveLength(4);
    expect(site.asked.filter((asked) => asked.includes('/response'))).toEqual([]);
    expect(await worker.arrive(['age_over_21'], site.origin)).toBe('ask');
  });

  test('a no is told where the person says so', async () => {
    await using site = await open();
    await worker.route('links.open', { link: site.verifier.link() });
    await worker.route('requests.deny', { requestId: (await proofOf()).requestId, tell: true });
    expect(site.verifier.answers).toEqual([{ error: 'access_denied', state: site.verifier.state }]);
    expect(await first()).toBeUndefined();
    expect((await kinds())[0]).toBe('proof.denied');
  });

  test('a no that could not be told waits on', async () => {
    await using site = await open();
    await worker.route('links.open', { link: site.verifier.link() });
    site.answer('/response', (response) => void response.writeHead(500).end());
    const { requestId } = await proofOf();
    await expect(worker.route('requests.deny', { requestId, tell: true })).rejects.toThrow();
    expect((await proofOf()).requestId).toBe(requestId);
  });

  test('closing the window is a no', async () => {
    await using site = await open();
    await worker.route('links.open', { link: site.verifier.link() });
    await worker.route('requests.shown', { requestId: (await proofOf()).requestId });
    await closeConsent(worker.services);
    expect(await first()).toBeUndefined();
    expect((await kinds())[0]).toBe('proof.denied');
  });

  test('nothing to offer is shown, and nobody hears of it', async () => {
    const query = {
      credentials: [{ id: 'a', format: 'dc+sd-jwt', meta: { vct_values: ['https://other.example/x'] } }],
    };
    await using site = await open({ query });
    await worker.route('links.open', { link: site.verifier.link() });
    expect((await proofOf()).state.step).toBe('nothing');
    expect(site.asked).toEqual(['GET /request']);
  });
});

describe('an answer that did not arrive', () => {
  const refuse = (response: ServerResponse, request: IncomingMessage) => {
    request.resume();
    response.writeHead(400, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ error: 'invalid_request', error_description: 'The shop is closed' }));
  };

  test('is kept, with the site’s words, and is sent unchanged when the person says so', async () => {
    await using site = await open();
    site.answer('/response', refuse);
    const requestId = await allow(site);
    expect((await deliveryOf()).state).toEqual({
      step: 'refused',
      again: true,
      message: expect.stringContaining('The shop is closed') as string,
    });
    expect((await kinds()).slice(0, 2)).toEqual(['proof.undelivered', 'proof.allowed']);
    site.restore('/response');
    await worker.route('requests.sendAgain', { requestId });
    expect((await deliveryOf()).state).toEqual({ step: 'arrived' });
    expect(site.verifier.answers).toHaveLength(1);
    expect(await copies()).toBe(4);
  });

  test('may have arrived where the connection broke: that is what is said', async () => {
    await using site = await open();
    site.answer('/response', (response) => void response.destroy());
    await allow(site);
    expect((await deliveryOf()).state).toEqual({ step: 'unknown', again: true });
  });

  test('is not followed to another place', async () => {
    await using elsewhere = await open();
    await using site = await open();
    site.answer('/response', (response, request) => {
      request.resume();
      response.writeHead(307, { Location: `${elsewhere.origin}/response` }).end();
    });
    await allow(site);
    expect((await deliveryOf()).state.step).toBe('unknown');
    expect(elsewhere.asked).toEqual([]);
  });

  test('is not sent any more when it is old', async () => {
    await using site = await open();
    site.answer('/response', refuse);
    const requestId = await allow(site);
    machine.clock.now += 5 * 60_000;
    expect((await deliveryOf()).state).toMatchObject({ step: 'refused', again: false });
    await expect(worker.route('requests.sendAgain', { requestId })).rejects.toMatchObject({ reason: 'expired' });
    expect(site.asked.filter((asked) => asked.startsWith('POST'))).toHaveLength(1);
  });

  test('is given up when the window is closed', async () => {
    await using site = await open();
    site.answer('/response', refuse);
    const requestId = await allow(site);
    await worker.route('requests.shown', { requestId });
    await closeConsent(worker.services);
    expect(await first()).toBeUndefined();
    expect((await kinds())[0]).toBe('proof.undelivered');
    await expect(worker.route('requests.sendAgain', { requestId })).rejects.toMatchObject({ reason: 'not_found' });
  });

  test('is never sent twice by saying yes twice', async () => {
    await using site = await open();
    await worker.route('links.open', { link: site.verifier.link() });
    const { requestId, state } = await proofOf();
    const digest = state.step === 'ready' ? (state.plans[0]?.digest ?? '') : '';
    const yes = () => worker.route('requests.allowProof', { requestId, digest });
    await Promise.allSettled([yes(), yes()]);
    await yes();
    expect(site.verifier.answers).toHaveLength(1);
    expect(await copies()).toBe(4);
  });
});

describe('a worker that dies', () => {
  test('while it sends leaves an answer of which nobody knows whether it arrived, and says so', async () => {
    await using site = await open();
    const reached = Promise.withResolvers<undefined>();
    site.answer('/response', () => reached.resolve(undefined)); // and never answers
    const dying = allow(site);
    await Promise.race([reached.promise, dying]); // where it throws, so does this
    const next = await Worker.on(await forkWith(machine));
    const { requestId, state } = await deliveryOf(next);
    expect(state).toEqual({ step: 'unknown', again: true });
    site.restore('/response');
    await next.route('requests.sendAgain', { requestId });
    expect(site.verifier.answers).toHaveLength(1);
    expect((await deliveryOf(next)).state).toEqual({ step: 'arrived' });
    await site[Symbol.asyncDispose]();
    await dying.catch(() => undefined); // the worker that died has nobody to tell
  });

  test('before it sends has sent nothing, and says so', async () => {
    await using site = await open();
    await worker.route('links.open', { link: site.verifier.link() });
    const { requestId, state } = await proofOf();
    const digest = state.step === 'ready' ? (state.plans[0]?.digest ?? '') : '';
    // The disk takes the answer, and no more after it.
    const { queue } = worker.services;
    const setData = queue.setData.bind(queue);
    let writes = 0;
    queue.setData = (...change) => ((writes += 1) > 1 ? Promise.reject(new Error('gone')) : setData(...change));
    await expect(worker.route('requests.allowProof', { requestId, digest })).rejects.toThrow();
    expect(site.verifier.answers).toEqual([]);
    const next = await Worker.on(await forkWith(machine));
    expect((await deliveryOf(next)).state).toEqual({ step: 'unsent', again: true });
    await next.route('requests.sendAgain', { requestId });
    expect(site.verifier.answers).toHaveLength(1);
  });
});

describe('a hostile link', () => {
  const refusedAt = async (site: Site, link = site.verifier.link()): Promise<unknown> => {
    const thrown: unknown = await worker.route('links.open', { link }).catch((error: unknown) => error);
    expect(await first()).toBeUndefined();
    expect(site.asked.filter((asked) => asked.includes('/response'))).toEqual([]);
    expect(worker.wallet.shown()).toBe(0);
    return thrown;
  };

  test('without the wallet’s nonce in what it was sent for it is refused, or with another’s', async () => {
    const others = 'A'.repeat(43);
    for (const walletNonce of [() => undefined, () => others, () => '']) {
      await using site = await open({ lies: { walletNonce } });
      expect(await refusedAt(site, site.verifier.link('post'))).toMatchObject({ reason: 'bad_request' });
    }
  });

  test('that replays a request made for another wallet is refused', async () => {
    await using site = await open();
    const old = await site.verifier.object('B'.repeat(43));
    site.answer('/request', (response, request) => {
      request.resume();
      response.setHeader('Content-Type', OBJECT);
      response.end(old);
    });
    expect(await refusedAt(site, site.verifier.link('post'))).toMatchObject({ reason: 'bad_request' });
  });

  const lies: Readonly<Record<string, VerifierOptions['lies'] & object>> = {
    'names another client than the link': { request: () => ({ client_id: 'decentralized_identifier:did:jwk:e30' }) },
    'names no client': { request: () => ({ client_id: undefined }) },
    'has no nonce': { request: () => ({ nonce: undefined }) },
    'has its answer sent to a plain address': { request: () => ({ response_uri: 'http://shop.example/response' }) },
    'has its answer sent to the browser': { request: () => ({ response_uri: 'chrome://settings' }) },
    'has no place for an answer': { request: () => ({ response_uri: undefined }) },
    'wants the answer in a redirect': { request: () => ({ redirect_uri: 'https://shop.example/done' }) },
    'is for the Digital Credentials API': { request: () => ({ response_mode: 'dc_api' }) },
    'wants a token of another kind': { request: () => ({ response_type: 'id_token' }) },
    'has expired': { request: () => ({ iat: 1_780_000_000, exp: 1_780_000_300 }) },
    'is of another type': { header: { typ: 'JWT' } },
    'is not signed': { header: { alg: 'none' } },
    'names a critical extension that nobody knows': { header: { crit: ['x'], x: 1 } },
    'names another key': { header: { kid: 'did:jwk:e30#0' } },
    'has transaction data of a type that nobody knows': {
      request: () => ({
        transaction_data: [Buffer.from(JSON.stringify({ type: 'x', credential_ids: ['age'] })).toString('base64url')],
      }),
    },
  };
  test.for(Object.entries(lies))('whose request %s is refused', async ([, lie]) => {
    await using site = await open({ lies: lie });
    const thrown = await refusedAt(site);
    expect(thrown).toMatchObject({ name: 'SignetError' });
    expect(['bad_request', 'unsupported']).toContain((thrown as { reason: string }).reason);
  });

  test('whose request another key signed is refused', async () => {
    await using site = await open({ lies: { signer: await createTestIssuer('ES256') } });
    expect(await refusedAt(site)).toMatchObject({ reason: 'bad_request' });
  });

  const json = 'application/json';
  const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
    'a redirect': (response) => void response.writeHead(302, { Location: '/elsewhere' }).end(),
    '5 MB': (response) => void response.writeHead(200, { 'Content-Type': OBJECT }).end('a'.repeat(5_000_000)),
    'another type': (response) => void response.writeHead(200, { 'Content-Type': json }).end('{}'),
    'a page': (response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>Hello</p>'),
    nothing: (response) => void response.writeHead(200, { 'Content-Type': OBJECT }).end(),
    'no object': (response) => void response.writeHead(200, { 'Content-Type': OBJECT }).end('Good evening'),
    'an error': (response) => void response.writeHead(404).end(),
    'a broken line': (response) => void response.destroy(),
  };
  test.for(Object.entries(answers))('that is answered with %s is refused', async ([, answer]) => {
    await using site = await open();
    site.answer('/request', answer);
    const thrown = await refusedAt(site);
    expect(['bad_request', 'issuer_refused', 'network']).toContain((thrown as { reason: string }).reason);
    expect(site.asked).toEqual(['GET /request']);
  });

  test('that is answered without an end is given up', async () => {
    await using site = await open();
    site.answer('/request', (response) => {
      response.writeHead(200, { 'Content-Type': OBJECT });
      response.write('a');
    });
    const hasty = createFetchText(fetch, { maxBytes: 1_000, maxMilliseconds: 200 });
    const own = createOwnHandlers(() => Promise.resolve({ ...worker.services, fetchText: hasty }));
    await expect(own['links.open']({ link: site.verifier.link() })).rejects.toMatchObject({ reason: 'network' });
    expect(await first()).toBeUndefined();
  });

  test('of this machine may not have its answer sent elsewhere, nor one from elsewhere to this machine', async () => {
    await using site = await open({ lies: { request: () => ({ response_uri: 'https://shop.example/response' }) } });
    expect(await refusedAt(site)).toMatchObject({ name: 'SignetError' });
    const away = `openid4vp://?client_id=x509_san_dns%3Ashop.example&request_uri=${encodeURIComponent('http://10.0.0.1/')}`;
    await expect(worker.route('links.look', { link: away })).rejects.toMatchObject({ reason: 'bad_request' });
  });

  const texts: Readonly<Record<string, string>> = {
    nothing: ' ',
    'a sentence': 'Meet me at noon',
    'an address without a request': 'https://shop.example/',
    'a script': 'javascript:alert(1)//openid4vp://?client_id=x&request_uri=https://shop.example',
    'a file': 'file:///etc/passwd',
    'another wallet’s link': 'mdoc:owBjMS4w',
    'a link without a client': 'openid4vp://?request_uri=https%3A%2F%2Fshop.example%2Frequest',
    'a link with two clients': 'openid4vp://?client_id=a&client_id=b&request_uri=https%3A%2F%2Fshop.example%2Fr',
    'a link that leads nowhere': 'openid4vp://?client_id=x509_san_dns%3Ashop.example',
    'a link with a password': `openid4vp://?client_id=x509_san_dns%3Ashop.example&request_uri=${encodeURIComponent('https://a:b@shop.example/r')}`,
    'a link that asks by PUT':
      'openid4vp://?client_id=x509_san_dns%3Ashop.example&request_uri=https%3A%2F%2Fshop.example%2Fr&request_uri_method=put',
    'an offer of nothing': 'openid-credential-offer://?',
    'an offer of both kinds':
      'openid-credential-offer://?credential_offer=%7B%7D&credential_offer_uri=https%3A%2F%2Fa.example',
  };
  test.for(Object.entries(texts))('%s is no link', async ([, link]) => {
    for (const route of ['links.look', 'links.open'] as const) {
      const thrown: unknown = await worker.route(route, { link }).catch((error: unknown) => error);
      expect(['bad_request', 'unsupported']).toContain((thrown as { reason?: string }).reason);
    }
    expect(await first()).toBeUndefined();
  });
});

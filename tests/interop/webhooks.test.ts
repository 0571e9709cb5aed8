import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import type { Delivery, SigningSecret, Step } from '../../lib/notify/index.ts';
import {
  ReplayCache,
  forgetBreaker,
  listChallenges,
  newHmacSecret,
  newSigningKey,
  parseVerifyingKey,
  permittedBy,
  readBreaker,
  rotateSecret,
  spellPublicKey,
  spellSecret,
  verifyWebhook,
} from '../../lib/notify/index.ts';
import { MAX_WAIT } from '../../lib/notify/exchange.ts';
import { Away, NOON, SCOPE, TEN_MINUTES, requestOf } from '../fixtures/notify/away.ts';
import type { Reaction } from '../fixtures/notify/receiver.ts';
import { Receiver, accept, say, status } from '../fixtures/notify/receiver.ts';
import { ed25519Verifies, hmacVerifies } from '../fixtures/notify/remote-person.ts';

/** Headers as the library takes them. */
const plain = (headers: Headers): Record<string, string> => Object.fromEntries(headers);

describe('standardwebhooks', () => {
  /** One question, posted now, as that library's clock is the machine's. */
  async function posted(...secrets: readonly [SigningSecret, ...SigningSecret[]]) {
    await using receiver = await Receiver.start();
    const [first, ...later] = secrets;
    const away = await Away.at(receiver.url, {}, first);
    for (const secret of later) await away.vault.transact((tx) => rotateSecret(tx, secret, Date.now()));
    away.clock.now = Date.now();
    const channel = away.channel();
    await channel.ask(requestOf({ endsAt: away.clock.now + TEN_MINUTES }));
    await channel.step();
    const [received] = receiver.received;
    if (received === undefined) throw new Error('nothing came');
    return received;
  }

  test('verifies a question of ours, and none of its parts changed', async () => {
    const secret = newHmacSecret();
    const { headers, body } = await posted(secret);
    const library = new Webhook(spellSecret(secret));
    expect(library.verify(body, plain(headers))).toEqual(JSON.parse(body));
    const another = { ...plain(headers), 'webhook-id': 'chl_another' };
    expect(() => library.verify(body.replace('narrow', 'allow'), plain(headers))).toThrow('No matching signature');
    expect(() => library.verify(body, another)).toThrow('No matching signature');
    expect(() => new Webhook(spellSecret(newHmacSecret())).verify(body, plain(headers))).toThrow(
      'No matching signature',
    );
  });

  test('verifies it with the old secret and with the new one while they rotate, beside an Ed25519 signature too', async () => {
    const [old, next, key] = [newHmacSecret(), newHmacSecret(), newSigningKey()];
    const rotating = await posted(old, next);
    for (const secret of [old, next]) {
      expect(new Webhook(spellSecret(secret)).verify(rotating.body, plain(rotating.headers))).toBeDefined();
    }
    const both = await posted(old, key);
    expect(new Webhook(spellSecret(old)).verify(both.body, plain(both.headers))).toBeDefined();
    expect(ed25519Verifies(both.headers, both.body, spellPublicKey(key) ?? '')).toBe(true);
    expect(ed25519Verifies(both.headers, `${both.body} `, spellPublicKey(key) ?? '')).toBe(false);
  });

  test('agrees with a program of twenty lines that knows node:crypto alone', async () => {
    const secret = newHmacSecret();
    const { headers, body } = await posted(secret);
    expect(hmacVerifies(headers, body, spellSecret(secret))).toBe(true);
    expect(hmacVerifies(headers, body, spellSecret(newHmacSecret()))).toBe(false);
  });

  test('signs what we verify, with either secret of a rotation, and not with a third', () => {
    const [old, next, stranger] = [newHmacSecret(), newHmacSecret(), newHmacSecret()];
    const keys = [next, old].map((secret) => parseVerifyingKey(spellSecret(secret), 'key'));
    const body = '{"type":"contact.created","data":{"name":"Zoë"}}';
    const verdict = (secret: SigningSecret, changed = body) => {
      const headers = new Headers({
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(NOON / 1000),
        'webhook-signature': new Webhook(spellSecret(secret)).sign('msg_1', new Date(NOON), body),
      });
      return verifyWebhook(headers, changed, { keys, now: NOON, seen: new ReplayCache() });
    };
    expect([verdict(old), verdict(next)]).toEqual(Array(2).fill({ valid: true, id: 'msg_1' }));
    expect([verdict(stranger), verdict(next, `${body} `)]).toEqual(
      Array(2).fill({ valid: false, reason: 'bad_signature' }),
    );
  });
});

/** One question, posted to a webhook that reacts in a way, and what became of it. */
async function afterOne(reaction: Reaction, maxWait?: number): Promise<After> {
  await using receiver = await Receiver.start(reaction);
  return await afterOneTo(await Away.at(receiver.url), maxWait);
}

interface After {
  readonly delivery: Delivery | undefined;
  readonly step: Step;
}

/** @param maxWait milliseconds, where the test is about a server that is too slow */
async function afterOneTo(away: Away, maxWait = MAX_WAIT): Promise<After> {
  const channel = away.channel(away.vault, { maxWait });
  await channel.ask(requestOf());
  const step = await channel.step();
  return { step, delivery: (await listChallenges(away.vault))[0]?.delivery };
}

const again = (seconds: number) => ({ state: 'due', at: NOON + seconds * 1000, attempts: 1 });
/** The longest that the first retry waits, with the chance that these tests take. */
const SOON = 0.999;

describe('a webhook that answers', () => {
  test('in its response has its say: signed by the person’s key, for exactly this question', async () => {
    await using receiver = await Receiver.start();
    const away = await Away.at(receiver.url);
    receiver.reaction = say(({ body }) => away.person.answer(body, 'approve'));
    const { step, delivery } = await afterOneTo(away);
    expect(delivery).toEqual({ state: 'delivered' });
    expect(step.ruled.map((ruled) => permittedBy(ruled, SCOPE, NOON))).toEqual([SCOPE]);
  });

  const cut: Reaction = (response) =>
    void response.writeHead(200, { 'Content-Type': 'application/json' }).write('{"v":');
  const page: Reaction = (response) =>
    void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>Thanks!</p>');
  const latin: Reaction = (response) =>
    void response.writeHead(200, { 'Content-Type': 'application/json' }).end(Buffer.from([0x22, 0xff, 0x22]));
  test.each<[string, Reaction, number?]>([
    ['nothing', accept],
    ['something else in JSON', say('{"ok":true}')],
    ['a page', page],
    ['half an answer, and then nothing', cut, 1000],
    ['bytes that are no text', latin],
  ])('%s has taken the question, and it waits on', async (_, reaction, maxWait) => {
    const { step, delivery } = await afterOne(reaction, maxWait);
    expect(delivery).toEqual({ state: 'delivered' });
    expect(step).toEqual({ ruled: [], refused: [], nextAt: NOON + TEN_MINUTES });
  });
});

test('a webhook whose answer never ends is hung up on', async () => {
  const written = Promise.withResolvers<number>();
  const { step, delivery } = await afterOne((response) => {
    const { socket } = response;
    response.writeHead(200, { 'Content-Type': 'application/json' });
    const more = (): void => {
      while (response.write(' '.repeat(65_536)));
      response.once('drain', more);
    };
    response.once('close', () => written.resolve(socket?.bytesWritten ?? Infinity));
    more();
  });
  expect(delivery).toEqual({ state: 'delivered' });
  expect(step.ruled).toEqual([]);
  // What the machine had buffered by then, and nothing like ten seconds of it.
  expect(await written.promise).toBeLessThan(30_000_000);
});

describe('a webhook that does not take a question', () => {
  const hang: Reaction = () => undefined;
  const reset: Reaction = (response) => void response.socket?.destroy();
  test.each<[string, Reaction, object, number?]>([
    ['with 500', status(500), again(SOON)],
    ['with 404', status(404), again(SOON)],
    ['with 503, for a minute', status(503, { 'Retry-After': '60' }), again(60)],
    ['with 429, until a time', status(429, { 'Retry-After': 'Tue, 24 Nov 2026 12:02:00 GMT' }), again(120)],
    [
      'with 429, for longer than the request waits',
      status(429, { 'Retry-After': '600' }),
      { state: 'given_up', why: 'unreachable' },
    ],
    ['with 429 and no sensible time', status(429, { 'Retry-After': 'a while' }), again(SOON)],
    ['by saying nothing', hang, again(SOON), 300],
    ['by hanging up', reset, again(SOON)],
    ['with 410', status(410), { state: 'given_up', why: 'gone' }],
  ])('%s gets it again in time, or not at all', async (_, reaction, delivery, maxWait) => {
    expect((await afterOne(reaction, maxWait)).delivery).toEqual(delivery);
  });

  test.each([301, 302, 303, 307, 308])(
    'but sends it elsewhere with %s is not followed, nor asked again',
    async (code) => {
      await using elsewhere = await Receiver.start();
      const { delivery } = await afterOne(status(code, { Location: elsewhere.url }));
      expect(delivery).toEqual({ state: 'given_up', why: 'redirected' });
      expect(elsewhere.received).toEqual([]);
    },
  );

  test('because nobody listens gets it again', async () => {
    const gone = await Receiver.start();
    const { url } = gone;
    await gone[Symbol.asyncDispose]();
    expect((await afterOneTo(await Away.at(url))).delivery).toEqual(again(SOON));
  });

  test('because its certificate is nobody’s sees nothing of it', async () => {
    const seen: string[] = [];
    await using server = await selfSigned(seen);
    expect((await afterOneTo(await Away.at(server.url))).delivery).toEqual(again(SOON));
    expect(seen).toEqual([]);
  });

  test('with 410 gets no other question either, until the person sets it anew', async () => {
    await using receiver = await Receiver.start(status(410));
    const away = await Away.at(receiver.url);
    await afterOneTo(away);
    receiver.reaction = accept;
    const channel = away.channel(await away.anotherWorker());
    await channel.ask(requestOf({ requestId: 'next' }));
    await channel.step();
    expect(receiver.received).toHaveLength(1);
    expect((await listChallenges(await away.anotherWorker())).at(-1)?.delivery).toEqual({
      state: 'given_up',
      why: 'gone',
    });
    const mended = await away.anotherWorker();
    await mended.transact(forgetBreaker);
    await away.channel(mended).ask(requestOf({ requestId: 'third' }));
    await away.channel(mended).step();
    expect(receiver.received).toHaveLength(2);
  });
});

describe('a webhook that fails for a while', () => {
  /** Steps through time, as a wallet does, each in a worker of its own. @returns the times of the attempts, in seconds */
  async function live(away: Away, receiver: Receiver, until = NOON + TEN_MINUTES): Promise<readonly number[]> {
    const times: number[] = [];
    for (;;) {
      const before = receiver.received.length;
      const { nextAt } = await away.channel(await away.anotherWorker()).step();
      if (receiver.received.length > before) times.push((away.clock.now - NOON) / 1000);
      if (nextAt === undefined || nextAt >= until) return times;
      away.clock.now = nextAt;
    }
  }

  test('gets a question more and more seldom, under one id with each time anew, from whichever worker lives', async () => {
    await using receiver = await Receiver.start(status(500));
    const away = await Away.at(receiver.url);
    await away.channel().ask(requestOf());
    const times = await live(away, receiver);
    expect(times.map(Math.round)).toEqual([0, 1, 3, 7, 15, 45, 105, 225, 465]);
    const sent = receiver.received.map(({ headers }) => headers);
    expect(new Set(sent.map((headers) => headers.get('webhook-id'))).size).toBe(1);
    const dated = sent.map((headers) => Number(headers.get('webhook-timestamp')) - NOON / 1000);
    expect(dated).toEqual(times.map(Math.floor));
    expect(new Set(receiver.bodies).size).toBe(1);
  });

  test('and then works has the answer counted, across a restart and a rotation in the middle', async () => {
    await using receiver = await Receiver.start(status(502));
    const [old, next] = [newHmacSecret(), newSigningKey()];
    const away = await Away.at(receiver.url, {}, old);
    await away.channel().ask(requestOf());
    await live(away, receiver, NOON + 10_000);
    away.vault = await away.anotherWorker();
    await away.vault.transact((tx) => rotateSecret(tx, next, away.clock.now));
    receiver.reaction = say(({ body }) => away.person.answer(body, 'narrow', { keep: ['salary'] }));
    away.clock.now = NOON + 20_000;
    const { ruled } = await away.channel().step();
    expect(ruled).toMatchObject([{ ruling: { decision: 'narrow', keep: ['salary'] } }]);
    const last = receiver.received.at(-1);
    expect(hmacVerifies(last?.headers ?? new Headers(), last?.body ?? '', spellSecret(old))).toBe(true);
    expect(ed25519Verifies(last?.headers ?? new Headers(), last?.body ?? '', spellPublicKey(next) ?? '')).toBe(true);
    expect(await readBreaker(away.vault)).toEqual({ state: 'closed', failures: 0 });
  });

  test('denies, when it never works, at the end of the request and not a moment later', async () => {
    await using receiver = await Receiver.start(status(500));
    const away = await Away.at(receiver.url);
    await away.channel().ask(requestOf());
    await live(away, receiver);
    away.clock.now = NOON + TEN_MINUTES;
    const { ruled, nextAt } = await away.channel().step();
    expect(ruled).toMatchObject([{ ruling: { decision: 'deny', why: 'late' } }]);
    expect(nextAt).toBeUndefined();
  });
});

/** A server over TLS with a certificate that nobody vouches for. */
async function selfSigned(seen: string[]): Promise<AsyncDisposable & { readonly url: string }> {
  const folder = new URL('../fixtures/tls/', import.meta.url);
  const [key, cert] = await Promise.all([
    readFile(new URL('key.pem', folder)),
    readFile(new URL('certificate.pem', folder)),
  ]);
  const server = createServer({ key, cert }, (request, response) => {
    seen.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listening on a port, so the address is not a pipe's name
  return {
    url: `https://127.0.0.1:${port}/hook`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

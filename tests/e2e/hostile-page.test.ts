import type { Page } from 'puppeteer';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { FORGE, begin, ended, outcomeOf, proofRequest } from './page-calls.ts';
import { openBrowser, serve } from './setup/harness.ts';
import type { ExtensionBrowser, TestServer } from './setup/harness.ts';

let opened: ExtensionBrowser;
let site: TestServer;
let hostile: Page;

beforeAll(async () => {
  opened = await openBrowser();
});

afterAll(() => opened.close());

beforeEach(async () => {
  // Another site each time: what one floods away no other has to do without.
  site = await serve({ '/': `<!doctype html><title>site</title><script>${FORGE}</script>` });
  hostile = await opened.browser.newPage();
  await hostile.goto(`${site.origin()}/`);
  return async () => {
    expect(await outcomeOf(hostile, 'document.title')).toEqual({ value: 'site' });
    await hostile.close();
    await expectOthersUnharmed();
    await site.close();
  };
});

/** A page of another site gets its answer as if nothing had happened. */
async function expectOthersUnharmed(): Promise<void> {
  const bystander = await opened.browser.newPage();
  await bystander.goto(`${site.origin('127.0.0.1')}/`);
  expect(await outcomeOf(bystander, 'signet.permissions()')).toEqual({ value: [] });
  expect(
    await outcomeOf(bystander, 'signet.requestCapability({ kind: "pay", domain: "other.example", purpose: "x" })'),
  ).toMatchObject({ code: -32602, field: 'domain' });
  await bystander.close();
}

const request = (changes: string): string =>
  `signet.requestProof({ ...${JSON.stringify(proofRequest())}, ${changes} })`;
const refusedNaming = (field: string) => ({ name: 'SignetError', code: -32602, field });

test('a flood of 1,000 calls is told that it is too many, all but a few, and each promise settles', async () => {
  await begin(
    hostile,
    'flood',
    `Promise.all(Array.from({ length: 1000 }, (_, i) =>
      signet.requestProof({ claims: ['age_over_21'], nonce: String(i).padStart(22, 'A'), purpose: 'flood ' + i })
        .then(() => 'answered', (error) => error.code))).then((codes) => codes.reduce((sum, code) => ({ ...sum, [code]: (sum[code] ?? 0) + 1 }), {}))`,
  );
  const bystander = await opened.browser.newPage();
  await bystander.goto(`${site.origin('127.0.0.1')}/`);
  expect(await outcomeOf(bystander, 'signet.permissions()')).toEqual({ value: [] });
  await bystander.close();
  expect(await outcomeOf(hostile, 'signet.permissions()')).toEqual({ value: [] });

  await hostile.evaluate(`dispatchEvent(new PageTransitionEvent('pagehide'))`);
  expect(await ended(hostile, 'flood')).toEqual({ value: { 4900: 4, [-32005]: 996 } });
});

test('a flood of calls given up at once ends with every one given up, and the page can still ask', async () => {
  const flood = await outcomeOf(
    hostile,
    `Promise.all(Array.from({ length: 1000 }, (_, i) => {
      const controller = new AbortController();
      const asked = signet.requestProof({ claims: ['age_over_21'], nonce: 'AAAAAAAAAAAAAAAAAAAAAA', purpose: 'flood ' + i }, controller);
      controller.abort('enough');
      return asked.then(() => 'answered', (reason) => reason);
    })).then((reasons) => [...new Set(reasons)])`,
  );
  expect(flood).toEqual({ value: ['enough'] });
});

test('ten megabytes of parameters are refused in the page, naming the parameter', async () => {
  expect(await outcomeOf(hostile, request(`purpose: 'x'.repeat(10_000_000)`))).toMatchObject(refusedNaming('request'));
  expect(
    await outcomeOf(hostile, `signet.offerCredential({ credential_offer: { x: 'y'.repeat(10_000_000) } })`),
  ).toMatchObject(refusedNaming('offer'));
});

test('ten forged megabytes that never saw the provider are refused by the relay', async () => {
  const forged = await hostile.evaluate(`forge('requestProof', 'x'.repeat(10_000_000))`);
  expect(forged).toMatchObject({ ok: false, error: { code: -32602, field: 'params' } });
});

test('deep nesting is refused, naming the parameters', async () => {
  const deep = `JSON.parse('['.repeat(5000) + ']'.repeat(5000))`;
  expect(await outcomeOf(hostile, request(`claims: ${deep}`))).toMatchObject(refusedNaming('params'));
});

test('a cycle, a BigInt, a function, nothing and a toJSON that throws are refused in the page', async () => {
  for (const value of ['(() => { const a = {}; a.a = a; return a; })()', '1n', '() => 1', 'undefined']) {
    expect(await outcomeOf(hostile, `signet.requestProof(${value})`)).toMatchObject(refusedNaming('request'));
  }
  const throwing = `signet.requestProof({ toJSON() { throw new Error('mine'); } })`;
  expect(await outcomeOf(hostile, throwing)).toMatchObject(refusedNaming('request'));
});

test('__proto__ among the members is refused and changes nothing', async () => {
  const forged = await hostile.evaluate(
    `forge('requestProof', '{"__proto__":{"claims":["age_over_21"]},"nonce":"AAAAAAAAAAAAAAAAAAAAAA","purpose":"x"}')`,
  );
  expect(forged).toMatchObject({ ok: false, error: { code: -32602, field: '__proto__' } });
  expect(await hostile.evaluate(`forge('__proto__', {})`)).toMatchObject({ ok: false, error: { code: 4200 } });
  expect(await hostile.evaluate(`forge('constructor', {})`)).toMatchObject({ ok: false, error: { code: 4200 } });
});

test('a lone surrogate is refused, naming the field it is in', async () => {
  expect(await outcomeOf(hostile, request(`purpose: 'a\\ud800b'`))).toMatchObject(refusedNaming('purpose'));
  expect(await outcomeOf(hostile, request(`claims: ['ok', { name: '\\udfff' }]`))).toMatchObject(
    refusedNaming('claims[1].name'),
  );
});

test('routes of our own pages do not exist for a page', async () => {
  for (const route of ['wallet.status', 'wallet.unlock', 'requests.allowProof', 'attributes.list']) {
    expect(await hostile.evaluate(`forge(${JSON.stringify(route)}, {})`)).toMatchObject({
      ok: false,
      error: { code: 4200 },
    });
  }
});

test('words that are not a call are not passed on', async () => {
  expect(await hostile.evaluate(`forge({ toString: 'requestProof' }, {})`)).toMatchObject({
    ok: false,
    error: { code: 4900 },
  });
  expect(await hostile.evaluate(`forge('m'.repeat(100_000), {})`)).toMatchObject({
    ok: false,
    error: { code: -32602 },
  });
});

test('a page that replaces Promise, JSON, addEventListener and the message channel gets clean answers', async () => {
  const ended = await hostile.evaluate(`(async () => {
    const NativePromise = Promise;
    const broken = () => { throw new Error('replaced'); };
    for (const name of ['Promise', 'MessageChannel', 'MessageEvent', 'CustomEvent', 'setTimeout', 'clearTimeout', 'AbortSignal']) window[name] = broken;
    for (const [prototype, names] of [
      [EventTarget.prototype, ['addEventListener', 'removeEventListener', 'dispatchEvent']],
      [MessagePort.prototype, ['postMessage', 'start', 'close']],
      [Function.prototype, ['call', 'bind', 'apply']],
    ]) for (const name of names) prototype[name] = broken;
    JSON.stringify = broken; JSON.parse = broken;
    Object.defineProperty(window.MessageEvent === broken ? MessagePort.prototype : {}, 'onmessage', { get: broken, set: broken });
    const settle = (promise) => new NativePromise((resolve) => NativePromise.prototype.then.apply === broken
      ? (async () => { try { resolve(await promise); } catch (error) { resolve(error.code); } })() : resolve('not replaced'));
    return [
      await settle(signet.permissions()),
      await settle(signet.disconnect()),
      await settle(signet.requestProof({ claims: [] })),
      await settle(signet.requestCapability({ kind: 'pay', domain: 'https://a.example', purpose: 'x' })),
    ];
  })()`);
  expect(ended).toEqual([[], null, -32602, -32602]); // undefined within an array crosses as null;
});

test('a page that rewires arrays and objects themselves still sees its promises settle', async () => {
  const codes = await hostile.evaluate(`(async () => {
    Array.prototype[Symbol.iterator] = function* () {};
    Object.defineProperty(Object.prototype, 'ok', { get: () => true, set() {}, configurable: true });
    Object.defineProperty(Object.prototype, 'field', { get: () => 'mine', set() {}, configurable: true });
    try { return JSON.stringify(await signet.permissions()); } catch (error) { return error.code; }
  })()`);
  expect(['[]', 4900]).toContain(codes);
});

test('text that turns the reading direction is taken as text', async () => {
  await begin(hostile, 'bidi', request(`purpose: '\\u202egnp.exe \\u2066\\u200f'`));
  expect(await outcomeOf(hostile, 'signet.permissions()')).toEqual({ value: [] });
  await hostile.evaluate(`dispatchEvent(new PageTransitionEvent('pagehide'))`);
  expect(await ended(hostile, 'bidi')).toMatchObject({ code: 4900 });
});

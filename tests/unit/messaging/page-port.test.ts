import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SignetError } from '../../../lib/core/index.ts';
import type { Reason } from '../../../lib/core/index.ts';
import { MessageBudget } from '../../../lib/messaging/message-budget.ts';
import { PagePort, pageSender, refusalAnswer } from '../../../lib/messaging/page-port.ts';
import type { PageCall } from '../../../lib/messaging/page-port.ts';
import type { PortSender } from '../../../lib/platform/index.ts';
import { EXTENSION, FarEnd, SHOP } from './page-far-end.ts';

const numRuns = Number(process.env.SIGNET_RUNS ?? 200);
const A = '5f0c3f6e-6f0f-4d7e-9a53-8d2b8d6f0a01';
const B = '5f0c3f6e-6f0f-4d7e-9a53-8d2b8d6f0a02';

describe('who asks', () => {
  test('is the origin, document and tab that the browser reports', () => {
    expect(pageSender(SHOP, EXTENSION)).toEqual({ origin: 'https://shop.example', documentId: 'D1', tabId: 7 });
    const local = { ...SHOP, origin: 'http://localhost:3000' };
    expect(pageSender(local, EXTENSION).origin).toBe('http://localhost:3000');
  });

  test('is never read from an address, though the browser reports one', () => {
    const sender = { ...SHOP, url: 'https://bank.example/', tab: { id: 7, url: 'https://bank.example/' } };
    expect(pageSender(sender, EXTENSION).origin).toBe('https://shop.example');
  });

  test.each<[string, PortSender | undefined]>([
    ['nobody', undefined],
    ['another extension', { ...SHOP, id: 'abcdefghijklmnopabcdefghijklmnop' }],
    ['a sender without an id', { ...SHOP, id: undefined }],
    ['a sandboxed document', { ...SHOP, origin: 'null' }],
    ['a document without an origin', { ...SHOP, origin: undefined }],
    ['a plain-http host', { ...SHOP, origin: 'http://shop.example' }],
    ['a page of our own', { ...SHOP, origin: `chrome-extension://${EXTENSION}` }],
    ['a file', { ...SHOP, origin: 'file://' }],
    ['an origin with a path', { ...SHOP, origin: 'https://shop.example/' }],
    ['an origin in other letters', { ...SHOP, origin: 'https://SHOP.example' }],
    ['an origin with the default port', { ...SHOP, origin: 'https://shop.example:443' }],
    ['a loopback name that is not one', { ...SHOP, origin: 'http://localhost.shop.example' }],
    ['a frame', { ...SHOP, frameId: 3 }],
    ['a sender without a frame', { ...SHOP, frameId: undefined }],
    ['a prerendered document', { ...SHOP, documentLifecycle: 'prerender' }],
    ['a cached document', { ...SHOP, documentLifecycle: 'cached' }],
    ['a document of unknown state', { ...SHOP, documentLifecycle: undefined }],
    ['a sender without a document', { ...SHOP, documentId: undefined }],
    ['a sender with an empty document', { ...SHOP, documentId: '' }],
    ['a sender without a tab', { ...SHOP, tab: undefined }],
  ])('%s is refused', (_, sender) => {
    expect(() => pageSender(sender, EXTENSION)).toThrow(expect.objectContaining({ code: 4900 }));
  });
});

function listening(clock = () => 0) {
  const far = new FarEnd();
  const calls: PageCall[] = [];
  const events: string[] = [];
  const budget = new MessageBudget(clock);
  const page = new PagePort(far.port, pageSender(SHOP, EXTENSION), budget, {
    called: (call) => calls.push(call),
    cancelled: (id) => events.push(`cancelled ${id}`),
    taken: (id) => events.push(`taken ${id}`),
    closed: () => events.push('closed'),
  });
  return { far, page, calls, events, budget };
}

describe('messages', () => {
  test('are rebuilt into a call, a cancellation and a receipt', () => {
    const { far, calls, events } = listening();
    far.request(A, 'requestProof', { nonce: 'x' });
    far.say({ t: 'cancel', id: A });
    far.say({ t: 'ack', id: B });
    expect(calls).toEqual([{ clientId: A, method: 'requestProof', params: { nonce: 'x' }, active: false }]);
    expect(events).toEqual([`cancelled ${A}`, `taken ${B}`]);
  });

  test('carry the hint that the person had just touched the page; a relay that gives none gives no yes', () => {
    const { far, calls } = listening();
    far.say({ t: 'request', id: A, method: 'm', params: '{}', active: true });
    far.say({ t: 'request', id: B, method: 'm', params: '{}' });
    expect(calls.map(({ active }) => active)).toEqual([true, false]);
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['text', 'request'],
    ['another kind', { t: 'wallet.unlock', id: A }],
    [
      'a call with a member too many',
      { t: 'request', id: A, method: 'm', params: '{}', origin: 'https://bank.example' },
    ],
    ['an id that is none', { t: 'request', id: 'x', method: 'm', params: '{}' }],
    ['a hint that is no yes or no', { t: 'request', id: A, method: 'm', params: '{}', active: 'yes' }],
    ['params that are not text', { t: 'request', id: A, method: 'm', params: {} }],
    ['a method of great length', { t: 'request', id: A, method: 'm'.repeat(65), params: '{}' }],
  ])('%s is refused, and the port with it', (_, message) => {
    const { far, calls, events } = listening();
    far.say(message);
    far.request(A, 'permissions', {});
    expect(calls).toEqual([]);
    expect(events).toEqual(['closed']);
    expect(far.heard).toEqual([{ t: 'refused' }]);
    expect(far.closedByWorker).toBe(true);
  });

  test.each<[string, string]>([
    ['not JSON', '{'],
    ['too long', JSON.stringify('x'.repeat(65_536))],
    ['too deep', '['.repeat(13) + ']'.repeat(13)],
  ])('params that are %s are answered with -32602 naming them', (_, params) => {
    const { far, calls } = listening();
    far.say({ t: 'request', id: A, method: 'requestProof', params });
    expect(calls).toEqual([]);
    expect(far.heard).toMatchObject([{ t: 'answer', id: A, ok: false, error: { code: -32602, field: 'params' } }]);
  });

  test('of any shape never throw, and only a call is ever a call', () => {
    fc.assert(
      fc.property(fc.array(fc.anything({ maxDepth: 2 }), { maxLength: 5 }), (messages) => {
        const { far, calls } = listening();
        for (const message of messages.filter(isCloneable)) far.say(message);
        expect(calls).toEqual([]);
      }),
      { numRuns },
    );
  });
});

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

describe('an answer', () => {
  const yes = { ok: true, result: 1 } as const;

  test('goes out once, for a call that came in here', () => {
    const { far, page } = listening();
    far.request(A, 'requestProof', {});
    page.answer(A, yes);
    page.answer(A, yes);
    expect(far.heard).toEqual([{ t: 'answer', id: A, ok: true, result: 1 }]);
  });

  test('does not go out for a call that did not come in here, was given up, or after the end', () => {
    const { far, page } = listening();
    page.answer(A, yes);
    far.request(A, 'requestProof', {});
    far.say({ t: 'cancel', id: A });
    page.answer(A, yes);
    far.request(B, 'requestProof', {});
    far.leave();
    page.answer(B, yes);
    expect(far.heard).toEqual([]);
  });

  test('to a document that is just going away is not an error', () => {
    const { far, page } = listening();
    far.request(A, 'requestProof', {});
    far.closedByWorker = true;
    expect(() => page.answer(A, yes)).not.toThrow();
  });
});

describe('a flood', () => {
  test('is refused cheaply beyond the burst, then not listened to at all', () => {
    const { far, calls, events } = listening();
    for (let i = 0; i < 100_000; i++) far.request(crypto.randomUUID(), 'permissions', {});
    expect(calls).toHaveLength(128);
    expect(far.heard.length).toBeLessThan(1_200);
    expect(far.heard.at(-1)).toEqual({ t: 'refused' });
    expect(events).toEqual(['closed']);
  });

  test('costs other documents nothing', () => {
    const budget = new MessageBudget(() => 0);
    for (let i = 0; i < 5_000; i++) budget.spend('flooding');
    expect(budget.spend('flooding')).toBe('exhausted');
    expect(budget.spend('quiet')).toBe('within');
  });

  test('is not forgiven by a new port, and is by time', () => {
    const time = { now: 0 };
    const budget = new MessageBudget(() => time.now);
    for (let i = 0; i < 129; i++) budget.spend('D1');
    expect(budget.spend('D1')).toBe('over');
    time.now += 10_000;
    expect(budget.spend('D1')).toBe('within');
  });

  test('does not profit from a clock that is set back', () => {
    const time = { now: 1_000_000 };
    const budget = new MessageBudget(() => time.now);
    for (let i = 0; i < 129; i++) budget.spend('D1');
    time.now = 0;
    expect(budget.spend('D1')).toBe('over');
  });
});

describe('an error as the page sees it', () => {
  test.each<[Reason, number]>([
    ['denied', 4001],
    ['locked', 4001],
    ['no_vault', 4001],
    ['unsupported', 4200],
    ['ask_again', 4900],
    ['bad_request', -32602],
    ['too_many', -32005],
    ['internal', 4900],
    ['storage_failed', 4900],
    ['wrong_password', 4900],
  ])('%s is %i', (reason, code) => {
    expect(refusalAnswer(new SignetError(reason, 'Why.'))).toMatchObject({ ok: false, error: { code } });
  });

  test('whatever depends on the vault reads the same, word by word', () => {
    const answers = (['denied', 'locked', 'no_vault'] as const).map((reason) =>
      JSON.stringify(refusalAnswer(new SignetError(reason, `It is ${reason}.`, { field: reason }))),
    );
    expect(new Set(answers).size).toBe(1);
  });

  test('what went wrong inside is not told', () => {
    const answer = refusalAnswer(new SignetError('internal', 'Row 7 of records is gone.', { field: 'row' }));
    expect(JSON.stringify(answer)).not.toMatch(/row/i);
  });
});

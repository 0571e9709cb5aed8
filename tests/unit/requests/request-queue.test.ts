import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SignetError, equalBytes, utf8 } from '../../../lib/core/index.ts';
import type { Json, Origin } from '../../../lib/core/index.ts';
import {
  ANSWER_GRACE,
  DENIED,
  REQUEST_BURST,
  REQUEST_LIFETIME,
  REQUEST_REFILL,
  RequestQueue,
} from '../../../lib/requests/index.ts';
import type { NewRequest, PageAnswer } from '../../../lib/requests/index.ts';
import { MemoryBackend } from '../../../lib/vault/blind-db/memory-backend.ts';
import { MemoryKeyValue } from '../../../lib/vault/key-value.ts';
import type { Expectation, Write } from '../../../lib/vault/blind-db/storage-backend.ts';

const numRuns = Number(process.env.SIGNET_RUNS ?? 50);
const YES: PageAnswer = { ok: true, result: { proof: 'a~b' } };
const NO: PageAnswer = { ok: false, error: { code: 4001, message: 'No.' } };
const SHOP = 'https://shop.example' as Origin; // an origin as the browser writes it

/** A store that can be told to fail: before writing, or after it, when the word got lost. */
class FailingBackend extends MemoryBackend {
  failing: 'never' | 'before' | 'after' = 'never';

  override async batch(writes: readonly Write[], expected: readonly Expectation[]): Promise<void> {
    if (this.failing !== 'before') await super.batch(writes, expected);
    if (this.failing !== 'never') throw new SignetError('storage_failed', 'The disk is full.');
  }
}

function world() {
  const backend = new FailingBackend();
  const session = new MemoryKeyValue();
  const time = { now: 1_000_000 };
  const open = () => RequestQueue.open({ backend, session, clock: () => time.now });
  return { backend, session, time, open };
}

const call = (clientId: string, changes: Partial<NewRequest> = {}): NewRequest => ({
  clientId,
  origin: SHOP,
  documentId: 'D1',
  tabId: 1,
  method: 'requestProof',
  params: { purpose: clientId },
  ...changes,
});

const reasonOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'accepted',
    (error: unknown) => SignetError.from(error).reason,
  );

describe('submitting', () => {
  test('keeps requests in the order they came', async () => {
    const queue = await world().open();
    for (const id of ['a', 'b', 'c']) await queue.submit(call(id));
    expect(queue.list().map((r) => r.clientIds)).toEqual([['a'], ['b'], ['c']]);
  });

  test('the same call again changes nothing', async () => {
    const queue = await world().open();
    const first = await queue.submit(call('a'));
    const again = await queue.submit(call('a'));
    expect(again).toEqual({ kind: 'known', request: first.request });
    expect(queue.list()).toHaveLength(1);
  });

  test('an identical call of the same document joins, and both get the answer', async () => {
    const queue = await world().open();
    const params = { b: 1, a: 2 };
    const { request } = await queue.submit(call('a', { params }));
    const joined = await queue.submit(call('b', { params: { a: 2, b: 1 } }));
    expect(joined.kind).toBe('joined');
    await queue.settle(request.id, YES);
    expect(queue.answersFor('D1')).toEqual([
      { clientId: 'a', answer: YES },
      { clientId: 'b', answer: YES },
    ]);
  });

  test('an identical call of another document does not join', async () => {
    const queue = await world().open();
    await queue.submit(call('a', { params: {} }));
    expect((await queue.submit(call('b', { params: {}, documentId: 'D2' }))).kind).toBe('new');
  });

  test('an identical call of another method does not join', async () => {
    const queue = await world().open();
    await queue.submit(call('a', { params: {} }));
    expect((await queue.submit(call('b', { params: {}, method: 'offerCredential' }))).kind).toBe('new');
  });

  test('an identical call after the answer is a new request', async () => {
    const queue = await world().open();
    const { request } = await queue.submit(call('a', { params: {} }));
    await queue.settle(request.id, YES);
    expect((await queue.submit(call('b', { params: {} }))).kind).toBe('new');
  });

  test('a fifth of one origin is too many, of another origin not', async () => {
    const queue = await world().open();
    for (const id of ['a', 'b', 'c', 'd']) await queue.submit(call(id, { documentId: id }));
    expect(await reasonOf(queue.submit(call('e', { documentId: 'e' })))).toBe('too_many');
    expect((await queue.submit(call('e', { origin: 'https://other.example' as Origin }))).kind).toBe('new');
  });

  test('a twenty-first is too many, whoever asks', async () => {
    const queue = await world().open();
    for (let i = 0; i < 20; i++) await queue.submit(call(`c${i}`, { origin: `https://s${i}.example` as Origin }));
    expect(await reasonOf(queue.submit(call('x', { origin: 'https://x.example' as Origin })))).toBe('too_many');
  });

  test('calls made at the same time do not slip through the limit', async () => {
    const queue = await world().open();
    const results = await Promise.all(Array.from({ length: 10 }, (_, i) => reasonOf(queue.submit(call(`c${i}`)))));
    expect(results.filter((reason) => reason === 'accepted')).toHaveLength(4);
  });

  test('a seventeenth identical call is too many', async () => {
    const queue = await world().open();
    for (let i = 0; i < 16; i++) await queue.submit(call(`c${i}`, { params: {} }));
    expect(await reasonOf(queue.submit(call('x', { params: {} })))).toBe('too_many');
  });
});

describe('answering', () => {
  test('happens once', async () => {
    const queue = await world().open();
    const { request } = await queue.submit(call('a'));
    await queue.settle(request.id, YES);
    expect(await reasonOf(queue.settle(request.id, NO))).toBe('changed');
    expect(queue.answersFor('D1')).toEqual([{ clientId: 'a', answer: YES }]);
  });

  test('two answers at the same time: the first one stands', async () => {
    const queue = await world().open();
    const { request } = await queue.submit(call('a'));
    const reasons = await Promise.all([
      reasonOf(queue.settle(request.id, YES)),
      reasonOf(queue.settle(request.id, NO)),
    ]);
    expect(reasons).toEqual(['accepted', 'changed']);
  });

  test('what ended cannot be answered', async () => {
    const queue = await world().open();
    const { request } = await queue.submit(call('a'));
    await queue.cancel('D1', 'a');
    expect(await reasonOf(queue.settle(request.id, YES))).toBe('not_found');
  });

  test('in a transaction of the caller: the answer is there when the transaction is, and not before', async () => {
    const { backend, open } = world();
    const queue = await open();
    const { request } = await queue.submit(call('a'));
    const other = { store: 'meta', key: 'spent', value: utf8('yes') } as const;
    await queue.settle(request.id, YES, async ({ write, expected }) => {
      expect(queue.answersFor('D1')).toEqual([]);
      await backend.batch([other, write], [expected]);
    });
    expect(await backend.get('meta', 'spent')).toEqual(utf8('yes'));
    expect((await open()).answersFor('D1')).toEqual([{ clientId: 'a', answer: YES }]);
  });

  test('a transaction that fails leaves the request waiting', async () => {
    const { open } = world();
    const queue = await open();
    const { request } = await queue.submit(call('a'));
    const failed = queue.settle(request.id, YES, () => Promise.reject(new SignetError('changed', 'No.')));
    expect(await reasonOf(failed)).toBe('changed');
    expect(queue.list()).toHaveLength(1);
    await queue.settle(request.id, NO);
    expect(queue.answersFor('D1')).toEqual([{ clientId: 'a', answer: NO }]);
  });

  test('a transaction that was written though it reported a failure counts as written', async () => {
    const { backend, open } = world();
    const queue = await open();
    const { request } = await queue.submit(call('a'));
    backend.failing = 'after';
    await queue.settle(request.id, YES);
    expect(queue.answersFor('D1')).toEqual([{ clientId: 'a', answer: YES }]);
  });

  test('a row that somebody else changed meanwhile is not overwritten', async () => {
    const { backend, open } = world();
    const queue = await open();
    const { request } = await queue.submit(call('a'));
    const twin = await open();
    await twin.settle(request.id, NO);
    expect(await reasonOf(queue.settle(request.id, YES))).toBe('changed');
    expect(await backend.count('requests')).toBe(1);
    expect((await open()).answersFor('D1')).toEqual([{ clientId: 'a', answer: NO }]);
  });

  test('data of the flow is kept with the request, until it is answered', async () => {
    const { open } = world();
    const queue = await open();
    const { request } = await queue.submit(call('a'));
    await queue.setData(request.id, { step: 2 });
    expect((await open()).get(request.id)?.state).toEqual({ phase: 'waiting', data: { step: 2 } });
    await queue.settle(request.id, YES);
    expect(await reasonOf(queue.setData(request.id, 3))).toBe('changed');
  });

  test('data that is written with something else stands with it, or neither does', async () => {
    const { open, backend } = world();
    const queue = await open();
    const { request } = await queue.submit(call('a'));
    const other = { store: 'records', key: new Uint8Array(32), value: utf8('other') } as const;
    await queue.setData(request.id, 1, ({ write, expected }) => backend.batch([write, other], [expected]));
    expect(await backend.get('records', other.key)).toEqual(other.value);
    expect((await open()).get(request.id)?.state).toEqual({ phase: 'waiting', data: 1 });
    const failing = queue.setData(request.id, 2, () => Promise.reject(new SignetError('changed', 'Not now.')));
    expect(await reasonOf(failing)).toBe('changed');
    for (const seen of [queue, await open()]) {
      expect(seen.get(request.id)?.state).toEqual({ phase: 'waiting', data: 1 });
    }
  });
});

describe('what the person brings', () => {
  const link = (name: string, origin?: Origin) =>
    ({ method: 'presentLink', params: { name }, ...(origin === undefined ? {} : { origin }) }) as const;

  test('has nobody behind it unless they say who, and no document ever', async () => {
    const queue = await world().open();
    expect(await queue.submitOwn({ method: 'openRecord', params: {} })).toMatchObject({ origin: '', documentId: '' });
    expect(await queue.submitOwn(link('a', SHOP))).toMatchObject({ origin: SHOP, documentId: '', clientIds: [] });
    expect(queue.documents()).toEqual([]);
  });

  test('is one request while it waits, however often it is brought', async () => {
    const queue = await world().open();
    const { id } = await queue.submitOwn(link('a', SHOP));
    expect((await queue.submitOwn(link('a', SHOP))).id).toBe(id);
    await queue.settle(id, NO);
    expect((await queue.submitOwn(link('a', SHOP))).id).not.toBe(id);
  });

  test('takes the room of who is behind it, and nobody else’s', async () => {
    const queue = await world().open();
    for (const name of ['a', 'b', 'c', 'd']) await queue.submitOwn(link(name, SHOP));
    expect(await reasonOf(queue.submitOwn(link('e', SHOP)))).toBe('too_many');
    expect(await reasonOf(queue.submitOwn(link('e', 'https://other.example' as Origin)))).toBe('accepted'); // an origin
    expect(await reasonOf(queue.submitOwn(link('e')))).toBe('accepted');
  });

  test('is forgotten in its time, and no page is told', async () => {
    const { open, time } = world();
    const queue = await open();
    const { id } = await queue.submitOwn(link('a', SHOP));
    time.now += REQUEST_LIFETIME;
    expect(await queue.expire()).toEqual({ late: [], refused: [] });
    expect(queue.get(id)).toBeUndefined();
  });
});

describe('refusing without the person', () => {
  const later = (world: { time: { now: number } }) => world.time.now + 4_000;

  test('takes a request out of sight at once, and denies it in its time and not before', async () => {
    const w = world();
    const queue = await w.open();
    const { request } = await queue.submit(call('a'));
    await queue.refuse(request.id, later(w));
    expect(queue.list()).toEqual([]);
    expect(queue.answersFor('D1')).toEqual([]);
    expect(queue.nextRefusal()).toBe(later(w));
    expect(queue.nextDeadline()).toBe(later(w));
    expect(await queue.expire(later(w) - 1)).toEqual({ late: [], refused: [] });
    expect(await queue.expire(later(w))).toMatchObject({ late: [], refused: [{ id: request.id }] });
    expect(queue.answersFor('D1')).toEqual([{ clientId: 'a', answer: DENIED }]);
    expect(queue.nextRefusal()).toBeUndefined();
  });

  test('outlives a worker that is killed, and is said by the next one', async () => {
    const w = world();
    const killed = await w.open();
    await killed.refuse((await killed.submit(call('a'))).request.id, later(w));
    const queue = await w.open();
    expect(queue.list()).toEqual([]);
    await queue.expire(later(w));
    expect(queue.answersFor('D1')).toEqual([{ clientId: 'a', answer: DENIED }]);
  });

  test('cannot be undone: nothing answers it but its denial', async () => {
    const w = world();
    const queue = await w.open();
    const { request } = await queue.submit(call('a'));
    await queue.refuse(request.id, later(w));
    expect(await reasonOf(queue.settle(request.id, YES))).toBe('changed');
    expect(await reasonOf(queue.setData(request.id, 1))).toBe('changed');
    expect(await reasonOf(queue.refuse(request.id, 0))).toBe('changed');
    await queue.noteSeen(request.id);
    expect(queue.get(request.id)?.seen).toBeUndefined();
  });

  test('looks to the page like waiting: it takes room, and an identical call joins it', async () => {
    const w = world();
    const queue = await w.open();
    for (const id of ['a', 'b', 'c', 'd']) {
      const { request } = await queue.submit(call(id));
      await queue.refuse(request.id, later(w));
    }
    expect(await reasonOf(queue.submit(call('e')))).toBe('too_many');
    const joined = await queue.submit(call('f', { params: { purpose: 'a' } }));
    expect(joined.kind).toBe('joined');
    await queue.expire(later(w));
    expect(queue.answersFor('D1').map(({ clientId }) => clientId)).toEqual(['a', 'f', 'b', 'c', 'd']);
  });

  test('ends with its document, and is not told as one that waited', async () => {
    const w = world();
    const queue = await w.open();
    const { request } = await queue.submit(call('a'));
    await queue.refuse(request.id, later(w));
    expect(await queue.cancelDocument('D1')).toEqual([]);
    expect(queue.nextDeadline()).toBeUndefined();
  });

  test('that cannot be written leaves the request waiting', async () => {
    const w = world();
    const queue = await w.open();
    const { request } = await queue.submit(call('a'));
    const failed = queue.refuse(request.id, later(w), () => Promise.reject(new SignetError('storage_failed', 'No.')));
    expect(await reasonOf(failed)).toBe('storage_failed');
    expect(queue.list()).toHaveLength(1);
  });
});

describe('the order', () => {
  const of = (site: string) => ({ origin: `https://${site}.example` as Origin, documentId: site });
  const names = (queue: RequestQueue) => queue.list().map(({ clientIds }) => clientIds[0]);

  test('gives each origin one turn in each round', async () => {
    const queue = await world().open();
    for (const id of ['a1', 'a2', 'a3', 'a4']) await queue.submit(call(id, of('a')));
    for (const id of ['b1', 'b2']) await queue.submit(call(id, of('b')));
    await queue.submit(call('c1', of('c')));
    expect(names(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  });

  test('lets nobody who asks again at once stay ahead of those who wait', async () => {
    const queue = await world().open();
    for (const id of ['a1', 'a2']) await queue.submit(call(id, of('a')));
    await queue.submit(call('b1', of('b')));
    const served: (string | undefined)[] = [];
    for (let i = 0; i < 4; i++) {
      const [head] = queue.list();
      served.push(head?.clientIds[0]);
      await queue.settle(head?.id ?? '', NO);
      await queue.submit(call(`a again ${i}`, of('a')));
    }
    expect(served.slice(0, 3)).toEqual(['a1', 'b1', 'a2']);
  });

  test('puts a request of someone who just touched the page before those of nobody, but never before what is in sight', async () => {
    const queue = await world().open();
    await queue.submit(call('quiet', of('a')));
    await queue.submit(call('touched', { ...of('b'), active: true }));
    expect(names(queue)).toEqual(['touched', 'quiet']);
    await queue.noteSeen(queue.list()[1]?.id ?? '');
    expect(names(queue)).toEqual(['quiet', 'touched']);
  });

  test('never moves the request in sight, whoever comes', async () => {
    const arrival = fc.record({ site: fc.constantFrom('a', 'b', 'c', 'd', 'e'), active: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { minLength: 2, maxLength: 20 }), async (arrivals) => {
        const queue = await world().open();
        const [first, ...rest] = arrivals.map(({ site, active }, i) => call(`c${i}`, { ...of(site), active }));
        if (first === undefined) return;
        const { request } = await queue.submit(first);
        await queue.noteSeen(request.id);
        for (const next of rest) {
          await reasonOf(queue.submit(next));
          expect(queue.list()[0]?.id).toBe(request.id);
        }
      }),
      { numRuns },
    );
  });
});

describe('the rate', () => {
  const ask = async (queue: RequestQueue, id: string, changes: Partial<NewRequest> = {}) => {
    const reason = await reasonOf(queue.submit(call(id, changes)));
    await queue.cancelDocument('D1');
    return reason;
  };

  test('lets an origin ask eight times at once, and once more every ten seconds', async () => {
    const { open, time } = world();
    const queue = await open();
    for (let i = 0; i < REQUEST_BURST; i++) expect(await ask(queue, `c${i}`)).toBe('accepted');
    expect(await ask(queue, 'ninth')).toBe('too_many');
    time.now += REQUEST_REFILL - 1;
    expect(await ask(queue, 'ninth')).toBe('too_many');
    time.now += 1;
    expect(await ask(queue, 'ninth')).toBe('accepted');
    expect(await ask(queue, 'tenth')).toBe('too_many');
  });

  test('is each origin’s own', async () => {
    const queue = await world().open();
    for (let i = 0; i < 9; i++) await ask(queue, `c${i}`);
    expect(await ask(queue, 'x', { origin: 'https://other.example' as Origin })).toBe('accepted');
  });

  test('is not refilled by the worker’s death, nor by a clock that was set back', async () => {
    const { open, time } = world();
    const killed = await open();
    for (let i = 0; i < REQUEST_BURST; i++) await ask(killed, `c${i}`);
    time.now -= 1_000_000;
    expect(await ask(await open(), 'x')).toBe('too_many');
  });

  test('costs nothing for a call that was known, or that joins', async () => {
    const queue = await world().open();
    for (let i = 0; i < 12; i++) await queue.submit(call('same', { params: {} }));
    for (let i = 0; i < 12; i++) await queue.submit(call(`twin ${i}`, { params: {} }));
    await queue.cancelDocument('D1');
    for (let i = 1; i < REQUEST_BURST; i++) expect(await ask(queue, `c${i}`)).toBe('accepted');
    expect(await ask(queue, 'x')).toBe('too_many');
  });

  test('names no site in what it keeps', async () => {
    const { open, session } = world();
    await (await open()).submit(call('a'));
    expect([...session.dump().values()].join()).not.toContain('shop.example');
  });
});

describe('ending', () => {
  test('a delivered answer is forgotten', async () => {
    const { backend, open } = world();
    const queue = await open();
    const { request } = await queue.submit(call('a'));
    await queue.settle(request.id, YES);
    await queue.delivered('D1', 'a');
    expect(queue.answersFor('D1')).toEqual([]);
    expect(await backend.count('requests')).toBe(0);
  });

  test('a document cannot take or cancel what belongs to another one', async () => {
    const queue = await world().open();
    const { request } = await queue.submit(call('a'));
    expect(await queue.cancel('D2', 'a')).toBeUndefined();
    await queue.settle(request.id, YES);
    await queue.delivered('D2', 'a');
    expect(queue.answersFor('D2')).toEqual([]);
    expect(queue.answersFor('D1')).toHaveLength(1);
  });

  test('"delivered" of a request that still waits changes nothing', async () => {
    const queue = await world().open();
    await queue.submit(call('a'));
    await queue.delivered('D1', 'a');
    expect(queue.list()).toHaveLength(1);
  });

  test('one of two identical calls given up leaves the other waiting; the last one ends the request', async () => {
    const queue = await world().open();
    const { request } = await queue.submit(call('a', { params: {} }));
    await queue.submit(call('b', { params: {} }));
    expect(await queue.cancel('D1', 'a')).toBeUndefined();
    expect(queue.list()[0]?.clientIds).toEqual(['b']);
    expect((await queue.cancel('D1', 'b'))?.id).toBe(request.id);
    expect(queue.list()).toEqual([]);
  });

  test('a document that goes away takes its own requests and answers along, and no others', async () => {
    const queue = await world().open();
    const { request } = await queue.submit(call('a'));
    await queue.submit(call('b'));
    await queue.submit(call('c', { documentId: 'D2' }));
    await queue.settle(request.id, YES);
    expect((await queue.cancelDocument('D1')).map((r) => r.clientIds)).toEqual([['b']]);
    expect(queue.documents()).toEqual(['D2']);
  });

  test('ten minutes of waiting end in a denial; a minute later the answer is forgotten', async () => {
    const { time, open } = world();
    const queue = await open();
    await queue.submit(call('a'));
    expect(queue.nextDeadline()).toBe(time.now + REQUEST_LIFETIME);
    time.now += REQUEST_LIFETIME - 1;
    expect(await queue.expire()).toEqual({ late: [], refused: [] });
    time.now += 1;
    expect(await queue.expire()).toMatchObject({ late: [{ clientIds: ['a'] }], refused: [] });
    expect(queue.answersFor('D1')).toMatchObject([{ answer: { ok: false, error: { code: 4001 } } }]);
    time.now += ANSWER_GRACE;
    expect(await queue.expire()).toEqual({ late: [], refused: [] });
    expect(queue.nextDeadline()).toBeUndefined();
  });
});

describe('what is stored', () => {
  test('shows nothing of the request, and opens again after a restart of the worker', async () => {
    const { backend, open } = world();
    await (await open()).submit(call('a', { params: { purpose: 'find-me' } }));
    const rows = await backend.entries('requests');
    expect(rows.map(([, row]) => Buffer.from(row).toString('latin1')).join()).not.toMatch(
      /find-me|shop\.example|{"params/,
    );
    expect((await open()).list()).toMatchObject([{ params: { purpose: 'find-me' } }]);
  });

  test('is emptied when the browser starts', async () => {
    const { backend, open } = world();
    await (await open()).submit(call('a'));
    const queue = await RequestQueue.open({ backend, session: new MemoryKeyValue(), clock: () => 0 });
    expect(queue.list()).toEqual([]);
    expect(await backend.count('requests')).toBe(0);
  });

  test('cannot be moved to another request, or changed', async () => {
    const { backend, open } = world();
    const queue = await open();
    await queue.submit(call('a'));
    const [row] = await backend.entries('requests');
    if (row === undefined) throw new Error('Nothing was stored.');
    await backend.batch([{ store: 'requests', key: crypto.randomUUID(), value: row[1] }], []);
    const damaged = row[1].slice();
    damaged[20] = (damaged[20] ?? 0) ^ 1;
    await backend.batch([{ store: 'requests', key: row[0], value: damaged }], []);
    expect((await open()).list()).toEqual([]);
    expect(await backend.count('requests')).toBe(0);
  });

  test('the key is in the session store alone', async () => {
    const { backend, session, open } = world();
    await (await open()).submit(call('a'));
    const key = Buffer.from(JSON.parse(session.dump().get('requests.key') ?? '') as string, 'base64'); // a string is stored
    expect(key).toHaveLength(32);
    const [row] = await backend.entries('requests');
    expect(Buffer.from(row?.[1] ?? []).includes(key)).toBe(false);
  });

  test('a write that fails leaves memory and store as they were', async () => {
    const { backend, open } = world();
    const queue = await open();
    const { request } = await queue.submit(call('a'));
    const before = await backend.get('requests', request.id);
    backend.failing = 'before';
    expect(await reasonOf(queue.submit(call('b')))).toBe('storage_failed');
    expect(await reasonOf(queue.settle(request.id, YES))).toBe('storage_failed');
    expect(await reasonOf(queue.cancelDocument('D1'))).toBe('storage_failed');
    backend.failing = 'never';
    const after = await backend.get('requests', request.id);
    expect(before !== undefined && after !== undefined && equalBytes(before, after)).toBe(true);
    expect(queue.list().map((r) => r.clientIds)).toEqual([['a']]);
  });

  test('a worker killed after any step finds on disk what the queue had promised', async () => {
    const step = fc.record({
      act: fc.constantFrom(
        ...['submit', 'cancel', 'settle', 'refuse', 'expire', 'delivered', 'setData', 'noteSeen', 'cancelDocument'],
      ),
      client: fc.constantFrom('a', 'b', 'c'),
      document: fc.constantFrom('D1', 'D2'),
      params: fc.constantFrom<Json>({ x: 1 }, { x: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { open, time } = world();
        const queue = await open();
        for (const { act, client, document, params } of steps) {
          const id = queue.list().find((r) => r.documentId === document)?.id ?? 'none';
          if (act === 'submit') await reasonOf(queue.submit(call(client, { documentId: document, params })));
          if (act === 'cancel') await queue.cancel(document, client);
          if (act === 'settle') await reasonOf(queue.settle(id, YES));
          if (act === 'refuse') await reasonOf(queue.refuse(id, time.now + 1));
          if (act === 'expire') await queue.expire((time.now += 1));
          if (act === 'noteSeen') await queue.noteSeen(id);
          if (act === 'setData') await reasonOf(queue.setData(id, params));
          if (act === 'delivered') await queue.delivered(document, client);
          if (act === 'cancelDocument') await queue.cancelDocument(document);
          const restarted = await open();
          expect(restarted.list()).toEqual(queue.list());
          expect(restarted.answersFor(document)).toEqual(queue.answersFor(document));
        }
      }),
      { numRuns },
    );
  });
});

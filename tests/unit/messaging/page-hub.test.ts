import { describe, expect, test, vi } from 'vitest';
import { SignetError } from '../../../lib/core/index.ts';
import { PageHub, RECONNECT_LIMIT } from '../../../lib/messaging/page-hub.ts';
import type { Arrival } from '../../../lib/messaging/page-hub.ts';
import { REQUEST_LIFETIME, RequestQueue } from '../../../lib/requests/index.ts';
import type { PageAnswer, PageRequest } from '../../../lib/requests/index.ts';
import { MemoryBackend } from '../../../lib/vault/blind-db/memory-backend.ts';
import { MemoryKeyValue } from '../../../lib/vault/key-value.ts';
import { EXTENSION, FarEnd, SHOP } from './page-far-end.ts';

const A = '5f0c3f6e-6f0f-4d7e-9a53-8d2b8d6f0a01';
const B = '5f0c3f6e-6f0f-4d7e-9a53-8d2b8d6f0a02';
const REQUEST = { claims: ['age_over_21'], nonce: 'AAAAAAAAAAAAAAAAAAAAAA', purpose: 'To enter.' };
const YES: PageAnswer = { ok: true, result: { proof: 'x' } };

/** A worker that can be killed: its stores outlive it. */
function machine() {
  const stores = { backend: new MemoryBackend(), session: new MemoryKeyValue() };
  const time = { now: 1_000 };
  const start = () => {
    const queue = RequestQueue.open({ ...stores, clock: () => time.now });
    const seen = {
      waiting: [] as PageRequest[],
      arrivals: [] as Arrival[],
      ended: [] as PageRequest[],
      failures: [] as SignetError[],
    };
    const timers: { milliseconds: number; callback: () => void }[] = [];
    const hub = new PageHub({
      queue: () => queue,
      extensionId: EXTENSION,
      clock: () => time.now,
      after: (milliseconds, callback) => void timers.push({ milliseconds, callback }),
      handlers: {
        permissions: () => Promise.resolve([]),
        disconnect: () => Promise.resolve(null),
      },
      admit: ({ params }) => {
        if (JSON.stringify(params).includes('bbs')) return Promise.reject(new SignetError('unsupported', 'Not yet.'));
        if (JSON.stringify(params).includes('elsewhere')) return Promise.resolve({ result: { other_wallet: 'now' } });
        return Promise.resolve({ params });
      },
      onWaiting: (request, arrival) => {
        seen.waiting.push(request);
        seen.arrivals.push(arrival);
      },
      onEnded: (requests) => seen.ended.push(...requests),
      onFailure: (error) => seen.failures.push(error),
    });
    const connect = (sender = SHOP) => {
      const far = new FarEnd(sender);
      hub.connect(far.port);
      return far;
    };
    return { hub, queue, seen, timers, connect };
  };
  return { time, start };
}

const until = (condition: () => void | Promise<void>) => vi.waitFor(condition, { interval: 1 });

async function waitingRequest(
  worker: ReturnType<ReturnType<typeof machine>['start']>,
  far: FarEnd,
): Promise<PageRequest> {
  far.request(A, 'requestProof', REQUEST);
  await until(() => expect(worker.seen.waiting).toHaveLength(1));
  const [request] = (await worker.queue).list();
  if (request === undefined) throw new Error('Nothing waits.');
  return request;
}

describe('a call', () => {
  test('that needs nobody is answered at once', async () => {
    const far = machine().start().connect();
    far.request(A, 'permissions', {});
    far.request(B, 'disconnect', {});
    await until(() =>
      expect(far.heard).toEqual([
        { t: 'answer', id: A, ok: true, result: [] },
        { t: 'answer', id: B, ok: true, result: null },
      ]),
    );
  });

  test('that needs the person waits, and its answer goes to the document that asked', async () => {
    const worker = machine().start();
    const far = worker.connect();
    const other = worker.connect({ ...SHOP, documentId: 'D2' });
    const request = await waitingRequest(worker, far);
    other.request(A, 'permissions', {});
    await until(() => expect(other.heard).toHaveLength(1));

    worker.hub.push(await (await worker.queue).settle(request.id, YES));
    expect(far.heard).toEqual([{ t: 'answer', id: A, ...YES }]);
    expect(other.heard).toHaveLength(1);
    far.say({ t: 'ack', id: A });
    await until(async () => expect((await worker.queue).documents()).toEqual([]));
  });

  test.each<[string, string, unknown, number, string | undefined]>([
    ['an unknown method', 'wallet.status', {}, 4200, undefined],
    ['an inherited method', 'toString', {}, 4200, undefined],
    ['a bad request', 'requestProof', { ...REQUEST, nonce: 'short' }, -32602, 'nonce'],
    ['a request that no vault could answer', 'requestProof', { ...REQUEST, formats: ['bbs'] }, 4200, undefined],
    ['parameters where there are none', 'permissions', { x: 1 }, -32602, 'params'],
    ['a capability without a name', 'requestCapability', { domain: 'https://a.example', purpose: 'x' }, -32602, 'kind'],
  ])('of %s is refused and nobody is bothered', async (_, method, params, code, field) => {
    const worker = machine().start();
    const far = worker.connect();
    far.request(A, method, params);
    await until(() => expect(far.heard).toHaveLength(1));
    expect(far.heard[0]).toMatchObject({ id: A, ok: false, error: field === undefined ? { code } : { code, field } });
    expect(worker.seen.waiting).toEqual([]);
  });

  test('of a document we do not answer is refused with its port', () => {
    const far = machine()
      .start()
      .connect({ ...SHOP, origin: 'null' });
    far.request(A, 'permissions', {});
    expect(far.heard).toEqual([{ t: 'refused' }]);
    expect(far.closedByWorker).toBe(true);
  });
});

describe('a request that is refused without the person', () => {
  const NO = { t: 'answer', id: A, ok: false, error: { code: 4001, message: 'The request was not granted.' } };

  async function refused(worker: ReturnType<ReturnType<typeof machine>['start']>, far: FarEnd, at: number) {
    const request = await waitingRequest(worker, far);
    await (await worker.queue).refuse(request.id, at);
    worker.hub.awaitRefusals();
    await until(() => expect(worker.timers).toHaveLength(1));
    return request;
  }

  test('is denied when its time comes, and told as nothing that ended by itself', async () => {
    const { time, start } = machine();
    const worker = start();
    const far = worker.connect();
    await refused(worker, far, time.now + 3_000);
    expect(worker.timers[0]?.milliseconds).toBe(3_000);
    expect(far.heard).toEqual([]);
    time.now += 3_000;
    worker.timers[0]?.callback();
    await until(() => expect(far.heard).toEqual([NO]));
    expect(worker.seen.ended).toEqual([]);
  });

  test('is denied by the next worker, and shown by none', async () => {
    const { time, start } = machine();
    const killed = start();
    await refused(killed, killed.connect(), time.now + 3_000);

    const worker = start();
    worker.hub.resume();
    const far = worker.connect();
    far.request(A, 'requestProof', REQUEST);
    await until(() => expect(worker.timers.map((t) => t.milliseconds).sort()).toEqual([3_000, RECONNECT_LIMIT]));
    expect(worker.seen.waiting).toEqual([]);
    time.now += 3_000;
    worker.timers.find((t) => t.milliseconds === 3_000)?.callback();
    await until(() => expect(far.heard).toEqual([NO]));
  });
});

test('each call says whether the person had just touched the page, the one that joins too', async () => {
  const worker = machine().start();
  const far = worker.connect();
  const say = (id: string, active: boolean) =>
    far.say({ t: 'request', id, method: 'requestProof', params: JSON.stringify(REQUEST), active });
  say(A, false);
  await until(() => expect(worker.seen.arrivals).toEqual([{ kind: 'new', active: false }]));
  say(B, true);
  await until(() => expect(worker.seen.arrivals[1]).toEqual({ kind: 'joined', active: true }));
  expect((await worker.queue).list()).toMatchObject([{ active: true }]);
});

describe('the end of a request', () => {
  test('comes when the page gives the call up', async () => {
    const worker = machine().start();
    const far = worker.connect();
    const request = await waitingRequest(worker, far);
    far.say({ t: 'cancel', id: A });
    await until(() => expect(worker.seen.ended.map((r) => r.id)).toEqual([request.id]));
  });

  test('comes when its document goes away, and other documents keep theirs', async () => {
    const worker = machine().start();
    const far = worker.connect();
    const other = worker.connect({ ...SHOP, documentId: 'D2' });
    await waitingRequest(worker, far);
    other.request(B, 'requestProof', REQUEST);
    await until(() => expect(worker.seen.waiting).toHaveLength(2));
    far.leave();
    await until(() => expect(worker.seen.ended.map((r) => r.documentId)).toEqual(['D1']));
    expect((await worker.queue).documents()).toEqual(['D2']);
    expect(worker.hub.documentConnected('D1')).toBe(false);
  });

  test('is none where its document was gone before the request was stored: it never waits', async () => {
    const worker = machine().start();
    const far = worker.connect();
    const other = worker.connect({ ...SHOP, documentId: 'D2' });
    far.request(A, 'requestProof', REQUEST);
    far.leave();
    other.request(B, 'requestProof', REQUEST);
    await until(() => expect(worker.seen.waiting.map((r) => r.documentId)).toEqual(['D2']));
    expect((await worker.queue).documents()).toEqual(['D2']);
    expect(worker.seen.ended).toEqual([]);
  });

  test('is none where the page gave the call up before it was stored: it never waits', async () => {
    const worker = machine().start();
    const far = worker.connect();
    far.request(A, 'requestProof', REQUEST);
    far.say({ t: 'cancel', id: A });
    far.request(B, 'requestProof', { ...REQUEST, purpose: 'To enter again.' });
    await until(() => expect(worker.seen.waiting.map((r) => r.clientIds)).toEqual([[B]]));
    expect((await worker.queue).list()).toHaveLength(1);
  });

  test('comes at once where a call needs nobody: nothing waits', async () => {
    const worker = machine().start();
    const far = worker.connect();
    far.request(A, 'digitalGet', { requests: [{ protocol: 'openid4vp-v1-unsigned', data: { elsewhere: true } }] });
    await until(() => expect(far.heard).toEqual([{ t: 'answer', id: A, ok: true, result: { other_wallet: 'now' } }]));
    expect((await worker.queue).list()).toEqual([]);
    expect(worker.seen.waiting).toEqual([]);
  });

  test('comes after ten minutes as a denial', async () => {
    const { time, start } = machine();
    const worker = start();
    const far = worker.connect();
    const request = await waitingRequest(worker, far);
    time.now += REQUEST_LIFETIME;
    await worker.hub.expire();
    expect(far.heard).toMatchObject([{ id: A, ok: false, error: { code: 4001 } }]);
    expect(worker.seen.ended.map((r) => r.id)).toEqual([request.id]);
  });

  test('is no failure when the document is gone by the time of the answer', async () => {
    const worker = machine().start();
    const far = worker.connect();
    const request = await waitingRequest(worker, far);
    const settled = await (await worker.queue).settle(request.id, YES);
    far.leave();
    worker.hub.push(settled);
    expect(far.heard).toEqual([]);
    expect(worker.seen.failures).toEqual([]);
  });
});

describe('when the worker died', () => {
  test('while the request waited, the document asks again, and gets its one answer', async () => {
    const { start } = machine();
    const killed = start();
    const request = await waitingRequest(killed, killed.connect());

    const worker = start();
    worker.hub.resume();
    const far = worker.connect();
    far.request(A, 'requestProof', REQUEST);
    await until(() => expect(worker.seen.waiting.map((r) => r.id)).toEqual([request.id]));
    worker.hub.push(await (await worker.queue).settle(request.id, YES));
    expect(far.heard).toEqual([{ t: 'answer', id: A, ...YES }]);
  });

  test('after the answer was stored and before it was taken, the document gets it when it asks again', async () => {
    const { start } = machine();
    const killed = start();
    const request = await waitingRequest(killed, killed.connect());
    await (await killed.queue).settle(request.id, YES);

    const far = start().connect();
    far.request(A, 'requestProof', REQUEST);
    await until(() => expect(far.heard).toEqual([{ t: 'answer', id: A, ...YES }]));
  });

  test('and the document does not come back within five seconds, its request ends', async () => {
    const { start } = machine();
    const killed = start();
    const request = await waitingRequest(killed, killed.connect());

    const worker = start();
    worker.hub.resume();
    await until(() => expect(worker.timers.map((t) => t.milliseconds)).toEqual([RECONNECT_LIMIT]));
    worker.timers[0]?.callback();
    await until(() => expect(worker.seen.ended.map((r) => r.id)).toEqual([request.id]));
  });

  test('and the document came back, its request does not end after five seconds', async () => {
    const { start } = machine();
    const killed = start();
    await waitingRequest(killed, killed.connect());

    const worker = start();
    worker.hub.resume();
    const far = worker.connect();
    far.request(A, 'requestProof', REQUEST);
    await until(() => expect(worker.timers).toHaveLength(1));
    worker.timers[0]?.callback();
    far.request(B, 'permissions', {});
    await until(() => expect(far.heard).toHaveLength(1));
    expect((await worker.queue).list()).toHaveLength(1);
    expect(worker.seen.ended).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { ON_ITS_WAY, PATIENCE, callWorker } from '../../../lib/messaging/call-worker.ts';
import type { WorkerDoor } from '../../../lib/messaging/call-worker.ts';
import { createOwnRouter } from '../../../lib/messaging/own-router.ts';
import { createOwnHandlers } from '../../../lib/wallet/index.ts';
import type { Services } from '../../../lib/wallet/index.ts';

const OURS = 'chrome-extension://signet';
const CALL = { id: 'call', route: 'wallet.status', request: {} } as const;

/** A clock that a test moves. */
class Timers {
  readonly #due = new Map<symbol, { at: number; callback: () => void }>();
  now = 0;

  readonly after = (milliseconds: number, callback: () => void): (() => void) => {
    const key = Symbol('timer');
    this.#due.set(key, { at: this.now + milliseconds, callback });
    return () => this.#due.delete(key);
  };

  get waiting(): number {
    return this.#due.size;
  }

  async pass(milliseconds: number): Promise<void> {
    this.now += milliseconds;
    for (const [key, { at, callback }] of this.#due) {
      if (at > this.now) continue;
      this.#due.delete(key);
      callback();
    }
    await new Promise(setImmediate); // whatever follows from it has its turn
  }
}

/** A worker that works on every call until it is told how the stores fail. */
function worker() {
  const { promise, reject } = Promise.withResolvers<Services>();
  const answer = createOwnRouter(
    createOwnHandlers(() => promise),
    OURS,
  );
  return { hear: (message: unknown) => Promise.resolve(answer(message, { origin: OURS })), fail: reject };
}

const lost = (): Promise<never> => new Promise(() => undefined);

function begin(send: WorkerDoor['send']) {
  const timers = new Timers();
  const outcome = callWorker({ send, after: timers.after }, CALL).then(
    (reply) => ({ reply }),
    (error: unknown) => ({ error }),
  );
  return { timers, outcome };
}

describe('a call of one of our pages', () => {
  test('waits for as long as the worker works on it, and gets its reply', async () => {
    const { hear, fail } = worker();
    const { timers, outcome } = begin(hear);
    for (let i = 0; i < 20; i++) await timers.pass(PATIENCE);
    fail(new Error('the disk is gone'));
    expect(await outcome).toMatchObject({ reply: { ok: false, error: { reason: 'internal' } } });
    expect(timers.waiting).toBe(0);
  });

  test.each<[string, WorkerDoor['send']]>([
    ['comes back empty', () => Promise.resolve(undefined)],
    ['is rejected', () => Promise.reject(new Error('The message port closed before a response was received.'))],
  ])('that a dying worker had in its hands ends with an error, where it %s', async (_, send) => {
    const { timers, outcome } = begin(send);
    expect(await outcome).toHaveProperty('error');
    expect(timers.waiting).toBe(0);
  });

  test('that the worker never heard ends with an error, soon after its patience', async () => {
    const { hear } = worker();
    const { timers, outcome } = begin((message) => (message === CALL ? lost() : hear(message)));
    await timers.pass(PATIENCE);
    await timers.pass(ON_ITS_WAY);
    expect(await outcome).toMatchObject({ error: { reason: 'internal' } });
    expect(timers.waiting).toBe(0);
  });

  test('that nobody hears, nor the question after it, ends with an error', async () => {
    const { timers, outcome } = begin(lost);
    await timers.pass(PATIENCE);
    await timers.pass(PATIENCE);
    await timers.pass(ON_ITS_WAY);
    expect(await outcome).toMatchObject({ error: { reason: 'internal' } });
  });

  test('whose reply is on its way while the worker says that it is done gets it', async () => {
    const { hear } = worker();
    const arriving = Promise.withResolvers<unknown>();
    const { timers, outcome } = begin((message) => (message === CALL ? arriving.promise : hear(message)));
    await timers.pass(PATIENCE);
    arriving.resolve({ ok: true, value: 'late' });
    expect(await outcome).toEqual({ reply: { ok: true, value: 'late' } });
  });

  test('fails at once where the worker died under it', async () => {
    const { outcome } = begin(() => Promise.reject(new Error('The message port closed.')));
    expect(await outcome).toMatchObject({ error: { message: 'The message port closed.' } });
  });

  test('is no secret of another sender: only our own pages are told what runs', () => {
    const answer = createOwnRouter(createOwnHandlers(lost), OURS);
    expect(answer({ isRunning: 'call' }, { origin: 'https://shop.example' })).toBeUndefined();
    expect(answer({ isRunning: 'call' }, {})).toBeUndefined();
  });
});

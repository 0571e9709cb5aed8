import { beforeEach, describe, expect, test } from 'vitest';
import { SignetError } from '../../../lib/core/index.ts';
import type { Reason } from '../../../lib/core/index.ts';
import { DEFAULT_TIME_LIMIT, IDLE_TIME, MAX_TIME_LIMIT } from '../../../lib/prover/index.ts';
import type { OpenResult, ProverProgress } from '../../../lib/prover/index.ts';
import { Workshop, openJob, pending, settle } from './workshop.ts';

let workshop: Workshop;
beforeEach(() => {
  workshop = new Workshop();
});

const refusal = (reason: Reason) => expect.objectContaining({ name: 'SignetError', reason }) as Error;

/** Jobs that end when the test says so, by their value. */
function byHand(): {
  readonly begun: string[];
  readonly end: (value: string, result: OpenResult | Error) => Promise<void>;
} {
  const begun: string[] = [];
  const ends = new Map<string, ReturnType<typeof pending<OpenResult>>>();
  workshop.handlers = {
    ...workshop.handlers,
    open: ({ checks: [check] }) => {
      const value = check?.value ?? '';
      begun.push(value);
      const end = pending<OpenResult>();
      ends.set(value, end);
      return end.promise;
    },
  };
  return {
    begun,
    end: async (value, result) => {
      if (result instanceof Error) ends.get(value)?.reject(result);
      else ends.get(value)?.resolve(result);
      await settle();
    },
  };
}

/** A promise whose rejection is waited for later. */
function late<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

describe('a job', () => {
  test('is answered', async () => {
    expect(await workshop.client.run(openJob())).toEqual({ opens: true });
  });

  test('says how far it is: waiting, starting, proving', async () => {
    workshop.handlers = {
      ...workshop.handlers,
      open: (_, report) => {
        report(0.5);
        return { opens: false };
      },
    };
    const seen: ProverProgress[] = [];
    await workshop.client.run(openJob(), { onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([
      { stage: 'waiting', done: 0 },
      { stage: 'starting', done: 0 },
      { stage: 'proving', done: 0.5 },
    ]);
  });

  test('has a frame to itself, which is gone afterwards', async () => {
    await workshop.client.run(openJob('1'));
    await workshop.client.run(openJob('2'));
    const used = workshop.frames.filter(({ received }) => received.length > 0);
    expect(used.map(({ received }) => received.length)).toEqual([1, 1]);
    expect(used.map(({ isThere }) => isThere)).toEqual([false, false]);
    expect(workshop.lastFrame).toMatchObject({ received: [], isThere: true });
  });

  test('that carries something else along is refused', async () => {
    const job = { ...openJob(), password: 'hunter2' };
    await expect(workshop.client.run(job)).rejects.toEqual(refusal('bad_request'));
    expect(workshop.frames).toEqual([]);
  });

  test('that is malformed is refused by field, without its value, and starts nothing', async () => {
    const job = openJob('5 secret');
    const refused = late(workshop.client.run(job));
    await expect(refused).rejects.toMatchObject({ reason: 'bad_request', field: 'checks.0.value' });
    await expect(refused).rejects.not.toThrow(/secret/);
    expect(workshop.ports).toEqual([]);
  });

  test('that the prover refuses is refused with its reason, in clean words', async () => {
    const { end } = byHand();
    const run = late(workshop.client.run(openJob()));
    await settle();
    await end('5', new SignetError('denied', 'Not\u202e true.\n', { field: 'entries[0]' }));
    await expect(run).rejects.toMatchObject({ reason: 'denied', message: 'Not true.', field: 'entries[0]' });
  });

  test('that fails inside is an internal error, whose words stay inside', async () => {
    const { end } = byHand();
    const run = late(workshop.client.run(openJob()));
    await settle();
    await end('5', new Error('blinding was BBBB'));
    await expect(run).rejects.toEqual(refusal('internal'));
    await expect(run).rejects.not.toThrow(/BBBB/);
  });
});

describe('several jobs', () => {
  test('are worked on one at a time, in the order they came', async () => {
    const { begun, end } = byHand();
    const runs = ['1', '2', '3'].map((value) => workshop.client.run(openJob(value)));
    await settle();
    expect(begun).toEqual(['1']);
    await end('1', { opens: true });
    expect(begun).toEqual(['1', '2']);
    await end('2', { opens: false });
    await end('3', { opens: true });
    expect(await Promise.all(runs)).toEqual([{ opens: true }, { opens: false }, { opens: true }]);
  });

  test('begun at once start one document', async () => {
    await Promise.all([workshop.client.run(openJob('1')), workshop.client.run(openJob('2'))]);
    expect(workshop.ports).toHaveLength(1);
  });

  test('do not fail with one that does', async () => {
    const { end } = byHand();
    const first = late(workshop.client.run(openJob('1')));
    const second = workshop.client.run(openJob('2'));
    await settle();
    await end('1', new Error('broken'));
    await end('2', { opens: true });
    await expect(first).rejects.toEqual(refusal('internal'));
    expect(await second).toEqual({ opens: true });
  });
});

describe('cancelling', () => {
  test('before the start asks nobody anything', async () => {
    await expect(workshop.client.run(openJob(), { signal: AbortSignal.abort() })).rejects.toEqual(refusal('denied'));
    expect(workshop.ports).toEqual([]);
  });

  test('a job that waits leaves the one before it alone', async () => {
    const { begun, end } = byHand();
    const first = workshop.client.run(openJob('1'));
    const controller = new AbortController();
    const second = late(workshop.client.run(openJob('2'), { signal: controller.signal }));
    const third = workshop.client.run(openJob('3'));
    await settle();
    controller.abort();
    await expect(second).rejects.toEqual(refusal('denied'));
    await end('1', { opens: true });
    await end('3', { opens: true });
    await Promise.all([first, third]);
    expect(begun).toEqual(['1', '3']);
  });

  test('a job that is worked on ends its frame, and the next one runs in a fresh one', async () => {
    const { end } = byHand();
    const controller = new AbortController();
    const first = late(workshop.client.run(openJob('1'), { signal: controller.signal }));
    const second = workshop.client.run(openJob('2'));
    await settle();
    const [frame] = workshop.frames;
    controller.abort();
    await expect(first).rejects.toEqual(refusal('denied'));
    await settle();
    expect(frame?.isThere).toBe(false);
    await end('2', { opens: true });
    expect(await second).toEqual({ opens: true });
    expect(workshop.ports).toHaveLength(1);
  });

  test('after the answer changes nothing', async () => {
    const controller = new AbortController();
    const result = await workshop.client.run(openJob(), { signal: controller.signal });
    controller.abort();
    await settle();
    expect(result).toEqual({ opens: true });
    expect(workshop.closed).toBe(0);
  });
});

describe('the time limit', () => {
  test('ends a job, and the next one works', async () => {
    const { end } = byHand();
    const first = late(workshop.client.run(openJob('1'), { timeLimit: 500 }));
    const second = workshop.client.run(openJob('2'));
    await settle();
    await workshop.time.pass(499);
    expect(workshop.busy).toBe(1);
    await workshop.time.pass(1);
    await expect(first).rejects.toEqual(refusal('timed_out'));
    await end('2', { opens: true });
    expect(await second).toEqual({ opens: true });
  });

  test('does not run while a job waits for another', async () => {
    const { end } = byHand();
    const first = workshop.client.run(openJob('1'), { timeLimit: 5_000 });
    const second = workshop.client.run(openJob('2'), { timeLimit: 500 });
    await settle();
    await workshop.time.pass(4_000);
    await end('1', { opens: true });
    await end('2', { opens: true });
    expect(await Promise.all([first, second])).toHaveLength(2);
  });

  test.each([
    ['unsaid', undefined, DEFAULT_TIME_LIMIT],
    ['longer than a worker lives', 3_600_000, MAX_TIME_LIMIT],
  ])('%s has a bound', async (_, timeLimit, bound) => {
    byHand();
    const run = late(workshop.client.run(openJob(), timeLimit === undefined ? {} : { timeLimit }));
    await settle();
    await workshop.time.pass(bound);
    await expect(run).rejects.toEqual(refusal('timed_out'));
  });

  test('holds where the frame never says that it is ready', async () => {
    workshop.script = () => undefined;
    const run = late(workshop.client.run(openJob(), { timeLimit: 500 }));
    await settle();
    await workshop.time.pass(500);
    await expect(run).rejects.toEqual(refusal('timed_out'));
    expect(workshop.frames[0]).toMatchObject({ isThere: false, received: [] });
  });

  test('holds where the document never starts; the next job asks for another one', async () => {
    workshop.starts = 'never';
    const first = late(workshop.client.run(openJob('1'), { timeLimit: 500 }));
    await workshop.time.pass(500);
    await expect(first).rejects.toEqual(refusal('timed_out'));
    expect(workshop.closed).toBe(1);
    workshop.starts = 'at once';
    expect(await workshop.client.run(openJob('2'))).toEqual({ opens: true });
  });

  test('closes a document that does not throw the frame away', async () => {
    byHand();
    const first = late(workshop.client.run(openJob('1'), { timeLimit: 500 }));
    await settle();
    workshop.documentEnd.isDeaf = true; // its thread is taken
    await workshop.time.pass(500);
    await expect(first).rejects.toEqual(refusal('timed_out'));
    expect(workshop.closed).toBe(0);
    await workshop.time.pass(1_000);
    expect(workshop.closed).toBe(1);
    workshop.handlers = { ...workshop.handlers, open: () => ({ opens: true }) };
    expect(await workshop.client.run(openJob('2'))).toEqual({ opens: true });
    expect(workshop.ports).toHaveLength(2);
  });
});

describe('the document', () => {
  test('stays for the next job, and goes when none came for 30 s', async () => {
    await workshop.client.run(openJob('1'));
    await workshop.time.pass(IDLE_TIME - 1);
    await workshop.client.run(openJob('2'));
    await workshop.time.pass(IDLE_TIME - 1);
    expect(workshop.closed).toBe(0);
    await workshop.time.pass(1);
    expect(workshop.closed).toBe(1);
    await workshop.client.run(openJob('3'));
    expect(workshop.ports).toHaveLength(2);
  });

  test('goes when the vault locks, with all that waits', async () => {
    byHand();
    const runs = ['1', '2'].map((value) => late(workshop.client.run(openJob(value))));
    await settle();
    workshop.client.close();
    for (const run of runs) await expect(run).rejects.toEqual(refusal('locked'));
    expect(workshop.closed).toBe(1);
    expect(workshop.busy).toBe(0);
  });

  test('is not asked to go when there is none', () => {
    workshop.client.close();
    expect(workshop.closed).toBe(0);
  });

  test('that goes in the middle of a job fails it; the next one starts another', async () => {
    byHand();
    const first = late(workshop.client.run(openJob('1')));
    await settle();
    workshop.vanish();
    await expect(first).rejects.toEqual(refusal('internal'));
    workshop.handlers = { ...workshop.handlers, open: () => ({ opens: true }) };
    expect(await workshop.client.run(openJob('2'))).toEqual({ opens: true });
    expect(workshop.ports).toHaveLength(2);
  });

  test('that cannot be made fails the job; the next one tries again', async () => {
    workshop.starts = 'fails';
    await expect(workshop.client.run(openJob())).rejects.toEqual(refusal('internal'));
    workshop.starts = 'at once';
    expect(await workshop.client.run(openJob())).toEqual({ opens: true });
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import { ProverHost } from '../../../lib/prover/index.ts';
import type { RangeJob, RangeResult } from '../../../lib/prover/index.ts';
import { Frame, Workshop, bytes32, createPorts, openJob, settle } from './workshop.ts';
import type { End } from './workshop.ts';

let worker: End;
let document: End;
let frames: Frame[];
let host: ProverHost;
let left: number;

beforeEach(() => {
  frames = [];
  left = 0;
  host = new ProverHost({
    openFrame: (hear) => {
      const frame = new Frame(hear);
      frames.push(frame);
      return frame;
    },
    leave: () => (left += 1),
  });
  [worker, document] = createPorts();
  host.serve(document);
});

const frame = (at = -1): Frame => {
  const found = frames.at(at);
  if (found === undefined) throw new Error('There is no frame.');
  return found;
};
const order = async (message: unknown): Promise<void> => {
  worker.postMessage(message);
  await settle();
};
const begin = (id = 1): Promise<void> => order({ t: 'job', id, job: openJob() });
const answers = (): unknown[] => document.sent;

describe('the offscreen document', () => {
  test('opens a frame before anybody asks for something', () => {
    expect(frames).toHaveLength(1);
  });

  test('gives a frame its job when that is ready, and not before', async () => {
    await begin();
    expect(frame().received).toEqual([]);
    frame().say({ t: 'ready' });
    expect(frame().received).toEqual([{ t: 'job', id: 1, job: openJob() }]);
  });

  test('gives a frame that says twice that it is ready one job', async () => {
    frame().say({ t: 'ready' });
    await begin();
    frame().say({ t: 'ready' });
    expect(frame().received).toHaveLength(1);
  });

  test('hands the answer on, with the next frame open already', async () => {
    await begin();
    frame().say({ t: 'ready' });
    frame().say({ t: 'progress', id: 1, done: 0.25 });
    frame().say({ t: 'done', id: 1, result: { opens: true } });
    expect(answers()).toEqual([
      { t: 'progress', id: 1, done: 0.25 },
      { t: 'done', id: 1, result: { opens: true } },
    ]);
    expect(frames.map(({ isThere }) => isThere)).toEqual([false, true]);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a word', 'done'],
    ['another kind of answer', { t: 'done', id: 1, result: { proof: 'AAAA' } }],
    ['more than the answer', { t: 'done', id: 1, result: { opens: true, value: '5' } }],
    ['more than the message', { t: 'done', id: 1, result: { opens: true }, witness: '5' }],
    ['an answer of no type', { t: 'done', id: 1 }],
    ['an error without a reason', { t: 'failed', id: 1, error: {} }],
    ['progress beyond its end', { t: 'progress', id: 1, done: 2 }],
    ['what only the document says', { t: 'dropped', id: 1 }],
  ])('ends the job, and the frame, when the frame says %s', async (_, said) => {
    await begin();
    frame().say({ t: 'ready' });
    frame().say(said);
    expect(answers()).toMatchObject([{ t: 'failed', id: 1, error: { reason: 'internal' } }]);
    expect(frame(0).isThere).toBe(false);
    expect(frames).toHaveLength(2);
  });

  test('does not listen to a frame that speaks of a job it was not given', async () => {
    frame().say({ t: 'ready' });
    frame().say({ t: 'done', id: 1, result: { opens: true } });
    await begin(2);
    frame().say({ t: 'done', id: 1, result: { opens: true } });
    expect(answers()).toEqual([]);
  });

  test('does not take a job while it has one', async () => {
    frame().say({ t: 'ready' });
    await begin(1);
    await begin(2);
    expect(frame().received).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ['what is no order', { t: 'done', id: 1 }],
    ['an order without a number', { t: 'job', job: openJob() }],
    ['a job with something else in it', { t: 'job', id: 1, job: { ...openJob(), more: 1 } }],
  ])('does not obey %s', async (_, message) => {
    frame().say({ t: 'ready' });
    await order(message);
    expect(frame().received).toEqual([]);
  });

  test('throws the frame of a cancelled job away, says so, and has a fresh one', async () => {
    frame().say({ t: 'ready' });
    await begin();
    await order({ t: 'cancel', id: 1 });
    expect(frames.map(({ isThere }) => isThere)).toEqual([false, true]);
    expect(answers()).toEqual([{ t: 'dropped', id: 1 }]);
    await begin(2);
    frame().say({ t: 'ready' });
    expect(frame().received).toHaveLength(1);
  });

  test('forgets a cancelled job that no frame had yet', async () => {
    await begin();
    await order({ t: 'cancel', id: 1 });
    frame(0).say({ t: 'ready' });
    frame().say({ t: 'ready' });
    expect(frames.flatMap(({ received }) => received)).toEqual([]);
  });

  test('leaves its frame alone when another job is cancelled', async () => {
    frame().say({ t: 'ready' });
    await begin(2);
    await order({ t: 'cancel', id: 1 });
    expect(frame(0).isThere).toBe(true);
  });

  test('takes no second port', async () => {
    const [other, mine] = createPorts();
    host.serve(mine);
    expect(other.other).toBeUndefined();
    await begin();
    frame().say({ t: 'ready' });
    expect(frame().received).toHaveLength(1);
  });

  test('goes with the worker, and the frame with it', async () => {
    frame().say({ t: 'ready' });
    await begin();
    worker.disconnect();
    await settle();
    expect(frame().isThere).toBe(false);
    expect(left).toBe(1);
  });
});

describe('range proofs', () => {
  const statement = { age_at_least: 21, as_of: '2026-11-28' };
  const secret = { point: bytes32('A'), value: '38000', blinding: bytes32('B') };
  const job: RangeJob = {
    kind: 'range',
    entries: [
      { path: ['birth_date_commitment'], statement, bits: 16, ...secret },
      { path: ['points_commitment'], statement: { gte: 100 }, bits: 16, ...secret },
      { path: ['points_commitment'], statement: { gte: 5, lte: 9 }, bits: 32, ...secret },
    ],
    context: { origin: 'https://shop.example', nonce: 'Q'.repeat(22), sdHash: bytes32('C') },
  };
  const right: RangeResult = {
    range_proofs: [
      { path: ['birth_date_commitment'], statement, bits: 16, proof: 'AAAA' },
      { path: ['points_commitment'], statement: { gte: 100 }, bits: 16, proof: 0 },
      { path: ['points_commitment'], statement: { lte: 9, gte: 5 }, bits: 32, proof: 'BBBB' },
    ],
  };
  const { range_proofs: proofs } = right;
  const replaced = (at: number, change: object): unknown => ({
    range_proofs: proofs.map((entry, i) => (i === at ? { ...entry, ...change } : entry)),
  });

  async function ended(result: unknown): Promise<unknown> {
    const workshop = new Workshop();
    workshop.handlers = { ...workshop.handlers, range: () => result as RangeResult }; // what a broken frame says
    return workshop.client.run(job).catch((error: unknown) => error);
  }

  test('are taken for just what was asked', async () => {
    expect(await ended(right)).toEqual(right);
  });

  test.each<[string, unknown]>([
    ['fewer', { range_proofs: proofs.slice(1) }],
    ['more', { range_proofs: [...proofs, ...proofs.slice(0, 1)] }],
    ['others first', { range_proofs: [...proofs].reverse() }],
    ['another path', replaced(0, { path: ['age_commitment'] })],
    ['another statement', replaced(0, { statement: { ...statement, age_at_least: 18 } })],
    ['another size', replaced(0, { bits: 32 })],
    ['the value beside the proof', replaced(0, { value: '38000' })],
    ['a proof that is no base64url', replaced(0, { proof: '38 000' })],
    ['a proof that covers itself', replaced(1, { proof: 1 })],
    ['a proof by a later one', replaced(1, { proof: 2 })],
    ['a proof by one that is covered itself', replaced(2, { proof: 1 })],
    ['a proof by one of another size', replaced(2, { proof: 0 })],
  ])('are not taken for %s', async (_, result) => {
    expect(await ended(result)).toMatchObject({ reason: 'internal' });
  });
});

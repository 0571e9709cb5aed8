import { describe, expect, test } from 'vitest';
import { SignetError } from '../../../lib/core/index.ts';
import { createJobTaker } from '../../../lib/prover/index.ts';
import type { FrameReply, ProverHandlers, ProverJob } from '../../../lib/prover/index.ts';
import { Workshop, bytes32, openJob, settle } from './workshop.ts';

function frame(handlers: Partial<ProverHandlers> = {}) {
  const replies: FrameReply[] = [];
  const take = createJobTaker({ ...new Workshop().handlers, ...handlers }, (reply) => replies.push(reply));
  return {
    replies,
    take: async (message: unknown) => {
      take(message);
      await settle();
    },
  };
}

const key = { kty: 'OKP', crv: 'BLS12381G2', x: 'A'.repeat(128), alg: 'BBS' } as const;
const bbs = {
  credential: '{"v":1}',
  key,
  disclose: ['member'],
  binding: { origin: 'https://shop.example', nonce: 'Q'.repeat(22), requestHash: bytes32('C') },
};

describe('a frame', () => {
  test('works on one job in its life', async () => {
    const { replies, take } = frame();
    await take({ t: 'job', id: 7, job: openJob('1') });
    await take({ t: 'job', id: 8, job: openJob('2') });
    expect(replies).toEqual([{ t: 'done', id: 7, result: { opens: true } }]);
  });

  test('says once more that it is ready when it is greeted, until it has its job', async () => {
    const { replies, take } = frame();
    await take({ t: 'hello' });
    await take({ t: 'job', id: 1, job: openJob() });
    await take({ t: 'hello' });
    expect(replies).toEqual([{ t: 'ready' }, { t: 'done', id: 1, result: { opens: true } }]);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['another order', { t: 'cancel', id: 1 }],
    ['a job without a number', { t: 'job', job: openJob() }],
    ['a job of an unknown kind', { t: 'job', id: 1, job: { ...openJob(), kind: 'sign' } }],
    ['a kind that every object has', { t: 'job', id: 1, job: { ...openJob(), kind: 'constructor' } }],
    ['a job with something else in it', { t: 'job', id: 1, job: { ...openJob(), more: 1 } }],
    ['an order with something else in it', { t: 'job', id: 1, job: openJob(), more: 1 }],
    ['a value with a sign', { t: 'job', id: 1, job: openJob('-5') }],
    ['a value with a leading zero', { t: 'job', id: 1, job: openJob('05') }],
  ])('does not begin on %s, and still takes its job', async (_, message) => {
    const { replies, take } = frame();
    await take(message);
    expect(replies).toEqual([]);
    await take({ t: 'job', id: 1, job: openJob() });
    expect(replies).toHaveLength(1);
  });

  test.each<ProverJob>([
    { kind: 'bbs', ...bbs },
    { kind: 'bbs+', ...bbs },
    { kind: 'issued', credential: bbs.credential, key: { ...key, kid: 'bbs-1' } },
  ])('hands a job of the kind $kind to who works on those, whole', async (job) => {
    const seen: unknown[] = [];
    const { take } = frame({ [job.kind]: (given: unknown) => seen.push(given) });
    await take({ t: 'job', id: 1, job });
    expect(seen).toEqual([job]);
  });

  test('says what was refused by reason, words and field', async () => {
    const { replies, take } = frame({
      open: () => Promise.reject(new SignetError('credential_refused', 'It does not open.', { field: 'checks.0' })),
    });
    await take({ t: 'job', id: 1, job: openJob() });
    const error = { reason: 'credential_refused', message: 'It does not open.', field: 'checks.0' };
    expect(replies).toEqual([{ t: 'failed', id: 1, error }]);
  });

  test('keeps the words of what broke to itself', async () => {
    const { replies, take } = frame({
      open: () => {
        throw new RangeError('38000 is too much');
      },
    });
    await take({ t: 'job', id: 1, job: openJob() });
    expect(replies).toMatchObject([{ t: 'failed', error: { reason: 'internal' } }]);
    expect(JSON.stringify(replies)).not.toContain('38000');
  });
});

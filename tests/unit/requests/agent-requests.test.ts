import { describe, expect, test } from 'vitest';
import { SignetError } from '../../../lib/core/index.ts';
import type { Origin } from '../../../lib/core/index.ts';
import { ANSWER_GRACE, REQUEST_LIFETIME, RequestQueue, agentDocument } from '../../../lib/requests/index.ts';
import type { AgentRequest, NewRequest, PageAnswer } from '../../../lib/requests/index.ts';
import { MemoryBackend, MemoryKeyValue } from '../../../lib/vault/index.ts';

const YES: PageAnswer = { ok: true, result: { proof: 'a~b' } };
const SHOP = 'https://shop.example' as Origin; // an origin as the browser writes it
const OTHER = 'https://other.example' as Origin; // likewise

function world() {
  const backend = new MemoryBackend();
  const session = new MemoryKeyValue();
  const time = { now: 1_000_000 };
  const open = () => RequestQueue.open({ backend, session, clock: () => time.now });
  return { time, open };
}

const ask = (purpose: string, changes: Partial<AgentRequest> = {}): AgentRequest => ({
  ...{ agent: 'A', method: 'requestProof', params: { purpose }, origin: SHOP },
  ...changes,
});

const page = (purpose: string): NewRequest => ({
  ...{ clientId: purpose, documentId: 'D1', tabId: 1, method: 'requestProof', params: { purpose }, origin: SHOP },
  active: true,
});

const reasonOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'accepted',
    (error: unknown) => SignetError.from(error).reason,
  );

describe('a request of an agent', () => {
  test('is one where the same is asked again for the same site, and another for another', async () => {
    const queue = await world().open();
    const first = await queue.submitOfAgent(ask('a'));
    expect((await queue.submitOfAgent(ask('a'))).id).toBe(first.id);
    expect((await queue.submitOfAgent(ask('a', { origin: OTHER }))).id).not.toBe(first.id);
    expect((await queue.submitOfAgent(ask('a', { agent: 'B' }))).id).not.toBe(first.id);
  });

  test('takes no room and no turn of the site that it names', async () => {
    const queue = await world().open();
    for (const purpose of ['a', 'b', 'c', 'd']) await queue.submitOfAgent(ask(purpose));
    expect(await reasonOf(queue.submitOfAgent(ask('e', { origin: OTHER })))).toBe('too_many');
    expect(await reasonOf(queue.submit(page('p')))).toBe('accepted');
    expect(queue.list().map(({ round }) => round)).toEqual([0, 0, 1, 2, 3]);
  });

  test('is no document’s: a worker that starts does not end it, and its answer outlives the worker', async () => {
    const w = world();
    const queue = await w.open();
    const { id } = await queue.submitOfAgent(ask('a'));
    expect(queue.documents()).toEqual([]);
    await queue.settle(id, YES);
    expect(await (await w.open()).takeOfAgent('A', id)).toEqual(YES);
  });

  test('is answered to one of all who take it, and to no other agent', async () => {
    const queue = await world().open();
    const { id } = await queue.submitOfAgent(ask('a'));
    expect(await queue.takeOfAgent('A', id)).toBeUndefined();
    await queue.settle(id, YES);
    expect(await queue.takeOfAgent('B', id)).toBeUndefined();
    const taken = await Promise.all(Array.from({ length: 50 }, () => queue.takeOfAgent('A', id)));
    expect(taken.filter((answer) => answer !== undefined)).toEqual([YES]);
  });

  test('gives no answer of a page’s to an agent', async () => {
    const queue = await world().open();
    const { request } = await queue.submit(page('p'));
    await queue.settle(request.id, YES);
    expect(await queue.takeOfAgent(SHOP, request.id)).toBeUndefined();
    expect(await queue.takeOfAgent('D1', request.id)).toBeUndefined();
  });

  test('is denied in its time, and forgotten where nobody asks', async () => {
    const w = world();
    const queue = await w.open();
    const { id } = await queue.submitOfAgent(ask('a'));
    w.time.now += REQUEST_LIFETIME;
    expect((await queue.expire()).late.map((request) => request.id)).toEqual([id]);
    expect(queue.get(id)?.state).toMatchObject({ phase: 'answered', answer: { ok: false } });
    w.time.now += ANSWER_GRACE;
    await queue.expire();
    expect(queue.get(id)).toBeUndefined();
  });

  test('ends with all others of its agent', async () => {
    const queue = await world().open();
    for (const purpose of ['a', 'b']) await queue.submitOfAgent(ask(purpose));
    await queue.submitOfAgent(ask('a', { agent: 'B' }));
    expect(await queue.cancelDocument(agentDocument('A'))).toHaveLength(2);
    expect(queue.list().map(({ agent }) => agent)).toEqual(['B']);
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { OTHER, SHOP, Worker, forkWith, licensedMachine } from '../../fixtures/licensed-wallet.ts';
import { Fuse, mortal } from '../../fixtures/vault/dying.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';

let prepared: Machine;
let permitted: Machine;
let rule: string;

beforeAll(async () => {
  prepared = await licensedMachine(6);
  permitted = await forkWith(prepared);
  rule = await (await Worker.on(permitted)).grant(['age_over_21'], { maxUses: 2 });
  await (await Worker.on(permitted)).route('wallet.touch', {});
});

/**
 * Does something again and again, the worker dying one write later each time, until it lives; and looks at what the
 * next worker finds.
 */
async function dyingEverywhere(
  start: Machine,
  act: (worker: Worker, requestId: string) => Promise<unknown>,
  afterwards: (next: Worker, requestId: string) => Promise<void>,
): Promise<number> {
  for (let writes = 0; ; writes++) {
    const machine = await forkWith(start);
    const { id } = await (await Worker.on(machine)).ask(['age_over_21']);
    const fuse = new Fuse(writes);
    const dying = await Worker.on(machine, mortal(machine, fuse));
    await act(dying, id).catch(() => undefined); // whatever a dead worker says is heard by nobody
    await afterwards(await Worker.on(machine), id);
    if (!fuse.burnt) return writes;
  }
}

/** Answers with a proof that are stored for pages. */
const given = ({ services }: Worker, id: string): number => {
  const state = services.queue.get(id)?.state;
  return state?.phase === 'answered' && state.answer.ok ? 1 : 0;
};

const consider = (worker: Worker, id: string) => {
  const request = worker.services.queue.get(id);
  return request === undefined ? Promise.resolve('gone') : worker.services.desk.consider(worker.services, request);
};

describe('a worker that dies at any write', () => {
  test('of an answer by a rule leaves a use for each answer and no other, and gives no more than was permitted', async () => {
    const before = await (await Worker.on(permitted)).proofs();
    const writes = await dyingEverywhere(permitted, consider, async (next, id) => {
      expect(await next.usesOf(rule)).toBe(given(next, id));
      expect(await next.proofs()).toBe(before + given(next, id));
      await consider(next, id);
      expect(given(next, id)).toBe(1);
      expect(await next.usesOf(rule)).toBe(1);
      expect(await next.arrive(['age_over_21'])).toBe('answered');
      expect(await next.arrive(['age_over_21'])).toBe('ask');
    });
    expect(writes).toBeGreaterThan(1);
  });

  test('of "always" leaves the rule and the answer, or neither of them', async () => {
    const always = { claims: ['age_over_21'] };
    const act = async (worker: Worker, id: string) => worker.allow(worker.services.queue.get(id) as never, always); // it waits
    await dyingEverywhere(prepared, act, async (next, id) => {
      expect((await next.rules()).length).toBe(given(next, id));
      expect(await next.proofs()).toBe(given(next, id));
      expect(await next.arrive(['age_over_21'], OTHER)).toBe('ask');
      expect(await next.arrive(['given_name'])).toBe('ask');
      expect(await next.arrive(['age_over_21'])).toBe(given(next, id) === 1 ? 'answered' : 'ask');
    });
  });

  test('of "never" leaves no way to be asked again once the site has its answer', async () => {
    const act = (worker: Worker, requestId: string) => worker.route('requests.deny', { requestId, never: 'claims' });
    await dyingEverywhere(prepared, act, async (next, id) => {
      const isAnswered = next.services.queue.get(id)?.state.phase === 'answered';
      expect((await next.rules()).length).toBe(isAnswered ? 1 : 0);
      if (!isAnswered) return;
      await next.route('wallet.lock', {});
      expect(await next.arrive(['age_over_21'])).toBe('refused');
    });
  });

  test('of a refusal lets nobody be asked, and logs it once', async () => {
    const denying = await forkWith(prepared);
    const deny = { effect: 'deny', subject: { site: SHOP }, action: 'prove', claims: '*' };
    await (await Worker.on(denying)).route('policy.saveRule', { rule: deny });
    await dyingEverywhere(denying, consider, async (next, id) => {
      await consider(next, id);
      expect(next.services.queue.get(id)?.state.phase).toBe('refusing');
      expect((await next.route('requests.list', {})).waiting).toEqual([]);
      expect((await next.log()).filter(({ kind }) => kind === 'proof.refused')).toHaveLength(1);
    });
  });

  test('of three denials counts each once', async () => {
    const twice = await forkWith(prepared);
    const worker = await Worker.on(twice);
    for (let i = 0; i < 2; i++)
      await worker.route('requests.deny', { requestId: (await worker.ask(['given_name'])).id });
    const act = (dying: Worker, requestId: string) => dying.route('requests.deny', { requestId });
    await dyingEverywhere(twice, act, async (next, id) => {
      const request = next.services.queue.get(id);
      if (request?.state.phase === 'waiting') await consider(next, id);
      const phase = next.services.queue.get(id)?.state.phase;
      const isMuted = (await next.services.quiet.mutedUntil(SHOP as never)) !== undefined; // an origin
      expect(phase === 'waiting').toBe(!isMuted);
    });
  });
});

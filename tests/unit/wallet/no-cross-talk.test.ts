import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requestArrived } from '../../../lib/wallet/index.ts';
import { OTHER, SHOP, Worker, forkWith, licensedMachine } from '../../fixtures/licensed-wallet.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';

let prepared: Machine;
let machine: Machine;
let worker: Worker;

beforeAll(async () => {
  prepared = await licensedMachine(12);
});
beforeEach(async () => {
  machine = await forkWith(prepared);
  worker = await Worker.on(machine);
});

describe('two sites at once', () => {
  test('each use their own permission, and each use is counted for its own', async () => {
    const rules = [await worker.grant(['age_over_21']), await worker.grant(['age_over_21'], {}, OTHER)];
    const outcomes = await Promise.all(
      [SHOP, OTHER, SHOP, OTHER, SHOP].map((site) => worker.arrive(['age_over_21'], site)),
    );
    expect(outcomes).toEqual(Array.from({ length: 5 }, () => 'answered'));
    expect(await Promise.all(rules.map((id) => worker.usesOf(id)))).toEqual([3, 2]);
    const answered = worker.wallet.delivered.slice(2).map(({ origin }) => origin);
    expect(answered.toSorted()).toEqual([OTHER, OTHER, SHOP, SHOP, SHOP]);
  });

  test('under one rule for both are counted apart', async () => {
    const permit = { effect: 'permit', subject: { kind: 'site' }, action: 'prove', claims: ['age_over_21'] };
    await worker.route('policy.saveRule', { rule: { ...permit, obligations: { max_uses: 1 } } });
    const outcomes = await Promise.all([SHOP, OTHER, SHOP, OTHER].map((site) => worker.arrive(['age_over_21'], site)));
    expect(outcomes).toEqual(['answered', 'answered', 'ask', 'ask']);
  });

  test('are denied and muted apart', async () => {
    for (let i = 0; i < 3; i++) {
      const [a, b] = [await worker.ask(['given_name']), await worker.ask(['given_name'], OTHER)];
      await worker.route('requests.deny', { requestId: a.id });
      if (i === 0) await worker.route('requests.deny', { requestId: b.id });
    }
    expect(await worker.arrive(['given_name'])).toBe('refused');
    expect(await worker.arrive(['family_name'], OTHER)).toBe('ask');
  });
});

test('two profiles share nothing', async () => {
  const other = await Worker.on(await forkWith(prepared));
  await worker.grant(['age_over_21']);
  await worker.route('requests.deny', { requestId: (await worker.ask(['given_name'])).id, never: 'claims' });
  expect(await other.arrive(['age_over_21'])).toBe('ask');
  expect(await other.arrive(['given_name'])).toBe('ask');
});

test('two windows that say yes at once, and a rule that does: one answer, one use, one copy', async () => {
  const rule = await worker.grant(['age_over_21']);
  const request = await worker.ask(['age_over_21']);
  const { plans } = await worker.route('requests.narrow', { requestId: request.id, extras: [] });
  const yes = { requestId: request.id, digest: plans[0]?.digest ?? '' };
  const before = await worker.proofs();
  await Promise.allSettled([
    worker.route('requests.allowProof', yes),
    worker.route('requests.allowProof', yes),
    worker.services.desk.consider(worker.services, request),
  ]);
  expect(worker.phaseOf(request)).toBe('answered');
  expect(await worker.proofs()).toBe(before + 1);
  expect((await worker.usesOf(rule)) ?? 0).toBeLessThanOrEqual(1);
});

test('a permission with one use left answers one of many that ask at once', async () => {
  const rule = await worker.grant(['age_over_21'], { maxUses: 1 });
  const asked = await Promise.all([1, 2, 3, 4].map(() => worker.ask(['age_over_21'])));
  const twin = await Worker.on(machine);
  const both = [worker, twin].flatMap(({ services }) =>
    asked.map((request) => services.desk.consider(services, request)),
  );
  const outcomes = await Promise.all(both);
  expect(outcomes.filter((outcome) => outcome === 'answered')).toHaveLength(1);
  expect(await (await Worker.on(machine)).usesOf(rule)).toBe(1);
});

describe('a request that arrives', () => {
  const arrive = async (active: boolean, kind: 'new' | 'joined' | 'known' = 'new') =>
    requestArrived(worker.services, await worker.ask(['age_over_21'], { active }), { kind, active });

  test('from a page that was just touched gets a window', async () => {
    await arrive(true);
    expect(worker.wallet.shown()).toBe(1);
  });

  test('from a page that asks by itself gets none, and waits', async () => {
    await arrive(false);
    expect(worker.wallet.shown()).toBe(0);
    expect(worker.services.queue.list()).toHaveLength(1);
  });

  test('and is answered by a rule gets none', async () => {
    await worker.grant(['age_over_21']);
    await arrive(true);
    expect(worker.wallet.shown()).toBe(0);
    expect(worker.services.queue.list()).toEqual([]);
  });

  test('and was seen before the worker died was closed, when its window is gone', async () => {
    const request = await worker.ask(['age_over_21']);
    await worker.services.queue.noteSeen(request.id);
    const next = await Worker.on(machine);
    const known = next.services.queue.get(request.id) ?? request;
    await requestArrived(next.services, known, { kind: 'known', active: true });
    expect(next.phaseOf(request)).toBe('answered');
    expect(next.wallet.shown()).toBe(0);
  });

  test('and was seen before the worker died is not shown twice, when its window is open', async () => {
    const request = await worker.ask(['age_over_21']);
    await worker.services.queue.noteSeen(request.id);
    const next = await Worker.on(machine);
    const open = { ...next.services, isConsentOpen: () => Promise.resolve(true) };
    await requestArrived(open, request, { kind: 'known', active: true });
    expect(next.phaseOf(request)).toBe('waiting');
    expect(next.wallet.shown()).toBe(0);
  });
});

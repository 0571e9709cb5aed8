import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Origin } from '../../../lib/core/index.ts';
import { disconnectSite, sitePermissions } from '../../../lib/wallet/index.ts';
import { OTHER, SHOP, Worker, forkWith, licensedMachine } from '../../fixtures/licensed-wallet.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';
import { PASSWORD } from '../../fixtures/wallet.ts';

const DAY = 86_400_000;
const shop = SHOP as Origin; // as the browser writes it

let prepared: Machine;
let machine: Machine;
let worker: Worker;

beforeAll(async () => {
  prepared = await licensedMachine();
});
beforeEach(async () => {
  machine = await forkWith(prepared);
  worker = await Worker.on(machine);
});

describe('"always for this site"', () => {
  test('answers the next time without a window, logs it, counts it, and notes what the site learned', async () => {
    const rule = await worker.grant(['age_over_21']);
    expect(await worker.usesOf(rule)).toBe(0);
    expect(await worker.arrive(['age_over_21'])).toBe('answered');
    expect(worker.wallet.delivered).toHaveLength(2);
    expect(worker.wallet.shown()).toBe(0);
    expect(await worker.usesOf(rule)).toBe(1);
    const [latest, , first] = (await worker.log()).filter(({ kind }) => /^(proof|rule)/.test(kind));
    expect(latest).toMatchObject({ kind: 'proof.allowed', decision: 'PERMIT', subject: SHOP, rules: [rule] });
    expect(first).toMatchObject({ kind: 'rule.saved', rules: [rule] });
    const [site] = (await worker.route('sites.list', {})).sites;
    expect(site).toMatchObject({ subject: SHOP, permits: [rule], learned: [{ claim: 'age_over_21', times: 2 }] });
  });

  test('is logged as asked for the time it was given', async () => {
    await worker.grant(['age_over_21']);
    const given = (await worker.log()).find(({ kind }) => kind === 'proof.allowed');
    expect(given).toMatchObject({ decision: 'ANOMALY', rules: [] });
  });

  test('is for exactly this site', async () => {
    await worker.grant(['age_over_21']);
    for (const origin of [OTHER, 'https://www.shop.example', 'https://shop.example:8443', 'http://localhost:3000']) {
      expect(await worker.arrive(['age_over_21'], origin), origin).toBe('ask');
    }
  });

  test('is for exactly these claims', async () => {
    await worker.grant(['given_name']);
    expect(await worker.arrive(['given_name'])).toBe('answered');
    expect(await worker.arrive(['family_name'])).toBe('ask');
    expect(await worker.arrive(['given_name', 'family_name'])).toBe('ask');
  });

  test('for some claims of what is shown leaves the others to be asked', async () => {
    await worker.allow(await worker.ask(['given_name', 'family_name']), { claims: ['given_name'] });
    expect(await worker.arrive(['given_name', 'family_name'])).toBe('ask');
    expect(await worker.arrive(['given_name'])).toBe('answered');
  });

  test('takes no last copy: a site that asks often cannot use up what keeps the person from being recognised', async () => {
    machine = await licensedMachine(4);
    worker = await Worker.on(machine);
    await worker.grant(['age_over_21']);
    expect(await worker.arrive(['age_over_21'])).toBe('answered');
    expect(await worker.arrive(['age_over_21'])).toBe('answered');
    const asked = await worker.ask(['age_over_21']);
    expect(await worker.services.desk.consider(worker.services, asked)).toBe('ask');
    expect((await worker.route('credentials.list', {})).credentials).toMatchObject([
      { instancesLeft: 1, lastReused: false },
    ]);
    await worker.allow(asked);
    expect(await worker.arrive(['age_over_21'])).toBe('answered'); // the person saw that it can be linked from now on
  });

  test('is not vetoed by the role of the site', async () => {
    expect((await worker.route('policy.explain', { request: asking('birth_date') })).reason).toBe('role');
    await worker.grant(['birth_date']);
    expect(await worker.arrive(['birth_date'])).toBe('answered');
  });

  test('for a claim that is not shown is refused, and nothing is sent or saved', async () => {
    const request = await worker.ask(['age_over_21']);
    for (const claims of [['birth_date'], ['age_over_21', 'given_name'], ['*'], []]) {
      await expect(worker.allow(request, { claims })).rejects.toMatchObject({
        reason: 'bad_request',
        field: 'always.claims',
      });
    }
    const over = worker.allow(request, { claims: ['age_over_21'], until: machine.clock.now });
    await expect(over).rejects.toMatchObject({ reason: 'bad_request', field: 'always.until' });
    expect(worker.phaseOf(request)).toBe('waiting');
    expect(await worker.rules()).toEqual([]);
  });

  test('ends in its time', async () => {
    await worker.grant(['age_over_21'], { until: machine.clock.now + 60_000 });
    machine.clock.now += 59_999;
    expect(await worker.arrive(['age_over_21'])).toBe('answered');
    machine.clock.now += 1;
    expect(await worker.arrive(['age_over_21'])).toBe('ask');
    expect(await sitePermissions(worker.services, shop)).toEqual([]);
  });

  test('ends with its last use, and says why it asks then', async () => {
    await worker.grant(['age_over_21'], { maxUses: 2 });
    expect(await sitePermissions(worker.services, shop)).toMatchObject([{ usesLeft: 2 }]);
    for (const outcome of ['answered', 'answered', 'ask']) expect(await worker.arrive(['age_over_21'])).toBe(outcome);
    expect((await worker.plans())[0]?.why).toEqual([{ kind: 'obligation', which: 'max_uses' }]);
    expect(await sitePermissions(worker.services, shop)).toEqual([]);
  });

  test('keeps to its rate, and goes on after it', async () => {
    await worker.grant(['age_over_21'], { rate: { times: 1, seconds: 60 } });
    expect(await worker.arrive(['age_over_21'])).toBe('answered');
    const second = await worker.ask(['age_over_21']);
    expect(await worker.services.desk.consider(worker.services, second)).toBe('ask');
    machine.clock.now += 61_000;
    worker.services.desk.forget();
    expect(await worker.services.desk.consider(worker.services, second)).toBe('answered');
  });

  test('given again takes the place of the one before', async () => {
    await worker.grant(['age_over_21'], { maxUses: 1 });
    await worker.arrive(['age_over_21']);
    const again = await worker.grant(['age_over_21']);
    expect((await worker.rules()).map(({ rule }) => rule.id)).toEqual([again]);
    expect(await worker.usesOf(again)).toBe(0);
  });

  test('needs the unlock alone: what waited is answered by it, without a yes', async () => {
    await worker.grant(['age_over_21']);
    await worker.route('wallet.lock', {});
    const request = await worker.ask(['age_over_21']);
    expect(await worker.services.desk.consider(worker.services, request)).toBe('ask');
    await worker.route('wallet.unlock', { password: PASSWORD });
    expect(worker.phaseOf(request)).toBe('answered');
    expect((await worker.route('requests.list', {})).waiting).toEqual([]);
  });

  test('a rule that asks is heard before it', async () => {
    await worker.grant(['age_over_21']);
    const ask = { effect: 'ask', subject: { any: true }, action: 'prove', claims: '*' };
    await worker.route('policy.saveRule', { rule: ask });
    expect(await worker.arrive(['age_over_21'])).toBe('ask');
    expect((await worker.plans())[0]?.why[0]?.kind).toBe('ask_rule');
  });
});

const asking = (claim: string) =>
  ({
    subject: { type: 'site', id: SHOP, properties: { host: 'shop.example' } },
    action: { name: 'prove' },
    resource: { type: 'claim', id: claim, properties: { tier: 2, format: 'dc+sd-jwt' } },
    context: {},
  }) as const;

describe('a page that guesses', () => {
  test('by a thousand different ages learns the one bit that it may know', async () => {
    await worker.grant(['age_over_21']);
    const answered: number[] = [];
    for (let age = 0; age < 1000; age++) {
      machine.clock.now += 10_000;
      const request = await worker.ask([`age_over_${age}`], { origin: SHOP, documentId: 'D' });
      if ((await worker.services.desk.consider(worker.services, request)) === 'answered') answered.push(age);
      await worker.services.queue.cancelDocument('D');
      if (age % 100 === 0) await worker.route('wallet.touch', {});
    }
    expect(answered).toEqual([21]);
  });

  test('by another age is shown with what both answers tell together', async () => {
    await worker.grant(['age_over_21']);
    expect(await worker.arrive(['age_over_25'])).toBe('ask');
    expect((await worker.plans())[0]?.why).toMatchObject([{ kind: 'bound', told: ['age_over_21'], from: 25 }]);
  });

  test('by two ages gets one of them without the person, though each alone is permitted', async () => {
    const permit = { effect: 'permit', subject: { site: SHOP }, action: 'prove' };
    for (const age of [21, 25])
      await worker.route('policy.saveRule', { rule: { ...permit, claims: [`age_over_${age}`] } });
    expect(await worker.arrive(['age_over_21', 'age_over_25'])).toBe('ask');
    expect(await worker.arrive(['age_over_21'])).toBe('answered');
    expect(await worker.arrive(['age_over_25'])).toBe('ask');
  });
});

describe('a site', () => {
  test('reads its own permissions and nobody else’s', async () => {
    await worker.grant(['age_over_21'], { until: machine.clock.now + DAY, maxUses: 3 });
    expect(await sitePermissions(worker.services, shop)).toEqual([
      { claims: ['age_over_21'], format: 'dc+sd-jwt', expiresAt: machine.clock.now + DAY, usesLeft: 3 },
    ]);
    expect(await sitePermissions(worker.services, OTHER as Origin)).toEqual([]);
  });

  test('reads none while the vault is locked', async () => {
    await worker.grant(['age_over_21']);
    await worker.route('wallet.lock', {});
    expect(await sitePermissions(worker.services, shop)).toEqual([]);
  });

  test('gives all of them up, which is logged; other sites keep theirs', async () => {
    await worker.grant(['age_over_21']);
    await worker.grant(['given_name']);
    const kept = await worker.grant(['age_over_21'], {}, OTHER);
    await disconnectSite(worker.services, shop);
    expect((await worker.rules()).map(({ rule }) => rule.id)).toEqual([kept]);
    expect((await worker.log())[0]).toMatchObject({ kind: 'site.disconnected', subject: SHOP });
    expect(await worker.arrive(['age_over_21'])).toBe('ask');
  });

  test('without any gives nothing up, and the log says nothing', async () => {
    const before = (await worker.log()).length;
    await disconnectSite(worker.services, shop);
    expect(await worker.log()).toHaveLength(before);
  });

  test('that gives them up while the vault is locked has none when it is open again', async () => {
    await worker.grant(['age_over_21']);
    await worker.route('wallet.lock', {});
    await disconnectSite(worker.services, shop);
    const request = await worker.ask(['age_over_21']);
    const next = await Worker.on(machine);
    await next.route('wallet.unlock', { password: PASSWORD });
    expect(next.phaseOf(request)).toBe('waiting');
    expect(await next.rules()).toEqual([]);
    expect((await next.log()).map(({ kind }) => kind)).toContain('site.disconnected');
    await next.grant(['age_over_21']);
    expect(await next.arrive(['age_over_21'])).toBe('answered');
  });

  test('keeps what the person locked', async () => {
    const id = await worker.grant(['age_over_21']);
    const [view] = await worker.rules();
    await worker.route('policy.saveRule', { rule: { ...view?.rule, locked: true } });
    await disconnectSite(worker.services, shop);
    expect((await worker.rules()).map(({ rule }) => rule.id)).toEqual([id]);
    await worker.route('sites.revoke', { subject: SHOP });
    expect(await worker.rules()).toEqual([]);
  });
});

import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OTHER, SHOP, Worker, forkWith, licensedMachine } from '../../fixtures/licensed-wallet.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';
import { PASSWORD } from '../../fixtures/wallet.ts';

let prepared: Machine;
let machine: Machine;
let worker: Worker;

beforeAll(async () => {
  prepared = await licensedMachine(3);
});
beforeEach(async () => {
  machine = await forkWith(prepared);
  worker = await Worker.on(machine);
});

async function deny(claims: readonly string[], never: 'claims' | 'site') {
  const { id: requestId } = await worker.ask(claims);
  await worker.route('requests.deny', { requestId, never });
}

describe('"never for this site"', () => {
  test('denies now, makes the rule with it, and is never asked again', async () => {
    await deny(['age_over_21'], 'claims');
    expect(worker.wallet.delivered).toMatchObject([{ state: { answer: { ok: false, error: { code: 4001 } } } }]);
    const [{ rule } = { rule: undefined }] = await worker.rules();
    expect(rule).toMatchObject({ effect: 'deny', subject: { site: SHOP }, action: 'prove', claims: ['age_over_21'] });
    expect(await worker.arrive(['age_over_21'])).toBe('refused');
    expect((await worker.route('requests.list', {})).waiting).toEqual([]);
    expect((await worker.log())[0]).toMatchObject({ kind: 'proof.refused', decision: 'DENY', rules: [rule?.id] });
  });

  test('of claims leaves others to be asked, and other sites', async () => {
    await deny(['age_over_21'], 'claims');
    expect(await worker.arrive(['given_name'])).toBe('ask');
    expect(await worker.arrive(['age_over_21'], OTHER)).toBe('ask');
    expect(await worker.arrive(['given_name', 'age_over_21'])).toBe('refused');
  });

  test('is heard by its claim however that is spelt', async () => {
    await deny(['age_over_21'], 'claims');
    for (const name of ['is_over_21', 'over_21', 'ageOver21'])
      expect(await worker.arrive([name]), name).toBe('refused');
  });

  test('of the site is about whatever it asks, offers and what nobody has too', async () => {
    await deny(['age_over_21'], 'site');
    expect(await worker.arrive(['given_name'])).toBe('refused');
    expect(await worker.arrive(['shoe_size'])).toBe('refused');
    const offer = { credential_offer_uri: 'https://issuer.example/offer' };
    const request = await worker.wallet.ask('offerCredential', offer, SHOP);
    expect(await worker.services.desk.consider(worker.services, request)).toBe('refused');
  });

  test('is heard while the vault is locked, by the next worker too, and after a restart of the browser', async () => {
    await deny(['age_over_21'], 'claims');
    await worker.route('wallet.lock', {});
    expect(await worker.arrive(['age_over_21'])).toBe('refused');
    machine.endBrowser();
    const next = await Worker.on(machine);
    expect(await next.arrive(['age_over_21'])).toBe('refused');
    expect(await next.arrive(['given_name'])).toBe('ask');
    await next.route('wallet.unlock', { password: PASSWORD });
    const refusals = (await next.log()).filter(({ kind }) => kind === 'proof.refused');
    expect(refusals).toHaveLength(2);
  });

  test('stays whatever role the site is given', async () => {
    await deny(['age_over_21'], 'claims');
    for (const role of ['commerce', 'identity', 'trusted_agent'] as const) {
      await worker.route('sites.setRole', { subject: SHOP, role });
      expect(await worker.arrive(['age_over_21']), role).toBe('refused');
    }
  });

  test('stays whatever is allowed beside it', async () => {
    const permit = { effect: 'permit', subject: { site: SHOP }, action: 'prove', claims: ['age_over_21'] };
    await worker.route('policy.saveRule', { rule: permit });
    await deny(['age_over_21'], 'claims');
    expect(await worker.arrive(['age_over_21'])).toBe('refused');
  });

  test('ends when the person takes the rule back, for the locked vault too', async () => {
    await deny(['age_over_21'], 'claims');
    const [view] = await worker.rules();
    await worker.route('policy.deleteRule', { id: view?.rule.id ?? '' });
    expect(await worker.arrive(['age_over_21'])).toBe('ask');
    await worker.route('wallet.lock', {});
    expect(await worker.arrive(['age_over_21'])).toBe('ask');
  });

  test('cannot be said while the vault is locked: the request waits, and nothing is kept', async () => {
    await worker.route('wallet.lock', {});
    const request = await worker.ask(['age_over_21']);
    const denied = worker.route('requests.deny', { requestId: request.id, never: 'site' });
    await expect(denied).rejects.toMatchObject({ reason: 'locked' });
    expect(worker.phaseOf(request)).toBe('waiting');
    expect(await worker.services.quiet.neverHears(request.origin)).toBe(false);
  });

  test('takes what else waits of the site with it, unseen', async () => {
    const [first, second, other] = [
      await worker.ask(['age_over_21']),
      await worker.ask(['given_name']),
      await worker.ask(['given_name'], OTHER),
    ];
    await worker.route('requests.deny', { requestId: first.id, never: 'site' });
    expect([first, second, other].map((request) => worker.phaseOf(request))).toEqual([
      'answered',
      'refusing',
      'waiting',
    ]);
  });
});

describe('a rule that denies', () => {
  test('some ways to answer leaves the others, by which the person is asked', async () => {
    const rule = { effect: 'deny', subject: { any: true }, action: 'prove', claims: ['birth_date'] };
    await worker.route('policy.saveRule', { rule });
    const claims = [
      { id: 'a', path: ['birth_date'] },
      { id: 'b', path: ['age_over_21'] },
    ];
    const credential = { id: 'x', format: 'dc+sd-jwt', meta: { vct_values: [] as string[] }, claims };
    const dcql_query = { credentials: [{ ...credential, claim_sets: [['a'], ['b']], meta: undefined }] };
    const params = JSON.parse(JSON.stringify({ dcql_query, nonce: 'AAAAAAAAAAAAAAAAAAAAAA', purpose: 'x' })) as never; // as a page sends it
    await worker.wallet.ask('requestProof', params, SHOP);
    const learned = (await worker.plans()).map(({ learn }) => learn.map(({ claim }) => claim));
    expect(learned).toEqual([['age_over_21']]);
  });

  test('what is asked refuses it whether the vault holds it or not', async () => {
    const rule = { effect: 'deny', subject: { any: true }, action: 'prove', claims: ['birth_date', 'shoe_size'] };
    await worker.route('policy.saveRule', { rule });
    expect(await worker.arrive(['birth_date'])).toBe('refused');
    expect(await worker.arrive(['shoe_size'])).toBe('refused');
    expect(await worker.arrive(['hat_size'])).toBe('ask');
  });

  test('refuses after as long as a person would take, each time another', async () => {
    await deny(['age_over_21'], 'site');
    const waits = new Set<number>();
    for (let i = 0; i < 6; i++) {
      const request = await worker.ask(['given_name'], { origin: SHOP, documentId: 'D' });
      await worker.services.desk.consider(worker.services, request);
      const { state } = worker.services.queue.get(request.id) ?? {};
      if (state?.phase === 'refusing') waits.add(state.at - machine.clock.now);
      await worker.services.queue.cancelDocument('D');
    }
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1_500);
    expect(Math.max(...waits)).toBeLessThanOrEqual(6_000);
    expect(waits.size).toBeGreaterThan(2);
  });
});

describe('a site that is denied again and again', () => {
  const denyOne = async (origin = SHOP) => {
    const { id: requestId } = await worker.ask(['age_over_21'], origin);
    await worker.route('requests.deny', { requestId });
  };

  test('is not listened to after the third time, locked or not, by the next worker neither; others are', async () => {
    const waits = await worker.ask(['given_name']);
    for (let i = 0; i < 3; i++) await denyOne();
    expect(worker.phaseOf(waits)).toBe('refusing');
    expect((await worker.log()).map(({ kind }) => kind)).toContain('site.muted');
    await worker.route('wallet.lock', {});
    const next = await Worker.on(machine);
    expect(await next.arrive(['given_name'])).toBe('refused');
    expect(await next.arrive(['given_name'], OTHER)).toBe('ask');
    machine.clock.now += 61_000;
    expect(await next.arrive(['given_name'])).toBe('ask');
  });

  test('by denials while the vault is locked is muted as well, and shown so when it is open', async () => {
    await worker.route('wallet.lock', {});
    for (let i = 0; i < 3; i++) await denyOne();
    await worker.route('wallet.unlock', { password: PASSWORD });
    const { sites } = await worker.route('sites.list', {});
    expect(sites).toMatchObject([{ subject: SHOP, mutedUntil: machine.clock.now + 60_000 }]);
    expect((await worker.route('patterns.list', {})).suggestions).toEqual([]);
  });

  test('can be listened to again', async () => {
    for (let i = 0; i < 3; i++) await denyOne();
    await worker.route('sites.unmute', { subject: SHOP });
    expect(await worker.arrive(['given_name'])).toBe('ask');
    expect((await worker.log())[0]?.kind).toBe('site.unmuted');
  });

  test('is denied all it asks at once, and nobody else is', async () => {
    const [a, b, c] = [
      await worker.ask(['age_over_21']),
      await worker.ask(['given_name']),
      await worker.ask(['given_name'], OTHER),
    ];
    expect(await worker.route('requests.denySite', { requestId: a.id })).toEqual({ denied: 2 });
    expect([a, b, c].map((request) => worker.phaseOf(request))).toEqual(['answered', 'answered', 'waiting']);
  });

  test('is counted in the answers of the person while the vault is open, and suggested after five', async () => {
    for (let i = 0; i < 5; i++) {
      await denyOne();
      machine.clock.now += 60_000;
    }
    const { suggestions } = await worker.route('patterns.list', {});
    expect(suggestions).toMatchObject([{ subject: SHOP, claim: 'age_over_21', denied: 5, rule: { effect: 'deny' } }]);
    expect(await worker.rules()).toEqual([]);
    await worker.route('patterns.dismiss', { id: suggestions[0]?.id ?? '' });
    expect((await worker.route('patterns.list', {})).suggestions).toEqual([]);
  });
});

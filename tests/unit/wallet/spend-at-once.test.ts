import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkUnit, nothingSpent, parseUnit, readCapability } from '../../../lib/capabilities/index.ts';
import { SignetError } from '../../../lib/core/index.ts';
import type { PageRequest } from '../../../lib/requests/index.ts';
import { capabilityCallOf } from '../../../lib/wallet/spending/capability-call.ts';
import { planCapability } from '../../../lib/wallet/spending/capability-plan.ts';
import { SHOP, forkWith } from '../../fixtures/licensed-wallet.ts';
import { PURCHASE, Spender, emptyMachine } from '../../fixtures/spending-wallet.ts';
import { Fuse, mortal } from '../../fixtures/vault/dying.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';

const KEY = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };

let prepared: Machine;
let machine: Machine;

beforeAll(async () => {
  prepared = await emptyMachine();
});

beforeEach(async () => {
  machine = await forkWith(prepared);
});

/** A request, and the worker that has it in its queue. */
interface Placed {
  readonly worker: Spender;
  readonly request: PageRequest;
}

const isReleased = ({ worker, request }: Placed): boolean => {
  const state = worker.services.queue.get(request.id)?.state;
  return state?.phase === 'answered' && state.answer.ok;
};

describe('fifty calls at once', () => {
  test('of ten shops, allowed by the person in two windows, release what a limit has room for', async () => {
    const first = await Spender.on(machine);
    await first.limit({ currency: 'USD', per: 'day', amount: '1000' });
    const placed: (Placed & { readonly digest: string })[] = [];
    const workers = [first, await Spender.on(machine), await Spender.on(machine)];
    for (const [i, worker] of workers.entries()) {
      for (let n = 0; n < (i === 2 ? 10 : 20); n++) {
        const origin = `https://shop${i}-${n % 5}.example`;
        const call = { ...PURCHASE, domain: origin, kind: `purchase-${n}` };
        const request = await worker.wants(call, origin);
        placed.push({ worker, request, digest: await digestOf(worker, request) });
        machine.clock.now += 10_000; // a page may ask so often
      }
    }
    const allowed = placed.map(({ worker, request: { id: requestId }, digest }) =>
      worker.route('requests.allowCapability', { requestId, digest }),
    );
    const outcomes = await Promise.allSettled(allowed);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(12);
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(failures.map((error) => SignetError.from(error).field)).toEqual(Array<string>(38).fill('limits'));
    expect(placed.filter(isReleased)).toHaveLength(12);
    expect(await first.held()).toHaveLength(12);
    expect((await first.route('limits.get', {})).limits).toMatchObject([{ spent: '960.00', left: '40.00' }]);
    expect(placed.filter(({ worker, request }) => worker.phaseOf(request) === 'refusing')).toHaveLength(38);
  });

  test('on one budget from many workers release each unit once, up to the last and none after it', async () => {
    const first = await Spender.on(machine);
    const { token } = await first.buys({ ...PURCHASE, max_amount: 30, unit: 1, holder_jwk: KEY });
    const { jti, spl } = readCapability(token).claims;
    const placed: Placed[] = [];
    const workers: Spender[] = []; // each has room for four requests of a site
    while (workers.length < 13) workers.push(await Spender.on(machine));
    for (const worker of workers) {
      for (let n = 0; n < 4 && placed.length < 50; n++) {
        const purpose = `Article ${placed.length}`;
        const request = await worker.wants({ ...PURCHASE, purpose, max_amount: 1, release_of: jti });
        placed.push({ worker, request });
        machine.clock.now += 10_000;
      }
    }
    await Promise.all(placed.map(({ worker, request }) => worker.considered(request)));
    const given = placed.filter(isReleased).map(({ worker, request }) => parseUnit(worker.given(request).token));
    expect(given.map(({ index }) => index).sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    const chain = spl.budget_chain;
    if (chain === undefined) throw new Error('The token has no budget.');
    for (const unit of given) expect(checkUnit(chain, nothingSpent(chain), unit)).toMatchObject({ ok: true });
    expect(await first.held()).toMatchObject([{ state: 'used', spent: '30.00', remaining: '0.00' }]);
  });
});

/** The window shows one request at a time: what it would show of this one. */
const digestOf = async (worker: Spender, request: PageRequest): Promise<string> => {
  const call = capabilityCallOf(request);
  if (call.asks !== 'token') throw new Error('This asks for units.');
  const vault = await worker.services.keeper.open();
  return (await planCapability(vault, { call, origin: request.origin, now: machine.clock.now })).digest;
};

/**
 * Does something again and again, the worker dying one write later each time, until it lives; and looks at what the
 * next worker finds.
 */
async function dyingEverywhere(
  start: Machine,
  ask: (worker: Spender) => Promise<PageRequest>,
  act: (worker: Spender, request: PageRequest) => Promise<unknown>,
  afterwards: (next: Spender, request: PageRequest) => Promise<void>,
): Promise<number> {
  for (let writes = 0; ; writes++) {
    machine = await forkWith(start);
    const request = await ask(await Spender.on(machine));
    const fuse = new Fuse(writes);
    const dying = await Spender.on(machine, mortal(machine, fuse));
    await act(dying, request).catch(() => undefined); // whatever a dead worker says is heard by nobody
    await afterwards(await Spender.on(machine), request);
    if (!fuse.burnt) return writes;
  }
}

const countOf = (kinds: readonly string[], kind: string): number => kinds.filter((one) => one === kind).length;

describe('a worker that dies at any write', () => {
  test('of an allowed token leaves it with its count, its record and its entry, or none of them', async () => {
    const limited = await forkWith(prepared);
    await (await Spender.on(limited)).limit({ currency: 'USD', per: 'day', amount: '100' });
    const bytes = new Set<string>();
    const writes = await dyingEverywhere(
      limited,
      (worker) => worker.wants({ ...PURCHASE, unit: 1, holder_jwk: KEY }),
      (worker, request) => worker.says(request),
      async (next, request) => {
        const made = isReleased({ worker: next, request });
        const expected = made ? 1 : 0;
        expect(await next.held()).toHaveLength(expected);
        expect((await next.route('limits.get', {})).limits).toMatchObject([{ spent: made ? '80.00' : '0.00' }]);
        expect(countOf(await next.kinds(), 'capability.released')).toBe(expected);
        if (!made) await next.says(request); // the person, again
        const { token } = next.given(request);
        bytes.add(token);
        const once = next.services.queue.answersFor(request.documentId);
        const twice = (await Spender.on(machine)).services.queue.answersFor(request.documentId);
        expect(twice).toEqual(once); // what is handed over again is the same to the byte
        expect(await next.held()).toMatchObject([{ id: readCapability(token).claims.jti }]);
        const release_of = readCapability(token).claims.jti;
        expect((await next.takes('requestCapability', { ...PURCHASE, release_of })).outcome).toBe('answered');
      },
    );
    expect(writes).toBeGreaterThan(1);
    expect(bytes.size).toBe(writes + 1); // each run is a life of its own
  });

  test('of a token by rule counts one use for one token', async () => {
    const ruled = await forkWith(prepared);
    const permit = { effect: 'permit', subject: { site: SHOP }, action: 'spend', claims: ['purchase'] };
    const rule = { ...permit, obligations: { max_uses: 1 } };
    const { id } = await (await Spender.on(ruled)).route('policy.saveRule', { rule });
    await dyingEverywhere(
      ruled,
      (worker) => worker.wants(PURCHASE),
      (worker, request) => worker.considered(request),
      async (next, request) => {
        expect(await next.usesOf(id)).toBe(isReleased({ worker: next, request }) ? 1 : 0);
        await next.considered(request);
        expect(isReleased({ worker: next, request })).toBe(true);
        expect(await next.held()).toHaveLength(1);
        expect(await next.considered(await next.wants({ ...PURCHASE, purpose: 'Another' }))).toBe('ask');
      },
    );
  });

  test('of a release of units lets none out uncounted, and none twice', async () => {
    const budgeted = await forkWith(prepared);
    const { token } = await (await Spender.on(budgeted)).buys({ ...PURCHASE, unit: 1, holder_jwk: KEY });
    const { jti } = readCapability(token).claims;
    const units = { ...PURCHASE, max_amount: 3, release_of: jti };
    const writes = await dyingEverywhere(
      budgeted,
      (worker) => worker.wants(units),
      (worker, request) => worker.considered(request),
      async (next, request) => {
        const out = isReleased({ worker: next, request }) ? 3 : 0;
        expect(await next.held()).toMatchObject([{ spent: `${out}.00` }]);
        expect(countOf(await next.kinds(), 'capability.units')).toBe(out / 3);
        await next.considered(request);
        expect(next.given(request).token).toMatch(/\.3$/);
        const second = await next.takes('requestCapability', { ...units, purpose: 'More' });
        expect(next.given(second.request).token).toMatch(/\.6$/);
      },
    );
    expect(writes).toBeGreaterThan(1);
  });

  test('while four calls for units wait leaves the rest to the next worker, and no unit is out twice', async () => {
    const budgeted = await forkWith(prepared);
    const { token } = await (await Spender.on(budgeted)).buys({ ...PURCHASE, max_amount: 3, unit: 1, holder_jwk: KEY });
    const { jti } = readCapability(token).claims;
    const wants = (worker: Spender, n: number) =>
      worker.wants({ ...PURCHASE, purpose: `Article ${n}`, max_amount: 1, release_of: jti });
    for (let writes = 0; ; writes++) {
      machine = await forkWith(budgeted);
      const asking = await Spender.on(machine);
      const requests: PageRequest[] = [];
      for (let n = 0; n < 4; n++) requests.push(await wants(asking, n));
      const fuse = new Fuse(writes);
      const dying = await Spender.on(machine, mortal(machine, fuse));
      await Promise.allSettled(requests.map((request) => dying.considered(request)));
      const next = await Spender.on(machine);
      for (const request of requests) await next.considered(request);
      const given = requests.filter((request) => isReleased({ worker: next, request }));
      expect(given.map((request) => parseUnit(next.given(request).token).index).sort()).toEqual([1, 2, 3]);
      expect(await next.held()).toMatchObject([{ state: 'used', spent: '3.00' }]);
      expect(countOf(await next.kinds(), 'capability.units')).toBe(3);
      if (!fuse.burnt) return;
    }
  });

  test('of a refusal over a limit lets nobody be asked, and logs it once', async () => {
    const limited = await forkWith(prepared);
    await (await Spender.on(limited)).limit({ currency: 'USD', per: 'token', amount: '1' });
    await dyingEverywhere(
      limited,
      (worker) => worker.wants(PURCHASE),
      (worker, request) => worker.considered(request),
      async (next, request) => {
        await next.considered(request);
        expect(next.phaseOf(request)).toBe('refusing');
        expect(countOf(await next.kinds(), 'capability.refused')).toBe(1);
      },
    );
  });

  test('of a revocation leaves a budget that is revoked or not, and then no unit of it', async () => {
    const budgeted = await forkWith(prepared);
    const { token } = await (await Spender.on(budgeted)).buys({ ...PURCHASE, unit: 1, holder_jwk: KEY });
    const { jti: id } = readCapability(token).claims;
    await dyingEverywhere(
      budgeted,
      (worker) => worker.wants({ ...PURCHASE, max_amount: 1, release_of: id }),
      (worker) => worker.route('capabilities.revoke', { id }),
      async (next, request) => {
        const [held] = await next.held();
        expect(countOf(await next.kinds(), 'capability.revoked')).toBe(held?.state === 'revoked' ? 1 : 0);
        expect(await next.considered(request)).toBe(held?.state === 'revoked' ? 'refused' : 'answered');
      },
    );
  });
});

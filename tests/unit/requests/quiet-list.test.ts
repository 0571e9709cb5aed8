import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Origin } from '../../../lib/core/index.ts';
import { DENIALS_TO_MUTE, DENIALS_WITHIN, MUTE_LENGTHS, QuietList } from '../../../lib/requests/index.ts';
import { MemoryBackend, MemoryKeyValue } from '../../../lib/vault/index.ts';

const numRuns = Number(process.env.SIGNET_RUNS ?? 50);
const SHOP = 'https://shop.example' as Origin; // origins as the browser writes them
const OTHER = 'https://other.example' as Origin;
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

let stores: { backend: MemoryBackend; local: MemoryKeyValue };
let now: number;
/** A worker's list, over what is stored. */
const worker = () => new QuietList({ ...stores, clock: () => now });

beforeEach(() => {
  stores = { backend: new MemoryBackend(), local: new MemoryKeyValue() };
  now = 1_800_000_000_000;
});

let denied = 0;
async function deny(list: QuietList, times: number, origin = SHOP) {
  let until: number | undefined;
  for (let i = 0; i < times; i++) until = await list.noteDenial(origin, `request ${(denied += 1)}`);
  return until;
}

describe('a mute', () => {
  test('begins with the third denial within half a minute, and ends by itself', async () => {
    const list = worker();
    expect(await deny(list, DENIALS_TO_MUTE - 1)).toBeUndefined();
    expect(await list.mutedUntil(SHOP)).toBeUndefined();
    expect(await deny(list, 1)).toBe(now + MINUTE);
    now += MINUTE - 1;
    expect(await list.mutedUntil(SHOP)).toBe(now + 1);
    now += 1;
    expect(await list.mutedUntil(SHOP)).toBeUndefined();
  });

  test('does not begin with denials that are further apart', async () => {
    const list = worker();
    for (let i = 0; i < 6; i++) {
      expect(await deny(list, 1)).toBeUndefined();
      now += DENIALS_WITHIN / 2;
    }
  });

  test('counts a request once, however often it is denied', async () => {
    for (let i = 0; i < 9; i++) expect(await worker().noteDenial(SHOP, 'one')).toBeUndefined();
  });

  test('is longer each time, up to a day', async () => {
    const list = worker();
    const lengths: number[] = [];
    for (let i = 0; i < MUTE_LENGTHS.length + 2; i++) {
      const until = (await deny(list, DENIALS_TO_MUTE)) ?? 0;
      lengths.push((until - now) / MINUTE);
      now = until;
    }
    expect(lengths).toEqual([1, 5, 30, 120, 1440, 1440, 1440]);
  });

  test('is forgotten a day after it ended', async () => {
    const list = worker();
    await deny(list, DENIALS_TO_MUTE);
    now += MINUTE + DAY;
    expect(await deny(list, DENIALS_TO_MUTE)).toBe(now + MINUTE);
  });

  test('is each site’s own', async () => {
    const list = worker();
    await deny(list, DENIALS_TO_MUTE - 1);
    await deny(list, DENIALS_TO_MUTE - 1, OTHER);
    expect(await list.mutedUntil(SHOP)).toBeUndefined();
    await deny(list, 1);
    expect(await list.mutedUntil(SHOP)).toBeDefined();
    expect(await list.mutedUntil(OTHER)).toBeUndefined();
  });

  test('survives the worker, and so do denials that count towards it', async () => {
    for (let i = 0; i < DENIALS_TO_MUTE; i++) await deny(worker(), 1);
    expect(await worker().mutedUntil(SHOP)).toBe(now + MINUTE);
  });

  test('can be ended by the person, and begins with a minute again', async () => {
    const list = worker();
    await deny(list, DENIALS_TO_MUTE);
    await list.unmute(SHOP);
    expect(await worker().mutedUntil(SHOP)).toBeUndefined();
    expect(await deny(list, DENIALS_TO_MUTE)).toBe(now + MINUTE);
  });

  test('does not last for ever when the clock is set back', async () => {
    const list = worker();
    await deny(list, DENIALS_TO_MUTE);
    now -= 400 * DAY;
    expect(await list.mutedUntil(SHOP)).toBeUndefined();
  });

  test('two denials at the same time are both counted', async () => {
    const list = worker();
    await Promise.all([deny(list, 1), deny(list, 1), deny(list, 1)]);
    expect(await worker().mutedUntil(SHOP)).toBeDefined();
  });
});

describe('a never', () => {
  test('of a site is about everything it asks, and about no other site', async () => {
    await worker().mirror([{ origin: SHOP, what: 'everything' }]);
    expect(await worker().neverHears(SHOP)).toBe(true);
    expect(await worker().neverHears(OTHER)).toBe(false);
    expect(await worker().neverHears('https://shop.example:8443' as Origin)).toBe(false);
  });

  test('of claims covers what is nested in them, and nothing else', async () => {
    const list = worker();
    await list.mirror([{ origin: SHOP, what: ['address', 'age_over_21'] }]);
    for (const claim of ['address', 'address.locality', 'address.a.b', 'age_over_21']) {
      expect(await list.neverTells(SHOP, claim), claim).toBe(true);
      expect(await list.neverTells(OTHER, claim), claim).toBe(false);
    }
    for (const claim of ['addresses', 'age_over_18', 'home.address', '']) {
      expect(await list.neverTells(SHOP, claim), claim).toBe(false);
    }
    expect(await list.neverHears(SHOP)).toBe(false);
  });

  test('of all claims covers each', async () => {
    const list = worker();
    await list.mirror([{ origin: SHOP, what: 'claims' }]);
    expect(await list.neverTells(SHOP, 'whatever')).toBe(true);
    expect(await list.neverHears(SHOP)).toBe(false);
  });

  test('that is taken back is gone; mutes stay', async () => {
    const list = worker();
    await deny(list, DENIALS_TO_MUTE);
    await list.mirror([{ origin: SHOP, what: 'everything' }]);
    await list.mirror([]);
    expect(await worker().neverHears(SHOP)).toBe(false);
    expect(await worker().mutedUntil(SHOP)).toBeDefined();
  });
});

test('a site that leaves is remembered until the list is put in order again', async () => {
  await worker().noteLeaving(SHOP);
  expect(await worker().isLeaving(SHOP)).toBe(true);
  expect(await worker().isLeaving(OTHER)).toBe(false);
  await worker().mirror([{ origin: OTHER, what: 'everything' }]);
  expect(await worker().isLeaving(SHOP)).toBe(false);
});

describe('what is stored', () => {
  const stored = () => JSON.parse(stores.local.dump().get('quiet') ?? '{}') as { tags: string[]; mutes: object }; // as it was put

  test('names no site and no claim', async () => {
    const list = worker();
    await list.mirror([{ origin: SHOP, what: ['birth_date'] }]);
    await deny(list, DENIALS_TO_MUTE);
    expect(JSON.stringify(stored())).not.toMatch(/shop|example|birth/);
  });

  test('is as long for one site as for sixty', async () => {
    const list = worker();
    await list.mirror([{ origin: SHOP, what: 'everything' }]);
    await deny(list, 1);
    const one = JSON.stringify(stored()).length;
    const sites = Array.from({ length: 60 }, (_, i) => `https://s${i}.example` as Origin); // origins all
    await list.mirror(sites.map((origin) => ({ origin, what: 'everything' })));
    for (const origin of sites) await deny(list, 3, origin);
    expect(JSON.stringify(stored())).toHaveLength(one);
    expect(stored().tags).toHaveLength(64);
    expect(Object.keys(stored().mutes)).toHaveLength(64);
  });

  test('shows by no entry that stays or goes which of them are of nobody', async () => {
    const list = worker();
    await list.mirror([{ origin: SHOP, what: 'everything' }]);
    const before = new Set(stored().tags);
    await list.mirror([
      { origin: SHOP, what: 'everything' },
      { origin: OTHER, what: 'everything' },
    ]);
    expect(stored().tags.filter((tag) => !before.has(tag))).toHaveLength(1);
  });

  test('is told apart by the key in the database alone', async () => {
    await worker().mirror([{ origin: SHOP, what: 'everything' }]);
    stores.backend = new MemoryBackend();
    expect(await worker().neverHears(SHOP)).toBe(false);
  });

  test.each([null, 1, 'x', [], { tags: 1, mutes: [] }, { tags: [1, null], mutes: { x: 'y', z: 3 } }])(
    'may be anything: %j is read as nobody',
    async (value) => {
      await stores.local.set('quiet', value); // whatever somebody wrote there
      const list = worker();
      expect(await list.neverHears(SHOP)).toBe(false);
      expect(await list.mutedUntil(SHOP)).toBeUndefined();
      expect(await deny(list, DENIALS_TO_MUTE)).toBeDefined();
    },
  );

  test('a mute moved under another name, or altered, is none', async () => {
    await deny(worker(), DENIALS_TO_MUTE);
    const { tags, mutes } = stored();
    const names = Object.keys(mutes);
    const boxes = Object.values(mutes) as string[]; // boxes are texts
    await stores.local.set('quiet', {
      tags,
      mutes: Object.fromEntries(names.map((name, i) => [name, boxes[(i + 1) % boxes.length] ?? ''])),
    });
    expect(await worker().mutedUntil(SHOP)).toBeUndefined();
  });

  test('is all gone when it is forgotten', async () => {
    const list = worker();
    await list.mirror([{ origin: SHOP, what: 'everything' }]);
    await list.forget();
    expect(stores.local.dump().has('quiet')).toBe(false);
    expect(await list.neverHears(SHOP)).toBe(false);
  });

  test('two workers make one key', async () => {
    const [a, b] = [worker(), worker()];
    await Promise.all([a.mirror([{ origin: SHOP, what: 'everything' }]), b.neverHears(SHOP)]);
    expect(await worker().neverHears(SHOP)).toBe(true);
  });
});

test('whatever happens in whatever order, what is stored says the same as what is in memory', async () => {
  const site = fc.constantFrom('a', 'b', 'c').map((name) => `https://${name}.example` as Origin); // origins all
  const step = fc.oneof(
    fc.record({ act: fc.constantFrom('deny', 'unmute', 'leave'), site }),
    fc.record({ act: fc.constant('mirror'), site }),
    fc.record({ act: fc.constant('wait'), site }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      stores = { backend: new MemoryBackend(), local: new MemoryKeyValue() };
      const list = worker();
      for (const { act, site: origin } of steps) {
        if (act === 'deny') await deny(list, 1, origin);
        if (act === 'unmute') await list.unmute(origin);
        if (act === 'leave') await list.noteLeaving(origin);
        if (act === 'mirror') await list.mirror([{ origin, what: 'everything' }]);
        if (act === 'wait') now += 20_000;
        const fresh = worker();
        for (const name of ['a', 'b', 'c'] as const) {
          const one = `https://${name}.example` as Origin; // an origin
          expect(await fresh.mutedUntil(one)).toBe(await list.mutedUntil(one));
          expect(await fresh.neverHears(one)).toBe(await list.neverHears(one));
          expect(await fresh.isLeaving(one)).toBe(await list.isLeaving(one));
        }
      }
    }),
    { numRuns: Math.ceil(numRuns / 5) },
  );
});

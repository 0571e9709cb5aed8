import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LimitView } from '../../../lib/messaging/contract.ts';
import { OTHER, SHOP, forkWith } from '../../fixtures/licensed-wallet.ts';
import { PURCHASE, Spender, emptyMachine } from '../../fixtures/spending-wallet.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';
import { PASSWORD } from '../../fixtures/wallet.ts';

let prepared: Machine;
let machine: Machine;
let wallet: Spender;

beforeAll(async () => {
  prepared = await emptyMachine();
});

beforeEach(async () => {
  machine = await forkWith(prepared);
  wallet = await Spender.on(machine);
});

const PER_DAY: LimitView = { currency: 'USD', per: 'day', amount: '200' };
const isAsked = async (spec: object = {}, how: string = SHOP) =>
  (await wallet.takes('requestCapability', { ...PURCHASE, ...spec }, how)).outcome;
const standings = async () =>
  (await wallet.route('limits.get', {})).limits.map(({ spent, left, restored }) => ({ spent, left, restored }));

describe('a limit', () => {
  test('of 200 lets two calls of 80 through, and denies the third without a window', async () => {
    await wallet.limit(PER_DAY);
    await wallet.buys(PURCHASE);
    await wallet.buys(PURCHASE);
    expect(await isAsked()).toBe('refused');
    expect((await wallet.log())[0]).toMatchObject({ kind: 'capability.refused', subject: SHOP, decision: 'DENY' });
    expect(await standings()).toEqual([{ spent: '160.00', left: '40.00', restored: false }]);
    expect((await wallet.route('requests.list', {})).waiting).toEqual([]);
    expect(await isAsked({ max_amount: 40 })).toBe('ask');
  });

  test('is shown as it stands before the token', async () => {
    await wallet.limit(PER_DAY, { ...PER_DAY, per: 'month', amount: '1000' }, { ...PER_DAY, audience: OTHER });
    await wallet.buys(PURCHASE);
    const { limits } = await wallet.shown(await wallet.wants(PURCHASE));
    expect(limits).toEqual([
      { limit: { ...PER_DAY, amount: '200.00' }, spent: '80.00', left: '120.00', restored: false },
      { limit: { currency: 'USD', per: 'month', amount: '1000.00' }, spent: '80.00', left: '920.00', restored: false },
    ]);
  });

  test('of one site bounds that alone, and one of a token each token', async () => {
    await wallet.limit({ ...PER_DAY, amount: '80', audience: SHOP }, { currency: 'USD', per: 'token', amount: '100' });
    await wallet.buys(PURCHASE);
    expect(await isAsked({ max_amount: '0.01' })).toBe('refused');
    expect(await isAsked({ domain: OTHER }, OTHER)).toBe('ask');
    expect(await isAsked({ domain: OTHER, max_amount: '100.01' }, OTHER)).toBe('refused');
  });

  test('of another currency is none', async () => {
    await wallet.limit({ currency: 'EUR', per: 'day', amount: '1' });
    expect(await isAsked()).toBe('ask');
  });

  test('that is lowered refuses what waits, and one that is raised lets it be asked', async () => {
    const request = await wallet.wants(PURCHASE);
    expect(await wallet.considered(request)).toBe('ask');
    await wallet.limit({ ...PER_DAY, amount: '79.99' });
    expect(wallet.phaseOf(request)).toBe('refusing');
    await wallet.limit({ ...PER_DAY, amount: '80' });
    expect(await isAsked()).toBe('ask');
  });

  test('begins anew at midnight UTC', async () => {
    await wallet.limit({ ...PER_DAY, amount: '80' });
    await wallet.buys(PURCHASE);
    machine.clock.now += 12 * 3_600_000;
    await wallet.route('wallet.unlock', { password: PASSWORD });
    expect(await isAsked()).toBe('ask');
    expect(await standings()).toEqual([{ spent: '0.00', left: '80.00', restored: false }]);
  });

  test('that the second of two open windows would pass fails that one, which is refused', async () => {
    await wallet.limit({ ...PER_DAY, amount: '100' });
    const [first, second] = [await wallet.wants(PURCHASE, SHOP), await wallet.wants({ ...PURCHASE, kind: 'rent' })];
    const { digest } = await wallet.shown(first);
    await wallet.route('requests.deny', { requestId: first.id });
    const third = await wallet.wants(PURCHASE);
    const shown = await wallet.shown(second);
    const other = await Spender.on(machine);
    await other.route('requests.allowCapability', { requestId: third.id, digest });
    const allowed = wallet.route('requests.allowCapability', { requestId: second.id, digest: shown.digest });
    await expect(allowed).rejects.toMatchObject({ reason: 'denied', field: 'limits' });
    expect(wallet.phaseOf(second)).toBe('refusing');
    expect(await wallet.held()).toHaveLength(1);
  });

  test.each<[string, LimitView, string]>([
    ['a currency that is none', { ...PER_DAY, currency: 'XYZ' }, 'currency'],
    ['more decimals than there are', { ...PER_DAY, amount: '1.001' }, 'limits'],
    ['a leading zero', { ...PER_DAY, amount: '01' }, 'limits'],
    ['a site that is none', { ...PER_DAY, audience: 'shop.example' }, 'audience'],
    ['more than can be counted', { ...PER_DAY, amount: '99999999999999.99' }, 'limits'],
  ])('with %s is not saved', async (_, limit, field) => {
    await wallet.limit(PER_DAY);
    await expect(wallet.limit(PER_DAY, limit)).rejects.toMatchObject({ reason: 'bad_request', field });
    expect(await standings()).toHaveLength(1);
  });

  test('is logged when it changes, without saying how much', async () => {
    await wallet.limit(PER_DAY);
    expect((await wallet.log())[0]).toMatchObject({
      ...{ kind: 'limits.changed', subject: '', claims: [], decision: '', rules: [] },
    });
  });
});

describe('a backup that is put back', () => {
  const PASSPHRASE = 'seven grey herons at dawn';

  async function backup() {
    const { id, chunks, bytes } = await wallet.route('backup.make', { passphrase: PASSPHRASE, tier3: false });
    const pieces: string[] = [];
    for (let index = 0; index < chunks; index++) {
      pieces.push((await wallet.route('backup.chunk', { id, index })).data);
    }
    return { bytes, pieces };
  }

  async function putBack({ bytes, pieces }: Awaited<ReturnType<typeof backup>>): Promise<void> {
    const { id } = await wallet.route('restore.begin', { bytes });
    for (const [index, data] of pieces.entries()) await wallet.route('restore.chunk', { id, index, data });
    const opener = { password: PASSWORD };
    await wallet.route('restore.commit', { id, passphrase: PASSPHRASE, opener, eraseExisting: true });
  }

  const key = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };

  test('makes limits count as full and budgets as spent, and still shows what was released', async () => {
    await wallet.limit(PER_DAY);
    await wallet.buys({ ...PURCHASE, unit: 1, holder_jwk: key });
    const [held] = await wallet.held();
    const kept = await backup();
    const spent = await wallet.takes('requestCapability', { ...PURCHASE, max_amount: 5, release_of: held?.id ?? '' });
    expect(spent.outcome).toBe('answered');
    machine.clock.now += 1000;
    await putBack(kept);

    expect(await wallet.held()).toMatchObject([{ state: 'used', spent: '80.00', remaining: '0.00', audience: SHOP }]);
    expect(await standings()).toEqual([{ spent: '80.00', left: '0.00', restored: true }]);
    expect(await isAsked({ max_amount: 5, release_of: held?.id })).toBe('refused');
    expect(await isAsked({ max_amount: 1 })).toBe('refused');
    machine.clock.now += 1000;
    await wallet.limit(PER_DAY); // the person says how it is from now on
    expect(await isAsked({ max_amount: 1, kind: 'rent' })).toBe('ask');
  });
});

import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { memoryLedger } from '../../../lib/capabilities/index.ts';
import { checkAuthority } from '../../../lib/sdk/index.ts';
import { SHOP, forkWith } from '../../fixtures/licensed-wallet.ts';
import { PURCHASE, Spender, emptyMachine } from '../../fixtures/spending-wallet.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';

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

const LEDGER = () => ({ capacity: 100, skew: 30_000, clock: machine.clock.read, completeSince: 0 });

const merchant = (key: string) => ({
  ...{ action: 'purchase', amount: 80, currency: 'USD', audience: SHOP, issuers: [{ key }] },
  now: new Date(machine.clock.now),
});

describe('a token that the person allows', () => {
  test('is taken once by a merchant who pinned the wallet', async () => {
    const { token } = await wallet.buys(PURCHASE);
    const context = { ...merchant(await wallet.keyFor(SHOP)), ledger: memoryLedger(LEDGER()) };
    expect(await checkAuthority(token, context)).toMatchObject({ allowed: true });
    expect(await checkAuthority(token, context)).toMatchObject({ allowed: false, reasons: [{ reason: 'used' }] });
  });

  test('is listed with what it could take, and logged without an amount', async () => {
    await wallet.buys(PURCHASE);
    const [held] = await wallet.held();
    expect(held).toMatchObject({ audience: SHOP, state: 'active', spent: '0.00', remaining: '80.00', receipts: [] });
    expect(held?.terms).toMatchObject({ kind: 'purchase', amount: '80.00', oneTime: true, bearer: true, lifetime: 60 });
    const [entry] = await wallet.log();
    expect(entry).toMatchObject({ kind: 'capability.released', subject: SHOP, claims: ['purchase'] });
    expect(JSON.stringify(entry)).not.toContain('80');
  });
});

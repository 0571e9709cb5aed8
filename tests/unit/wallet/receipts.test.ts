import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MAX_RECEIPTS, readCapability, signReceipt } from '../../../lib/capabilities/index.ts';
import type { PaidClaims, UnusedClaims } from '../../../lib/capabilities/index.ts';
import { OTHER, SHOP, forkWith } from '../../fixtures/licensed-wallet.ts';
import { PURCHASE, Spender, emptyMachine, merchantKeys } from '../../fixtures/spending-wallet.ts';
import { Fuse, mortal } from '../../fixtures/vault/dying.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';
import { PASSWORD } from '../../fixtures/wallet.ts';

type Keys = Awaited<ReturnType<typeof merchantKeys>>;

let prepared: Machine;
let machine: Machine;
let wallet: Spender;
let merchant: Keys;
let stranger: Keys;
/** Of a token for 80 USD, once, whose merchant named a key. */
let jti: string;

beforeAll(async () => {
  [merchant, stranger] = [await merchantKeys(), await merchantKeys()];
  prepared = await emptyMachine();
  const first = await Spender.on(prepared);
  await first.limit({ currency: 'USD', per: 'day', amount: '200' });
  jti = readCapability((await first.buys({ ...PURCHASE, receipt_jwk: merchant.jwk })).token).claims.jti;
});

beforeEach(async () => {
  machine = await forkWith(prepared);
  wallet = await Spender.on(machine);
});

const shared = () => ({ jti, audience: SHOP, currency: 'USD', at: machine.clock.now });
const paid = (changes: Partial<PaidClaims> = {}, { privateKey } = merchant): Promise<string> =>
  signReceipt({ type: 'paid', ...shared(), amount: 7500, items: 'A bottle of wine', ...changes }, privateKey);
const unused = (changes: Partial<UnusedClaims> = {}, { privateKey } = merchant): Promise<string> =>
  signReceipt({ type: 'unused', ...shared(), unused: 8000, ...changes }, privateKey);
const hands = (receipt: string, how: string = SHOP) => wallet.takes('offerCredential', { receipt }, how);
const spent = async () => (await wallet.route('limits.get', {})).limits[0]?.spent;

describe('a merchant’s receipt', () => {
  test('is kept without a window, shown as it was signed, and makes a one-time token used', async () => {
    const receipt = await paid();
    const { request, outcome } = await hands(receipt);
    expect(outcome).toBe('answered');
    expect(wallet.services.queue.get(request.id)?.state).toMatchObject({
      answer: { ok: true, result: { accepted: true, credentials: 0 } },
    });
    const [held] = await wallet.held();
    expect(held).toMatchObject({ state: 'used', spent: '75.00', remaining: '0.00' });
    expect(held?.receipts).toEqual([
      { amount: '75.00', currency: 'USD', at: machine.clock.now, items: 'A bottle of wine', raw: receipt },
    ]);
    expect((await wallet.log())[0]).toMatchObject({ kind: 'capability.receipt', subject: SHOP, claims: ['purchase'] });
    expect(wallet.wallet.shown()).toBe(0);
  });

  test('gives nothing back to the limits: what was released counts in full', async () => {
    await hands(await paid({ amount: 1 }));
    expect(await spent()).toBe('80.00');
  });

  test('for what was not used gives that back, once', async () => {
    expect((await hands(await unused())).outcome).toBe('answered');
    expect(await wallet.held()).toMatchObject([{ state: 'returned', returned: '80.00', remaining: '0.00' }]);
    expect(await spent()).toBe('0.00');
    expect((await hands(await unused({ unused: 1 }))).outcome).toBe('refused');
    expect((await hands(await paid({ amount: 1 }))).outcome).toBe('refused');
    expect(await spent()).toBe('0.00');
    expect(await wallet.kinds()).toContain('capability.returned');
  });

  test('may say that part was taken and the rest was not', async () => {
    expect((await hands(await paid({ amount: 5000 }))).outcome).toBe('answered');
    expect((await hands(await unused({ unused: 3001 }))).outcome).toBe('refused');
    expect((await hands(await unused({ unused: 3000 }))).outcome).toBe('answered');
    expect(await wallet.held()).toMatchObject([{ state: 'used', spent: '50.00', returned: '30.00' }]);
    expect(await spent()).toBe('50.00');
  });

  test('comes after the token’s time too, and after it was revoked', async () => {
    await wallet.route('capabilities.revoke', { id: jti });
    machine.clock.now += 120_000;
    expect((await hands(await paid())).outcome).toBe('answered');
    expect(await wallet.held()).toMatchObject([{ state: 'used', revokedAt: machine.clock.now - 120_000 }]);
  });

  test('waits while the vault is locked, and is kept at the unlock', async () => {
    await wallet.route('wallet.lock', {});
    const { request, outcome } = await hands(await paid());
    expect(outcome).toBe('ask');
    expect((await wallet.route('requests.list', {})).waiting).toMatchObject([
      { kind: 'receipt', origin: SHOP, state: { step: 'locked' } },
    ]);
    await wallet.route('wallet.unlock', { password: PASSWORD });
    expect(wallet.phaseOf(request)).toBe('answered');
    expect(await wallet.held()).toMatchObject([{ state: 'used' }]);
  });

  test('for a token without money says what was given for it, and no amount', async () => {
    const enrol = { kind: 'enrol', domain: SHOP, purpose: 'To know you', receipt_jwk: merchant.jwk };
    const { jti: own } = readCapability((await wallet.buys(enrol)).token).claims;
    expect((await hands(await paid({ jti: own, amount: 1 }))).outcome).toBe('refused');
    expect((await hands(await paid({ jti: own, amount: 0 }))).outcome).toBe('answered');
    expect((await hands(await unused({ jti: own }))).outcome).toBe('refused');
  });

  test('ends a budget of which something came back', async () => {
    const key = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
    const budget = { ...PURCHASE, max_amount: 10, unit: 1, holder_jwk: key, receipt_jwk: merchant.jwk };
    const { jti: own } = readCapability((await wallet.buys(budget)).token).claims;
    const units = { ...PURCHASE, max_amount: 1, release_of: own };
    expect((await wallet.takes('requestCapability', units)).outcome).toBe('answered');
    expect((await hands(await unused({ jti: own, unused: 900 }))).outcome).toBe('answered');
    const more = await wallet.takes('requestCapability', { ...units, purpose: 'More' });
    expect(more.outcome).toBe('refused');
    expect((await wallet.held())[0]).toMatchObject({ state: 'used', returned: '9.00', remaining: '0.00' });
  });
});

describe('a receipt that is not in order', () => {
  test.each<[string, () => Promise<string>, string?]>([
    ['of another key', () => paid({}, stranger)],
    ['for another token', () => paid({ jti: 'AAAAAAAAAAAAAAAAAAAAAA' })],
    ['that names another merchant', () => paid({ audience: OTHER })],
    ['of another currency', () => paid({ currency: 'EUR' })],
    ['for more than was released', () => paid({ amount: 8001 })],
    ['from another site, which saw it', () => paid(), OTHER],
    ['from another site, in its own name', () => paid({ audience: OTHER }), OTHER],
    ['of more unused than there was', () => unused({ unused: 8001 })],
    ['of something unused, of another key', () => unused({}, stranger)],
  ])('%s is refused as anything is, and nothing is kept', async (_, make, how = SHOP) => {
    const { request, outcome } = await hands(await make(), how);
    expect(outcome).toBe('refused');
    machine.clock.now += 6_000;
    await wallet.services.queue.expire();
    expect(wallet.services.queue.get(request.id)?.state).toEqual({
      phase: 'answered',
      answer: { ok: false, error: { code: 4001, message: 'The request was not granted.' } },
    });
    expect(await wallet.held()).toMatchObject([{ receipts: [], spent: '0.00' }]);
    expect(await spent()).toBe('80.00');
  });

  test.each<[string, (text: string) => string]>([
    ['cut short', (text) => text.slice(0, 40)],
    ['with another part', (text) => `${text}.AAAA`],
    ['in another spelling', (text) => `${text}=`],
    ['that is empty', () => '.'],
  ])('%s is no receipt, and names the field', async (_, change) => {
    await expect(hands(change(await paid()))).rejects.toMatchObject({ code: -32602, field: 'receipt' });
  });

  test('comes a second time in vain', async () => {
    const receipt = await paid({ amount: 100 });
    expect((await hands(receipt)).outcome).toBe('answered');
    expect((await hands(receipt)).outcome).toBe('refused');
    expect(await wallet.held()).toMatchObject([{ spent: '1.00', receipts: [{}] }]);
  });

  test('for a token whose merchant named no key is refused, whoever signed it', async () => {
    const own = readCapability((await wallet.buys(PURCHASE)).token).claims.jti;
    expect((await hands(await paid({ jti: own }))).outcome).toBe('refused');
  });

  test('is one too many after sixteen', async () => {
    for (let n = 0; n <= MAX_RECEIPTS; n++) {
      const { outcome } = await hands(await paid({ amount: 1, items: `Part ${n}` }));
      expect(outcome).toBe(n < MAX_RECEIPTS ? 'answered' : 'refused');
      machine.clock.now += 10_000;
      for (const documentId of wallet.services.queue.documents())
        await wallet.services.queue.cancelDocument(documentId);
    }
    expect((await wallet.held())[0]?.receipts).toHaveLength(MAX_RECEIPTS);
  });

  test('with words that would mislead is shown cleaned, and kept as it was signed', async () => {
    const raw = await paid({ items: 'wine\u202Eeniw\u0000 \u200B' });
    await hands(raw);
    expect((await wallet.held())[0]?.receipts).toMatchObject([{ items: 'wine eniw', raw }]);
  });

  test('of a site that the person never wants to hear is refused', async () => {
    const rule = { effect: 'deny', subject: { site: SHOP }, action: '*', claims: '*' };
    await wallet.route('policy.saveRule', { rule });
    expect((await hands(await paid())).outcome).toBe('refused');
  });
});

test('a worker that dies at any write of what came back leaves receipt, limit and answer together, or none', async () => {
  for (let writes = 0; ; writes++) {
    machine = await forkWith(prepared);
    const request = await (await Spender.on(machine)).call('offerCredential', { receipt: await unused() });
    const fuse = new Fuse(writes);
    await (await Spender.on(machine, mortal(machine, fuse))).considered(request).catch(() => undefined);
    wallet = await Spender.on(machine);
    const answered = wallet.phaseOf(request) === 'answered';
    expect(await wallet.held()).toMatchObject([{ state: answered ? 'returned' : 'active' }]);
    expect(await spent()).toBe(answered ? '0.00' : '80.00');
    await wallet.considered(request);
    expect(await spent()).toBe('0.00');
    if (!fuse.burnt) return;
  }
});

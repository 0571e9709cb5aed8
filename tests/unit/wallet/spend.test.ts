import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { memoryLedger, readCapability } from '../../../lib/capabilities/index.ts';
import type { Json } from '../../../lib/core/index.ts';
import { MemoryReplayStore, checkAuthority, proveHolder } from '../../../lib/sdk/index.ts';
import { OTHER, SHOP, forkWith } from '../../fixtures/licensed-wallet.ts';
import { PURCHASE, Spender, emptyMachine, forgetRequests, merchantKeys } from '../../fixtures/spending-wallet.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';
import { PASSWORD } from '../../fixtures/wallet.ts';

let prepared: Machine;
let machine: Machine;
let wallet: Spender;
let holder: Awaited<ReturnType<typeof merchantKeys>>;

beforeAll(async () => {
  prepared = await emptyMachine();
  holder = await merchantKeys();
});

beforeEach(async () => {
  machine = await forkWith(prepared);
  wallet = await Spender.on(machine);
});

const ledger = () => memoryLedger({ capacity: 100, skew: 30_000, clock: machine.clock.read, completeSince: 0 });
const now = () => new Date(machine.clock.now);
const atShop = async () => ({
  ...{ action: 'purchase', amount: 80, currency: 'USD', audience: SHOP, now: now() },
  issuers: [{ key: await wallet.keyFor(SHOP) }],
});
const phase = (id: string) => wallet.services.queue.get(id)?.state.phase;

describe('a token that the person allows', () => {
  test('is taken once by a merchant who pinned the wallet', async () => {
    const { token } = await wallet.buys(PURCHASE);
    const context = { ...(await atShop()), ledger: ledger() };
    expect(await checkAuthority(token, context)).toMatchObject({ allowed: true });
    expect(await checkAuthority(token, context)).toMatchObject({ allowed: false, reasons: [{ reason: 'used' }] });
  });

  test('of a page with a key is taken with that key’s proof, and not without', async () => {
    const { token, expiresAt } = await wallet.buys({ ...PURCHASE, holder_jwk: holder.jwk });
    expect(expiresAt).toBe(machine.clock.now + 900_000);
    const nonce = 'AAAAAAAAAAAAAAAAAAAAAA';
    const use = { method: 'POST', url: `${SHOP}/pay`, action: 'purchase', amount: 80, currency: 'USD' };
    const now = new Date(machine.clock.now);
    const proof = await proveHolder(token, use, { key: holder.privateKey, nonce, now });
    const replay = new MemoryReplayStore({ capacity: 10, clock: machine.clock.read });
    const proven = { proof, method: 'POST', url: `${SHOP}/pay`, nonce, replay };
    const context = { ...(await atShop()), ledger: ledger() };
    expect(await checkAuthority(token, context)).toMatchObject({ reasons: [{ reason: 'no_holder_proof' }] });
    expect(await checkAuthority(token, { ...context, proof: proven })).toMatchObject({ allowed: true });
  });

  test('is for one shop: another that pinned the key takes none of it', async () => {
    const { token } = await wallet.buys(PURCHASE);
    const elsewhere = { ...(await atShop()), audience: OTHER, ledger: ledger() };
    expect(await checkAuthority(token, elsewhere)).toMatchObject({ allowed: false });
  });

  test('is what its raw view said, but for its id and times', async () => {
    const request = await wallet.wants({ ...PURCHASE, holder_jwk: holder.jwk });
    const shown = JSON.parse((await wallet.shown(request)).raw) as Record<string, unknown>; // an object, as it is written
    await wallet.says(request);
    const { token } = wallet.given(request);
    expect(readCapability(token).claims).toMatchObject(shown);
    const ids = ['exp', 'iat', 'jti', 'nbf'];
    expect(
      Object.keys(readCapability(token).claims)
        .filter((name) => !(name in shown))
        .sort(),
    ).toEqual(ids);
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

  test('moves no money where none is asked, and no limit is asked about it', async () => {
    await wallet.limit({ currency: 'USD', per: 'token', amount: '0' });
    const { token } = await wallet.buys({ kind: 'enrol', domain: 'shop.example', purpose: 'To know you again' });
    expect(readCapability(token).claims.spl).not.toHaveProperty('max_amount');
    const [held] = await wallet.held();
    expect(held).not.toHaveProperty('spent');
  });

  test('ends by its time, and is kept as ended', async () => {
    await wallet.buys(PURCHASE);
    machine.clock.now += 60_000;
    expect(await wallet.held()).toMatchObject([{ state: 'expired', remaining: '0.00' }]);
  });

  test('shares no identifier with one of another site', async () => {
    const mine = readCapability((await wallet.buys(PURCHASE)).token);
    const theirs = readCapability((await wallet.buys({ ...PURCHASE, domain: OTHER }, OTHER)).token);
    const idsOf = ({ token, claims }: typeof mine) => [claims.iss, claims.jti, token.kid];
    expect(new Set([...idsOf(mine), ...idsOf(theirs)])).toHaveProperty('size', 6);
    const again = readCapability((await wallet.buys(PURCHASE)).token);
    expect(again.claims.iss).toBe(mine.claims.iss);
    expect(again.claims.jti).not.toBe(mine.claims.jti);
    const { signetId } = await wallet.route('wallet.status', {});
    expect(JSON.stringify([mine.claims, theirs.claims])).not.toContain(signetId);
  });

  test('is not made where what was shown has changed', async () => {
    const request = await wallet.wants(PURCHASE);
    const allow = (digest: string, standing?: string) =>
      wallet.route('requests.allowCapability', {
        ...{ requestId: request.id, digest },
        ...(standing === undefined ? {} : { standing }),
      });
    await expect(allow('AAAA')).rejects.toMatchObject({ reason: 'changed' });
    const { digest } = await wallet.shown(request);
    await expect(allow(digest, 'somebody')).rejects.toMatchObject({ reason: 'changed' });
    expect(phase(request.id)).toBe('waiting');
    expect(await wallet.held()).toEqual([]);
    await allow(digest, 'none');
    await allow(digest, 'none'); // a second click hands over the same once more
    expect(wallet.wallet.delivered.map(({ state }) => state)).toEqual([
      wallet.services.queue.get(request.id)?.state,
      wallet.services.queue.get(request.id)?.state,
    ]);
    expect(await wallet.held()).toHaveLength(1);
  });

  test('cannot be allowed by the way to other requests', async () => {
    const request = await wallet.wants(PURCHASE);
    const { digest } = await wallet.shown(request);
    const proof = await wallet.ask(['age_over_21'], OTHER);
    const allowed = wallet.route('requests.allowCapability', { requestId: proof.id, digest });
    await expect(allowed).rejects.toMatchObject({ reason: 'not_found' });
    await expect(wallet.route('requests.acceptAuthority', { requestId: request.id, digest })).rejects.toThrow();
    await expect(wallet.route('requests.continueAuthority', { requestId: request.id })).rejects.toThrow();
    expect(await wallet.held()).toEqual([]);
  });
});

const OUTSIDE_CURVE = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) };
const SMALL_ORDER = { kty: 'OKP', crv: 'Ed25519', x: `AQ${'A'.repeat(41)}` };
const P256 = {
  ...{ kty: 'EC', crv: 'P-256' },
  x: 'axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY',
  y: 'T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU',
};

describe('a call that no vault could answer', () => {
  const key = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
  const budget = { ...PURCHASE, holder_jwk: key, unit: 1 };
  const release = { ...PURCHASE, release_of: 'AAAAAAAAAAAAAAAAAAAAAA' };
  test.each<[string, string, Json]>([
    ['another origin', 'domain', { ...PURCHASE, domain: OTHER }],
    ['another host', 'domain', { ...PURCHASE, domain: 'example' }],
    ['an origin with a path', 'domain', { ...PURCHASE, domain: `${SHOP}/` }],
    ['a sum without a currency', 'currency', { kind: 'a', domain: SHOP, purpose: 'b', max_amount: 1 }],
    ['a currency without a sum', 'max_amount', { kind: 'a', domain: SHOP, purpose: 'b', currency: 'USD' }],
    ['more decimals than the currency has', 'max_amount', { ...PURCHASE, max_amount: '1.001' }],
    ['decimals of a currency without', 'max_amount', { ...PURCHASE, max_amount: '1.5', currency: 'JPY' }],
    ['nothing', 'max_amount', { ...PURCHASE, max_amount: '0.00' }],
    ['a leading zero', 'max_amount', { ...PURCHASE, max_amount: '010' }],
    ['a currency that is none', 'currency', { ...PURCHASE, currency: 'XTS' }],
    ['many uses without a key', 'one_time', { ...PURCHASE, one_time: false }],
    ['a long time without a key', 'expires_in', { ...PURCHASE, expires_in: 61 }],
    ['a longer time with a key', 'expires_in', { ...PURCHASE, holder_jwk: key, expires_in: 901 }],
    ['a budget without a key', 'unit', { ...PURCHASE, unit: 1 }],
    ['a budget without a sum', 'unit', { kind: 'a', domain: SHOP, purpose: 'b', holder_jwk: key, unit: 1 }],
    ['a budget for once', 'one_time', { ...budget, one_time: true }],
    ['a budget of units and a half', 'max_amount', { ...budget, unit: '0.30' }],
    ['a budget of too many units', 'unit', { ...budget, max_amount: 1000, unit: '0.01' }],
    ['a budget of nothings', 'unit', { ...budget, unit: '0.00' }],
    ['a budget for two years', 'expires_in', { ...budget, expires_in: 2 * 366 * 86_400 }],
    ['a key outside its curve', 'holder_jwk', { ...PURCHASE, holder_jwk: OUTSIDE_CURVE }],
    ['a key of small order', 'holder_jwk', { ...PURCHASE, holder_jwk: SMALL_ORDER }],
    ['a key in another spelling', 'holder_jwk.x', { ...PURCHASE, holder_jwk: { ...key, x: `${key.x.slice(0, -1)}p` } }],
    ['a key for encryption', 'holder_jwk', { ...PURCHASE, holder_jwk: { ...key, use: 'enc' } }],
    ['a receipt key of another curve', 'receipt_jwk', { ...PURCHASE, receipt_jwk: P256 }],
    ['a receipt key of small order', 'receipt_jwk', { ...PURCHASE, receipt_jwk: SMALL_ORDER }],
    ['units for a new key', 'holder_jwk', { ...release, holder_jwk: key }],
    ['units in units', 'unit', { ...release, unit: 1 }],
    ['units for once', 'one_time', { ...release, one_time: true }],
    ['units for a time', 'expires_in', { ...release, expires_in: 5 }],
    ['units with a receipt key', 'receipt_jwk', { ...release, receipt_jwk: key }],
    ['units of no worth', 'max_amount', { kind: 'a', domain: SHOP, purpose: 'b', release_of: release.release_of }],
  ])('for %s is refused at once, naming %s', async (_, field, spec) => {
    await expect(wallet.wants(spec)).rejects.toMatchObject({ code: -32602, field });
    expect(wallet.services.queue.list()).toEqual([]);
  });

  test('is told from one with a P-256 key and a bare host, which waits', async () => {
    const request = await wallet.wants({ ...PURCHASE, domain: 'shop.example', holder_jwk: P256, kind: 'a' });
    expect(await wallet.considered(request)).toBe('ask');
  });
});

describe('a page that asks', () => {
  test('hears 4001 when the person denies, and the log says so', async () => {
    const request = await wallet.wants(PURCHASE);
    await wallet.route('requests.deny', { requestId: request.id });
    expect(wallet.services.queue.get(request.id)?.state).toMatchObject({ answer: { error: { code: 4001 } } });
    expect((await wallet.log())[0]).toMatchObject({ kind: 'capability.denied', subject: SHOP, claims: ['purchase'] });
    expect(await wallet.held()).toEqual([]);
  });

  test('waits while the vault is locked; the window shows the terms, and no more before it is opened', async () => {
    await wallet.route('wallet.lock', {});
    const request = await wallet.wants(PURCHASE);
    expect(await wallet.considered(request)).toBe('ask');
    const [waiting] = (await wallet.route('requests.list', {})).waiting;
    expect(waiting).toMatchObject({
      ...{ kind: 'capability', purpose: PURCHASE.purpose, state: { step: 'locked' } },
      terms: { amount: '80.00', currency: 'USD', oneTime: true, bearer: true, release: false },
    });
    await expect(wallet.route('requests.allowCapability', { requestId: request.id, digest: '' })).rejects.toMatchObject(
      { reason: 'locked' },
    );
    await wallet.route('wallet.unlock', { password: PASSWORD });
    await wallet.says(request);
    expect(wallet.given(request).requestId).toBe(request.id);
  });

  test('waits for a vault where there is none', async () => {
    await wallet.route('wallet.erase', { confirm: 'erase' });
    expect(await wallet.considered(await wallet.wants(PURCHASE))).toBe('ask');
    expect((await wallet.route('requests.list', {})).waiting).toMatchObject([{ state: { step: 'no_vault' } }]);
  });

  test('for "never this kind" is not heard again about it, and is about others', async () => {
    const request = await wallet.wants(PURCHASE);
    await wallet.route('requests.deny', { requestId: request.id, never: 'claims' });
    expect(await wallet.rules()).toMatchObject([{ rule: { effect: 'deny', action: 'spend', claims: ['purchase'] } }]);
    const again = await wallet.wants({ ...PURCHASE, max_amount: 1 });
    expect(await wallet.considered(again)).toBe('refused');
    expect(await wallet.considered(await wallet.wants({ ...PURCHASE, kind: 'rent' }))).toBe('ask');
    expect(await wallet.considered(await wallet.wants({ ...PURCHASE, domain: OTHER }, OTHER))).toBe('ask');
    expect(await wallet.kinds()).toContain('capability.refused');
  });

  test('for "never this site" is not heard again, even by a locked vault', async () => {
    const request = await wallet.wants(PURCHASE);
    await wallet.route('requests.deny', { requestId: request.id, never: 'site' });
    await wallet.route('wallet.lock', {});
    expect(await wallet.considered(await wallet.wants({ ...PURCHASE, kind: 'rent' }))).toBe('refused');
  });
});

describe('what a page hears', () => {
  const NO = {
    phase: 'answered',
    answer: { ok: false, error: { code: 4001, message: 'The request was not granted.' } },
  };
  const deny = async () => wallet.route('requests.deny', { requestId: (await wallet.wants(PURCHASE)).id });

  test.each<[string, () => Promise<unknown>]>([
    ['no vault', () => wallet.route('wallet.erase', { confirm: 'erase' })],
    ['a locked vault', () => wallet.route('wallet.lock', {})],
    ['a person who says no', () => Promise.resolve()],
    ['a limit', () => wallet.limit({ currency: 'USD', per: 'token', amount: '1' })],
    [
      'a rule',
      () =>
        wallet.route('policy.saveRule', { rule: { effect: 'deny', subject: { any: true }, action: '*', claims: '*' } }),
    ],
    [
      'a mute',
      async () => {
        for (let n = 0; n < 3; n++) await deny();
      },
    ],
  ])('of %s is one and the same', async (_, before) => {
    await before();
    const request = await wallet.wants({ ...PURCHASE, kind: 'rent' });
    const outcome = await wallet.considered(request);
    if (outcome === 'ask') await wallet.route('requests.deny', { requestId: request.id });
    machine.clock.now += 6_000;
    await wallet.services.queue.expire();
    expect(wallet.services.queue.get(request.id)?.state).toEqual(NO);
  });

  test('of a refusal without the person takes at least as long as one who is quick', async () => {
    await wallet.limit({ currency: 'USD', per: 'token', amount: '1' });
    const { request } = await wallet.takes('requestCapability', PURCHASE);
    machine.clock.now += 1_499;
    await wallet.services.queue.expire();
    expect(phase(request.id)).toBe('refusing');
  });
});

describe('rules of the person’s', () => {
  const permit = { effect: 'permit', subject: { site: SHOP }, action: 'spend', claims: ['purchase'] } as const;
  const save = (rule: object) => wallet.route('policy.saveRule', { rule });

  test('answer without a window as often as they permit, and each answer is counted', async () => {
    const { id } = await save({ ...permit, obligations: { max_uses: 2 } });
    for (const outcome of ['answered', 'answered', 'ask']) {
      expect(await wallet.considered(await wallet.wants(PURCHASE))).toBe(outcome);
    }
    expect(await wallet.usesOf(id)).toBe(2);
    expect(await wallet.held()).toHaveLength(2);
    expect((await wallet.log())[0]).toMatchObject({ kind: 'capability.released', decision: 'PERMIT', rules: [id] });
  });

  test('for up to so much permit no more', async () => {
    const when = [{ attribute: 'context.amount', op: 'amount_at_most', value: { minor: 8000, currency: 'USD' } }];
    await save({ ...permit, when });
    expect(await wallet.considered(await wallet.wants({ ...PURCHASE, max_amount: '80.01' }))).toBe('ask');
    expect(await wallet.considered(await wallet.wants(PURCHASE))).toBe('answered');
  });

  test('bound how long what they give is good', async () => {
    await save({ ...permit, obligations: { expires_in: 30 } });
    const { outcome, request } = await wallet.takes('requestCapability', { ...PURCHASE, holder_jwk: holder.jwk });
    expect(outcome).toBe('answered');
    expect(wallet.given(request).expiresAt).toBe(machine.clock.now + 30_000);
  });

  test('for whatever a site asks are none for its money', async () => {
    await save({ ...permit, action: '*', claims: ['purchase'] });
    expect(await wallet.considered(await wallet.wants(PURCHASE))).toBe('ask');
  });

  test('for another site, kind or action give nothing here', async () => {
    await save({ ...permit, subject: { site: OTHER } });
    await save({ ...permit, claims: ['rent'] });
    await save({ ...permit, action: 'prove' });
    expect(await wallet.considered(await wallet.wants(PURCHASE))).toBe('ask');
  });

  test('never lead over a limit', async () => {
    await save(permit);
    await wallet.limit({ currency: 'USD', per: 'day', amount: '100' });
    expect(await wallet.considered(await wallet.wants(PURCHASE))).toBe('answered');
    expect(await wallet.considered(await wallet.wants(PURCHASE))).toBe('refused');
    expect(await wallet.held()).toHaveLength(1);
  });

  test('that are made between the look and the yes are kept to', async () => {
    const request = await wallet.wants(PURCHASE);
    const { digest } = await wallet.shown(request);
    const other = await Spender.on(machine); // another window’s worker: this one’s desk hears nothing
    await other.route('policy.saveRule', { rule: { ...permit, effect: 'deny' } });
    const allowed = wallet.route('requests.allowCapability', { requestId: request.id, digest });
    await expect(allowed).rejects.toMatchObject({ reason: 'changed' });
    expect(await wallet.held()).toEqual([]);
  });
});

describe('the list of tokens', () => {
  test('ends one that the person revokes: it says until when it works, and takes no money after that', async () => {
    const { token } = await wallet.buys(PURCHASE);
    const { jti } = readCapability(token).claims;
    const revoked = await wallet.route('capabilities.revoke', { id: jti });
    const { now: at } = machine.clock;
    expect(revoked).toMatchObject({ state: 'revoked', revokedAt: at, worksUntil: at + 60_000, remaining: '80.00' });
    expect((await wallet.log())[0]).toMatchObject({ kind: 'capability.revoked', subject: SHOP });
    machine.clock.now += 60_000;
    expect(await wallet.held()).toMatchObject([{ state: 'revoked', remaining: '0.00' }]);
    const { length } = await wallet.log();
    await wallet.route('capabilities.revoke', { id: jti }); // says no more than it did
    expect(await wallet.log()).toHaveLength(length);
  });

  test('forgets what has ended, and nothing that may still be used', async () => {
    await wallet.limit({ currency: 'USD', per: 'day', amount: '100' });
    const { jti: id } = readCapability((await wallet.buys(PURCHASE)).token).claims;
    await expect(wallet.route('capabilities.forget', { id })).rejects.toMatchObject({ field: 'id' });
    machine.clock.now += 60_000;
    await wallet.route('capabilities.forget', { id });
    expect(await wallet.held()).toEqual([]);
    expect((await wallet.route('limits.get', {})).limits).toMatchObject([{ spent: '80.00' }]);
    await expect(wallet.route('capabilities.forget', { id })).rejects.toMatchObject({ reason: 'not_found' });
    await expect(wallet.route('capabilities.revoke', { id })).rejects.toMatchObject({ reason: 'not_found' });
  });

  test('is closed while the vault is', async () => {
    await wallet.buys(PURCHASE);
    await wallet.route('wallet.lock', {});
    for (const route of ['capabilities.list', 'limits.get', 'authorities.list'] as const) {
      await expect(wallet.route(route, {})).rejects.toMatchObject({ reason: 'locked' });
    }
  });

  test('goes along to a new vault, whose key for a site is another one', async () => {
    await wallet.buys(PURCHASE);
    const before = await wallet.keyFor(SHOP);
    await forgetRequests(wallet);
    await wallet.route('wallet.move', { opener: { password: PASSWORD }, password: 'a lantern over other water' });
    expect(await wallet.held()).toMatchObject([{ audience: SHOP, state: 'active' }]);
    expect(await wallet.keyFor(SHOP)).not.toBe(before);
  });

  test('goes with an erased vault', async () => {
    await wallet.buys(PURCHASE);
    await wallet.route('wallet.erase', { confirm: 'erase' });
    await wallet.route('wallet.create', { password: PASSWORD, mark: { shape: 'star', colour: 'blue' } });
    expect(await wallet.held()).toEqual([]);
  });
});

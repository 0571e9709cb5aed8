import { beforeEach, describe, expect, test } from 'vitest';
import { askDue, nextPromiseAt } from '../../../lib/wallet/index.ts';
import { Receiver, openMachine } from '../../fixtures/issuance.ts';
import { forkWith } from '../../fixtures/licensed-wallet.ts';
import { startLibraryIssuer } from '../../fixtures/openid4vci/library-issuer.ts';
import type { IssuerTerms, LibraryIssuer } from '../../fixtures/openid4vci/library-issuer.ts';
import { Fuse, mortal } from '../../fixtures/vault/dying.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';
import { PASSWORD } from '../../fixtures/wallet.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let machine: Machine;
beforeEach(async () => {
  machine = await openMachine();
});

const worker = (): Promise<Receiver> => Receiver.on(machine);

/** An issuer that delivers later; its clock is the machine's. */
const start = (terms: IssuerTerms = {}): Promise<LibraryIssuer> =>
  startLibraryIssuer({
    batchSize: 2,
    rounds: 2,
    refreshes: true,
    tokenSeconds: 3600,
    now: machine.clock.read,
    ...terms,
  });

const polls = (issuer: LibraryIssuer): number => issuer.asked.filter(({ path }) => path === '/deferred').length;

/** The alarm rings at its time, for a worker that knows nothing. */
async function ring(): Promise<Receiver> {
  const next = await worker();
  const at = await nextPromiseAt(next.services);
  if (at === undefined) throw new Error('No alarm is set.');
  machine.clock.now = Math.max(machine.clock.now, at);
  const rung = await worker();
  if ((await rung.services.keeper.state()) === 'locked') await rung.route('wallet.unlock', { password: PASSWORD });
  await askDue(rung.services);
  return rung;
}

describe('a credential that the issuer delivers later', () => {
  test('answers the page at once, and is listed as promised', async () => {
    await using issuer = await start();
    const by = await worker();
    const requestId = await by.offer(issuer, issuer.offer('pre-authorized_code'));
    await by.look(requestId);
    const taken = await by.accept(requestId);
    expect(taken).toMatchObject({ credentials: 0, promised: [{ name: 'Age', state: 'waiting' }] });
    expect(by.answer(requestId)).toEqual({ ok: true, result: { accepted: true, credentials: 0, promised: 1 } });
    expect(await (await worker()).promised()).toEqual(taken.promised);
    expect(await by.credentials()).toEqual([]);
    expect(await by.kinds()).toContain('credential.promised');
  });

  test('is asked for when the issuer said, by whichever worker is there, until it comes', async () => {
    await using issuer = await start();
    await (await worker()).receive(issuer);
    await askDue((await worker()).services);
    expect(polls(issuer)).toBe(0);
    await ring();
    expect(polls(issuer)).toBe(1);
    expect(await (await worker()).credentials()).toEqual([]);
    await ring();
    const after = await worker();
    expect(await after.credentials()).toMatchObject([{ name: 'Age', instancesLeft: 2 }]);
    expect(await after.promised()).toEqual([]);
    expect(await nextPromiseAt(after.services)).toBeUndefined();
    expect(await after.kinds()).toContain('credential.received');
    expect(issuer.notifications).toMatchObject([{ event: 'credential_accepted' }]);
  });

  test('is not asked for while the vault is locked, and is again once it is open', async () => {
    await using issuer = await start();
    await (await worker()).receive(issuer);
    await (await worker()).route('wallet.lock', {});
    machine.endBrowser();
    machine.clock.now += 10 * MINUTE;
    expect(await nextPromiseAt((await worker()).services)).toBeUndefined();
    await askDue((await worker()).services);
    expect(polls(issuer)).toBe(0);
    await (await worker()).route('wallet.unlock', { password: PASSWORD });
    await askDue((await worker()).services);
    expect(polls(issuer)).toBe(1);
  });

  test('is asked for less and less often', async () => {
    await using issuer = await start({ rounds: 40 });
    await (await worker()).receive(issuer);
    const times: number[] = [];
    for (let i = 0; i < 25; i += 1) {
      await ring();
      times.push(machine.clock.now);
    }
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    expect(gaps[0]).toBe(5_000);
    expect(gaps.every((gap, i) => i === 0 || gap >= (gaps[i - 1] ?? 0))).toBe(true);
    expect(gaps.at(-1)).toBeGreaterThan(10 * MINUTE);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(6 * 60 * MINUTE);
  });

  test('is asked for no more when the person says so', async () => {
    await using issuer = await start();
    const { promised } = await (await worker()).receive(issuer);
    await (await worker()).route('issuance.stop', { id: promised[0]?.id ?? '' });
    machine.clock.now += DAY;
    const next = await worker();
    await next.route('wallet.unlock', { password: PASSWORD });
    await askDue(next.services);
    expect(polls(issuer)).toBe(0);
    expect(await next.promised()).toEqual([]);
    expect(await next.kinds()).toContain('credential.given_up');
    const labels: string[] = [];
    for await (const { address } of (await next.services.keeper.open()).records()) labels.push(address.label);
    expect(labels.filter((label) => /^data\/(?:promise\/|issuance\/|credential\/)/.test(label))).toEqual([]);
  });

  test('says so, in words, when it will not come', async () => {
    await using issuer = await start({
      spoil: (asked, answer) => (asked.path === '/deferred' ? json({ error: 'invalid_transaction_id' }, 400) : answer),
    });
    await (await worker()).receive(issuer);
    await ring();
    const [failed] = await (await worker()).promised();
    expect(failed).toMatchObject({ state: 'failed' });
    expect(failed?.message).toMatch(/will not deliver/);
    expect(await nextPromiseAt((await worker()).services)).toBeUndefined();
    expect(await (await worker()).kinds()).toContain('credential.ask_failed');
  });

  test('is asked for again where the issuer could not be reached', async () => {
    const issuer = await start();
    await (await worker()).receive(issuer);
    await issuer[Symbol.asyncDispose]();
    await ring();
    const [waiting] = await (await worker()).promised();
    expect(waiting).toMatchObject({ state: 'waiting' });
    expect(waiting?.askAt).toBeGreaterThan(machine.clock.now);
  });

  test('that is not as it must be is refused, and the issuer told', async () => {
    await using issuer = await start({
      rounds: 1,
      spoil: (asked, answer) =>
        asked.path === '/.well-known/jwt-vc-issuer'
          ? json({ issuer: new URL(asked.url).origin, jwks: { keys: [] } })
          : answer,
    });
    await (await worker()).receive(issuer);
    await ring();
    const after = await worker();
    expect(await after.credentials()).toEqual([]);
    expect(await after.promised()).toMatchObject([{ state: 'failed' }]);
    expect(await after.kinds()).toContain('credential.refused');
    expect(issuer.notifications).toMatchObject([{ event: 'credential_failure' }]);
  });

  test('comes when the person asks, not before the issuer wants to be asked', async () => {
    await using issuer = await start({ rounds: 1 });
    const { promised } = await (await worker()).receive(issuer);
    const id = promised[0]?.id ?? '';
    expect(await (await worker()).route('issuance.ask', { id })).toEqual({ arrived: false });
    expect(polls(issuer)).toBe(0);
    machine.clock.now += MINUTE;
    expect(await (await worker()).route('issuance.ask', { id })).toEqual({ arrived: true });
    await expect((await worker()).route('issuance.ask', { id })).rejects.toMatchObject({ reason: 'not_found' });
  });

  test('is there once, or still promised, at whichever write the worker dies', async () => {
    const fresh = machine;
    for (let writes = 0, burnt = true; burnt; writes += 1) {
      machine = await forkWith(fresh);
      await using issuer = await start({ rounds: 1 });
      await (await worker()).receive(issuer);
      machine.clock.now += MINUTE;
      const fuse = new Fuse(writes);
      await askDue((await Receiver.on(machine, mortal(machine, fuse))).services).catch(() => undefined); // it died
      burnt = fuse.burnt;
      const next = await worker();
      const [credentials, promised] = [await next.credentials(), await next.promised()];
      expect(credentials.length + promised.length).toBe(1);
      if (!burnt) expect(credentials).toHaveLength(1);
    }
  });
});

describe('one that goes into a compartment', () => {
  const medical = (terms: IssuerTerms = {}) =>
    start({
      rounds: 1,
      ...terms,
      spoil: (asked, answer) =>
        asked.path === '/.well-known/openid-credential-issuer'
          ? {
              ...answer,
              body: answer.body.replace(
                '"display":[{"name":"Age"}]',
                '"display":[{"name":"Age"}],"claims":[{"path":["allergies"]}]',
              ),
            }
          : answer,
    });

  test('is never asked for by itself: it takes an opener to take it', async () => {
    await using issuer = await medical();
    const by = await worker();
    const requestId = await by.offer(issuer, issuer.offer('pre-authorized_code'));
    const { digest, credentials } = await by.look(requestId);
    expect(credentials[0]?.compartments).toEqual(['health']);
    const { promised } = await by.route('requests.acceptOffer', { requestId, digest, opener: { password: PASSWORD } });
    expect(promised).toMatchObject([{ state: 'opener' }]);
    machine.clock.now += MINUTE;
    await askDue((await worker()).services);
    expect(await nextPromiseAt((await worker()).services)).toBeUndefined();
    expect(polls(issuer)).toBe(0);
    const id = promised[0]?.id ?? '';
    await expect((await worker()).route('issuance.ask', { id })).rejects.toMatchObject({ field: 'opener' });
    expect(await (await worker()).route('issuance.ask', { id, opener: { password: PASSWORD } })).toEqual({
      arrived: true,
    });
  });
});

const json = (value: unknown, status = 200) => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value),
});

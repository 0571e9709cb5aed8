import { beforeEach, describe, expect, test } from 'vitest';
import { Receiver, openMachine } from '../../fixtures/issuance.ts';
import { startLibraryIssuer } from '../../fixtures/openid4vci/library-issuer.ts';
import type { LibraryIssuer } from '../../fixtures/openid4vci/library-issuer.ts';
import { Fuse, mortal } from '../../fixtures/vault/dying.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';
import { forkWith } from '../../fixtures/licensed-wallet.ts';
import { REDIRECT_URI } from '../../fixtures/wallet.ts';

let machine: Machine;
beforeEach(async () => {
  machine = await openMachine();
});

/** Each call in a worker of its own: nothing that matters is in memory. */
const worker = (): Promise<Receiver> => Receiver.on(machine);

const paths = (issuer: LibraryIssuer): readonly string[] => issuer.asked.map(({ path }) => path);

describe('an offer that the person signs in for', () => {
  const start = (terms = {}) => startLibraryIssuer({ batchSize: 3, namesItself: true, dpop: 'bound', ...terms });

  async function lookAt(issuer: LibraryIssuer) {
    const requestId = await (await worker()).offer(issuer, issuer.offer('authorization_code'));
    return { requestId, review: await (await worker()).look(requestId) };
  }

  test('says where they sign in, before anybody there is asked', async () => {
    await using issuer = await start();
    const { review } = await lookAt(issuer);
    expect(review.by).toEqual({ kind: 'sign_in', at: issuer.origin });
    expect(paths(issuer).filter((path) => !path.startsWith('/.well-known/'))).toEqual([]);
  });

  test.for(['offered', 'required'] as const)(
    'ends with credentials, whichever worker is there for each step (pushed requests %s)',
    async (pushed) => {
      await using issuer = await start({ pushed });
      const { requestId, review } = await lookAt(issuer);
      const { url } = await (await worker()).route('requests.signIn', { requestId, digest: review.digest });
      expect(new URL(url).origin).toBe(issuer.origin);
      const address = await issuer.visit(url);
      expect(address.startsWith(REDIRECT_URI)).toBe(true);
      await (await worker()).route('requests.signedIn', { requestId, address });
      expect((await (await worker()).review()).by).toEqual({ kind: 'granted', chosen: ['age'] });
      expect(await (await worker()).accept(requestId)).toEqual({ credentials: 3, promised: [] });
      const after = await worker();
      expect(after.answer(requestId)).toEqual({ ok: true, result: { accepted: true, credentials: 3 } });
      expect(await after.credentials()).toMatchObject([{ name: 'Age', instancesLeft: 3 }]);
    },
  );

  test('is not taken before they have', async () => {
    await using issuer = await start();
    const { requestId } = await lookAt(issuer);
    await expect((await worker()).accept(requestId)).rejects.toMatchObject({ reason: 'changed' });
    expect(paths(issuer)).not.toContain('/token');
    expect(await (await worker()).credentials()).toEqual([]);
  });

  test('can be begun again: what a window of before brings back is not for this one', async () => {
    await using issuer = await start();
    const { requestId, review } = await lookAt(issuer);
    const wanted = { requestId, digest: review.digest };
    const stale = await (await worker()).route('requests.signIn', wanted);
    const fresh = await (await worker()).route('requests.signIn', wanted);
    expect(new URL(fresh.url).searchParams.get('state')).not.toBe(new URL(stale.url).searchParams.get('state'));
    const address = await issuer.visit(fresh.url);
    await (await worker()).route('requests.signedIn', { requestId, address });
    expect(await (await worker()).accept(requestId)).toMatchObject({ credentials: 3 });
  });

  const hostile: readonly (readonly [string, (back: URL) => void, RegExp])[] = [
    [
      'another issuer’s name',
      (back) => back.searchParams.set('iss', 'https://elsewhere.example'),
      /another|not the one/i,
    ],
    ['no name', (back) => back.searchParams.delete('iss'), /./],
    ['another state', (back) => back.searchParams.set('state', 'guessed'), /./],
    ['no code', (back) => back.searchParams.delete('code'), /./],
    ['another address', (back) => (back.pathname = '/elsewhere'), /./],
    [
      'a no',
      (back) => {
        back.searchParams.delete('code');
        back.searchParams.set('error', 'access_denied');
      },
      /./,
    ],
  ];
  test.for(hostile)('fails with words, and asks for no token, when they come back with %s', async ([, bend, says]) => {
    await using issuer = await start();
    const { requestId, review } = await lookAt(issuer);
    const { url } = await (await worker()).route('requests.signIn', { requestId, digest: review.digest });
    const back = new URL(await issuer.visit(url));
    bend(back);
    const done = (await worker()).route('requests.signedIn', { requestId, address: back.href });
    await expect(done).rejects.toThrow();
    const state = await (await worker()).state();
    if (state.step !== 'failed') throw new Error(state.step);
    expect(state.message).toMatch(says);
    expect(paths(issuer)).not.toContain('/token');
    expect((await worker()).answer(requestId)).toBeUndefined();
    expect(await (await worker()).kinds()).toContain('offer.failed');
  });

  test('expects nobody back who was not sent', async () => {
    await using issuer = await start();
    const { requestId } = await lookAt(issuer);
    const done = (await worker()).route('requests.signedIn', { requestId, address: `${REDIRECT_URI}?code=1&state=1` });
    await expect(done).rejects.toMatchObject({ reason: 'changed' });
    expect((await (await worker()).state()).step).toBe('review');
  });

  test('names an authorization server elsewhere, and asks it nothing before the person let it', async () => {
    await using issuer = await start({ serverElsewhere: true });
    const first = await worker();
    const requestId = await first.offer(issuer, issuer.offer('authorization_code'));
    expect(await first.state()).toEqual({ step: 'ask', hosts: [issuer.origin], further: false });
    await first.route('requests.continueOffer', { requestId });
    expect(await (await worker()).state()).toEqual({ step: 'ask', hosts: [issuer.serverOrigin], further: true });
    expect(issuer.asked.map(({ url }) => new URL(url).origin)).not.toContain(issuer.serverOrigin);
    await (await worker()).route('requests.continueOffer', { requestId });
    const review = await (await worker()).review();
    expect(review.others).toEqual([issuer.serverOrigin]);
    expect(review.by).toEqual({ kind: 'sign_in', at: issuer.serverOrigin });
  });

  test('leaves nothing half, at whichever write the worker dies', async () => {
    await using issuer = await start();
    const { requestId } = await lookAt(issuer);
    const begun = machine;
    let deaths = 0;
    for (let writes = 0, burnt = true; burnt; writes += 1) {
      machine = await forkWith(begun);
      const fuse = new Fuse(writes);
      const dying = await Receiver.on(machine, mortal(machine, fuse));
      await signInAndAccept(dying, issuer, requestId).catch(() => undefined); // whatever a dead worker says is heard by nobody
      burnt = fuse.burnt;
      deaths += burnt ? 1 : 0;
      const next = await worker();
      const isAnswered = next.answer(requestId) !== undefined;
      expect(await next.credentials()).toHaveLength(isAnswered ? 1 : 0);
      if (isAnswered) continue;
      // Where it left off, or from the beginning: there is a way on from whatever stands.
      const { by } = await next.review();
      if (by.kind === 'granted') await next.accept(requestId);
      else await signInAndAccept(next, issuer, requestId);
      expect(await next.credentials()).toHaveLength(1);
    }
    expect(deaths).toBeGreaterThan(3);
  });

  async function signInAndAccept(by: Receiver, issuer: LibraryIssuer, requestId: string): Promise<void> {
    const { digest } = await by.review();
    const { url } = await by.route('requests.signIn', { requestId, digest });
    await by.route('requests.signedIn', { requestId, address: await issuer.visit(url) });
    await by.accept(requestId);
  }
});

describe('a token', () => {
  test('is kept with the offer: where the issuer cannot be reached after it, the person goes on from there', async () => {
    let broken = true;
    await using issuer = await startLibraryIssuer({
      batchSize: 2,
      spoil: (asked, answer) =>
        asked.path === '/credential' && broken
          ? { status: 200, headers: { 'Content-Length': '99', 'Content-Type': 'application/json' }, body: '{' }
          : answer,
    });
    const requestId = await (await worker()).offer(issuer, issuer.offer('pre-authorized_code'));
    await (await worker()).look(requestId);
    const tried = (await worker()).accept(requestId);
    await expect(tried).rejects.toMatchObject({ reason: 'network' });
    expect((await (await worker()).review()).by).toEqual({ kind: 'granted', chosen: ['age'] });
    broken = false;
    expect(await (await worker()).accept(requestId)).toMatchObject({ credentials: 2 });
    expect(paths(issuer).filter((path) => path === '/token')).toHaveLength(1);
  });

  test('and no secret of an issuance reach the page, the log or the views', async () => {
    await using issuer = await startLibraryIssuer({ batchSize: 2, refreshes: true, dpop: 'bound' });
    const by = await worker();
    await by.receive(issuer);
    const views = JSON.stringify([await by.credentials(), (await by.route('audit.list', { limit: 100 })).entries]);
    expect(views + JSON.stringify(by.wallet.delivered.map(({ state }) => state))).not.toMatch(/Token|"d":|eyJ/);
  });
});

describe('a batch of thirty', () => {
  test('says how far it is while it is under way', async () => {
    await using issuer = await startLibraryIssuer();
    const by = await worker();
    const requestId = await by.offer(issuer, issuer.offer('pre-authorized_code'));
    const { digest } = await by.look(requestId);
    const seen = new Set<string>();
    const during = by.services.issuance;
    const accepting = by.route('requests.acceptOffer', { requestId, digest });
    const looking = new AbortController();
    void accepting.finally(() => looking.abort());
    while (!looking.signal.aborted) {
      const underway = during.underway(requestId);
      if (underway !== undefined) seen.add(underway.stage);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await accepting).toMatchObject({ credentials: 30 });
    expect([...seen]).toEqual(expect.arrayContaining(['token', 'request', 'check', 'store']));
    expect(during.underway(requestId)).toBeUndefined();
  });

  test('is taken once, however often the person presses', async () => {
    await using issuer = await startLibraryIssuer({ batchSize: 2 });
    const by = await worker();
    const requestId = await by.offer(issuer, issuer.offer('pre-authorized_code'));
    const { digest } = await by.look(requestId);
    const tries = [1, 2].map(() => by.route('requests.acceptOffer', { requestId, digest }));
    const ends = await Promise.allSettled(tries);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await by.credentials()).toHaveLength(1);
    expect(by.answer(requestId)).toMatchObject({ ok: true });
  });
});

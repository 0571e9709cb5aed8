import { beforeEach, describe, expect, test } from 'vitest';
import { consumeInstance, getCredential, openInstance } from '../../../lib/credentials/index.ts';
import { openLog } from '../../../lib/wallet/log/open-log.ts';
import { Receiver, openMachine } from '../../fixtures/issuance.ts';
import { startLibraryIssuer } from '../../fixtures/openid4vci/library-issuer.ts';
import type { Answer, AskedOfIssuer, IssuerTerms, LibraryIssuer } from '../../fixtures/openid4vci/library-issuer.ts';
import { forkWith } from '../../fixtures/licensed-wallet.ts';
import { Fuse, mortal } from '../../fixtures/vault/dying.ts';
import type { Machine } from '../../fixtures/vault/machine.ts';

let machine: Machine;
/** What the issuer says instead, from when it is set. */
let spoil: ((asked: AskedOfIssuer, answer: Answer) => Answer) | undefined;
beforeEach(async () => {
  machine = await openMachine();
  spoil = undefined;
});

const worker = (): Promise<Receiver> => Receiver.on(machine);

const start = (terms: IssuerTerms = {}): Promise<LibraryIssuer> =>
  startLibraryIssuer({
    ...{ batchSize: 4, refreshes: true, tokenSeconds: 3600, dpop: 'bound', now: machine.clock.read },
    spoil: (asked, answer) => spoil?.(asked, answer) ?? answer,
    ...terms,
  });

async function only(by: Receiver) {
  const [credential, ...others] = await by.credentials();
  if (credential === undefined || others.length > 0) throw new Error('There is not one credential.');
  return credential;
}

/** Shows so many copies to somebody. */
async function use(by: Receiver, id: string, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    const log = await openLog(by.services);
    await log.transact(async (tx) => {
      const opened = await openInstance(tx, id, [], machine.clock.now);
      opened.holderKey.dispose();
      await consumeInstance(tx, id, opened.instanceId, machine.clock.now);
      await tx.log({ kind: 'proof.allowed' });
    });
  }
}

async function texts(by: Receiver, id: string): Promise<readonly string[]> {
  const vault = await by.services.keeper.open();
  const { instances } = await getCredential(vault, id);
  const opened = await openInstance(vault, id, [], machine.clock.now);
  opened.holderKey.dispose();
  return [String(instances.length), opened.issuerJwt];
}

const garbled = (asked: AskedOfIssuer, answer: Answer): Answer =>
  asked.path === '/credential'
    ? { ...answer, body: answer.body.replaceAll(/"credential":"([^"]{40})/g, '"credential":"$1A') }
    : answer;

describe('new copies of a credential', () => {
  test('take the place of those that are left; the used ones stay counted', async () => {
    await using issuer = await start();
    await (await worker()).receive(issuer);
    const { id } = await only(await worker());
    await use(await worker(), id, 3);
    const before = await texts(await worker(), id);
    expect(await (await worker()).route('credentials.renew', { id })).toEqual({ credentials: 4, promised: false });
    const after = await only(await worker());
    expect(after).toMatchObject({ id, instancesLeft: 4, instancesReceived: 7, lastReused: false, state: 'presented' });
    expect((await texts(await worker(), id))[1]).not.toBe(before[1]);
    expect(await (await worker()).kinds()).toContain('credential.renewed');
    expect(issuer.notifications.at(-1)).toMatchObject({ event: 'credential_accepted' });
    await use(await worker(), id, 4);
    expect(await only(await worker())).toMatchObject({ instancesLeft: 1, lastReused: true });
  });

  test('also where the last one was shown, and again after that: each token leads to the next', async () => {
    await using issuer = await start();
    await (await worker()).receive(issuer);
    const { id } = await only(await worker());
    for (const received of [8, 12]) {
      await use(await worker(), id, 4);
      await (await worker()).route('credentials.renew', { id });
      expect(await only(await worker())).toMatchObject({
        instancesLeft: 4,
        instancesReceived: received,
        lastReused: false,
      });
    }
  });

  test('are asked for by nobody but the person', async () => {
    await using issuer = await start();
    await (await worker()).receive(issuer);
    const { id } = await only(await worker());
    const asked = issuer.asked.length;
    await use(await worker(), id, 4);
    await (await worker()).services.vaultChanged();
    expect(issuer.asked).toHaveLength(asked);
  });

  test('that are not as they must be change nothing, and the next token is kept', async () => {
    await using issuer = await start();
    await (await worker()).receive(issuer);
    const { id } = await only(await worker());
    await use(await worker(), id, 2);
    const before = await texts(await worker(), id);
    spoil = garbled;
    await expect((await worker()).route('credentials.renew', { id })).rejects.toMatchObject({
      reason: 'credential_refused',
    });
    expect(await texts(await worker(), id)).toEqual(before);
    expect(await only(await worker())).toMatchObject({ instancesLeft: 2, instancesReceived: 4 });
    expect(await (await worker()).kinds()).toContain('credential.refused');
    spoil = undefined;
    expect(await (await worker()).route('credentials.renew', { id })).toMatchObject({ credentials: 4 });
  });

  test.for<[string, IssuerTerms]>([['gave no leave to come back', { refreshes: false }]])(
    'are not to be had where the issuer %s',
    async ([, terms]) => {
      await using issuer = await start(terms);
      await (await worker()).receive(issuer);
      const { id, renewable } = await only(await worker());
      expect(renewable).toBe(false);
      const asked = issuer.asked.length;
      await expect((await worker()).route('credentials.renew', { id })).rejects.toMatchObject({ field: 'id' });
      expect(issuer.asked).toHaveLength(asked);
    },
  );

  test('are there, all of them, or the old ones are, at whichever write the worker dies', async () => {
    await using issuer = await start();
    await (await worker()).receive(issuer);
    const { id } = await only(await worker());
    await use(await worker(), id, 2);
    const begun = machine;
    let renewed = 0;
    // One issuer for all of them: a token that a dead worker spent is spent, and the person is told so.
    for (let writes = 0, burnt = true; burnt && writes < 20; writes += 1) {
      machine = await forkWith(begun);
      const fuse = new Fuse(writes);
      const dying = await Receiver.on(machine, mortal(machine, fuse));
      await dying.route('credentials.renew', { id }).catch(() => undefined); // it died, or the token was spent
      burnt = fuse.burnt;
      const after = await only(await worker());
      expect([2, 4]).toContain(after.instancesLeft);
      expect(after.instancesReceived).toBe(after.instancesLeft === 4 ? 6 : 4);
      renewed += after.instancesLeft === 4 ? 1 : 0;
      await texts(await worker(), id);
    }
    expect(renewed).toBeLessThanOrEqual(1);
  });
});

describe('a credential that is deleted', () => {
  test('tells its issuer nothing unless the person wants it told', async () => {
    await using issuer = await start();
    await (await worker()).receive(issuer);
    const { id, notifies } = await only(await worker());
    expect(notifies).toBe(true);
    const asked = issuer.asked.length;
    await (await worker()).route('credentials.delete', { id });
    expect(issuer.asked).toHaveLength(asked);
    expect(await (await worker()).credentials()).toEqual([]);
  });

  test('tells it where they do, and leaves nothing of the issuance behind', async () => {
    await using issuer = await start();
    await (await worker()).receive(issuer);
    const { id } = await only(await worker());
    await (await worker()).route('credentials.delete', { id, tell: true });
    expect(issuer.notifications).toMatchObject([{ event: 'credential_accepted' }, { event: 'credential_deleted' }]);
    const labels: string[] = [];
    for await (const { address } of (await (await worker()).services.keeper.open()).records())
      labels.push(address.label);
    expect(labels.filter((label) => /^data\/(?:issuance|credential)\//.test(label))).toEqual([]);
  });

  test('stays where the issuer that shall hear it cannot be reached', async () => {
    const issuer = await start();
    await (await worker()).receive(issuer);
    const { id } = await only(await worker());
    await issuer[Symbol.asyncDispose]();
    const tried = (await worker()).route('credentials.delete', { id, tell: true });
    await expect(tried).rejects.toMatchObject({ reason: 'network' });
    expect(await (await worker()).credentials()).toHaveLength(1);
  });

  test('of before its issuer could be told anything has nothing to tell', async () => {
    await using issuer = await start({
      spoil: (asked, answer) =>
        asked.path === '/.well-known/openid-credential-issuer'
          ? { ...answer, body: answer.body.replace(/"notification_endpoint":"[^"]*",/, '') }
          : answer,
      refreshes: false,
    });
    await (await worker()).receive(issuer);
    const { id, notifies } = await only(await worker());
    expect(notifies).toBe(false);
    await expect((await worker()).route('credentials.delete', { id, tell: true })).rejects.toMatchObject({
      field: 'tell',
    });
  });
});

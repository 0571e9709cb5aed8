import { beforeAll, describe, expect, test } from 'vitest';
import { SecretBytes, fromUtf8, randomBytes, utf8 } from '../../../../lib/core/index.ts';
import type { Opener } from '../../../../lib/vault/index.ts';
import { MARK, Machine, OTHER_PASSWORD, PASSWORD, byPassword, dumpText } from '../../../fixtures/vault/machine.ts';
import { Authenticator } from '../../../fixtures/vault/passkeys.ts';

const ATTRIBUTE = { label: 'My shoe size', type: 'number', value: '43.5', tier: 1 } as const;
const SECRET_ATTRIBUTE = { label: 'A quiet worry', type: 'text', value: 'only for reasoning', tier: 2 } as const;
const BOTH = [ATTRIBUTE.label, SECRET_ATTRIBUTE.label];

const origin = new Machine();
const laptop = new Authenticator();
const phone = new Authenticator();
let phrase: string;

/** A vault with a password and two passkeys. */
beforeAll(async () => {
  const worker = origin.worker();
  phrase = (await worker.create({ password: PASSWORD, mark: MARK })).words.join(' ');
  const attributes = origin.attributes(await worker.open());
  await attributes.add(ATTRIBUTE);
  await attributes.add(SECRET_ATTRIBUTE);
  await laptop.join(worker, 'Laptop');
  await phone.join(worker, 'Phone');
});

const lockedFork = async (): Promise<Machine> => {
  const machine = await origin.fork();
  machine.endBrowser();
  return machine;
};

const labels = async (machine: Machine): Promise<string[]> =>
  (await machine.attributes(await machine.worker().open()).list()).map(({ label }) => label);

const newest = async (machine: Machine): Promise<string | undefined> =>
  (await machine.log(await machine.worker().open()).page({ limit: 1 }))[0]?.kind;

const wrong = { reason: 'wrong_password', field: 'passkey' };

const headerOf = async (machine: Machine): Promise<string> =>
  fromUtf8((await machine.backend.get('meta', 'header')) ?? utf8('{}'));

interface StoredPasskey {
  id: string;
  salt: string;
  wrap: string;
  tier2: string;
}
interface StoredHeader {
  wraps: { passkeys: StoredPasskey[] };
}

/** Changes the stored header as somebody with the disk would. */
async function tamper(machine: Machine, change: (header: StoredHeader) => void): Promise<void> {
  const header = JSON.parse(await headerOf(machine)) as StoredHeader; // its form is tested beside `decodeHeader`
  change(header);
  await machine.backend.batch([{ store: 'meta', key: 'header', value: utf8(JSON.stringify(header)) }], []);
}

describe('a passkey', () => {
  test('opens both tiers, as the password still does', async () => {
    for (const authenticator of [laptop, phone]) {
      const machine = await lockedFork();
      const worker = machine.worker();
      await worker.unlock(await authenticator.opener(worker));
      expect(await labels(machine)).toEqual(BOTH);
      expect(await newest(machine)).toBe('vault.unlocked');
    }
    const machine = await lockedFork();
    await machine.worker().unlock(byPassword());
    expect(await labels(machine)).toEqual(BOTH);
  });

  test('is asked with its id and this vault’s salt, known while locked; its name is not', async () => {
    const machine = await lockedFork();
    const handles = await machine.worker().passkeyHandles();
    expect(handles.map(({ id }) => id)).toEqual([laptop.id, phone.id]);
    const other = new Machine();
    await other.worker().create({ password: PASSWORD, mark: MARK });
    const { salt, userId } = await other.worker().preparePasskey();
    expect(handles.map((handle) => handle.salt)).not.toContain(salt);
    expect(userId).not.toBe(salt);
    const dump = await dumpText(machine);
    expect(dump).toContain(laptop.id);
    for (const name of ['Laptop', 'Phone']) expect(dump).not.toContain(name);
    await expect(machine.worker().passkeys()).rejects.toMatchObject({ reason: 'locked' });
  });

  test('is listed with the name the person gave it, cleaned', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    await new Authenticator().join(worker, '  A\u202Ekey\n of mine ');
    const { now } = machine.clock;
    const listed = (await worker.passkeys()).map(({ name, addedAt }) => [name, addedAt]);
    expect(listed).toEqual([
      ['Laptop', now],
      ['Phone', now],
      ['A key of mine', now],
    ]);
    expect(await newest(machine)).toBe('vault.passkey_added');
  });

  test('added again under the same id takes the place of the one before', async () => {
    const machine = await origin.fork();
    await laptop.join(machine.worker(), 'Laptop, again');
    expect((await machine.worker().passkeys()).map(({ name }) => name)).toEqual(['Phone', 'Laptop, again']);
    machine.endBrowser();
    await machine.worker().unlock(await laptop.opener(machine.worker()));
  });

  test('lets another passkey in, and keeps the session', async () => {
    const machine = await origin.fork();
    const third = new Authenticator();
    const worker = machine.worker();
    await third.join(worker, 'Third', await phone.opener(worker));
    expect(await machine.worker().state()).toBe('unlocked');
    machine.endBrowser();
    await machine.worker().unlock(await third.opener(machine.worker()));
    expect(await labels(machine)).toEqual(BOTH);
  });
});

describe('adding a passkey is refused', () => {
  const attempt = async (
    change: Partial<{ opener: Opener; id: string; prf: SecretBytes; name: string }>,
    machine?: Machine,
  ) => {
    const worker = (machine ?? (await origin.fork())).worker();
    const { opener = byPassword(), ...passkey } = change;
    const fresh = { id: 'newKey', prf: SecretBytes.take(randomBytes(32)), name: 'New' };
    return worker.addPasskey(opener, { ...fresh, ...passkey });
  };

  test('with a wrong password, which counts', async () => {
    const machine = await origin.fork();
    await expect(attempt({ opener: byPassword('wrong password') }, machine)).rejects.toMatchObject({
      reason: 'wrong_password',
      field: 'password',
    });
    expect(await machine.local.get('attempts')).toMatchObject({ failures: 1 });
    expect(await machine.worker().passkeyHandles()).toHaveLength(2);
  });

  test('with the passkey itself as the opener: it opens nothing yet', async () => {
    const stranger = new Authenticator();
    const machine = await origin.fork();
    const { salt } = await machine.worker().preparePasskey();
    const opener: Opener = { kind: 'passkey', id: stranger.id, prf: await stranger.answer(salt) };
    await expect(attempt({ opener, id: stranger.id, prf: opener.prf }, machine)).rejects.toMatchObject(wrong);
  });

  test('while the vault is locked', async () => {
    await expect(attempt({}, await lockedFork())).rejects.toMatchObject({ reason: 'locked' });
  });

  test.each<[string, Parameters<typeof attempt>[0], string]>([
    ['an id that is none', { id: 'not base64url' }, 'id'],
    ['no id', { id: '' }, 'id'],
    ['an answer that is too short', { prf: SecretBytes.take(randomBytes(16)) }, 'prf'],
    ['no name', { name: ' \u200B ' }, 'name'],
  ])('with %s', async (_what, change, field) => {
    await expect(attempt(change)).rejects.toMatchObject({ reason: 'bad_request', field });
  });

  test('beyond sixteen', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    for (let i = 2; i < 16; i++) await new Authenticator().join(worker, `Key ${i}`, await laptop.opener(worker));
    await expect(attempt({}, machine)).rejects.toMatchObject({ reason: 'too_many' });
    await laptop.join(worker, 'Laptop, again', await laptop.opener(worker));
    expect(await worker.passkeyHandles()).toHaveLength(16);
  });
});

describe('removing a passkey', () => {
  test('shuts it out and leaves every other way in', async () => {
    const machine = await origin.fork();
    const answer = await laptop.opener(machine.worker());
    await machine.worker().removePasskey(laptop.id);
    expect(await newest(machine)).toBe('vault.passkey_removed');
    expect((await machine.worker().passkeys()).map(({ name }) => name)).toEqual(['Phone']);
    machine.endBrowser();
    await expect(machine.worker().unlock(answer)).rejects.toMatchObject(wrong);
    await machine.worker().unlock(await phone.opener(machine.worker()));
    machine.endBrowser();
    await machine.worker().unlock(byPassword());
    expect(await labels(machine)).toEqual(BOTH);
  });

  test('never takes the last way in: the password stays when every passkey is gone', async () => {
    const machine = await origin.fork();
    await machine.worker().removePasskey(laptop.id);
    await machine.worker().removePasskey(phone.id);
    await expect(machine.worker().removePasskey(phone.id)).rejects.toMatchObject({ reason: 'not_found' });
    await expect(machine.worker().removePasskey('password')).rejects.toMatchObject({ reason: 'not_found' });
    machine.endBrowser();
    await machine.worker().unlock(byPassword());
    expect(await labels(machine)).toEqual(BOTH);
  });

  test('is refused while locked', async () => {
    await expect((await lockedFork()).worker().removePasskey(laptop.id)).rejects.toMatchObject({ reason: 'locked' });
  });

  test('holds when the old header is put back', async () => {
    const machine = await origin.fork();
    const answer = await laptop.opener(machine.worker());
    const before = await machine.backend.get('meta', 'header');
    await machine.worker().removePasskey(laptop.id);
    machine.endBrowser();
    await machine.backend.batch([{ store: 'meta', key: 'header', value: before }], []);
    await expect(machine.worker().unlock(answer)).rejects.toMatchObject({ reason: 'vault_damaged' });
  });
});

describe('the password, with a passkey beside it', () => {
  test('is set anew after a passkey unlock, where it is forgotten; the passkeys stay', async () => {
    const machine = await lockedFork();
    const worker = machine.worker();
    await worker.unlock(await laptop.opener(worker));
    await worker.changePassword({ current: await laptop.opener(worker), next: OTHER_PASSWORD });
    for (const opener of [byPassword(OTHER_PASSWORD), await laptop.opener(worker), await phone.opener(worker)]) {
      machine.endBrowser();
      await machine.worker().unlock(opener);
      expect(await labels(machine)).toEqual(BOTH);
    }
    machine.endBrowser();
    await expect(machine.worker().unlock(byPassword())).rejects.toMatchObject({ reason: 'wrong_password' });
  });

  test('changes without touching the passkeys', async () => {
    const machine = await origin.fork();
    await machine.worker().changePassword({ current: byPassword(), next: OTHER_PASSWORD });
    machine.endBrowser();
    await machine.worker().unlock(await phone.opener(machine.worker()));
    expect(await labels(machine)).toEqual(BOTH);
  });

  test('set anew by the words takes every passkey with it, entropy and Tier 2', async () => {
    const machine = await lockedFork();
    const answer = await laptop.opener(machine.worker());
    await machine.worker().resetPassword({ phrase, password: OTHER_PASSWORD });
    expect(await machine.worker().passkeyHandles()).toEqual([]);
    expect(await machine.worker().passkeys()).toEqual([]);
    expect(await headerOf(machine)).not.toContain(laptop.id);
    machine.endBrowser();
    await expect(machine.worker().unlock(answer)).rejects.toMatchObject(wrong);
    await machine.worker().unlock(byPassword(OTHER_PASSWORD));
    expect(await labels(machine)).toEqual([ATTRIBUTE.label]);
    await laptop.join(machine.worker(), 'Laptop', byPassword(OTHER_PASSWORD));
    machine.endBrowser();
    await machine.worker().unlock(await laptop.opener(machine.worker()));
  });

  test('is not needed to see the words', async () => {
    const worker = (await origin.fork()).worker();
    expect((await worker.revealPhrase(await phone.opener(worker))).words.join(' ')).toBe(phrase);
  });
});

describe('nobody gets in', () => {
  test('with a passkey’s answer to another salt', async () => {
    const machine = await lockedFork();
    const other = await laptop.answer('b3RoZXIgc2FsdA');
    const attempt = machine.worker().unlock({ kind: 'passkey', id: laptop.id, prf: other });
    await expect(attempt).rejects.toMatchObject(wrong);
    expect(await machine.local.get('attempts')).toMatchObject({ failures: 1 });
  });

  test('with a passkey that is not the vault’s, or under another’s id', async () => {
    const machine = await lockedFork();
    const { prf } = (await laptop.opener(machine.worker())) as Extract<Opener, { kind: 'passkey' }>; // its own kind
    for (const id of ['unknown', phone.id, '']) {
      await expect(machine.worker().unlock({ kind: 'passkey', id, prf })).rejects.toMatchObject(wrong);
    }
  });

  test('by trying for ever: wrong answers make everyone wait, and are in the log', async () => {
    const machine = await lockedFork();
    const good = await laptop.opener(machine.worker());
    for (let i = 0; i < 5; i++) {
      const guess: Opener = { kind: 'passkey', id: laptop.id, prf: SecretBytes.take(randomBytes(32)) };
      await expect(machine.worker().unlock(guess)).rejects.toMatchObject(wrong);
    }
    await expect(machine.worker().unlock(good)).rejects.toMatchObject({ reason: 'wait' });
    machine.clock.now += 60_000;
    await machine.worker().unlock(good);
    const kinds = (await machine.log(await machine.worker().open()).page({ limit: 6 })).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'vault.unlock_failed')).toHaveLength(5);
  });

  test('by moving wraps under another id', async () => {
    const machine = await lockedFork();
    const good = await laptop.opener(machine.worker());
    await tamper(machine, ({ wraps }) => {
      const [first, second] = wraps.passkeys;
      if (first !== undefined && second !== undefined) [first.id, second.id] = [second.id, first.id];
    });
    await expect(machine.worker().unlock(good)).rejects.toMatchObject(wrong);
    await expect(machine.worker().unlock({ ...good, id: phone.id } as Opener)).rejects.toMatchObject(wrong);
  });

  test('by altering the salt that a passkey is asked', async () => {
    const machine = await lockedFork();
    const good = await laptop.opener(machine.worker());
    await tamper(machine, ({ wraps }) => {
      const [first, second] = wraps.passkeys;
      if (first !== undefined && second !== undefined)
        first.salt = `${first.salt.startsWith('A') ? 'B' : 'A'}${first.salt.slice(1)}`;
    });
    await expect(machine.worker().unlock(good)).rejects.toMatchObject(wrong);
    await expect(machine.worker().unlock(await laptop.opener(machine.worker()))).rejects.toMatchObject(wrong);
  });

  test('by bringing the wraps of a vault of their own, made with the same passkey', async () => {
    const theirs = new Machine();
    await theirs.worker().create({ password: OTHER_PASSWORD, mark: MARK });
    await laptop.join(theirs.worker(), 'Laptop', byPassword(OTHER_PASSWORD));
    const planted = (JSON.parse(await headerOf(theirs)) as StoredHeader).wraps.passkeys;
    const machine = await lockedFork();
    await tamper(machine, ({ wraps }) => {
      wraps.passkeys = planted;
    });
    await expect(machine.worker().unlock(await laptop.opener(machine.worker()))).rejects.toMatchObject(wrong);
  });

  test('by exchanging the Tier 2 wraps of two passkeys', async () => {
    const machine = await lockedFork();
    await tamper(machine, ({ wraps }) => {
      const [first, second] = wraps.passkeys;
      if (first !== undefined && second !== undefined) [first.tier2, second.tier2] = [second.tier2, first.tier2];
    });
    await expect(machine.worker().unlock(await laptop.opener(machine.worker()))).rejects.toMatchObject({
      reason: 'vault_damaged',
    });
  });

  test('by having their header blessed: one exchanged while the vault is open is not written on', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    await worker.open();
    await tamper(machine, ({ wraps }) => {
      wraps.passkeys = wraps.passkeys.slice(1);
    });
    await expect(worker.removePasskey(phone.id)).rejects.toMatchObject({ reason: 'vault_damaged' });
    await expect(laptop.join(worker)).rejects.toMatchObject({ reason: 'vault_damaged' });
  });
});

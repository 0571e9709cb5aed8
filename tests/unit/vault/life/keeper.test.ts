import { beforeAll, describe, expect, test } from 'vitest';
import { fromUtf8, toBase64url, utf8 } from '../../../../lib/core/index.ts';
import { MARK, Machine, OTHER_PASSWORD, PASSWORD, byPassword } from '../../../fixtures/vault/machine.ts';

const ATTRIBUTE = { label: 'My shoe size', type: 'number', value: '43.5', tier: 1 } as const;
const SECRET_ATTRIBUTE = { label: 'A quiet worry', type: 'text', value: 'only for reasoning', tier: 2 } as const;

/** One vault for all tests of this file, made once; each test forks the machine it stands on. */
const origin = new Machine();
let words: string[];

beforeAll(async () => {
  const worker = origin.worker();
  words = (await worker.create({ password: PASSWORD, mark: MARK })).words;
  const attributes = origin.attributes(await worker.open());
  await attributes.add(ATTRIBUTE);
  await attributes.add(SECRET_ATTRIBUTE);
});

const labels = async (machine: Machine, worker = machine.worker()): Promise<string[]> =>
  (await machine.attributes(await worker.open()).list()).map(({ label }) => label);

const kinds = async (machine: Machine, worker = machine.worker()): Promise<string[]> =>
  (await machine.log(await worker.open()).page({ limit: 100 })).map(({ kind }) => kind);

const lockedFork = async (): Promise<Machine> => {
  const machine = await origin.fork();
  machine.endBrowser();
  return machine;
};

describe('a new vault', () => {
  test('has 24 words, is unlocked, and remembers that the words are unconfirmed', async () => {
    expect(words).toHaveLength(24);
    const worker = (await origin.fork()).worker();
    expect(await worker.state()).toBe('unlocked');
    expect(await worker.phraseUnconfirmed()).toBe(true);
    expect(await worker.mark()).toEqual(MARK);
  });

  test('cannot be made where there is one', async () => {
    const machine = await origin.fork();
    await expect(machine.worker().create({ password: PASSWORD, mark: MARK })).rejects.toMatchObject({
      reason: 'vault_exists',
    });
    expect(await labels(machine)).toEqual([ATTRIBUTE.label, SECRET_ATTRIBUTE.label]);
  });

  test('needs a password of ten characters', async () => {
    const machine = new Machine();
    await expect(machine.worker().create({ password: 'nine char', mark: MARK })).rejects.toMatchObject({
      reason: 'bad_request',
      field: 'password',
    });
    expect(await machine.worker().state()).toBe('none');
  });

  test('needs a mark that is a pair of names', async () => {
    const create = new Machine().worker().create({ password: PASSWORD, mark: { shape: '<b>', colour: 'teal' } });
    await expect(create).rejects.toMatchObject({ reason: 'bad_request', field: 'mark' });
  });
});

describe('locking', () => {
  test('a restarted worker finds the vault open, a restarted browser finds it locked', async () => {
    const machine = await origin.fork();
    expect(await machine.worker().state()).toBe('unlocked');
    machine.endBrowser();
    expect(await machine.worker().state()).toBe('locked');
    await expect(machine.worker().open()).rejects.toMatchObject({ reason: 'locked' });
  });

  test('the session’s two halves each open nothing', async () => {
    const withoutBlob = await origin.fork();
    await withoutBlob.backend.batch([{ store: 'meta', key: 'session', value: undefined }], []);
    expect(await withoutBlob.worker().state()).toBe('locked');
    const withoutSecret = await origin.fork();
    await withoutSecret.session.remove('session');
    expect(await withoutSecret.worker().state()).toBe('locked');
  });

  test('a session blob put back from before does not open', async () => {
    const machine = await origin.fork();
    const old = await machine.backend.get('meta', 'session');
    const worker = machine.worker();
    await worker.lock('person');
    await worker.unlock(byPassword(PASSWORD));
    await machine.backend.batch([{ store: 'meta', key: 'session', value: old }], []);
    expect(await machine.worker().state()).toBe('locked');
  });

  test('forgets the keys that others still hold', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    const vault = await worker.open();
    await worker.lock('person');
    await expect(vault.get({ label: 'data/x', index: 0 }, 1)).rejects.toMatchObject({ reason: 'locked' });
    await expect(vault.transact(async () => Promise.resolve())).rejects.toMatchObject({ reason: 'locked' });
    expect(() => vault.keys.audit.expose()).toThrow('forgotten');
  });

  test('a transaction under way when it locks writes nothing', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    const vault = await worker.open();
    const attempt = vault.transact(async (tx) => {
      await worker.lock('system');
      tx.put({ label: 'data/late', index: 0 }, 1, utf8('late'));
    });
    await expect(attempt).rejects.toMatchObject({ reason: 'locked' });
  });

  test('does not wait for a transaction that takes its time', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    const vault = await worker.open();
    const never = Promise.withResolvers<undefined>();
    const slow = vault.transact(() => never.promise);
    await worker.lock('system');
    expect(await worker.state()).toBe('locked');
    never.resolve(undefined);
    await expect(slow).rejects.toMatchObject({ reason: 'locked' });
  });

  test('happens by itself when the stored time is up, whatever worker asks', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    await worker.open();
    const deadline = await worker.deadline();
    expect(deadline).toBe(machine.clock.now + 15 * 60_000);
    machine.clock.now += 15 * 60_000;
    await expect(worker.open()).rejects.toMatchObject({ reason: 'locked' });
    expect(await machine.worker().state()).toBe('locked');
    expect(machine.session.dump().has('session')).toBe(false);
  });

  test('is put off by use, and follows the chosen minutes', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    await worker.open();
    await worker.setAutoLockMinutes(30);
    machine.clock.now += 20 * 60_000;
    await worker.touch();
    expect(await machine.worker().deadline()).toBe(machine.clock.now + 30 * 60_000);
    await expect(worker.setAutoLockMinutes(0)).rejects.toMatchObject({ field: 'autoLockMinutes' });
  });

  test('a deadline that is missing or lies beyond any setting is none', async () => {
    for (const tamper of [undefined, { deadline: Date.UTC(2099, 0) }, 'soon']) {
      const machine = await origin.fork();
      if (tamper === undefined) await machine.local.remove('autoLock');
      else await machine.local.set('autoLock', tamper);
      expect(await machine.worker().state()).toBe('locked');
    }
  });
});

describe('unlocking', () => {
  test('opens both tiers, and takes the password in any Unicode spelling', async () => {
    const machine = new Machine();
    const worker = machine.worker();
    await worker.create({ password: 'Ångström längd', mark: MARK });
    await worker.lock('person');
    await worker.unlock(byPassword('A\u030Angstro\u0308m la\u0308ngd'));
    expect(await worker.state()).toBe('unlocked');
  });

  test('a wrong password opens nothing and is in the log afterwards, with its own time', async () => {
    const machine = await lockedFork();
    const worker = machine.worker();
    const failedAt = machine.clock.now;
    await expect(worker.unlock(byPassword('wrong password'))).rejects.toMatchObject({
      reason: 'wrong_password',
      field: 'password',
    });
    expect(await worker.state()).toBe('locked');
    machine.clock.now += 60_000;
    await worker.unlock(byPassword(PASSWORD));
    const [unlocked, failed] = await machine.log(await worker.open()).page({ limit: 2 });
    expect(unlocked).toMatchObject({ kind: 'vault.unlocked', time: machine.clock.now });
    expect(failed).toMatchObject({ kind: 'vault.unlock_failed', time: failedAt });
    expect(await labels(machine, worker)).toEqual([ATTRIBUTE.label, SECRET_ATTRIBUTE.label]);
  });

  test('says no_vault where there is none', async () => {
    await expect(new Machine().worker().unlock(byPassword(PASSWORD))).rejects.toMatchObject({ reason: 'no_vault' });
  });

  const alteredHeaders = {
    'a cost below the floor': (json: string) => json.replace('"m":19456', '"m":64'),
    'a cost above the ceiling': (json: string) => json.replace('"m":19456', '"m":99999999'),
    'too many passes': (json: string) => json.replace('"t":2', '"t":1000000'),
    'a fractional cost': (json: string) => json.replace('"t":2', '"t":2.5'),
    'an unknown member': (json: string) => json.replace('"v":2', '"v":2,"x":1'),
    'no version': (json: string) => json.replace('"v":2', '"v":"two"'),
    'no JSON': () => '{',
  };

  for (const [what, alter] of Object.entries(alteredHeaders)) {
    test(`refuses a header with ${what}, at once and without a new vault over it`, async () => {
      const machine = await lockedFork();
      const header = (await machine.backend.get('meta', 'header')) ?? utf8('');
      const altered = alter(fromUtf8(header));
      expect(altered).not.toBe(fromUtf8(header));
      await machine.backend.batch([{ store: 'meta', key: 'header', value: utf8(altered) }], []);
      await machine.local.remove('header');
      const worker = machine.worker();
      expect(await worker.state()).toBe('damaged');
      await expect(worker.unlock(byPassword(PASSWORD))).rejects.toMatchObject({ reason: 'vault_damaged' });
      await expect(worker.create({ password: PASSWORD, mark: MARK })).rejects.toMatchObject({
        reason: 'vault_damaged',
      });
    });
  }

  test('refuses altered, though bearable, parameters of the password', async () => {
    const machine = await lockedFork();
    const header = fromUtf8((await machine.backend.get('meta', 'header')) ?? utf8(''));
    const value = utf8(header.replace('"p":1', '"p":2'));
    await machine.backend.batch([{ store: 'meta', key: 'header', value }], []);
    await expect(machine.worker().unlock(byPassword(PASSWORD))).rejects.toMatchObject({ reason: 'wrong_password' });
  });

  test('refuses an exchanged inbox key', async () => {
    const machine = await lockedFork();
    const header = fromUtf8((await machine.backend.get('meta', 'header')) ?? utf8(''));
    const key = toBase64url(new Uint8Array(32).fill(9));
    const value = utf8(header.replace(/"inbox":"[^"]*"/, `"inbox":"${key}"`));
    await machine.backend.batch([{ store: 'meta', key: 'header', value }], []);
    await expect(machine.worker().unlock(byPassword(PASSWORD))).rejects.toMatchObject({ reason: 'vault_damaged' });
  });

  test('refuses another vault’s header', async () => {
    const other = new Machine();
    await other.worker().create({ password: PASSWORD, mark: MARK });
    const machine = await lockedFork();
    const value = await other.backend.get('meta', 'header');
    await machine.backend.batch([{ store: 'meta', key: 'header', value }], []);
    await expect(machine.worker().unlock(byPassword(PASSWORD))).rejects.toMatchObject({ reason: 'vault_damaged' });
  });
});

describe('a damaged vault', () => {
  test('is one whose header is gone while records are there', async () => {
    const machine = await lockedFork();
    await machine.backend.batch([{ store: 'meta', key: 'header', value: undefined }], []);
    await machine.local.remove('header');
    expect(await machine.worker().state()).toBe('damaged');
    const report = await machine.worker().recoveryReport();
    expect(report).toMatchObject({ header: false });
    expect(report.records).toBeGreaterThan(0);
  });

  test('is one whose rows are all gone while the mirror of the header is there', async () => {
    const machine = await lockedFork();
    machine.backend = new Machine().backend;
    expect(await machine.worker().state()).toBe('damaged');
  });

  test('opens again with its own words when the header alone is lost', async () => {
    const machine = await lockedFork();
    await machine.backend.batch([{ store: 'meta', key: 'header', value: undefined }], []);
    await machine.worker().resetPassword({ phrase: words.join(' '), password: OTHER_PASSWORD });
    expect(await labels(machine)).toEqual([ATTRIBUTE.label]);
  });

  test('can be downloaded, still sealed', async () => {
    const json = await (await lockedFork()).worker().rawRows();
    expect(JSON.parse(json)).toMatchObject({ format: 'signet-raw-rows', v: 1 });
    expect(json).not.toContain(ATTRIBUTE.label);
  });
});

describe('the words', () => {
  test('are shown again after the password, and the log says so', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    expect((await worker.revealPhrase(byPassword(PASSWORD))).words).toEqual(words);
    expect((await kinds(machine, worker))[0]).toBe('vault.phrase_shown');
    await expect(worker.revealPhrase(byPassword('wrong password'))).rejects.toMatchObject({ reason: 'wrong_password' });
  });

  test('are not shown while locked', async () => {
    const machine = await lockedFork();
    await expect(machine.worker().revealPhrase(byPassword(PASSWORD))).rejects.toMatchObject({ reason: 'locked' });
  });

  test('can be confirmed, once', async () => {
    const machine = await origin.fork();
    const worker = machine.worker();
    await worker.confirmPhrase();
    await worker.confirmPhrase();
    expect(await worker.phraseUnconfirmed()).toBe(false);
    expect((await kinds(machine, worker)).filter((kind) => kind === 'vault.phrase_confirmed')).toHaveLength(1);
  });

  test('of this vault set a new password: Tier 1 opens, Tier 2 is gone', async () => {
    const machine = await lockedFork();
    const rowsBefore = await machine.backend.count('records');
    const worker = machine.worker();
    await worker.resetPassword({ phrase: `  ${words.join('\n').toUpperCase()} `, password: OTHER_PASSWORD });
    expect(await labels(machine, worker)).toEqual([ATTRIBUTE.label]);
    expect((await kinds(machine, worker))[0]).toBe('vault.password_reset');
    expect(await machine.backend.count('records')).toBeLessThan(rowsBefore + 2);
    machine.endBrowser();
    await expect(machine.worker().unlock(byPassword(PASSWORD))).rejects.toMatchObject({ reason: 'wrong_password' });
    await machine.worker().unlock(byPassword(OTHER_PASSWORD));
    const attributes = machine.attributes(await machine.worker().open());
    await attributes.add(SECRET_ATTRIBUTE);
    expect(await attributes.list()).toHaveLength(2);
  });

  test('of another vault do not', async () => {
    const machine = await lockedFork();
    const phrase = 'abandon '.repeat(23) + 'art';
    await expect(machine.worker().resetPassword({ phrase, password: OTHER_PASSWORD })).rejects.toMatchObject({
      reason: 'wrong_phrase',
      field: 'phrase',
    });
    await machine.worker().unlock(byPassword(PASSWORD));
  });
});

describe('changing the password', () => {
  test('keeps every row, the session and both tiers; the old password and the old header no longer open', async () => {
    const machine = await origin.fork();
    const oldHeader = await machine.backend.get('meta', 'header');
    await machine.worker().changePassword({ current: byPassword(PASSWORD), next: OTHER_PASSWORD });
    expect(await labels(machine)).toEqual([ATTRIBUTE.label, SECRET_ATTRIBUTE.label]);
    machine.endBrowser();
    await expect(machine.worker().unlock(byPassword(PASSWORD))).rejects.toMatchObject({ reason: 'wrong_password' });
    await machine.worker().unlock(byPassword(OTHER_PASSWORD));
    expect(await labels(machine)).toEqual([ATTRIBUTE.label, SECRET_ATTRIBUTE.label]);
    machine.endBrowser();
    await machine.backend.batch([{ store: 'meta', key: 'header', value: oldHeader }], []);
    await expect(machine.worker().unlock(byPassword(PASSWORD))).rejects.toMatchObject({ reason: 'vault_damaged' });
  });

  test('needs the current one, and an open vault', async () => {
    const machine = await origin.fork();
    const change = { current: byPassword('wrong password'), next: OTHER_PASSWORD };
    await expect(machine.worker().changePassword(change)).rejects.toMatchObject({ reason: 'wrong_password' });
    machine.endBrowser();
    await expect(machine.worker().changePassword({ ...change, current: byPassword(PASSWORD) })).rejects.toMatchObject({
      reason: 'locked',
    });
  });
});

describe('restoring', () => {
  const phrase = 'abandon '.repeat(23) + 'art';

  test('brings back the same identity, with nothing to confirm', async () => {
    const machine = new Machine();
    const worker = machine.worker();
    await worker.restore({ phrase: words.join(' '), password: OTHER_PASSWORD, mark: MARK, eraseExisting: false });
    const theirs = (await worker.open()).keys.identity.expose();
    expect(theirs).toEqual((await (await origin.fork()).worker().open()).keys.identity.expose());
    expect(await worker.phraseUnconfirmed()).toBe(false);
    expect(await kinds(machine, worker)).toEqual(['vault.restored']);
  });

  test('never overwrites a vault unless told to erase it', async () => {
    const machine = await origin.fork();
    const input = { phrase, password: OTHER_PASSWORD, mark: MARK, eraseExisting: false };
    await expect(machine.worker().restore(input)).rejects.toMatchObject({ reason: 'vault_exists' });
    expect(await labels(machine)).toHaveLength(2);
    await machine.worker().restore({ ...input, eraseExisting: true });
    expect(await labels(machine)).toEqual([]);
  });

  test.each([
    ['phrase', { phrase: 'abandon '.repeat(24) }],
    ['password', { password: 'short' }],
    ['password', { password: '\uD800'.repeat(12) }],
    ['password', { password: 'x'.repeat(1_001) }],
    ['mark', { mark: { shape: '', colour: '' } }],
  ])('erases nothing when the %s is refused', async (field, change) => {
    const machine = await origin.fork();
    const input = { phrase, password: OTHER_PASSWORD, mark: MARK, eraseExisting: true, ...change };
    await expect(machine.worker().restore(input)).rejects.toMatchObject({ reason: 'bad_request', field });
    expect(await labels(machine)).toHaveLength(2);
  });
});

test('erasing leaves nothing behind', async () => {
  const machine = await origin.fork();
  await machine.worker().erase();
  expect(await machine.worker().state()).toBe('none');
  await machine.worker().finish();
  for (const store of ['records', 'meta', 'requests'] as const) expect(await machine.backend.count(store)).toBe(0);
  expect([...machine.local.dump().keys(), ...machine.session.dump().keys()]).toEqual([]);
});

test('erasing takes the requests of until then, and none that comes while its rows are cleared', async () => {
  const machine = await origin.fork();
  const ask = (key: string): Promise<void> =>
    machine.backend.batch([{ store: 'requests', key, value: utf8('asked') }], []);
  await ask('before');
  await machine.worker().erase();
  await ask('after');
  await machine.worker().finish();
  expect((await machine.backend.entries('requests')).map(([key]) => key)).toEqual(['after']);
  expect([await machine.backend.count('records'), await machine.backend.count('meta')]).toEqual([0, 0]);
});

import { beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '../../../../lib/core/index.ts';
import { fromUtf8, toHex, utf8 } from '../../../../lib/core/index.ts';
import type { Address, Opener } from '../../../../lib/vault/index.ts';
import { compartmentPrefix, readCompartment } from '../../../../lib/vault/index.ts';
import { MARK, Machine, OTHER_PASSWORD, PASSWORD, byPassword } from '../../../fixtures/vault/machine.ts';
import { Authenticator } from '../../../fixtures/vault/passkeys.ts';

const RECORD: Address = { label: `${compartmentPrefix('health')}record/one`, index: 0 };
const DIAGNOSIS = 'nobody’s business';
const ATTRIBUTES = [
  { label: 'My shoe size', type: 'number', value: '43.5', tier: 1 },
  { label: 'A quiet worry', type: 'text', value: 'only for reasoning', tier: 2 },
] as const;

const origin = new Machine();
const key = new Authenticator();
let phrase: string;
let machine: Machine;
let words: string[];

/** A vault with records of every tier, moved. */
beforeAll(async () => {
  const worker = origin.worker();
  phrase = (await worker.create({ password: PASSWORD, mark: MARK })).words.join(' ');
  const attributes = origin.attributes(await worker.open());
  for (const attribute of ATTRIBUTES) await attributes.add(attribute);
  await key.join(worker);
  await worker.grant(byPassword(), (grant) =>
    grant.vault.transact(async (tx) => {
      const compartment = await grant.ensureCompartment(tx, 'health');
      tx.put(RECORD, 3, compartment.seal(RECORD, utf8(DIAGNOSIS)));
    }),
  );
  machine = await origin.fork();
  words = (await machine.worker().move({ opener: byPassword(), password: OTHER_PASSWORD })).words;
});

const read = (worker = machine.worker(), opener: Opener = byPassword(OTHER_PASSWORD)): Promise<string> =>
  worker.grant(opener, async (grant) => {
    const compartment = await grant.compartment(grant.vault, 'health');
    return fromUtf8(compartment.open(RECORD, (await grant.vault.get(RECORD, 3)) ?? utf8('')));
  });

const rowsOf = async ({ backend }: Machine): Promise<ReadonlyMap<string, Bytes>> =>
  new Map((await backend.entries('records')).map(([id, row]) => [toHex(id), row]));

describe('a vault that was moved', () => {
  test('is open, has everything of every tier, and only the new password opens it', async () => {
    const moved = await machine.fork();
    const list = async () => await moved.attributes(await moved.worker().open()).list();
    expect((await list()).map(({ label, value }) => ({ label, value }))).toEqual(
      ATTRIBUTES.map(({ label, value }) => ({ label, value })),
    );
    expect(await read(moved.worker())).toBe(DIAGNOSIS);
    moved.endBrowser();
    await expect(moved.worker().unlock(byPassword())).rejects.toMatchObject({ reason: 'wrong_password' });
    await moved.worker().unlock(byPassword(OTHER_PASSWORD));
    expect(await list()).toHaveLength(2);
    expect(await read(moved.worker())).toBe(DIAGNOSIS);
  });

  test('has new words, which are unconfirmed; the old ones are another vault’s', async () => {
    expect(words).toHaveLength(24);
    expect(words.join(' ')).not.toBe(phrase);
    const moved = await machine.fork();
    expect((await moved.worker().revealPhrase(byPassword(OTHER_PASSWORD))).words).toEqual(words);
    expect(await moved.worker().phraseUnconfirmed()).toBe(true);
    const reset = { phrase, password: PASSWORD };
    await expect(moved.worker().resetPassword(reset)).rejects.toMatchObject({ reason: 'wrong_phrase' });
  });

  test('shares no key and no row with the old one', async () => {
    const [before, after] = [await origin.worker().open(), await machine.worker().open()];
    for (const name of ['sealing', 'addressing', 'identity', 'audit', 'tier2'] as const) {
      expect(after.keys[name].expose()).not.toEqual(before.keys[name].expose());
    }
    const swept = await machine.fork();
    await swept.worker().finish();
    const [old, fresh] = [await rowsOf(origin), await rowsOf(swept)];
    expect([...fresh.keys()].filter((id) => old.has(id))).toEqual([]);
    expect(await (await swept.worker().open()).check()).toMatchObject({ missing: 0, altered: 0, strangers: 0 });
    expect((await swept.backend.entries('meta')).filter(([name]) => name.startsWith('moving'))).toEqual([]);
  });

  test('raises no alarm about the rows of the old one, swept or not', async () => {
    for (const finish of [false, true]) {
      const moved = await machine.fork();
      if (finish) await moved.worker().finish();
      moved.endBrowser();
      const worker = moved.worker();
      await worker.unlock(byPassword(OTHER_PASSWORD));
      expect(await worker.countRows()).toBe(false);
    }
  });

  test('has compartments under new keys, with the ids by which records name them', async () => {
    const [before, after] = [await origin.worker().open(), await machine.worker().open()];
    const [old, fresh] = [await readCompartment(before, 'health'), await readCompartment(after, 'health')];
    expect(fresh).toMatchObject({ id: old?.id, madeAt: old?.madeAt });
    expect(fresh?.wrap).not.toEqual(old?.wrap);
    expect(await before.get(RECORD, 3)).not.toEqual(await after.get(RECORD, 3));
  });

  test('has no passkey: one is made for its vault', async () => {
    const moved = await machine.fork();
    expect(await moved.worker().passkeyHandles()).toEqual([]);
    expect(await moved.worker().passkeys()).toEqual([]);
    const before = await origin.worker().preparePasskey();
    const after = await moved.worker().preparePasskey();
    expect(after.salt).not.toBe(before.salt);
    expect(after.userId).not.toBe(before.userId);
    await key.join(moved.worker(), 'again', byPassword(OTHER_PASSWORD));
    moved.endBrowser();
    await moved.worker().unlock(await key.opener(moved.worker()));
  });

  test('goes on with its log, which says so', async () => {
    const log = machine.log(await machine.worker().open());
    const kinds = (await log.page({ limit: 100 })).map(({ kind }) => kind);
    expect(kinds[0]).toBe('vault.moved');
    expect(kinds.at(-1)).toBe('vault.created');
    expect(kinds).toHaveLength((await origin.log(await origin.worker().open()).count()) + 1);
  });

  test('has a log that verifies across the move, signatures of the old vault included', async () => {
    const long = await origin.fork();
    const worker = long.worker();
    await long.log(await worker.open()).transact(async (tx) => {
      for (let i = 0; i < 300; i++) await tx.log({ kind: 'attribute.changed' });
    });
    const before = await long.log(await worker.open()).checkpoint();
    await worker.move({ opener: byPassword(), password: OTHER_PASSWORD });
    const log = long.log(await worker.open());
    expect(await (await log.verify(before)).run()).toMatchObject({ done: true });
    expect((await (await log.verify(before)).run()).problem).toBeUndefined();
  });

  test('keeps its mark, or takes another', async () => {
    expect(await machine.worker().mark()).toEqual(MARK);
    const other = await origin.fork();
    const mark = { shape: 'star', colour: 'red' };
    await other.worker().move({ opener: await key.opener(other.worker()), password: OTHER_PASSWORD, mark });
    expect(await other.worker().mark()).toEqual(mark);
  });

  test('may be moved again', async () => {
    const moved = await machine.fork();
    await moved.worker().move({ opener: byPassword(OTHER_PASSWORD), password: PASSWORD });
    expect(await read(moved.worker(), byPassword())).toBe(DIAGNOSIS);
    await moved.worker().finish();
    expect(await (await moved.worker().open()).check()).toMatchObject({ missing: 0, altered: 0, strangers: 0 });
  });
});

describe('moving', () => {
  test.each<[string, object, object]>([
    ['a wrong password', { opener: byPassword('wrong password') }, { reason: 'wrong_password' }],
    ['a short new password', { password: 'short' }, { reason: 'bad_request', field: 'password' }],
    ['a mark that is none', { mark: { shape: '<', colour: '' } }, { reason: 'bad_request', field: 'mark' }],
  ])('is refused with %s, and changes nothing', async (_what, change, error) => {
    const standing = await origin.fork();
    const order = { opener: byPassword(), password: OTHER_PASSWORD, ...change };
    const rows = await rowsOf(standing);
    await expect(standing.worker().move(order)).rejects.toMatchObject(error);
    expect(await rowsOf(standing)).toEqual(rows);
  });

  test('is refused while locked', async () => {
    const locked = await origin.fork();
    locked.endBrowser();
    const move = locked.worker().move({ opener: byPassword(), password: OTHER_PASSWORD });
    await expect(move).rejects.toMatchObject({ reason: 'locked' });
  });

  test('loses no write: one that comes meanwhile is told that it did not happen', async () => {
    const busy = await origin.fork();
    const worker = busy.worker();
    const vault = await worker.open();
    const move = worker.move({ opener: byPassword(), password: OTHER_PASSWORD });
    const writes = Array.from({ length: 20 }, async (_, i) => {
      await Promise.resolve();
      await vault.transact((tx) => {
        tx.put({ label: `data/late/${i}`, index: 0 }, 1, utf8('late'));
        return Promise.resolve();
      });
      return i;
    });
    const outcomes = await Promise.allSettled(writes);
    await move;
    const after = await worker.open();
    for (const [i, { status }] of outcomes.entries()) {
      const there = (await after.tierOf({ label: `data/late/${i}`, index: 0 })) !== undefined;
      expect(there).toBe(status === 'fulfilled');
    }
  });

  test('that meets a record it cannot read leaves the old vault as it was', async () => {
    const broken = await origin.fork();
    const vault = await broken.worker().open();
    const [row] = (await vault.locate(RECORD)).rows;
    if (row === undefined) throw new Error('no row');
    await broken.backend.batch([{ store: 'records', key: row, value: undefined }], []);
    const move = broken.worker().move({ opener: byPassword(), password: OTHER_PASSWORD });
    await expect(move).rejects.toMatchObject({ reason: 'vault_damaged' });
    broken.endBrowser();
    await broken.worker().unlock(byPassword());
    expect(await broken.attributes(await broken.worker().open()).list()).toHaveLength(2);
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { equalBytes } from '../../../../lib/core/index.ts';
import { Fuse, mortal } from '../../../fixtures/vault/dying.ts';
import { dieEverywhere, outcomeOf } from '../../../fixtures/vault/kill-points.ts';
import { MARK, Machine, OTHER_PASSWORD, PASSWORD, byPassword } from '../../../fixtures/vault/machine.ts';

const LABEL = 'My shoe size';
const INPUT = { label: LABEL, type: 'number', value: '43.5', tier: 1 } as const;

const filled = new Machine();
let phrase: string;

beforeAll(async () => {
  const worker = filled.worker();
  phrase = (await worker.create({ password: PASSWORD, mark: MARK })).words.join(' ');
  await filled.attributes(await worker.open()).add(INPUT);
});

const locked = async (): Promise<Machine> => {
  const machine = await filled.fork();
  machine.endBrowser();
  return machine;
};

/** The password that opens the vault after the browser was started again. */
async function passwordThatOpens(machine: Machine): Promise<string> {
  machine.endBrowser();
  machine.clock.now += 3_600_000;
  for (const password of await likelyPasswords(machine)) {
    const opened = await machine
      .worker()
      .unlock(byPassword(password))
      .then(() => true)
      .catch((error: unknown) => {
        expect(error).toMatchObject({ reason: 'wrong_password' });
        return false;
      });
    if (opened) return password;
  }
  throw new Error('no password opens the vault');
}

/** Both, the likelier first: each try takes a while. */
async function likelyPasswords(machine: Machine): Promise<string[]> {
  const [now, then] = await Promise.all([machine, filled].map(({ backend }) => backend.get('meta', 'header')));
  const changed = now !== undefined && then !== undefined && !equalBytes(now, then);
  return changed ? [OTHER_PASSWORD, PASSWORD] : [PASSWORD, OTHER_PASSWORD];
}

async function assertWhole(machine: Machine, attributes: readonly string[]): Promise<void> {
  const vault = await machine.worker().open();
  expect((await machine.attributes(vault).list()).map(({ label }) => label)).toEqual(attributes);
  expect(await machine.log(vault).verifyChain()).toMatchObject({ ok: true });
}

describe('whenever the worker dies', () => {
  test('creating leaves no vault, or the whole of it', { timeout: 120_000 }, async () => {
    const deaths = await dieEverywhere(
      async () => Promise.resolve(new Machine()),
      (worker) => worker.create({ password: PASSWORD, mark: MARK }),
      async (machine, outcome) => {
        const state = await machine.worker().state();
        expect(state).not.toBe('damaged');
        if (outcome === 'done') expect(state).toBe('unlocked');
        if (state === 'none') await machine.worker().create({ password: PASSWORD, mark: MARK });
        machine.endBrowser();
        await machine.worker().unlock(byPassword(PASSWORD));
        await assertWhole(machine, []);
      },
    );
    expect(deaths).toBeGreaterThan(3);
  });

  test('unlocking leaves the vault locked or unlocked, and whole', { timeout: 120_000 }, async () => {
    await dieEverywhere(
      locked,
      (worker) => worker.unlock(byPassword(PASSWORD)),
      async (machine, outcome) => {
        const state = await machine.worker().state();
        expect(outcome === 'done' ? ['unlocked'] : ['locked', 'unlocked']).toContain(state);
        expect(await passwordThatOpens(machine)).toBe(PASSWORD);
        await assertWhole(machine, [LABEL]);
      },
    );
  });

  test('an acknowledged write is there, and one that was not is there whole or not at all', async () => {
    await dieEverywhere(
      () => filled.fork(),
      async (worker, machine) => {
        const attributes = machine.attributes(await worker.open());
        await attributes.add({ ...INPUT, label: 'second' });
        await attributes.add({ ...INPUT, label: 'third' });
      },
      async (machine, outcome) => {
        const vault = await machine.worker().open();
        const labels = (await machine.attributes(vault).list()).map(({ label }) => label);
        expect([LABEL, 'second', 'third'].slice(0, labels.length)).toEqual(labels);
        if (outcome === 'done') expect(labels).toHaveLength(3);
        await assertWhole(machine, labels);
        const kinds = (await machine.log(vault).page({ limit: 9 })).map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind === 'attribute.added')).toHaveLength(labels.length);
        expect(kinds).not.toContain('vault.anchor_missing');
      },
    );
  });

  test('changing the password leaves exactly one password that opens everything', { timeout: 120_000 }, async () => {
    await dieEverywhere(
      () => filled.fork(),
      (worker) => worker.changePassword({ current: byPassword(PASSWORD), next: OTHER_PASSWORD }),
      async (machine, outcome) => {
        expect(await machine.worker().state()).toBe('unlocked');
        const password = await passwordThatOpens(machine);
        if (outcome === 'done') expect(password).toBe(OTHER_PASSWORD);
        await assertWhole(machine, [LABEL]);
      },
    );
  });

  test('resetting it leaves the old password or the new one, and Tier 1 whole', { timeout: 120_000 }, async () => {
    await dieEverywhere(
      locked,
      (worker) => worker.resetPassword({ phrase, password: OTHER_PASSWORD }),
      async (machine, outcome) => {
        expect(await machine.worker().state()).not.toBe('damaged');
        const password = await passwordThatOpens(machine);
        if (outcome === 'done') expect(password).toBe(OTHER_PASSWORD);
        await assertWhole(machine, [LABEL]);
      },
    );
  });

  test('restoring over a vault leaves the old one, none, or the new one', { timeout: 120_000 }, async () => {
    const restore = {
      phrase: 'abandon '.repeat(23) + 'art',
      password: OTHER_PASSWORD,
      mark: MARK,
      eraseExisting: true,
    };
    await dieEverywhere(
      locked,
      (worker) => worker.restore(restore),
      async (machine, outcome) => {
        const state = await machine.worker().state();
        expect(state).not.toBe('damaged');
        if (outcome === 'done') expect(state).toBe('unlocked');
        if (state === 'none') await machine.worker().restore(restore);
        const password = await passwordThatOpens(machine);
        await assertWhole(machine, password === PASSWORD ? [LABEL] : []);
      },
    );
  });

  test('erasing, once begun, is finished by the next worker', async () => {
    await dieEverywhere(
      () => filled.fork(),
      (worker) => worker.erase(),
      async (machine) => {
        if ((await machine.worker().state()) === 'unlocked') return assertWhole(machine, [LABEL]);
        expect(await machine.worker().state()).toBe('none');
        await machine.worker().finish();
        for (const store of ['records', 'meta', 'requests'] as const)
          expect(await machine.backend.count(store)).toBe(0);
        await expect(machine.worker().unlock(byPassword(PASSWORD))).rejects.toMatchObject({ reason: 'no_vault' });
      },
    );
  });

  test('locking leaves it locked, or as it was', async () => {
    await dieEverywhere(
      () => filled.fork(),
      (worker) => worker.lock('person'),
      async (machine, outcome) => {
        const state = await machine.worker().state();
        expect(outcome === 'done' ? ['locked'] : ['locked', 'unlocked']).toContain(state);
        if (state === 'unlocked') await assertWhole(machine, [LABEL]);
      },
    );
  });

  test('a wrong password counts, even when the worker dies while it is tried', async () => {
    const machine = await locked();
    for (let i = 0; i < 5; i++) {
      const fuse = new Fuse(1);
      expect(await outcomeOf(machine.worker(mortal(machine, fuse)).unlock(byPassword('wrong password')))).toBe('died');
    }
    await expect(machine.worker().unlock(byPassword(PASSWORD))).rejects.toMatchObject({ reason: 'wait' });
  });
});

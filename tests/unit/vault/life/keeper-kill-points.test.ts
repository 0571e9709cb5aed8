import { beforeAll, describe, expect, test } from 'vitest';
import { equalBytes, fromUtf8, utf8 } from '../../../../lib/core/index.ts';
import type { Address, Opener } from '../../../../lib/vault/index.ts';
import { compartmentPrefix } from '../../../../lib/vault/index.ts';
import { Fuse, mortal } from '../../../fixtures/vault/dying.ts';
import { dieEverywhere, outcomeOf } from '../../../fixtures/vault/kill-points.ts';
import { MARK, Machine, OTHER_PASSWORD, PASSWORD, byPassword } from '../../../fixtures/vault/machine.ts';
import { Authenticator } from '../../../fixtures/vault/passkeys.ts';

const LABEL = 'My shoe size';
const INPUT = { label: LABEL, type: 'number', value: '43.5', tier: 1 } as const;
const at = (id: number): Address => ({ label: `${compartmentPrefix('health')}record/${id}`, index: 0 });
const DIAGNOSIS = 'nobody’s business';

const filled = new Machine();
const laptop = new Authenticator();
const phone = new Authenticator();
let phrase: string;

/** A vault with a record, a passkey and a compartment with records. */
beforeAll(async () => {
  const worker = filled.worker();
  phrase = (await worker.create({ password: PASSWORD, mark: MARK })).words.join(' ');
  await filled.attributes(await worker.open()).add(INPUT);
  await laptop.join(worker);
  await worker.grant(byPassword(), (grant) =>
    grant.vault.transact(async (tx) => {
      const compartment = await grant.ensureCompartment(tx, 'health');
      for (const address of [at(0), at(1)]) tx.put(address, 3, compartment.seal(address, utf8(DIAGNOSIS)));
    }),
  );
});

const unlocked = (): Promise<Machine> => filled.fork();
const locked = async (): Promise<Machine> => {
  const machine = await filled.fork();
  machine.endBrowser();
  return machine;
};

const deadline = { timeout: 240_000 };

/** Whether this opens the vault after the browser was started again; a wrong one says so and nothing else. */
async function opens(machine: Machine, opener: Opener): Promise<boolean> {
  machine.endBrowser();
  machine.clock.now += 3_600_000;
  try {
    await machine.worker().unlock(opener);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ reason: 'wrong_password' });
    return false;
  }
}

/** The password that opens it, the likelier tried first: each try takes a while. */
async function passwordOf(machine: Machine): Promise<string> {
  const [now, then] = await Promise.all([machine, filled].map(({ backend }) => backend.get('meta', 'header')));
  const changed = now !== undefined && then !== undefined && !equalBytes(now, then);
  for (const password of changed ? [OTHER_PASSWORD, PASSWORD] : [PASSWORD, OTHER_PASSWORD]) {
    if (await opens(machine, byPassword(password))) return password;
  }
  throw new Error('no password opens the vault');
}

/** Everything reads, the log holds, the rows are the vault's own, and nobody is alarmed. */
async function assertWhole(machine: Machine, attributes: readonly string[] = [LABEL]): Promise<void> {
  const worker = machine.worker();
  const vault = await worker.open();
  expect(await worker.countRows()).toBe(false);
  await worker.finish();
  expect((await machine.attributes(vault).list()).map(({ label }) => label)).toEqual(attributes);
  expect(await vault.check()).toMatchObject({ missing: 0, altered: 0, strangers: 0 });
  expect(await vault.rowsDiffer()).toBe(false);
  const kinds = (await machine.log(vault).page({ limit: 50 })).map(({ kind }) => kind);
  for (const alarm of ['vault.anchor_missing', 'vault.rows_differ', 'vault.header_recovered']) {
    expect(kinds).not.toContain(alarm);
  }
}

const readTier3 = (machine: Machine, password: string, id = 0): Promise<string> =>
  machine.worker().grant(byPassword(password), async (grant) => {
    const compartment = await grant.compartment(grant.vault, 'health');
    return fromUtf8(compartment.open(at(id), (await grant.vault.get(at(id), 3)) ?? utf8('')));
  });

describe('whenever the worker dies', () => {
  test('unlocking with a passkey leaves the vault locked or unlocked, and whole', deadline, async () => {
    await dieEverywhere(
      locked,
      async (worker) => worker.unlock(await laptop.opener(worker)),
      async (machine, outcome) => {
        const state = await machine.worker().state();
        expect(outcome === 'done' ? ['unlocked'] : ['locked', 'unlocked']).toContain(state);
        expect(await opens(machine, await laptop.opener(machine.worker()))).toBe(true);
        await assertWhole(machine);
      },
    );
  });

  test('adding a passkey leaves it in or out, and every other way in', deadline, async () => {
    const deaths = await dieEverywhere(
      unlocked,
      async (worker) => phone.join(worker, 'Phone', await laptop.opener(worker)),
      async (machine, outcome) => {
        expect(await machine.worker().state()).toBe('unlocked');
        const handles = (await machine.worker().passkeyHandles()).map(({ id }) => id);
        if (outcome === 'done') expect(handles).toContain(phone.id);
        expect((await machine.worker().passkeys()).map(({ name }) => name)).not.toContain('');
        for (const authenticator of [laptop, phone]) {
          const opener = await authenticator.opener(machine.worker());
          expect(await opens(machine, opener)).toBe(handles.includes(authenticator.id));
        }
        expect(await opens(machine, byPassword())).toBe(true);
        await assertWhole(machine);
      },
    );
    expect(deaths).toBeGreaterThan(2);
  });

  test('removing a passkey leaves it in or out, and the password', deadline, async () => {
    await dieEverywhere(
      unlocked,
      (worker) => worker.removePasskey(laptop.id),
      async (machine, outcome) => {
        const handles = (await machine.worker().passkeyHandles()).map(({ id }) => id);
        if (outcome === 'done') expect(handles).toEqual([]);
        const { salt } = (await filled.worker().passkeyHandles())[0] ?? { salt: '' };
        const opener: Opener = { kind: 'passkey', id: laptop.id, prf: await laptop.answer(salt) };
        expect(await opens(machine, opener)).toBe(handles.includes(laptop.id));
        expect(await opens(machine, byPassword())).toBe(true);
        await assertWhole(machine);
      },
    );
  });

  test('a new password by a passkey leaves one password and the passkey', deadline, async () => {
    await dieEverywhere(
      unlocked,
      async (worker) => worker.changePassword({ current: await laptop.opener(worker), next: OTHER_PASSWORD }),
      async (machine, outcome) => {
        expect(await machine.worker().state()).toBe('unlocked');
        const password = await passwordOf(machine);
        if (outcome === 'done') expect(password).toBe(OTHER_PASSWORD);
        await assertWhole(machine);
        expect(await opens(machine, await laptop.opener(machine.worker()))).toBe(true);
      },
    );
  });

  test('resetting by the words leaves all ways in, or the new password alone', deadline, async () => {
    const { salt } = (await filled.worker().passkeyHandles())[0] ?? { salt: '' };
    await dieEverywhere(
      locked,
      (worker) => worker.resetPassword({ phrase, password: OTHER_PASSWORD }),
      async (machine, outcome) => {
        const password = await passwordOf(machine);
        if (outcome === 'done') expect(password).toBe(OTHER_PASSWORD);
        await assertWhole(machine);
        const opener: Opener = { kind: 'passkey', id: laptop.id, prf: await laptop.answer(salt) };
        expect(await opens(machine, opener)).toBe(password === PASSWORD);
      },
    );
  });

  test(
    'erasing the vault leaves all of it, or nothing that opens, and the next worker finishes',
    deadline,
    async () => {
      await dieEverywhere(
        unlocked,
        async (worker) => {
          await worker.erase();
          await worker.finish();
        },
        async (machine, outcome) => {
          const state = await machine.worker().state();
          expect(outcome === 'done' ? ['none'] : ['none', 'unlocked']).toContain(state);
          if (state === 'unlocked') return assertWhole(machine);
          await expect(machine.worker().unlock(byPassword())).rejects.toMatchObject({ reason: 'no_vault' });
          await machine.worker().finish();
          for (const store of ['records', 'meta', 'requests'] as const) {
            expect(await machine.backend.count(store)).toBe(0);
          }
          const session = machine.session.dump();
          expect([...machine.local.dump().keys()].filter((key) => !['autoLock', 'attempts'].includes(key))).toEqual([]);
          if (outcome === 'done') expect([...machine.local.dump().keys(), ...session.keys()]).toEqual([]);
          await machine.worker().create({ password: OTHER_PASSWORD, mark: MARK });
        },
      );
    },
  );

  test('erasing a compartment leaves it whole, or nothing of it that opens', deadline, async () => {
    await dieEverywhere(
      unlocked,
      async (worker) => {
        await worker.eraseCompartment('health');
        await worker.finish();
      },
      async (machine, outcome) => {
        expect(await machine.worker().state()).toBe('unlocked');
        const stands = (await machine.worker().compartments()).length > 0;
        if (outcome === 'done') expect(stands).toBe(false);
        if (stands) expect(await readTier3(machine, PASSWORD)).toBe(DIAGNOSIS);
        else await expect(readTier3(machine, PASSWORD)).rejects.toMatchObject({ reason: 'not_found' });
        await assertWhole(machine);
        const vault = await machine.worker().open();
        for (const id of [0, 1]) expect(await vault.tierOf(at(id))).toBe(stands ? 3 : undefined);
      },
    );
  });

  test('making a compartment and sealing into it leaves both or neither', deadline, async () => {
    const address: Address = { label: `${compartmentPrefix('payment')}record/0`, index: 0 };
    await dieEverywhere(
      unlocked,
      async (worker) =>
        worker.grant(await laptop.opener(worker), (grant) =>
          grant.vault.transact(async (tx) => {
            const compartment = await grant.ensureCompartment(tx, 'payment');
            tx.put(address, 3, compartment.seal(address, utf8('4111 1111')));
          }),
        ),
      async (machine, outcome) => {
        const names = (await machine.worker().compartments()).map(({ name }) => name);
        const there = (await (await machine.worker().open()).tierOf(address)) !== undefined;
        expect(names.includes('payment')).toBe(there);
        if (outcome === 'done') expect(there).toBe(true);
        await assertWhole(machine);
      },
    );
  });

  test('moving to a new vault leaves the old one or the new one, never neither and never both', deadline, async () => {
    const deaths = await dieEverywhere(
      unlocked,
      async (worker) => {
        await worker.move({ opener: await laptop.opener(worker), password: OTHER_PASSWORD });
        await worker.finish();
      },
      async (machine, outcome) => {
        expect(await machine.worker().state()).toBe('unlocked');
        const password = await passwordOf(machine);
        if (outcome === 'done') expect(password).toBe(OTHER_PASSWORD);
        await assertWhole(machine);
        expect(await readTier3(machine, password)).toBe(DIAGNOSIS);
        const other = password === PASSWORD ? OTHER_PASSWORD : PASSWORD;
        expect(await opens(machine, byPassword(other))).toBe(false);
        await machine.worker().unlock(byPassword(password));
        const { words } = await machine.worker().revealPhrase(byPassword(password));
        expect(words.join(' ') === phrase).toBe(password === PASSWORD);
        const left = (await machine.backend.entries('meta')).filter(([key]) => key.startsWith('moving'));
        expect([...left, ...[...machine.local.dump().keys()].filter((key) => key.startsWith('moving'))]).toEqual([]);
      },
    );
    expect(deaths).toBeGreaterThan(8);
  });

  test('recovering the header from its mirror leaves a vault that opens', deadline, async () => {
    await dieEverywhere(
      async () => {
        const machine = await locked();
        await machine.backend.batch([{ store: 'meta', key: 'header', value: undefined }], []);
        return machine;
      },
      async (worker) => worker.unlock(await laptop.opener(worker)),
      async (machine) => {
        expect(await opens(machine, await laptop.opener(machine.worker()))).toBe(true);
        expect((await machine.attributes(await machine.worker().open()).list()).map(({ label }) => label)).toEqual([
          LABEL,
        ]);
        expect(await machine.backend.get('meta', 'header')).toBeDefined();
      },
    );
  });

  test('a wrong passkey counts, even when the worker dies while it is tried', async () => {
    const machine = await locked();
    const wrong: Opener = { kind: 'passkey', id: laptop.id, prf: await phone.answer('c2FsdA') };
    for (let i = 0; i < 5; i++) {
      expect(await outcomeOf(machine.worker(mortal(machine, new Fuse(1))).unlock(wrong))).toBe('died');
    }
    await expect(machine.worker().unlock(byPassword())).rejects.toMatchObject({ reason: 'wait' });
  });
});

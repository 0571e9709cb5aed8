import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { INBOX_LIMITS, dropInInbox } from '../../../lib/audit/index.ts';
import { SignetError } from '../../../lib/core/index.ts';
import type { LockedDesk, VaultKeeper } from '../../../lib/vault/index.ts';
import { MARK, Machine, PASSWORD, dumpText, byPassword } from '../../fixtures/vault/machine.ts';

const origin = new Machine();
let machine: Machine;
let worker: VaultKeeper;
let desk: LockedDesk;

beforeAll(async () => {
  await origin.worker().create({ password: PASSWORD, mark: MARK });
  origin.endBrowser();
});

beforeEach(async () => {
  machine = await origin.fork();
  worker = machine.worker();
  const found = await worker.desk();
  if (found === undefined) throw new SignetError('no_vault', 'The fixture has a vault.');
  desk = found;
});

const denied = (subject: string, time = machine.clock.now) =>
  dropInInbox(desk, { kind: 'proof.denied', subject, claims: ['age_over_21'], decision: 'DENY', time });
const inboxRows = async () => (await machine.backend.entries('meta')).filter(([key]) => key.startsWith('inbox'));

async function logAfterUnlock(limit = 1_000) {
  await worker.unlock(byPassword(PASSWORD));
  return machine.log(await worker.open()).page({ limit });
}

describe('what happens while locked', () => {
  test('joins the log at unlock, in its order and with its own time, and leaves the inbox empty', async () => {
    const times = [machine.clock.now, machine.clock.now + 1_000, machine.clock.now + 2_000];
    for (const [i, time] of times.entries()) await denied(`https://${i}.example`, time);
    machine.clock.now += 60_000;
    const [unlocked, ...before] = await logAfterUnlock();
    expect(unlocked).toMatchObject({ kind: 'vault.unlocked', time: machine.clock.now });
    expect(before.slice(0, 3).map(({ time }) => time)).toEqual(times.toReversed());
    expect(before[0]).toMatchObject({ subject: 'https://2.example', claims: ['age_over_21'], decision: 'DENY' });
    expect(await inboxRows()).toEqual([]);
    expect(await machine.log(await worker.open()).verifyChain()).toMatchObject({ ok: true });
  });

  test('shows no reader of the rows which site it was', async () => {
    await denied('https://clinic.example');
    const dump = await dumpText(machine);
    expect(dump).not.toContain('clinic');
    expect(dump).not.toContain('age_over_21');
  });

  test('is kept up to a limit per site; the rest is counted', async () => {
    for (let i = 0; i < INBOX_LIMITS.perSubject + 7; i++) await denied('https://flood.example');
    await denied('https://quiet.example');
    const entries = await logAfterUnlock();
    const of = (subject: string) => entries.filter((entry) => entry.subject === subject).length;
    expect(of('https://flood.example')).toBe(INBOX_LIMITS.perSubject);
    expect(of('https://quiet.example')).toBe(1);
    expect(entries.filter(({ kind }) => kind === 'inbox.dropped')).toMatchObject([{ subject: '7' }]);
  });

  test('is kept up to a limit in all, however many sites there are', async () => {
    for (let i = 0; i < INBOX_LIMITS.inAll + 3; i++) await denied(`https://${i}.example`);
    const entries = await logAfterUnlock();
    expect(entries.filter(({ kind }) => kind === 'proof.denied')).toHaveLength(INBOX_LIMITS.inAll);
    expect(entries.filter(({ kind }) => kind === 'inbox.dropped')).toMatchObject([{ subject: '3' }]);
  });

  test('is kept when two things happen at once', async () => {
    await Promise.all([denied('https://a.example'), denied('https://b.example'), denied('https://c.example')]);
    expect(await inboxRows()).toHaveLength(3);
  });

  test('counts as dropped when somebody altered or moved it, and never keeps the vault shut', async () => {
    await denied('https://a.example');
    await denied('https://b.example');
    await denied('https://c.example');
    const [[firstKey, first] = ['', new Uint8Array()], [secondKey, second] = ['', new Uint8Array()]] =
      await inboxRows();
    await machine.backend.batch(
      [
        { store: 'meta', key: firstKey, value: second },
        { store: 'meta', key: secondKey, value: first.slice(0, 10) },
      ],
      [],
    );
    const entries = await logAfterUnlock();
    expect(entries.filter(({ kind }) => kind === 'proof.denied')).toMatchObject([{ subject: 'https://c.example' }]);
    expect(entries.filter(({ kind }) => kind === 'inbox.dropped')).toMatchObject([{ subject: '2' }]);
  });

  test('tells why the vault was locked', async () => {
    await worker.unlock(byPassword(PASSWORD));
    await worker.lock('system');
    const [, locked] = await logAfterUnlock();
    expect(locked).toMatchObject({ kind: 'vault.locked', subject: 'system' });
  });
});

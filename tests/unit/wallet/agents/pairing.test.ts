import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toBase64url } from '../../../../lib/core/index.ts';
import { AgentKey, AgentWorker, ASKS, beginPairing, hello, isOf } from '../../../fixtures/agent-wallet.ts';
import { forkWith } from '../../../fixtures/licensed-wallet.ts';
import { emptyMachine } from '../../../fixtures/spending-wallet.ts';
import type { Machine } from '../../../fixtures/vault/machine.ts';

let prepared: Machine;
let machine: Machine;
let wallet: AgentWorker;

beforeAll(async () => {
  prepared = await emptyMachine();
});

beforeEach(async () => {
  machine = await forkWith(prepared);
  wallet = await AgentWorker.on(machine);
});

const view = () => wallet.route('agents.pairing.state', {});
const agents = async () => (await wallet.route('agents.list', {})).agents;
const confirm = (digits: string) =>
  wallet.route('agents.pairing.confirm', { digits, name: 'Helper', role: 'public', limits: ASKS });

/** A program that has come as far as its digits. */
async function compared(key = new AgentKey()) {
  await wallet.route('agents.pairing.start', {});
  const program = wallet.connect();
  const begun = await beginPairing(program, key);
  program.say({ type: 'pair.reveal', agentNonce: begun.agentNonce });
  await wallet.until(async () => (await view()).step === 'compare');
  return { key, program, ...begun };
}

describe('a pairing', () => {
  test('makes an agent of a program whose digits the person has compared', async () => {
    const { key, program, digits } = await compared();
    expect(await view()).toMatchObject({ step: 'compare', name: 'A program', digits });
    expect(await confirm(digits)).toEqual({ id: key.id });
    expect(await program.next(isOf('pair.done'))).toEqual({ type: 'pair.done', agent: key.id, name: 'Helper' });
    expect(await agents()).toMatchObject([{ id: key.id, name: 'Helper', state: 'active', asked: 0, limits: ASKS }]);
    expect((await wallet.log())[0]).toMatchObject({ kind: 'agent.paired', subject: key.id });
  });

  test('lets the program in on its next connection', async () => {
    const key = await wallet.pairs();
    expect(await hello(wallet.connect(), key)).toEqual({ type: 'welcome', agent: key.id, name: 'Helper' });
  });

  test('goes to one of fifty who confirm at once', async () => {
    const { digits } = await compared();
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => confirm(digits)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await agents()).toHaveLength(1);
  });

  test('is refused while the person has it closed, and like that while another program is at it', async () => {
    const key = new AgentKey();
    const early = wallet.connect();
    early.say({ type: 'pair.begin', publicKey: key.publicKey, commitment: key.publicKey, name: 'x' });
    const closed = await early.next(isOf('failed'));
    await compared();
    const second = wallet.connect();
    second.say({ type: 'pair.begin', publicKey: key.publicKey, commitment: key.publicKey, name: 'x' });
    expect(await second.next(isOf('failed'))).toEqual(closed);
    expect((await view()).step).toBe('compare');
  });

  test('ends with a program that shows another nonce than it fixed, or another key', async () => {
    await wallet.route('agents.pairing.start', {});
    const program = wallet.connect();
    await beginPairing(program, new AgentKey());
    program.say({ type: 'pair.reveal', agentNonce: toBase64url(new Uint8Array(16)) });
    await program.ended();
    expect(await view()).toMatchObject({ step: 'closed', ended: 'refused' });
  });

  test('is one try: a program that knows our nonce and leaves cannot begin anew', async () => {
    await wallet.route('agents.pairing.start', {});
    const program = wallet.connect();
    await beginPairing(program, new AgentKey());
    program.leave();
    await wallet.until(async () => (await view()).step === 'closed');
    expect(await view()).toMatchObject({ ended: 'gone' });
    const again = wallet.connect();
    const { publicKey } = new AgentKey();
    again.say({ type: 'pair.begin', publicKey, commitment: publicKey, name: 'x' });
    expect(await again.next(isOf('failed'))).toMatchObject({ error: { reason: 'denied' } });
  });

  test('does not let one program reveal for another', async () => {
    await wallet.route('agents.pairing.start', {});
    const { agentNonce } = await beginPairing(wallet.connect(), new AgentKey());
    const other = wallet.connect();
    other.say({ type: 'pair.reveal', agentNonce });
    await other.ended();
    expect((await view()).step).toBe('begun');
  });

  test.each(['000000', '123456'])('is not confirmed by other digits, as %s', async (digits) => {
    const shown = await compared();
    if (shown.digits === digits) return; // one in a million
    await expect(confirm(digits)).rejects.toMatchObject({ reason: 'changed', field: 'digits' });
    expect(await agents()).toEqual([]);
  });

  test('ends after five minutes, and its digits with it', async () => {
    const { digits } = await compared();
    machine.clock.now += 5 * 60_000;
    expect(await view()).toMatchObject({ step: 'closed', ended: 'timed_out' });
    await expect(confirm(digits)).rejects.toMatchObject({ reason: 'changed' });
  });

  test('ends when the vault is locked, and the program hears of it', async () => {
    const { program, digits } = await compared();
    await wallet.route('wallet.lock', {});
    expect(await program.next(isOf('failed'))).toMatchObject({ error: { reason: 'denied' } });
    await expect(confirm(digits)).rejects.toMatchObject({ reason: 'locked' });
  });

  test('ends when the person says that the digits differ', async () => {
    const { program } = await compared();
    await wallet.route('agents.pairing.cancel', {});
    await program.ended();
    expect(await agents()).toEqual([]);
  });

  test('of a key that is paired, or was and is revoked, makes nothing of it', async () => {
    const key = await wallet.pairs();
    await expect(confirm((await compared(key)).digits)).rejects.toMatchObject({ reason: 'changed' });
    await wallet.route('agents.revoke', { id: key.id });
    const again = await compared(key);
    await expect(confirm(again.digits)).rejects.toMatchObject({ reason: 'changed' });
    expect(await again.program.next(isOf('failed'))).toMatchObject({ error: { reason: 'denied' } });
    expect(await agents()).toMatchObject([{ id: key.id, state: 'revoked' }]);
  });

  test('does not survive the worker', async () => {
    const { digits } = await compared();
    wallet = await AgentWorker.on(machine);
    expect((await view()).step).toBe('closed');
    await expect(confirm(digits)).rejects.toMatchObject({ reason: 'changed' });
  });

  test('goes on after the extension was started anew for it, for as long as it was open', async () => {
    const { until } = (await wallet.route('agents.pairing.start', {})) as { until: number };
    expect(await wallet.route('agents.reload', { lose: false })).toEqual({ waiting: 0 });
    expect(wallet.wallet.reloads()).toBe(1);
    machine.endBrowser();
    machine.clock.now += 60_000;
    wallet = await AgentWorker.on(machine);
    await wallet.wallet.agents.start();
    expect(await view()).toMatchObject({ step: 'open', until });
    expect(wallet.wallet.resumes()).toBe(1);
    wallet = await AgentWorker.on(machine);
    await wallet.wallet.agents.start();
    expect((await view()).step).toBe('closed');
    expect(wallet.wallet.resumes()).toBe(0);
  });

  test('loses nothing that waits by a new start unless the person knows', async () => {
    await wallet.wants({ kind: 'enrol', domain: 'shop.example', purpose: 'To know you again' });
    await wallet.route('agents.pairing.start', {});
    expect(await wallet.route('agents.reload', { lose: false })).toEqual({ waiting: 1 });
    expect(wallet.wallet.reloads()).toBe(0);
    await wallet.route('agents.reload', { lose: true });
    expect(wallet.wallet.reloads()).toBe(1);
  });

  test('is listened for only while it is open or there is an agent', async () => {
    const { host } = wallet.wallet;
    expect(host.isWanted).toBe(false);
    await wallet.route('agents.pairing.start', {});
    expect(host.isWanted).toBe(true);
    await wallet.route('agents.pairing.cancel', {});
    await wallet.until(() => !host.isWanted);
    const { id } = await wallet.pairs();
    expect(host.isWanted).toBe(true);
    await wallet.route('wallet.lock', {});
    expect(host.isWanted).toBe(true);
    await wallet.route('wallet.unlock', { password: 'a lantern over quiet water' });
    await wallet.route('agents.revoke', { id });
    await wallet.until(() => !host.isWanted);
  });
});

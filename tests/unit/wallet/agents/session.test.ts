import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signChallenge } from '../../../../lib/agents/index.ts';
import { AgentKey, AgentWorker, callOn, hello, isOf } from '../../../fixtures/agent-wallet.ts';
import { forkWith } from '../../../fixtures/licensed-wallet.ts';
import { emptyMachine } from '../../../fixtures/spending-wallet.ts';
import type { Machine } from '../../../fixtures/vault/machine.ts';
import { PASSWORD } from '../../../fixtures/wallet.ts';

let prepared: Machine;
let key: AgentKey;
let machine: Machine;
let wallet: AgentWorker;

beforeAll(async () => {
  prepared = await emptyMachine();
  key = await (await AgentWorker.on(prepared)).pairs();
});

beforeEach(async () => {
  machine = await forkWith(prepared);
  wallet = await AgentWorker.on(machine);
});

const list = (program: Awaited<ReturnType<AgentWorker['welcomed']>>) => callOn(program, 'list_data', {});
const reasonOf = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'answered',
    (error: unknown) => (error as { reason: string }).reason, // as `callOn` throws it
  );

describe('a connection', () => {
  test('is told apart by its key, and its calls are answered, logged and counted', async () => {
    const program = await wallet.welcomed(key);
    const answer = await list(program);
    expect(answer).toMatchObject({ status: 'done', result: { data: [] } });
    const [entry] = await wallet.log();
    expect(entry).toMatchObject({ kind: 'agent.list_data', subject: key.id, decision: 'PERMIT' });
    expect(answer.receipt).toMatchObject({ sequence: entry?.seq });
    const { agents } = await wallet.route('agents.list', {});
    expect(agents).toMatchObject([{ asked: 1, lastSeenAt: machine.clock.now, client: 'A client 1', connected: true }]);
  });

  test('of a key that nobody paired ends like that of one that was revoked', async () => {
    const strange = await hello(wallet.connect(), new AgentKey());
    await wallet.route('agents.revoke', { id: key.id });
    const program = wallet.connect();
    expect(await hello(program, key)).toEqual(strange);
    expect(strange).toMatchObject({ type: 'failed', error: { reason: 'unknown_agent' } });
    await program.ended();
  });

  test('whose challenge somebody else has signed is refused in the same words', async () => {
    const strange = await hello(wallet.connect(), new AgentKey());
    expect(await hello(wallet.connect(), key, new AgentKey())).toEqual(strange);
  });

  test('takes no hello of another connection', async () => {
    const first = wallet.connect();
    const signature = signChallenge(await first.next(isOf('challenge')), key.seed);
    const second = wallet.connect();
    second.say({ type: 'hello', publicKey: key.publicKey, signature });
    expect(await second.next(isOf('failed'))).toMatchObject({ error: { reason: 'unknown_agent' } });
  });

  test('takes no hello of a connection that had its name before', async () => {
    const first = wallet.connect('same');
    const signature = signChallenge(await first.next(isOf('challenge')), key.seed);
    const second = wallet.connect('same');
    second.say({ type: 'hello', publicKey: key.publicKey, signature });
    expect(await second.next(isOf('failed'))).toMatchObject({ error: { reason: 'unknown_agent' } });
  });

  test('says hello once', async () => {
    const program = await wallet.welcomed(key);
    program.say({ type: 'hello', publicKey: key.publicKey, signature: 'A'.repeat(86) });
    await program.ended();
    expect(program.frames.at(-1)).toMatchObject({ type: 'failed', error: { reason: 'bad_request' } });
  });

  test('that calls before it says who it is gets nothing', async () => {
    expect(await reasonOf(list(wallet.connect()))).toBe('unknown_agent');
  });

  test.each([
    ['a frame that is none', { type: 'export_all' }],
    ['an answer', { type: 'answer', id: 1, answer: {} }],
    ['a list', []],
    ['nothing', null],
  ])('that says %s ends', async (_, frame) => {
    const program = await wallet.welcomed(key);
    program.say(frame);
    await program.ended();
    expect(program.frames.at(-1)).toMatchObject({ type: 'failed', error: { reason: 'bad_request' } });
  });

  test.each([
    ['what is no envelope', 'frame'],
    ['an envelope with more in it', { kind: 'opened', connection: 'x', agent: 'y' }],
    ['a frame of nobody', { kind: 'frame', connection: 'nobody', frame: {} }],
    ['that nobody left', { kind: 'closed', connection: 'nobody' }],
    ['what only the wallet says', { kind: 'installed', installation: '0123456789abcdef' }],
  ])('is not disturbed by a host that says %s', async (_, message) => {
    const program = await wallet.welcomed(key);
    wallet.wallet.host.raw(message);
    expect(await list(program)).toMatchObject({ status: 'done' });
  });

  test('that floods the wallet ends, and the others do not notice', async () => {
    const [flood, other] = [await wallet.welcomed(key), await wallet.welcomed(key)];
    for (let i = 0; i < 2000; i++) flood.say({ type: 'cancel', id: i });
    await flood.ended();
    expect(flood.frames.at(-1)).toMatchObject({ type: 'failed', error: { reason: 'too_many' } });
    expect(await list(other)).toMatchObject({ status: 'done' });
  });

  test('that sends more than a frame may be, or many such, ends', async () => {
    const program = await wallet.welcomed(key);
    program.say({ type: 'call', id: 1, tool: 'query', arguments: { query: 'x'.repeat(1_000_001) } });
    await program.ended();
    const patient = await wallet.welcomed(key);
    for (let i = 0; i < 9; i++) {
      patient.say({ type: 'call', id: i, tool: 'query', arguments: { query: 'x'.repeat(500_000) } });
    }
    await patient.ended();
    expect(patient.frames.at(-1)).toMatchObject({ error: { reason: 'too_many' } });
  });

  test('has eight calls at once, and more fail by themselves', async () => {
    const program = await wallet.welcomed(key);
    const stored = await callOn(program, 'store_data', { label: 'PIN', tier: 3, value: '1' });
    const id = stored.status === 'pending' ? stored.request_id : '';
    const polls = Array.from({ length: 9 }, () => reasonOf(callOn(program, 'check_status', { request_id: id })));
    expect(await Promise.race(polls)).toBe('too_many');
    const waiting = await wallet.first();
    await wallet.route('requests.deny', { requestId: waiting?.requestId ?? '' });
    expect((await Promise.all(polls)).filter((reason) => reason === 'answered')).toHaveLength(8);
  });

  test('may not use an id twice at once', async () => {
    const program = await wallet.welcomed(key);
    const call = { type: 'call', id: 7, tool: 'list_data', arguments: {} };
    program.say(call);
    program.say(call);
    await program.ended();
  });

  test('that says nothing for a minute ends, one that is known does not', async () => {
    const timers: (() => void)[] = [];
    const timed = await AgentWorker.with({
      ...{ backend: machine.backend, local: machine.local, session: machine.session, clock: machine.clock.read },
      after: (_, callback) => {
        timers.push(callback);
        return () => undefined;
      },
    });
    const [silent, known] = [timed.connect(), await timed.welcomed(key)];
    for (const ring of timers) ring();
    expect(silent.isEnded).toBe(true);
    expect(known.isEnded).toBe(false);
  });

  test('beyond thirty-two is refused', () => {
    for (let i = 0; i < 32; i++) wallet.connect();
    expect(wallet.connect().isEnded).toBe(true);
  });
});

describe('a locked vault', () => {
  test('answers every call alike, and the same connections go on when it is open again', async () => {
    const [known, unknown] = [await wallet.welcomed(key), wallet.connect()];
    await wallet.route('wallet.lock', {});
    expect(await reasonOf(list(known))).toBe('locked');
    expect(await reasonOf(list(unknown))).toBe('locked');
    expect(await hello(wallet.connect(), new AgentKey())).toMatchObject({ error: { reason: 'locked' } });
    await wallet.route('wallet.unlock', { password: PASSWORD });
    expect(await list(known)).toMatchObject({ status: 'done' });
  });

  test('lets a program say hello again on the same connection', async () => {
    await wallet.route('wallet.lock', {});
    const program = wallet.connect();
    expect(await hello(program, key)).toMatchObject({ type: 'failed', error: { reason: 'locked' } });
    await wallet.route('wallet.unlock', { password: PASSWORD });
    expect(await hello(program, key)).toMatchObject({ type: 'welcome' });
  });

  test('locks in time, however often an agent calls with its port open', async () => {
    const { services } = wallet;
    const deadline = await services.keeper.deadline();
    const program = await wallet.welcomed(key);
    for (let minutes = 0; minutes < 59; minutes += 10) {
      machine.clock.now += 10 * 60_000 - 1000;
      await list(program);
      expect(await services.keeper.deadline()).toBe(deadline);
    }
    machine.clock.now = deadline ?? 0;
    expect(await reasonOf(list(program))).toBe('locked');
    machine.clock.now += 5 * 3_600_000;
    expect(await reasonOf(list(program))).toBe('locked');
  });

  test('in the middle of a call leaves it unanswered by anything but that', async () => {
    const program = await wallet.welcomed(key);
    const calls = Array.from({ length: 6 }, () => reasonOf(list(program)));
    await wallet.services.keeper.lock('person');
    for (const reason of await Promise.all(calls)) expect(['answered', 'locked']).toContain(reason);
  });
});

describe('the person', () => {
  test('pauses an agent: its calls fail until it may go on', async () => {
    const program = await wallet.welcomed(key);
    await wallet.route('agents.pause', { id: key.id });
    expect(await reasonOf(list(program))).toBe('paused');
    await wallet.route('agents.resume', { id: key.id });
    expect(await list(program)).toMatchObject({ status: 'done' });
  });

  test('revokes an agent: its connections end, and its rules and role go', async () => {
    const limits = { tiers: [1, 2], claims: ['city'], budget: [] } as const;
    await wallet.route('agents.limit', { id: key.id, role: 'commerce', limits });
    expect(await wallet.rules()).toHaveLength(2);
    const program = await wallet.welcomed(key);
    await wallet.route('agents.revoke', { id: key.id });
    await program.ended();
    const { rules, set } = await wallet.route('policy.get', {});
    expect(rules).toEqual([]);
    expect(set.roles ?? []).toEqual([]);
    await expect(wallet.route('agents.resume', { id: key.id })).rejects.toMatchObject({ reason: 'not_found' });
  });

  test('stops all agents by one switch, those to come too', async () => {
    const program = await wallet.welcomed(key);
    await wallet.route('agents.stopAll', {});
    expect(await reasonOf(list(program))).toBe('stopped');
    const another = await wallet.pairs();
    expect(await reasonOf(list(await wallet.welcomed(another)))).toBe('stopped');
    await wallet.route('agents.startAll', {});
    expect(await list(program)).toMatchObject({ status: 'done' });
  });

  test.each([['agents.pause'], ['agents.stopAll']] as const)('takes what waits away with %s', async (route) => {
    const program = await wallet.welcomed(key);
    const stored = await callOn(program, 'store_data', { label: 'PIN', tier: 3, value: '1' });
    expect(stored.status).toBe('pending');
    await (route === 'agents.pause' ? wallet.route(route, { id: key.id }) : wallet.route(route, {}));
    expect(await wallet.first()).toBeUndefined();
    expect((await wallet.log()).map(({ kind }) => kind)).toContain('agent.ended');
  });

  test('renames an agent, and gives it other limits', async () => {
    await wallet.route('agents.rename', { id: key.id, name: 'Errands' });
    const limits = { tiers: [1], claims: '*', budget: [{ currency: 'EUR', per: 'day', amount: '20.00' }] } as const;
    await wallet.route('agents.limit', { id: key.id, role: 'trusted_agent', limits });
    const { agents } = await wallet.route('agents.list', {});
    expect(agents).toMatchObject([{ name: 'Errands', role: 'trusted_agent', limits, spent: ['0.00'] }]);
  });
});

describe('the host', () => {
  test('that dies takes all connections along, and no call stays open in the worker', async () => {
    const program = await wallet.welcomed(key);
    const stored = await callOn(program, 'store_data', { label: 'PIN', tier: 3, value: '1' });
    program.say({ type: 'call', id: 99, tool: 'check_status', arguments: { request_id: requestIn(stored) } });
    wallet.wallet.host.die();
    await program.ended();
    expect((await wallet.route('agents.list', {})).agents[0]?.connected).toBe(false);
    const again = await wallet.welcomed(key);
    await wallet.route('requests.deny', { requestId: requestIn(stored) });
    expect(await callOn(again, 'check_status', { request_id: requestIn(stored) })).toMatchObject({ status: 'denied' });
  });
});

const requestIn = (answer: Awaited<ReturnType<typeof callOn>>): string =>
  answer.status === 'pending' ? answer.request_id : '';

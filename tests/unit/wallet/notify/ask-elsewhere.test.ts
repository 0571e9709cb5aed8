import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ToolAnswer, ToolName } from '../../../../lib/agents/index.ts';
import type { Json } from '../../../../lib/core/index.ts';
import type { ElsewhereSettings } from '../../../../lib/messaging/contract.ts';
import { POLL_INTERVAL, listChallenges } from '../../../../lib/notify/index.ts';
import { REQUEST_LIFETIME } from '../../../../lib/requests/index.ts';
import { ASKS, AgentWorker, callOn } from '../../../fixtures/agent-wallet.ts';
import type { AgentKey } from '../../../fixtures/agent-wallet.ts';
import { SHOP, forkWith, licensedMachine } from '../../../fixtures/licensed-wallet.ts';
import type { Reaction } from '../../../fixtures/notify/receiver.ts';
import { Receiver, accept, say } from '../../../fixtures/notify/receiver.ts';
import { RemotePerson, ed25519Verifies, hmacVerifies, questionIn } from '../../../fixtures/notify/remote-person.ts';
import type { Program } from '../../../fixtures/test-host.ts';
import type { Machine } from '../../../fixtures/vault/machine.ts';
import { PASSWORD } from '../../../fixtures/wallet.ts';

const OPENER = { password: PASSWORD };
const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
const PROOF = {
  predicates: [
    { attribute: 'age_over_18', operator: 'eq', value: true },
    { attribute: 'age_over_25', operator: 'eq', value: true },
  ],
  ...{ proof_type: 'dc+sd-jwt', domain: SHOP, nonce: NONCE },
};
const QUERY = { query: 'at_least("Monthly income", 3000)', context: 'To find a flat' };
/** What the wallet keeps of the person, and what it keeps of the question: no webhook ever sees any of it. */
const SECRETS = ['Lovelace', '4711', '3000', 'To find a flat', 'Enchantress', NONCE];

let prepared: Machine;
let machine: Machine;
let wallet: AgentWorker;
let person: RemotePerson;
let key: AgentKey;
let program: Program;

beforeAll(async () => {
  prepared = await licensedMachine(6);
  const before = await AgentWorker.on(prepared);
  await before.keep('Monthly income', '4711', 'number');
  await before.keep('Nickname', 'Countess', 'text', 1);
});

beforeEach(async () => {
  machine = await forkWith(prepared);
  wallet = await AgentWorker.on(machine);
  person = new RemotePerson();
  key = await wallet.pairs(ASKS);
  program = await wallet.welcomed(key);
});

const call = (tool: ToolName, args: Json): Promise<ToolAnswer> => callOn(program, tool, args);
const tend = (): Promise<void> => wallet.wallet.elsewhere.tend();
const settings = (
  url: string,
  changes: Partial<NonNullable<ElsewhereSettings['answers']>> = {},
): ElsewhereSettings => ({
  webhook: { url, tells: 'names' },
  answers: { publicKey: person.publicKey, tier3: false, ...changes },
});
const setUp = (url: string, changes: Parameters<typeof settings>[1] = {}) =>
  wallet.route('elsewhere.set', { opener: OPENER, settings: settings(url, changes) });

async function pending(tool: ToolName, args: Json): Promise<string> {
  const answer = await call(tool, args);
  if (answer.status !== 'pending') throw new Error(JSON.stringify(answer));
  return answer.request_id;
}

const phase = (id: string) => wallet.services.queue.get(id)?.state.phase;
const status = (id: string) => call('check_status', { request_id: id });
const open = async () => listChallenges(await wallet.services.keeper.open());
/** How often the log has an entry of a kind. */
const logged = async (kind: string) => (await wallet.log()).filter((entry) => entry.kind === kind).length;

/** A webhook that is answered in its response. */
const answering = (decision: string, changes: object = {}): Reaction =>
  say(({ body }) => person.answer(body, decision, changes));

const claimsIn = (answer: ToolAnswer): readonly string[] => {
  if (answer.status !== 'done') throw new Error(JSON.stringify(answer));
  return Object.keys((answer.result as { claims: object }).claims).sort();
};

describe('a request of an agent’s that waits', () => {
  test('is put to the webhook by its names alone, signed, and once', async () => {
    await using hook = await Receiver.start();
    const { secret = '' } = await setUp(hook.url);
    await pending('get_proof', PROOF);
    await pending('query', QUERY);
    await tend();
    await tend();
    expect(hook.bodies.map(questionIn)).toMatchObject([
      { kind: 'get_proof', agent: 'Helper', audience: SHOP, names: ['age_over_18', 'age_over_25'] },
      { kind: 'query', agent: 'Helper', audience: 'Helper', names: ['monthly_income'], answers: ['approve', 'deny'] },
    ]);
    expect(hook.received.every(({ headers, body }) => hmacVerifies(headers, body, secret))).toBe(true);
    expect(SECRETS.filter((one) => hook.bodies.join('').includes(one))).toEqual([]);
    expect(await logged('elsewhere.asked')).toBe(2);
  });

  test('is allowed by the person’s signed answer, as by the window, and the log says where from', async () => {
    await using hook = await Receiver.start(answering('approve'));
    await setUp(hook.url);
    const id = await pending('get_proof', PROOF);
    await tend();
    expect(claimsIn(await status(id))).toEqual(['age_over_18', 'age_over_25']);
    expect([await logged('proof.allowed'), await logged('elsewhere.allowed'), await open()]).toEqual([1, 1, []]);
  });

  test('is answered by the conclusion that was asked about', async () => {
    await using hook = await Receiver.start(answering('approve'));
    await setUp(hook.url);
    const id = await pending('query', QUERY);
    await tend();
    expect(await status(id)).toMatchObject({ result: { conclusion: { kind: 'yes_no', answer: true } } });
  });

  test('gives a capability that moves no money', async () => {
    await using hook = await Receiver.start(answering('approve'));
    await setUp(hook.url);
    const id = await pending('request_capability', { capability_type: 'read_cart', domain: SHOP, purpose: 'To help' });
    await tend();
    expect(await status(id)).toMatchObject({ status: 'done', result: { token: expect.any(String) as string } });
  });

  test('is narrowed to the part that is named, and shows nothing else', async () => {
    await using hook = await Receiver.start(answering('narrow', { keep: ['age_over_25'] }));
    await setUp(hook.url);
    const id = await pending('get_proof', PROOF);
    await tend();
    const answer = await status(id);
    expect(claimsIn(answer)).toEqual(['age_over_25']);
    const proof = JSON.stringify(answer);
    expect(proof).not.toContain('age_over_18');
  });

  test('is denied by the person’s answer, in the words of any other denial', async () => {
    await using hook = await Receiver.start(answering('deny'));
    await setUp(hook.url);
    const id = await pending('get_proof', PROOF);
    await tend();
    const there = await status(id);
    await using silent = await Receiver.start();
    await setUp(silent.url);
    const other = await pending('get_proof', PROOF);
    await wallet.route('requests.deny', { requestId: other });
    const here = await status(other);
    const words = { status: 'denied', message: 'This was not granted.' };
    expect([there, here]).toMatchObject([words, words]);
    expect([await logged('elsewhere.denied'), await logged('proof.denied')]).toEqual([1, 2]);
  });

  test('is denied when its time is over, and an answer that is late counts for nothing', async () => {
    await using hook = await Receiver.start();
    await setUp(hook.url, { url: `${hook.url}/answers` });
    const id = await pending('get_proof', PROOF);
    await tend();
    const body = hook.bodies[0] ?? '';
    hook.reaction = say(person.answer(body, 'approve'));
    machine.clock.now += REQUEST_LIFETIME;
    await tend();
    expect(await status(id)).toMatchObject({ status: 'denied' });
    expect([await logged('elsewhere.allowed'), await logged('proof.allowed'), await open()]).toEqual([0, 0, []]);
  });

  test('waits on for the window while nobody answers, and what is answered there is asked nowhere else', async () => {
    await using hook = await Receiver.start();
    await setUp(hook.url, { url: `${hook.url}/answers` });
    const id = await pending('query', QUERY);
    await tend();
    const waiting = await wallet.first();
    if (waiting?.kind !== 'agent' || waiting.state.step !== 'ask') throw new Error('Nothing is asked.');
    await wallet.route('requests.allowAgentCall', { requestId: id, digest: waiting.state.digest });
    expect(await open()).toEqual([]);
    hook.reaction = say(person.answer(hook.bodies[0] ?? '', 'deny'));
    machine.clock.now += POLL_INTERVAL;
    await tend();
    expect(hook.received).toHaveLength(1);
    expect(await status(id)).toMatchObject({ status: 'done' });
  });

  test('that went with its agent is asked no more', async () => {
    await using hook = await Receiver.start();
    await setUp(hook.url, { url: `${hook.url}/answers` });
    await pending('get_proof', PROOF);
    await tend();
    await wallet.route('agents.revoke', { id: key.id });
    hook.reaction = say(person.answer(hook.bodies[0] ?? '', 'approve'));
    machine.clock.now += POLL_INTERVAL;
    await tend();
    expect([await open(), await logged('proof.allowed')]).toEqual([[], 0]);
  });
});

describe('an answer that is none', () => {
  test.each<[string, (body: string, stranger: RemotePerson) => string]>([
    ['is signed by somebody else', (body, stranger) => stranger.answer(body, 'approve')],
    ['is to another question', (body) => person.answer(body, 'approve', { challenge: 'chl_AAAAAAAAAAAAAAAAAAAAAA' })],
    ['has another nonce', (body) => person.answer(body, 'approve', { nonce: 'A'.repeat(43) })],
    ['is to another scope', (body) => person.answer(body, 'approve', { scope: 'A'.repeat(43) })],
    ['widens', (body) => person.answer(body, 'narrow', { keep: ['age_over_25', 'given_name'] })],
    ['keeps all', (body) => person.answer(body, 'narrow', { keep: ['age_over_18', 'age_over_25'] })],
    ['keeps nothing', (body) => person.answer(body, 'narrow', { keep: [] })],
  ])('because it %s leaves the request waiting, and is in the log', async (_, forge) => {
    const stranger = new RemotePerson();
    await using hook = await Receiver.start(say(({ body }) => forge(body, stranger)));
    await setUp(hook.url);
    const id = await pending('get_proof', PROOF);
    await tend();
    expect([phase(id), await logged('elsewhere.refused'), await logged('proof.allowed')]).toEqual(['waiting', 1, 0]);
  });

  test('is one that was given before: the same request, asked again, takes its own', async () => {
    const answers: string[] = [];
    await using hook = await Receiver.start(
      say(({ body }) => {
        answers.push(person.answer(body, 'approve'));
        return answers[0] ?? '';
      }),
    );
    await setUp(hook.url);
    const first = await pending('get_proof', PROOF);
    await tend();
    expect(await status(first)).toMatchObject({ status: 'done' });
    const second = await pending('get_proof', PROOF);
    await tend();
    expect([phase(second), await logged('elsewhere.allowed')]).toEqual(['waiting', 1]);
  });

  test('is a yes to what a person has to see, or to open', async () => {
    await using hook = await Receiver.start(answering('approve'));
    await setUp(hook.url, { tier3: true });
    const pay = { max_amount: 20, currency: 'USD', one_time: true };
    const ids = [
      await pending('store_data', { label: 'Nickname', tier: 1, value: 'Enchantress' }),
      await pending('store_data', { label: 'Blood type', tier: 3, value: 'AB' }),
    ];
    await wallet.route('agents.limit', {
      ...{ id: key.id, role: 'public' },
      limits: { ...ASKS, budget: [{ currency: 'USD', per: 'day', amount: '50' }] },
    });
    const purchase = { capability_type: 'purchase', domain: SHOP, purpose: 'Wine', constraints: pay };
    ids.push(await pending('request_capability', purchase));
    await tend();
    expect(hook.bodies.map((body) => questionIn(body).answers)).toEqual([['deny'], ['deny'], ['deny']]);
    expect(ids.map(phase)).toEqual(['waiting', 'waiting', 'waiting']);
    expect(SECRETS.filter((one) => hook.bodies.join('').includes(one))).toEqual([]);
  });
});

describe('the way there', () => {
  test('says nothing of what is asked where the person wants so, and takes a no alone', async () => {
    await using hook = await Receiver.start(answering('approve'));
    const quiet: ElsewhereSettings = { ...settings(hook.url), webhook: { url: hook.url, tells: 'nothing' } };
    await wallet.route('elsewhere.set', { opener: OPENER, settings: quiet });
    const id = await pending('get_proof', PROOF);
    await tend();
    expect(hook.bodies[0]).not.toMatch(/age_over|Helper|shop/);
    expect([questionIn(hook.bodies[0] ?? '').answers, phase(id)]).toEqual([['deny'], 'waiting']);
  });

  test('sends nothing, and takes no answer, while the vault is locked; then it goes on', async () => {
    await using hook = await Receiver.start();
    await setUp(hook.url, { url: `${hook.url}/answers` });
    const id = await pending('get_proof', PROOF);
    await tend();
    const question = hook.bodies[0] ?? '';
    hook.reaction = say(person.answer(question, 'approve'));
    await wallet.route('wallet.lock', {});
    machine.clock.now += POLL_INTERVAL;
    await tend();
    expect([hook.received.length, phase(id), wallet.wallet.notified()]).toEqual([1, 'waiting', []]);
    await wallet.route('wallet.unlock', OPENER);
    await tend();
    expect([hook.received.length, phase(id)]).toEqual([2, 'answered']);
  });

  test('goes on in another worker, and of two that hear the answer one carries it out', async () => {
    await using hook = await Receiver.start();
    await setUp(hook.url, { url: `${hook.url}/answers` });
    const id = await pending('query', QUERY);
    await tend();
    hook.reaction = say(person.answer(hook.bodies[0] ?? '', 'approve'));
    machine.clock.now += POLL_INTERVAL;
    const others = [await AgentWorker.on(machine), await AgentWorker.on(machine)];
    await Promise.allSettled(others.map((one) => one.wallet.elsewhere.tend()));
    const after = await AgentWorker.on(machine);
    const kinds = (await after.log()).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'elsewhere.allowed')).toHaveLength(1);
    expect(after.services.queue.get(id)?.state).toMatchObject({ phase: 'answered', answer: { ok: true } });
  });

  test('is named on this device while it waits', async () => {
    const id = await pending('get_proof', PROOF);
    await tend();
    expect(wallet.wallet.notified()).toEqual([{ id, agent: 'Helper' }]);
    await wallet.route('requests.deny', { requestId: id });
    await tend();
    expect(wallet.wallet.notified()).toEqual([]);
  });
});

describe('how it is set', () => {
  test('takes the opener, and nothing changes without', async () => {
    const wrong = { opener: { password: 'wrong' }, settings: settings('https://hooks.example/') };
    await expect(wallet.route('elsewhere.set', wrong)).rejects.toMatchObject({ reason: 'wrong_password' });
    const rotating = wallet.route('elsewhere.rotate', { opener: OPENER, dropOld: false });
    await expect(rotating).rejects.toMatchObject({ field: 'webhook' });
    expect(await wallet.route('elsewhere.get', {})).toEqual({ breaker: { state: 'closed' } });
    expect(await logged('elsewhere.changed')).toBe(0);
  });

  test.each<[string, ElsewhereSettings]>([
    ['webhook.url', { webhook: { url: 'http://hooks.example/', tells: 'names' } }],
    ['answers.url', { answers: { publicKey: new RemotePerson().publicKey, url: 'ftp://a.example/', tier3: false } }],
    ['answers.publicKey', { answers: { publicKey: 'AAAA', tier3: false } }],
  ])('refuses a bad %s', async (field, bad) => {
    const setting = wallet.route('elsewhere.set', { opener: OPENER, settings: bad });
    await expect(setting).rejects.toMatchObject({ reason: 'bad_request', field });
  });

  test('shows a secret once, another one after it was rotated, and in no view', async () => {
    await using hook = await Receiver.start();
    const first = await setUp(hook.url);
    const second = await wallet.route('elsewhere.rotate', { opener: OPENER, dropOld: false });
    expect(first.secret).toMatch(/^whsec_/);
    expect(second.secret).not.toBe(first.secret);
    expect(await setUp(hook.url)).toEqual({});
    expect(await wallet.route('elsewhere.test', {})).toEqual({ outcome: 'delivered' });
    const [{ headers, body } = { headers: new Headers(), body: '' }] = hook.received;
    const verifies = [first, second].map(({ secret }) => hmacVerifies(headers, body, secret ?? ''));
    expect(verifies).toEqual([true, true]);
    const view = await wallet.route('elsewhere.get', {});
    expect(view).toMatchObject({
      secret: { rotatingUntil: expect.any(Number) as number },
      last: { outcome: 'delivered' },
    });
    expect(JSON.stringify(view)).not.toContain('whsec_');
  });

  test('is signed by a key of Signet’s own where the person says so, whose public half alone is shown', async () => {
    await using hook = await Receiver.start();
    const { secret = '' } = await setUp(hook.url);
    const byKey = { webhook: { url: hook.url, tells: 'names', signedBy: 'key' } } as const;
    const { publicKey: first = '' } = await wallet.route('elsewhere.set', { opener: OPENER, settings: byKey });
    expect(first).toMatch(/^whpk_/);
    expect(await setUp(hook.url)).toEqual({}); // nothing said of it: it stays
    const second = await wallet.route('elsewhere.rotate', { opener: OPENER, dropOld: true });
    const view = await wallet.route('elsewhere.get', {});
    expect(second).toEqual({ publicKey: view.secret?.publicKey });
    expect(view).toMatchObject({
      webhook: { signedBy: 'key' },
      secret: { publicKey: expect.stringMatching(/^whpk_/) as string },
    });
    expect(await wallet.route('elsewhere.test', {})).toEqual({ outcome: 'delivered' });
    const [{ headers, body } = { headers: new Headers(), body: '' }] = hook.received;
    const verified = [first, view.secret?.publicKey ?? ''].map((key) => ed25519Verifies(headers, body, key));
    expect([...verified, hmacVerifies(headers, body, secret)]).toEqual([false, true, false]);
    expect(JSON.stringify(view)).not.toMatch(/whsk_|whsec_/);
  });

  test('says what came of the last delivery, and a test that arrives lets it try again', async () => {
    await using hook = await Receiver.start((response) => void response.writeHead(410).end());
    await setUp(hook.url);
    await pending('query', QUERY);
    await tend();
    expect(await wallet.route('elsewhere.get', {})).toMatchObject({
      breaker: { state: 'gone' },
      last: { outcome: 'gone' },
    });
    hook.reaction = accept;
    await wallet.route('elsewhere.test', {});
    expect(await wallet.route('elsewhere.get', {})).toMatchObject({ breaker: { state: 'closed' } });
  });
});

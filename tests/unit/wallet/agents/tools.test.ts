import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ToolAnswer, ToolName } from '../../../../lib/agents/index.ts';

import { canonicalJsonBytes } from '../../../../lib/core/index.ts';
import type { Json } from '../../../../lib/core/index.ts';
import type { AgentLimitsView, GrantOrder } from '../../../../lib/messaging/contract.ts';
import type { Rule } from '../../../../lib/policy/index.ts';
import { hashLeaf } from '../../../../lib/core/merkle/index.ts';
import { AgentWorker, ASKS, callOn } from '../../../fixtures/agent-wallet.ts';
import type { AgentKey } from '../../../fixtures/agent-wallet.ts';
import { ISSUER, NOW } from '../../../fixtures/credentials/test-issuer.ts';
import { SHOP, forkWith, licensedMachine } from '../../../fixtures/licensed-wallet.ts';
import type { Program } from '../../../fixtures/test-host.ts';
import type { Machine } from '../../../fixtures/vault/machine.ts';
import { PASSWORD } from '../../../fixtures/wallet.ts';

const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
/** What is stored at Tier 2 or 3, here or in the licence: none of it may ever reach a program. */
const SECRETS = ['Lovelace', '1990-12-10', 'Port Example', '4711.5', '48213', 'peanuts'];

let prepared: Machine;
let machine: Machine;
let wallet: AgentWorker;
let programs: Program[];

beforeAll(async () => {
  prepared = await licensedMachine(6);
  const before = await AgentWorker.on(prepared);
  await before.keep('Town', 'Port Example');
  await before.keep('Monthly income', '4711.5', 'number');
  await before.keep('Membership number', '48213', 'number');
  await before.keep('Born', '1990-12-10', 'date');
  await before.keep('Smoker', 'false', 'yes_no');
  await before.keep('Nickname', 'Countess', 'text', 1);
  const allergy = { label: 'Allergy', type: 'text', value: 'peanuts', tier: 3, compartment: 'health' } as const;
  await before.route('attributes.save', { ...allergy, opener: { password: PASSWORD } });
});

beforeEach(async () => {
  machine = await forkWith(prepared);
  wallet = await AgentWorker.on(machine);
  programs = [];
});

/** Nothing that is stored at Tier 2 or 3 was in anything that any program was sent, as it is or in base64url. */
afterEach(() => {
  const received = programs.map(({ frames }) => JSON.stringify(frames)).join('\n');
  const inside = (received.match(/[A-Za-z0-9_-]{8,}/g) ?? []).map((part) =>
    Buffer.from(part, 'base64url').toString('latin1'),
  );
  const everything = [received, ...inside].join('\n');
  expect(SECRETS.filter((secret) => everything.includes(secret))).toEqual([]);
});

async function agentWith(limits: AgentLimitsView = ASKS): Promise<{ key: AgentKey; call: Call; program: Program }> {
  const key = await wallet.pairs(limits);
  const program = await wallet.welcomed(key);
  programs.push(program);
  return { key, program, call: (tool, args) => callOn(program, tool, args) };
}

type Call = (tool: ToolName, args: Json) => Promise<ToolAnswer>;

const told = (claims: AgentLimitsView['claims'], tiers: AgentLimitsView['tiers'] = [1, 2]): AgentLimitsView => ({
  ...{ tiers, claims, budget: [] },
});

const proofOf = (
  attribute: string,
  more: Record<string, Json> = { operator: 'eq', value: true },
  domain = SHOP,
): Json => ({
  predicates: [{ attribute, ...more }],
  ...{ proof_type: 'dc+sd-jwt', domain, nonce: NONCE },
});

const idOf = (answer: ToolAnswer): string => (answer.status === 'pending' ? answer.request_id : '');
const resultOf = (answer: ToolAnswer): Record<string, unknown> => {
  if (answer.status !== 'done') throw new Error(JSON.stringify(answer));
  return answer.result as Record<string, unknown>; // every tool gives an object
};

/** The person looks at what waits first, and allows it. */
async function allow(): Promise<void> {
  const waiting = await wallet.first();
  if (waiting?.kind === 'proof' && waiting.state.step === 'ready') {
    const digest = waiting.state.plans[0]?.digest ?? '';
    await wallet.route('requests.allowProof', { requestId: waiting.requestId, digest });
    return;
  }
  if (waiting?.kind === 'agent' && waiting.state.step === 'ask') {
    const { digest, asks } = waiting.state;
    const opener = asks.tool === 'store_data' && asks.tier === 3 ? { opener: { password: PASSWORD } } : {};
    await wallet.route('requests.allowAgentCall', { requestId: waiting.requestId, digest, ...opener });
    return;
  }
  throw new Error(`Nothing can be allowed: ${JSON.stringify(waiting)}`);
}

async function save(rule: Partial<Rule>): Promise<void> {
  const whole = { effect: 'deny', action: '*', claims: '*', when: [], locked: false, ...rule };
  await wallet.route('policy.saveRule', { rule: { id: 'r1', made: { at: 0, by: 'person' }, ...whole } });
}

describe('get_proof', () => {
  test('waits for the person, who sees who asks for whom, and gives a proof that the site can check', async () => {
    const { key, call } = await agentWith();
    const asked = await call('get_proof', proofOf('age_over_18'));
    expect(asked).toMatchObject({ status: 'pending', expires_at: NOW + 600_000 });
    expect(wallet.wallet.shown()).toBe(1);
    expect(await wallet.first()).toMatchObject({
      ...{ kind: 'proof', origin: SHOP, requestId: idOf(asked), purpose: '' },
      agent: { id: key.id, name: 'Helper', client: 'A client 1' },
    });
    await allow();
    const { proof, format, claims } = resultOf(await call('check_status', { request_id: idOf(asked) }));
    expect({ format, claims }).toEqual({ format: 'dc+sd-jwt', claims: { age_over_18: true } });
    const binding = String(proof).split('~').at(-1)?.split('.')[1] ?? '';
    const bound = JSON.parse(Buffer.from(binding, 'base64url').toString()) as object; // a key-binding JWT's claims
    expect(bound).toMatchObject({ aud: `origin:${SHOP}`, nonce: NONCE });
  });

  test('is given without the person where the pairing names the claim', async () => {
    const { call } = await agentWith(told(['age_over_18']));
    expect(resultOf(await call('get_proof', proofOf('age_over_18')))).toMatchObject({ claims: { age_over_18: true } });
    expect((await wallet.log()).map(({ kind }) => kind).slice(0, 2)).toEqual(['agent.get_proof', 'proof.allowed']);
    expect(await call('get_proof', proofOf('age_over_65'))).toMatchObject({ status: 'pending' });
  });

  test.each([
    ['a name', 'given_name', { operator: 'disclose' }],
    ['a birth date', 'birth_date', { operator: 'disclose' }],
    ['a name that it has guessed', 'given_name', { operator: 'eq', value: 'Ada' }],
    ['a name among guesses', 'given_name', { operator: 'in', value: ['Ada', 'Bob'] }],
  ] as const)('never gives %s, whatever rules or the person would allow', async (_, claim, predicate) => {
    const { call, key } = await agentWith(told('*', [1, 2, 3]));
    await save({ effect: 'permit', subject: { agent: key.id }, action: 'prove', claims: [claim] });
    expect(await call('get_proof', proofOf(claim, predicate as unknown as Record<string, Json>))).toMatchObject({
      status: 'denied',
    });
    expect(await wallet.first()).toBeUndefined();
  });

  test('is denied where the person denies the site, and asked about where they want to be asked for it', async () => {
    const { call } = await agentWith(told(['age_over_18']));
    await save({ subject: { site: SHOP }, claims: ['age_over_18'] });
    expect(await call('get_proof', proofOf('age_over_18'))).toMatchObject({ status: 'denied' });
    await save({ effect: 'ask', subject: { site: SHOP }, claims: ['age_over_18'] });
    expect(await call('get_proof', proofOf('age_over_18'))).toMatchObject({ status: 'pending' });
  });

  test('is not allowed by what the site may have by itself', async () => {
    const { call } = await agentWith();
    const order: Partial<GrantOrder> = {};
    await wallet.grant(['age_over_18'], order);
    expect(await call('get_proof', proofOf('age_over_18'))).toMatchObject({ status: 'pending' });
  });

  test('keeps a second bound for the person: of the site, and of the agent for another site', async () => {
    const { call } = await agentWith(told(['age_over_18', 'age_over_21']));
    await wallet.allow(await wallet.ask(['age_over_18']));
    expect(await call('get_proof', proofOf('age_over_21'))).toMatchObject({ status: 'pending' });
    const other = 'https://other.example';
    expect(await call('get_proof', proofOf('age_over_18', undefined, other))).toMatchObject({ status: 'done' });
    expect(await call('get_proof', proofOf('age_over_21', undefined, 'https://third.example'))).toMatchObject({
      status: 'pending',
    });
  });

  test('counts against the site what an agent fetched for it', async () => {
    const { call } = await agentWith(told(['age_over_18']));
    await call('get_proof', proofOf('age_over_18'));
    await wallet.ask(['age_over_21']);
    expect((await wallet.plans())[0]?.why).toMatchObject([{ kind: 'bound', told: ['age_over_18'] }]);
  });

  test('is nothing that a rule "always" or "never" comes of', async () => {
    const { call } = await agentWith();
    const asked = await call('get_proof', proofOf('age_over_18'));
    const [plan] = await wallet.plans();
    const consent = { requestId: idOf(asked), digest: plan?.digest ?? '', always: { claims: ['age_over_18'] } };
    await expect(wallet.route('requests.allowProof', consent)).rejects.toMatchObject({ field: 'always' });
    const never = wallet.route('requests.deny', { requestId: idOf(asked), never: 'site' });
    await expect(never).rejects.toMatchObject({ reason: 'bad_request' });
  });

  test('denied by the person, or in time, sounds the same, and mutes no site', async () => {
    const { call } = await agentWith();
    const answers: ToolAnswer[] = [];
    for (const claim of ['age_over_18', 'age_over_21', 'age_over_25']) {
      const asked = await call('get_proof', proofOf(claim));
      await wallet.route('requests.deny', { requestId: idOf(asked) });
      answers.push(await call('check_status', { request_id: idOf(asked) }));
    }
    const late = await call('get_proof', proofOf('age_over_65'));
    machine.clock.now += 600_000;
    await wallet.services.queue.expire();
    answers.push(await call('check_status', { request_id: idOf(late) }));
    for (const answer of answers) expect(answer).toMatchObject({ status: 'denied', message: 'This was not granted.' });
    expect(await wallet.services.quiet.mutedUntil(SHOP as never)).toBeUndefined();
  });

  test.each([
    ['domain', { domain: 'not a host' }],
    ['domain', { domain: 'http://shop.example' }],
    ['domain', { domain: 'https://shop.example/path' }],
    ['nonce', { nonce: 'short' }],
    ['proof_type', { proof_type: 'jwt_vc' }],
    ['predicates', { predicates: [] }],
    ['predicates[0].value', { predicates: [{ attribute: 'age', operator: 'gte', value: 'many' }] }],
    ['predicates[0].value', { predicates: [{ attribute: 'age', operator: 'disclose', value: 1 }] }],
    ['claims[0].age_at_least', { predicates: [{ attribute: 'birth_date', operator: 'age_at_least', value: 34 }] }],
    ['extra', { extra: true }],
  ])('says that %s is wrong in %j', async (field, wrong) => {
    const { call } = await agentWith();
    const args = { ...(proofOf('age_over_18') as object), ...wrong } as Json; // an object
    await expect(call('get_proof', args)).rejects.toMatchObject({ reason: 'bad_request', field });
  });
});

describe('what waits', () => {
  test('is not told to another agent, which hears what it would of nothing', async () => {
    const [mine, other] = [await agentWith(), await agentWith()];
    const asked = await mine.call('get_proof', proofOf('age_over_18'));
    await allow();
    const nothing = await other.call('check_status', { request_id: crypto.randomUUID() });
    const stolen = await other.call('check_status', { request_id: idOf(asked) });
    expect({ ...stolen, receipt: undefined }).toEqual({ ...nothing, receipt: undefined });
    expect(await mine.call('check_status', { request_id: idOf(asked) })).toMatchObject({ status: 'done' });
  });

  test('is handed over once, to one of all who poll', async () => {
    const { call } = await agentWith();
    const asked = await call('get_proof', proofOf('age_over_18'));
    const polls = Array.from({ length: 6 }, () => call('check_status', { request_id: idOf(asked) }));
    await allow();
    const answers = await Promise.all(polls);
    expect(answers.filter(({ status }) => status === 'done')).toHaveLength(1);
    expect(await call('check_status', { request_id: idOf(asked) })).toMatchObject({ status: 'denied' });
  });

  test('is found by the next connection, and by the next worker', async () => {
    const { key, call, program } = await agentWith();
    const asked = await call('get_proof', proofOf('age_over_18'));
    await allow();
    program.leave();
    wallet = await AgentWorker.on(machine);
    const again = await wallet.welcomed(key);
    programs.push(again);
    expect(await callOn(again, 'check_status', { request_id: idOf(asked) })).toMatchObject({ status: 'done' });
  });

  test('that was taken back by a program that went away is not lost', async () => {
    const { key, call, program } = await agentWith();
    const asked = await call('get_proof', proofOf('age_over_18'));
    program.say({ type: 'call', id: 90_001, tool: 'check_status', arguments: { request_id: idOf(asked) } });
    program.say({ type: 'cancel', id: 90_001 });
    await allow();
    const again = await wallet.welcomed(key);
    programs.push(again);
    expect(await callOn(again, 'check_status', { request_id: idOf(asked) })).toMatchObject({ status: 'done' });
  });

  test('is one request where the same is asked again, and four of an agent at most', async () => {
    const { call } = await agentWith();
    const first = await call('get_proof', proofOf('age_over_18'));
    expect(idOf(await call('get_proof', proofOf('age_over_18')))).toBe(idOf(first));
    for (const claim of ['age_over_21', 'age_over_25', 'age_over_65']) await call('get_proof', proofOf(claim));
    const fifth = call('get_proof', proofOf('age_over_18', undefined, 'https://other.example'));
    await expect(fifth).rejects.toMatchObject({ reason: 'too_many' });
    expect(await wallet.arrive(['age_over_18'])).toBe('ask');
  });

  test('pends as long as it waits', async () => {
    const impatient = await AgentWorker.with({
      ...{ backend: machine.backend, local: machine.local, session: machine.session, clock: machine.clock.read },
      after: (milliseconds, callback) => {
        if (milliseconds === 25_000) queueMicrotask(callback);
        return () => undefined;
      },
    });
    wallet = impatient;
    const { call } = await agentWith();
    const asked = await call('get_proof', proofOf('age_over_18'));
    const { receipt, ...pending } = asked;
    expect(receipt).toBeDefined();
    expect(await call('check_status', { request_id: idOf(asked) })).toEqual(pending);
  });
});

describe('query', () => {
  const ask = async (call: Call, query: string): Promise<ToolAnswer> => call('query', { query });

  test.each([
    ['has("Town")', { kind: 'yes_no', answer: true }],
    ['has("Boat")', { kind: 'yes_no', answer: false }],
    ['count("given name")', { kind: 'count', count: 1 }],
    ['category("Allergies")', { kind: 'unknown' }],
    ['category("Town")', { kind: 'category', of: 'commerce' }],
    ['at_least("Boat", 3)', { kind: 'unknown' }],
    ['at_least("Town", 3)', { kind: 'unknown' }],
    ['equals("Town", 3)', { kind: 'unknown' }],
  ])('says without the person what lists would say: %s', async (query, conclusion) => {
    const { call } = await agentWith();
    expect(resultOf(await ask(call, query))).toMatchObject({ conclusion });
  });

  test.each([
    ['at_least("Monthly income", 3000)', { kind: 'yes_no', answer: true }],
    ['at_most("monthly income", 3000)', { kind: 'yes_no', answer: false }],
    ['category("Monthly income", 5000)', { kind: 'range', below: 5000 }],
    ['equals("Town", " port example")', { kind: 'yes_no', answer: true }],
    ['category("Town", "Ulm", "Port Example ")', { kind: 'category', place: 2 }],
    ['category("Town", "Ulm", "Rom")', { kind: 'category', place: 0 }],
    ['equals("Smoker", false)', { kind: 'yes_no', answer: true }],
    ['age_at_least("Born", 25)', { kind: 'yes_no', answer: true }],
  ])('concludes from what the person has said, and says so: %s', async (query, conclusion) => {
    const { call } = await agentWith(told(['monthly_income', 'town', 'smoker', 'born']));
    const since = new Date(NOW).toISOString().slice(0, 10);
    expect(resultOf(await ask(call, query))).toMatchObject({ conclusion, source: { word: 'own', since } });
  });

  test('concludes from what an issuer has signed before anything else', async () => {
    const { call } = await agentWith(told(['birth_date']));
    const found = resultOf(await ask(call, 'age_at_least("Birth date", 65)'));
    expect(found).toMatchObject({ conclusion: { answer: false }, source: { word: 'issuer', issuer: ISSUER } });
  });

  test('waits for the person without a permission, and tells what they saw', async () => {
    const { key, call } = await agentWith();
    const asked = await ask(call, 'at_least("Monthly income", 3000)');
    expect(await wallet.first()).toMatchObject({
      ...{ kind: 'agent', origin: '', agent: { id: key.id } },
      state: {
        step: 'ask',
        asks: { tool: 'query', label: 'Monthly income', conclusion: 'yes', source: 'self', told: [] },
      },
    });
    await allow();
    expect(resultOf(await call('check_status', { request_id: idOf(asked) }))).toMatchObject({
      conclusion: { kind: 'yes_no', answer: true },
    });
  });

  test.each([
    ['another bound', 'at_least("Monthly income", 3000)', 'at_least("Monthly income", 4000)'],
    ['the other side of it', 'at_least("Monthly income", 3000)', 'at_most("Monthly income", 4000)'],
    ['two bounds at once', 'has("Town")', 'between("Monthly income", 3000, 5000)'],
    ['the number itself', 'has("Town")', 'equals("Membership number", 48213)'],
    ['another guess', 'equals("Town", "Ulm")', 'equals("Town", "Port Example")'],
    ['a guess in another form', 'equals("Town", "Ulm")', 'category("Town", "Port Example")'],
    ['another age', 'age_at_least("Birth date", 18)', 'age_at_least("Birth date", 21)'],
  ])('keeps %s for the person', async (_, first, second) => {
    const { call } = await agentWith(told(['monthly_income', 'membership_number', 'town', 'birth_date']));
    expect(await ask(call, first)).toMatchObject({ status: 'done' });
    expect(await ask(call, first)).toMatchObject({ status: 'done' });
    expect(await ask(call, second)).toMatchObject({ status: 'pending' });
  });

  test('takes another bound after 180 days', async () => {
    const { call } = await agentWith(told(['monthly_income']));
    await ask(call, 'at_least("Monthly income", 3000)');
    machine.clock.now += 180 * 86_400_000;
    await wallet.route('wallet.unlock', { password: PASSWORD });
    expect(await ask(call, 'at_least("Monthly income", 5000)')).toMatchObject({ status: 'done' });
  });

  test('counts ages that went out in proofs, and the other way round', async () => {
    const { call } = await agentWith(told(['birth_date', 'age_over_18', 'age_over_21']));
    await call('get_proof', proofOf('age_over_18'));
    expect(await ask(call, 'age_at_least("Birth date", 65)')).toMatchObject({ status: 'pending' });
  });

  test('lets one of many bounds at the same time through', async () => {
    const { call } = await agentWith(told(['monthly_income']));
    const bounds = [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000];
    const answers = await Promise.allSettled(
      bounds.map(async (bound) => ({ bound, answer: await ask(call, `at_least("Monthly income", ${bound})`) })),
    );
    const through = answers
      .flatMap((one) => (one.status === 'fulfilled' && one.value.answer.status === 'done' ? [one.value] : []))
      .sort((one, other) => (one.answer.receipt?.sequence ?? 0) - (other.answer.receipt?.sequence ?? 0))
      .map(({ bound, answer }) => ({ bound, conclusion: resultOf(answer)['conclusion'] }));
    const [first, ...later] = through;
    if (first === undefined) throw new Error('None went through.');
    // What follows from the first bound tells nothing more: a lower one after a yes, a higher one after a no.
    const isYes = (first.conclusion as { readonly answer: boolean }).answer; // of a question about a bound
    for (const { bound, conclusion } of later) {
      expect(conclusion).toEqual(first.conclusion);
      expect(bound < first.bound).toBe(isYes);
    }
  });

  test('concludes nothing from Tier 3, nor from a tier that the agent was not given', async () => {
    const { call } = await agentWith({ ...ASKS, claims: '*' });
    expect(await ask(call, 'equals("Allergy", "peanuts")')).toMatchObject({ status: 'denied' });
    const narrow = await agentWith(told('*', [1]));
    expect(resultOf(await ask(narrow.call, 'at_least("Monthly income", 3000)'))).toMatchObject({
      conclusion: { kind: 'unknown' },
    });
    expect(resultOf(await ask(narrow.call, 'has("Town")'))).toMatchObject({ conclusion: { answer: false } });
  });

  test('is denied by a rule whether there is something or not', async () => {
    const { call, key } = await agentWith();
    await save({ subject: { agent: key.id }, action: 'query', claims: ['monthly_income', 'boat'] });
    const [there, not] = [await ask(call, 'at_least("Monthly income", 10)'), await ask(call, 'at_least("Boat", 10)')];
    expect({ ...there, receipt: undefined }).toEqual({ ...not, receipt: undefined });
    expect(there.status).toBe('denied');
  });

  test('says nothing where the person has said two things of one name', async () => {
    await wallet.keep('town', 'Ulm');
    const { call } = await agentWith(told(['town']));
    expect(resultOf(await ask(call, 'equals("Town", "Ulm")'))).toMatchObject({ conclusion: { kind: 'unknown' } });
    expect(resultOf(await ask(call, 'count("Town")'))).toMatchObject({ conclusion: { count: 2 } });
  });
});

describe('store_data', () => {
  const kept = async (label: string) =>
    (await wallet.route('attributes.list', {})).attributes.find((one) => one.label === label);

  test.each([
    ['Shoe size', 1, '42', 'number'],
    ['Wedding day', 2, '2012-06-01', 'date'],
    ['Left-handed', 2, 'true', 'yes_no'],
    ['Favourite wine', 1, 'Riesling, dry', 'text'],
  ] as const)('keeps something new without the person: %s', async (label, tier, value, type) => {
    const { call } = await agentWith();
    const answer = resultOf(await call('store_data', { label, tier, value }));
    expect(answer).toMatchObject({ stored: { label, tier, type } });
    expect(JSON.stringify(answer)).not.toContain(value);
    expect(await kept(label)).toMatchObject({ value, tier, type });
  });

  test.each([
    ['is there already', { label: 'TOWN', tier: 1, value: 'Ulm' }],
    ['others would take for their word', { label: 'Birth date', tier: 1, value: '1999-01-01' }],
    ['says an age', { label: 'age over 18', tier: 1, value: 'true' }],
    ['is of Tier 3', { label: 'Blood type', tier: 3, value: 'AB' }],
  ])('asks the person about what %s', async (_, input) => {
    const { call } = await agentWith();
    expect(await call('store_data', input)).toMatchObject({ status: 'pending' });
    expect((await wallet.route('attributes.list', {})).attributes).toHaveLength(7);
  });

  test('keeps Tier 3 in its compartment when the person opens it, and not without', async () => {
    const { call } = await agentWith();
    const asked = await call('store_data', { label: 'Blood type', tier: 3, value: 'AB' });
    const waiting = await wallet.first();
    if (waiting?.kind !== 'agent' || waiting.state.step !== 'ask') throw new Error('Nothing is asked.');
    expect(waiting.state.asks).toMatchObject({
      tool: 'store_data',
      value: 'AB',
      compartment: 'health',
      replaces: false,
    });
    const { digest } = waiting.state;
    const without = wallet.route('requests.allowAgentCall', { requestId: waiting.requestId, digest });
    await expect(without).rejects.toMatchObject({ field: 'opener' });
    const wrong = { requestId: waiting.requestId, digest, opener: { password: 'wrong' } };
    await expect(wallet.route('requests.allowAgentCall', wrong)).rejects.toMatchObject({ reason: 'wrong_password' });
    await allow();
    expect(resultOf(await call('check_status', { request_id: idOf(asked) }))).toMatchObject({ stored: { tier: 3 } });
    expect(await kept('Blood type')).toMatchObject({ tier: 3, compartment: 'health' });
  });

  test('denied by the person keeps nothing, and is logged', async () => {
    const { key, call } = await agentWith();
    const asked = await call('store_data', { label: 'Blood type', tier: 3, value: 'AB' });
    await wallet.route('requests.deny', { requestId: idOf(asked) });
    expect(await call('check_status', { request_id: idOf(asked) })).toMatchObject({ status: 'denied' });
    expect(await kept('Blood type')).toBeUndefined();
    expect((await wallet.log()).map(({ kind, subject }) => [kind, subject])).toContainEqual(['agent.denied', key.id]);
  });

  test('takes the place of what is there when the person says so', async () => {
    const { call } = await agentWith();
    await call('store_data', { label: 'Nickname', tier: 1, value: 'Enchantress' });
    await allow();
    expect(await kept('Nickname')).toMatchObject({ value: 'Enchantress' });
  });

  test('keeps one of many of one name at the same time', async () => {
    const { call } = await agentWith();
    const calls = Array.from({ length: 8 }, (_, i) => call('store_data', { label: 'Pet', tier: 1, value: String(i) }));
    const answers = await Promise.allSettled(calls);
    expect(answers.filter((one) => one.status === 'fulfilled' && one.value.status === 'done')).toHaveLength(1);
    const { attributes } = await wallet.route('attributes.list', {});
    expect(attributes.filter(({ label }) => label === 'Pet')).toHaveLength(1);
  });

  test.each([
    ['label', { label: ' ', tier: 1, value: 'x' }],
    ['label', { label: 'x'.repeat(61), tier: 1, value: 'x' }],
    ['value', { label: 'Note', tier: 1, value: 'x'.repeat(501) }],
    ['tier', { label: 'Note', tier: 4, value: 'x' }],
    ['value', { label: 'Note', tier: 1, value: 12 }],
  ])('says that %s is wrong', async (field, input) => {
    const { call } = await agentWith();
    await expect(call('store_data', input)).rejects.toMatchObject({ reason: 'bad_request', field });
  });

  test('is denied in a tier that the agent was not given', async () => {
    const { call } = await agentWith(told([], [1]));
    expect(await call('store_data', { label: 'Pet', tier: 2, value: 'x' })).toMatchObject({ status: 'denied' });
  });
});

describe('list_data', () => {
  test('gives labels, types and tiers of what the agent was given, and no value', async () => {
    const { call } = await agentWith();
    const { data } = resultOf(await call('list_data', {}));
    expect(data).toContainEqual({ label: 'Town', name: 'town', tier: 2, type: 'text', source: 'own word' });
    expect(data).toContainEqual({ label: 'Allergy', name: 'allergy', tier: 3, type: 'text', source: 'own word' });
    expect(data).toContainEqual({ label: 'over 18', name: 'age_over_18', tier: 1, source: ISSUER });
    const narrow = await agentWith(told([], [1]));
    const tiers = (resultOf(await narrow.call('list_data', {}))['data'] as { tier: number }[]).map(({ tier }) => tier);
    expect(new Set(tiers)).toEqual(new Set([1]));
    expect(await narrow.call('list_data', { tier: 3 })).toMatchObject({ status: 'denied' });
  });

  test('leaves out what a rule denies or wants asked', async () => {
    const { key, call } = await agentWith();
    await save({ subject: { agent: key.id }, action: 'list', claims: ['allergy'] });
    await save({
      id: 'r2',
      effect: 'ask',
      subject: { kind: 'agent' },
      action: 'list',
      claims: ['town'],
    });
    const listed = JSON.stringify(resultOf(await call('list_data', {})));
    expect(listed).not.toMatch(/Allergy|Town/);
    expect(listed).toContain('Nickname');
  });
});

describe('request_capability', () => {
  const wine = { capability_type: 'purchase', domain: SHOP, purpose: 'A bottle of wine' };
  const paid = (amount: number, more: object = {}): Json => ({
    ...{ ...wine, constraints: { max_amount: amount, currency: 'USD' } },
    ...more,
  });
  const WITH_BUDGET: AgentLimitsView = { ...ASKS, budget: [{ currency: 'USD', per: 'day', amount: '100' }] };

  async function allowed(call: Call, args: Json): Promise<ToolAnswer> {
    const asked = await call('request_capability', args);
    if (asked.status !== 'pending') return asked;
    const waiting = await wallet.first();
    if (waiting?.kind !== 'capability' || waiting.state.step !== 'ready') throw new Error('Nothing is asked.');
    const { digest } = waiting.state.plan;
    await wallet.route('requests.allowCapability', { requestId: waiting.requestId, digest });
    return call('check_status', { request_id: idOf(asked) });
  }

  test('gives a token for the named site when the person allows it', async () => {
    const { key, call } = await agentWith(WITH_BUDGET);
    const { token } = resultOf(await allowed(call, paid(80)));
    expect(String(token)).toMatch(/^v4\.public\./);
    expect(await wallet.held()).toMatchObject([{ audience: SHOP, terms: { kind: 'purchase', amount: '80.00' } }]);
    expect((await wallet.route('agents.list', {})).agents).toMatchObject([{ id: key.id, spent: ['80.00'] }]);
  });

  test('spends no more than the budget, however the day is cut up', async () => {
    const { call } = await agentWith(WITH_BUDGET);
    await allowed(call, paid(80));
    expect(await call('request_capability', paid(21))).toMatchObject({ status: 'denied' });
    expect(await allowed(call, paid(20))).toMatchObject({ status: 'done' });
    expect(await call('request_capability', paid(1, { domain: 'other.example' }))).toMatchObject({ status: 'denied' });
    machine.clock.now += 86_400_000;
    await wallet.route('wallet.unlock', { password: PASSWORD });
    expect(await call('request_capability', paid(100))).toMatchObject({ status: 'pending' });
  });

  test('spends nothing in a currency that the budget does not name, and asks about what costs nothing', async () => {
    const { call } = await agentWith(ASKS);
    expect(await call('request_capability', paid(1))).toMatchObject({ status: 'denied' });
    expect(await call('request_capability', wine)).toMatchObject({ status: 'pending' });
  });

  test('keeps to its budget where a rule allows it to spend', async () => {
    const { key, call } = await agentWith(WITH_BUDGET);
    await save({ effect: 'permit', subject: { agent: key.id }, action: 'spend', claims: ['purchase'] });
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => call('request_capability', paid(40))));
    const done = answers.filter((one) => one.status === 'fulfilled' && one.value.status === 'done');
    expect(done.length).toBeLessThanOrEqual(2);
    for (let i = 0; i < 3; i++) await call('request_capability', paid(40));
    expect((await wallet.route('agents.list', {})).agents[0]?.spent).toEqual(['80.00']);
  });

  test('keeps to the limits that the person has for everybody', async () => {
    const { call } = await agentWith(WITH_BUDGET);
    await wallet.limit({ currency: 'USD', per: 'token', amount: '10' });
    expect(await call('request_capability', paid(11))).toMatchObject({ status: 'denied' });
  });

  test.each([
    ['max_amount', { constraints: { currency: 'USD' } }],
    ['currency', { constraints: { max_amount: 5 } }],
    ['expires_in', { constraints: { expires_in: 3600 } }],
    ['one_time', { constraints: { one_time: false } }],
    ['constraints.holder_jwk', { constraints: { holder_jwk: {} } }],
    ['purpose', { purpose: '' }],
  ])('says that %s is wrong', async (field, wrong) => {
    const { call } = await agentWith(WITH_BUDGET);
    const args = { ...wine, ...wrong } as unknown as Json; // an object
    await expect(call('request_capability', args)).rejects.toMatchObject({ reason: 'bad_request', field });
  });
});

describe('negotiate_context', () => {
  const negotiate = async (call: Call, attribute: string, mode: 'disclose' | 'prove') => {
    const disclosure = { attribute, mode, justification: 'They ask' };
    const args = { counterparty: SHOP, proposed_disclosures: [disclosure], purpose: 'A bottle of wine' };
    const { disclosures } = resultOf(await call('negotiate_context', args)) as { disclosures: object[] };
    return disclosures[0];
  };

  test.each([
    ['age_over_18', 'disclose', { outcome: 'show', asks_the_person: true }],
    ['age_over_18', 'prove', { outcome: 'show', operators: ['eq'] }],
    ['given_name', 'disclose', { outcome: 'no' }],
    ['birth_date', 'prove', { outcome: 'no' }],
    ['boat', 'disclose', { outcome: 'no', because: 'There is nothing here that answers it.' }],
  ] as const)('says of %s to %s what would come of it', async (attribute, mode, outcome) => {
    const { call } = await agentWith();
    expect(await negotiate(call, attribute, mode)).toMatchObject({ attribute, ...outcome });
  });

  test('says what would go without the person, and what no rule allows', async () => {
    const { call } = await agentWith(told(['age_over_18']));
    expect(await negotiate(call, 'age_over_18', 'disclose')).toMatchObject({ outcome: 'show', asks_the_person: false });
    await save({ subject: { site: SHOP }, claims: ['age_over_18'] });
    expect(await negotiate(call, 'age_over_18', 'disclose')).toMatchObject({ outcome: 'no' });
  });

  test('tells, keeps and uses up nothing', async () => {
    const { call } = await agentWith(told(['age_over_18']));
    const before = (await wallet.route('credentials.list', {})).credentials;
    await negotiate(call, 'age_over_18', 'disclose');
    expect((await wallet.route('credentials.list', {})).credentials).toEqual(before);
    expect(await wallet.first()).toBeUndefined();
  });
});

describe('an answer', () => {
  test('has a receipt that the log bears out', async () => {
    const { call } = await agentWith();
    const { receipt } = await call('list_data', {});
    const { text } = await wallet.route('audit.exportEntry', { seq: receipt?.sequence ?? -1 });
    const carried = /^extra (.+)$/m.exec(text)?.[1] ?? '';
    const { entry } = JSON.parse(Buffer.from(carried, 'base64').toString()) as { entry: Json }; // as exports are written
    expect(Buffer.from(hashLeaf(canonicalJsonBytes(entry))).toString('base64')).toBe(receipt?.leaf);
  });

  test('of each tool is in the log under the agent, with names and no value', async () => {
    const { key, call } = await agentWith(told(['town', 'age_over_18']));
    await call('query', { query: 'equals("Town", "Port Example")' });
    await call('store_data', { label: 'Pet', tier: 1, value: 'Snowball' });
    await call('get_proof', proofOf('age_over_18'));
    const entries = (await wallet.log()).filter(({ subject }) => subject === key.id);
    expect(entries.map(({ kind, claims, decision }) => [kind, claims, decision])).toEqual([
      ['agent.get_proof', ['age_over_18'], 'PERMIT'],
      ['agent.store_data', ['pet'], 'PERMIT'],
      ['agent.query', ['town'], 'PERMIT'],
      ['agent.paired', [], ''],
    ]);
    expect(JSON.stringify(await wallet.log())).not.toMatch(/Port Example|Snowball/);
  });
});

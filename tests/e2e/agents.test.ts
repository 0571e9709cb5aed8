import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ToolAnswer } from '../../lib/agents/index.ts';
import { ASKS, callOn } from '../fixtures/agent-wallet.ts';
import type { AgentKey } from '../fixtures/agent-wallet.ts';
import type { Program } from '../fixtures/test-host.ts';
import type { AgentScene } from './agent-scene.ts';
import { openAgentScene } from './agent-scene.ts';
import { PASSWORD, approve, askWallet, deny, text, untilSays } from './setup/harness.ts';

const TIER_3 = { label: 'Blood type', tier: 3, value: 'AB positive' } as const;
const QUERY = { query: 'at_least("Monthly income", 3000)' };

let scene: AgentScene;
let key: AgentKey;
let program: Program;

beforeAll(async () => {
  scene = await openAgentScene();
  const income = { label: 'Monthly income', type: 'number', value: '4711', tier: 2 } as const;
  await askWallet(scene.app, 'attributes.save', income);
  key = await scene.pair(ASKS);
  program = await scene.welcomed(key);
}, 240_000);
afterAll(() => scene[Symbol.asyncDispose]());

const idOf = (answer: ToolAnswer): string => (answer.status === 'pending' ? answer.request_id : '');
const status = (asked: ToolAnswer) => callOn(program, 'check_status', { request_id: idOf(asked) });

/** An agent asks, and the window that it gets says who it is. */
async function askedInWindow(call: () => Promise<ToolAnswer>): Promise<{ consent: Page; asked: ToolAnswer }> {
  const appears = scene.opened.nextConsent();
  const asked = await call();
  expect(asked.status).toBe('pending');
  const consent = await appears;
  await untilSays(consent, 'Helper');
  return { consent, asked };
}

test('an agent lists what there is without anybody, and gets no value', async () => {
  const answer = await callOn(program, 'list_data', {});
  expect(answer).toMatchObject({ status: 'done', result: { data: [{ label: 'Monthly income', tier: 2 }] } });
  expect(JSON.stringify(answer)).not.toContain('4711');
});

test('what is of Tier 3 is kept when the person opens its compartment in the consent window', async () => {
  const { consent, asked } = await askedInWindow(() => callOn(program, 'store_data', TIER_3));
  await untilSays(consent, 'AB positive');
  await untilSays(consent, text('agent_of_yours_client', 'A client 1'));
  const polled = status(asked);
  await consent.type('input[type="password"]', PASSWORD);
  await approve(consent);
  expect(await polled).toMatchObject({ status: 'done', result: { stored: { label: 'Blood type', tier: 3 } } });
});

test('a conclusion is told when the person allows it, and not when they deny it', async () => {
  const first = await askedInWindow(() => callOn(program, 'query', QUERY));
  await untilSays(first.consent, text('self_source'));
  await deny(first.consent);
  expect(await status(first.asked)).toMatchObject({ status: 'denied' });
  const second = await askedInWindow(() => callOn(program, 'query', QUERY));
  await approve(second.consent);
  expect(await status(second.asked)).toMatchObject({ result: { conclusion: { kind: 'yes_no', answer: true } } });
});

test('a window that is closed denies', async () => {
  const { consent, asked } = await askedInWindow(() =>
    callOn(program, 'get_proof', {
      predicates: [{ attribute: 'age_over_18', operator: 'eq', value: true }],
      ...{ proof_type: 'any', domain: 'shop.example', nonce: 'MDEyMzQ1Njc4OWFiY2RlZg' },
    }),
  );
  await untilSays(consent, 'shop.example');
  await consent.close();
  expect(await status(asked)).toMatchObject({ status: 'denied' });
});

test('a worker that is killed comes back to its host by itself, and what waited waits still', async () => {
  const { asked } = await askedInWindow(() => callOn(program, 'store_data', TIER_3));
  const before = scene.starts();
  const page = scene.app.url();
  await scene.app.goto('about:blank'); // a page of ours would wake it
  await scene.opened.killWorker();
  await scene.startedAfter(before);
  await scene.app.goto(page);
  program = await scene.welcomed(key);
  const waiting = (await askWallet(scene.app, 'requests.list', {})).waiting[0];
  expect(waiting?.requestId).toBe(idOf(asked));
  await askWallet(scene.app, 'requests.deny', { requestId: idOf(asked) });
  expect(await status(asked)).toMatchObject({ status: 'denied' });
});

test('an agent that is revoked loses its connection, and the host is let go', async () => {
  await askWallet(scene.app, 'agents.revoke', { id: key.id });
  await program.ended();
  expect(program.frames.at(-1)).toMatchObject({ type: 'failed', error: { reason: 'unknown_agent' } });
  await scene.left();
  expect((await askWallet(scene.app, 'agents.list', {})).host).toBe('off');
});

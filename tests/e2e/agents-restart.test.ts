import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ASKS, callOn } from '../fixtures/agent-wallet.ts';
import type { AgentScene } from './agent-scene.ts';
import { openAgentScene } from './agent-scene.ts';
import { PASSWORD, askWallet, axeAndScreenshot, text, untilSays } from './setup/harness.ts';

/** The browser gives an extension a new permission's API once it has started anew: in the middle of a pairing. */
let scene: AgentScene;

beforeAll(async () => {
  scene = await openAgentScene({ mayRestart: true });
}, 120_000);
afterAll(() => scene[Symbol.asyncDispose]());

/** Starts the extension anew, as the button does. @returns the page that the new one opens */
async function restarted(): Promise<Page> {
  const { opened, app } = scene;
  const connect = opened.url('app.html#/agents/connect');
  const appears = opened.browser.waitForTarget((target) => target.url() === connect);
  await expect(askWallet(app, 'agents.reload', { lose: false })).rejects.toThrow(); // with it goes whoever asked
  const page = await (await appears).page();
  if (page === null) throw new Error('What opened is no page.');
  return page;
}

test('a pairing goes on after the extension started anew for it, and nothing that waits is lost before the person knows', async () => {
  const { app } = scene;
  const former = await scene.pair(ASKS, 'Former');
  const program = await scene.welcomed(former);
  const asked = await callOn(program, 'store_data', { label: 'Wine', tier: 3, value: 'red' });
  const begun = await askWallet(app, 'agents.pairing.start', {});
  expect(await askWallet(app, 'agents.reload', { lose: false })).toEqual({ waiting: 1 });
  if (asked.status !== 'pending') throw new Error(asked.status);
  await askWallet(app, 'requests.deny', { requestId: asked.request_id });

  const starts = scene.starts();
  const page = await restarted();
  await untilSays(page, text('unlock')); // what kept the vault open ended with the extension
  await askWallet(page, 'wallet.unlock', { password: PASSWORD });
  await scene.startedAfter(starts);
  await untilSays(page, text('connect_cancel'));
  expect(await askWallet(page, 'agents.pairing.state', {})).toEqual(begun);
  expect(await axeAndScreenshot('agents-connect-restarted', page)).toEqual([]);

  const latter = await scene.goOn(page, ASKS, 'Latter');
  const { agents } = await askWallet(page, 'agents.list', {});
  expect(agents.map(({ name }) => name)).toEqual(['Latter', 'Former']);
  for (const key of [former, latter]) {
    expect(await callOn(await scene.welcomed(key), 'list_data', {})).toMatchObject({ status: 'done' });
  }
});

import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentHash, AGENTS, CONNECT } from '../../components/agents/agent-hash.ts';
import { type RunningIssuer, startIssuer } from '../../demo/issuer/server.ts';
import type { ToolAnswer, ToolName } from '../../lib/agents/index.ts';
import type { Json } from '../../lib/core/index.ts';
import type { AgentView } from '../../lib/messaging/contract.ts';
import { screenshotAs } from '../../tools/browser/screenshot.ts';
import { AgentKey, beginPairing, callOn, isOf } from '../fixtures/agent-wallet.ts';
import type { Program } from '../fixtures/test-host.ts';
import { openAgentScene } from './agent-scene.ts';
import type { AgentScene } from './agent-scene.ts';
import { untilArmed, untilNoWindow } from './scene.ts';
import {
  type ExtensionBrowser,
  PASSWORD,
  SCREENS,
  acceptLicence,
  askWallet,
  axeAndScreenshot,
  clickNamed,
  clickWhenArmed,
  deny,
  fill,
  findNamed,
  named,
  text,
  until,
  untilSays,
} from './setup/harness.ts';

const SHOP = 'https://tickets.shop.example';
/** What the program calls itself, and what the person calls it. */
const PROGRAM = 'Agent on laptop';
const NAME = 'Travel planner';
const CLIENT = 'A client 1';
/** What the site gave, by the agent's word. */
const NONCE = 'A'.repeat(22);
const OTHER_NONCE = 'B'.repeat(22);

let scene: AgentScene;
let opened: ExtensionBrowser;
let issuer: RunningIssuer;
let app: Page;
let key: AgentKey;
/** Connected as the agent. */
let program: Program;

beforeAll(async () => {
  [scene, issuer] = await Promise.all([openAgentScene({ installed: false }), startIssuer()]);
  ({ opened, app } = scene);
  await app.setViewport({ width: 1100, height: 900 });
  await acceptLicence(opened, issuer);
  await askWallet(app, 'attributes.save', { label: 'Monthly income', type: 'number', value: '4200', tier: 2 });
});

afterAll(async () => {
  await scene[Symbol.asyncDispose]();
  await issuer.close();
});

describe('an agent is connected', () => {
  test('from a screen that says what one is for, by three steps', async () => {
    await look(AGENTS, text('agents_empty'));
    expect(await faultsOf('agents-empty', WIDTHS)).toEqual([]);
    await clickNamed(app, text('agents_connect'), 'link');
    await named(app, text('connect_pair'), 'heading');
    expect(await faultsOf('agents-connect', WIDTHS)).toEqual([]);
  });

  test('not where the command is missing: that is said, with what to do', async () => {
    await clickNamed(app, text('connect_begin'), 'button');
    await untilSays(app, text('connect_no_host'));
    expect(await faultsOf('agents-connect-no-host')).toEqual([]);
  });

  test('once the command is there, which is waited for and can be given up', async () => {
    await scene.install();
    await clickNamed(app, text('connect_look_again'), 'button');
    await scene.startedAfter(0);
    await untilSays(app, text('connect_waits'));
    expect(await faultsOf('agents-connect-waits')).toEqual([]);
    await clickNamed(app, text('connect_cancel'), 'button');
    await untilSays(app, text('connect_ended_cancelled'));
    expect(await faultsOf('agents-connect-cancelled')).toEqual([]);
  });

  test('never when the digits differ: the program hears no, and the next try is another', async () => {
    const { pairing } = await pairOnScreen();
    await clickNamed(app, text('connect_differ'), 'button');
    await untilSays(app, text('connect_ended_cancelled'));
    expect(await pairing.next(isOf('failed'))).toMatchObject({ error: { reason: 'denied' } });
    expect(await agents()).toEqual([]);
  });

  test('when they are the same, by the name and within the limits that the person gives', async () => {
    const { digits, pairing } = await pairOnScreen();
    expect(await app.$eval('.digits-shown', ({ textContent }) => textContent)).toBe(digits);
    await untilSays(app, text('connect_program', PROGRAM));
    expect(await faultsOf('agents-connect-digits', WIDTHS)).toEqual([]);
    await clickWhenArmed(app, text('connect_same'));

    await fill(app, text('agent_name'), NAME);
    await choose('tier_2');
    await choose('agent_freedom_listed');
    await clickNamed(app, text('agent_budget_add'), 'button');
    await clickNamed(app, text('connect_confirm'), 'button');
    await untilSays(app, text('agent_claims_missing'));
    await clickNamed(app, 'Over 21', 'button');
    await clickNamed(app, text('connect_confirm'), 'button');
    await untilSays(app, text('limit_amount_bad'));
    await fill(app, text('limit_amount'), '100');
    expect(await faultsOf('agents-connect-limits', WIDTHS)).toEqual([]);
    await clickNamed(app, text('connect_confirm'), 'button');

    await named(app, text('connect_done'), 'heading');
    expect(await faultsOf('agents-connect-done')).toEqual([]);
    expect(await pairing.next(isOf('pair.done'))).toMatchObject({ agent: key.id, name: NAME });
    expect(await agents()).toMatchObject([
      {
        ...{ id: key.id, name: NAME, role: 'public', state: 'active', asked: 0 },
        limits: {
          tiers: [1, 2],
          claims: ['age_over_21'],
          budget: [{ currency: 'USD', per: 'month', amount: '100.00' }],
        },
      },
    ]);
  });
});

describe('what an agent asks', () => {
  beforeAll(async () => {
    program = await scene.welcomed(key);
  });

  test('for a site is asked in its own name, and never looks like the site', async () => {
    const { consent } = await asks('get_proof', {
      predicates: [{ attribute: 'birth_date', operator: 'age_at_least', value: 18 }],
      ...{ proof_type: 'any', domain: SHOP, nonce: NONCE },
    });
    expect(await headOf(consent)).toBe(NAME);
    await untilSays(consent, text('agent_of_yours_client', CLIENT));
    await untilSays(consent, text('agent_hands_on_proof'));
    expect(await consent.$eval('.asked-for strong', ({ textContent }) => textContent)).toBe('shop.example');
    expect(await consent.$eval('h1', (heading) => heading.querySelector('.origin'))).toBeNull();
    expect(await findNamed(consent, text('grant_always'), 'button')).toBeNull();
    expect(await findNamed(consent, text('consent_deny_more'), 'button')).toBeNull();
    expect(await faultsOf('consent-agent-proof', [], consent)).toEqual([]);

    await popupShows('popup-agent-waiting', NAME);
    await deny(consent);
    await untilNoWindow(opened);
  });

  test('as a conclusion shows what it would be told, and not the value', async () => {
    const { consent, answer } = await asks('query', { query: 'at_least("Monthly income", 3000)' });
    await untilSays(consent, text('agent_not_the_value', 'Monthly income'));
    await untilSays(consent, text('agent_query_at_least', '3,000'));
    expect(await consent.$eval('.conclusion', ({ textContent }) => textContent)).toBe(text('yes'));
    expect(await consent.$eval('main', ({ textContent }) => textContent)).not.toContain('4200');
    expect(await consent.$('.asked-for')).toBeNull();
    expect(await faultsOf('consent-agent-query', [], consent)).toEqual([]);
    await allow(consent);
    expect(await resultOf(answer)).toMatchObject({ conclusion: { kind: 'yes_no', answer: true } });
  });

  test('once more about the same says what it was told before', async () => {
    const { consent } = await asks('query', { query: 'at_least("Monthly income", 5000)' });
    await consent.waitForSelector('.notice.warn');
    expect(await faultsOf('consent-agent-told', [], consent)).toEqual([]);
    await deny(consent);
    await untilNoWindow(opened);
  });

  test('to be kept in the place of something is shown in full, and kept with a yes', async () => {
    const { consent } = await asks('store_data', { label: 'Monthly income', tier: 2, value: '4300' });
    await untilSays(consent, text('agent_replaces'));
    await untilSays(consent, '4,300');
    expect(await faultsOf('consent-agent-store', [], consent)).toEqual([]);
    await allow(consent);
    const { attributes } = await askWallet(app, 'attributes.list', {});
    expect(attributes).toMatchObject([{ label: 'Monthly income', value: '4300' }]);
  });

  test('to be locked away takes the password, where the person says', async () => {
    await askWallet(app, 'agents.limit', {
      id: key.id,
      role: 'public',
      limits: { ...(await limitsNow()), tiers: [1, 2, 3] },
    });
    const { consent } = await asks('store_data', { label: 'Passport number', tier: 3, value: 'X1234567' });
    await untilArmed(consent, false);
    expect(await faultsOf('consent-agent-lock', [], consent)).toEqual([]);
    await fill(consent, text('password'), PASSWORD);
    await allow(consent);
    const { attributes } = await askWallet(app, 'attributes.list', {});
    expect(attributes.map(({ label }) => label)).toContain('Passport number');
  });

  test('while the vault is locked is nobody’s, and no site’s', async () => {
    const { consent } = await asks('get_proof', {
      predicates: [{ attribute: 'birth_date', operator: 'age_at_least', value: 18 }],
      ...{ proof_type: 'any', domain: SHOP, nonce: OTHER_NONCE },
    });
    await askWallet(app, 'wallet.lock', {});
    await named(consent, text('unlock'), 'button');
    expect(await consent.$eval('h1', (heading) => heading.querySelector('.origin'))).toBeNull();
    expect(await headOf(consent)).toBe(text('agent_unnamed'));
    expect(await faultsOf('consent-agent-locked', [], consent)).toEqual([]);
    await askWallet(app, 'wallet.unlock', { password: PASSWORD });
    await until(consent, (name) => document.querySelector('.agent-title')?.textContent === name, NAME);
    await deny(consent);
    await untilNoWindow(opened);
  });

  test('is told in the popup and in Activity, under agents', async () => {
    await popupShows('popup-agent', NAME);
    await look('#/activity', text('nav_activity'));
    await clickNamed(app, text('activity_filters'), 'button');
    await (await named(app, text('activity_about'), 'combobox')).select('agents');
    await until(app, () => document.querySelectorAll('.entry').length > 0);
    await app.waitForSelector('.entry .agent-name');
    expect(await faultsOf('activity-agents', WIDTHS)).toEqual([]);
  });

  async function limitsNow(): Promise<AgentView['limits']> {
    const [one] = await agents();
    if (one === undefined) throw new Error('There is no agent.');
    return one.limits;
  }
});

describe('the agents', () => {
  test('are listed with what each asked last and spent', async () => {
    await look(AGENTS, text('nav_agents'));
    await untilSays(app, text('agent_state_connected'));
    await app.waitForSelector('.agent-last');
    expect(await faultsOf('agents', WIDTHS)).toEqual([]);
  });

  test('each has a page, where what it may do is changed in place', async () => {
    await look(agentHash(key.id), NAME);
    await app.waitForSelector('.log .entry');
    expect(await faultsOf('agent', WIDTHS)).toEqual([]);
    await clickNamed(app, text('agent_may_change'), 'button');
    await choose('agent_freedom_nothing');
    expect(await faultsOf('agent-change', WIDTHS)).toEqual([]);
    await clickNamed(app, text('save'), 'button');
    await untilSays(app, text('agent_claims_ask'));
    expect(await agents()).toMatchObject([{ limits: { claims: [] } }]);
  });

  test('are stopped by one switch, which is in sight wherever the person looks', async () => {
    await look(AGENTS, text('nav_agents'));
    await clickNamed(app, text('agents_stop'), 'button');
    await named(app, text('agents_stop_title'), 'dialog');
    expect(await faultsOf('agents-stop')).toEqual([]);
    await clickIn(app, 'dialog', text('agents_stop'));
    await untilSays(app, text('agents_stopped_means'));
    expect(await faultsOf('agents-stopped', WIDTHS)).toEqual([]);
    await expect(callOn(program, 'list_data', {})).rejects.toMatchObject({ reason: 'stopped' });

    await look('#/credentials', text('nav_credentials'));
    await untilSays(app, text('agents_stopped'));
    await popupShows('popup-agents-stopped', text('popup_agents_stopped'));
    await look(AGENTS, text('nav_agents'));
    await clickNamed(app, text('agents_start'), 'button');
    await named(app, text('agents_stop'), 'button');
    expect(await callOn(program, 'list_data', {})).toMatchObject({ status: 'done' });
  });

  test('each can rest, be called otherwise, and end for good', async () => {
    await look(agentHash(key.id), NAME);
    await clickNamed(app, text('agent_pause'), 'button');
    await untilSays(app, text('agent_state_paused'));
    expect(await faultsOf('agent-paused')).toEqual([]);
    await clickNamed(app, text('agent_resume'), 'button');
    await named(app, text('agent_pause'), 'button');

    await clickNamed(app, text('agent_rename'), 'button');
    await fill(app, text('agent_name'), 'Shopping');
    await clickNamed(app, text('save'), 'button');
    await named(app, 'Shopping', 'heading');

    await clickNamed(app, text('agent_revoke'), 'button');
    await named(app, text('agent_revoke_title', 'Shopping'), 'dialog');
    expect(await faultsOf('agent-revoke')).toEqual([]);
    await clickIn(app, 'dialog', text('agent_revoke'));
    await untilSays(app, text('agent_revoked_means'));
    expect(await faultsOf('agent-revoked')).toEqual([]);
    expect(await agents()).toMatchObject([{ state: 'revoked', limits: { tiers: [], claims: [], budget: [] } }]);
  });
});

const WIDTHS = [360, 1600];

/** Opens a place of the app, and waits for a heading on it. */
async function look(hash: string, heading: string): Promise<void> {
  await app.bringToFront();
  await app.goto(opened.url(`app.html${hash}`));
  await app.reload();
  await named(app, heading, 'heading');
}

/** A program begins to pair, and the app shows its digits. */
async function pairOnScreen(): Promise<{ digits: string; pairing: Program }> {
  key = new AgentKey();
  await look(CONNECT, text('connect_pair'));
  await expect.poll(async () => (await askWallet(app, 'agents.pairing.state', {})).host).toBe('off');
  const starts = scene.starts();
  await clickNamed(app, text('connect_begin'), 'button');
  await scene.startedAfter(starts);
  await untilSays(app, text('connect_waits'));
  const pairing = scene.host.connect();
  const { agentNonce, digits } = await beginPairing(pairing, key, PROGRAM);
  pairing.say({ type: 'pair.reveal', agentNonce });
  await named(app, text('connect_digits'), 'heading');
  return { digits, pairing };
}

const agents = async (): Promise<readonly AgentView[]> => (await askWallet(app, 'agents.list', {})).agents;

/** The agent calls a tool that the person has to decide about. */
async function asks(tool: ToolName, args: Json): Promise<{ consent: Page; answer: ToolAnswer }> {
  const appears = opened.nextConsent();
  const answer = await callOn(program, tool, args);
  expect(answer).toMatchObject({ status: 'pending' });
  const consent = await appears;
  await named(consent, text('deny'), 'button');
  await consent.waitForSelector('.agent-who');
  return { consent, answer };
}

async function allow(consent: Page): Promise<void> {
  await clickWhenArmed(consent, text('allow_once'));
  await untilNoWindow(opened);
}

/** What came of a call that waited. */
async function resultOf(pending: ToolAnswer): Promise<unknown> {
  if (pending.status !== 'pending') throw new Error(`It was ${pending.status} at once.`);
  const answer = await callOn(program, 'check_status', { request_id: pending.request_id });
  if (answer.status !== 'done') throw new Error(`It is ${answer.status}.`);
  return answer.result;
}

const headOf = (consent: Page): Promise<string | null> =>
  consent.$eval('.agent-title', ({ textContent }) => textContent);

/** The popup shows these words; its picture is looked at. */
async function popupShows(name: string, words: string): Promise<void> {
  await app.bringToFront();
  const popup = await opened.openPopup(app);
  await untilSays(popup, words);
  expect(await faultsOf(name, [], popup)).toEqual([]);
  await popup.close();
}

/** Presses one of several choices, whose names have what they mean in them. */
async function choose(key: string): Promise<void> {
  await until(
    app,
    (wanted: string) => {
      const labels = [...document.querySelectorAll('label.choice')];
      const found = labels.find((element) => element.querySelector('span > span')?.textContent === wanted);
      found?.querySelector('input')?.click();
      return found !== undefined;
    },
    text(key),
  );
}

/** Presses a button within an element, where others have its name. */
async function clickIn(page: Page, selector: string, name: string): Promise<void> {
  const handle = await page.waitForSelector(`${selector} ::-p-aria(${name}[role="button"])`);
  await handle?.click();
}

/** What axe finds in both themes, and whether the page is wider than its window; a picture of each is kept. */
async function faultsOf(name: string, widths: readonly number[] = [], page = app): Promise<string[]> {
  const faults = [...(await axeAndScreenshot(name, page)), ...(await overflow(page))];
  for (const width of widths) {
    await page.setViewport({ width, height: 900 });
    await screenshotAs(SCREENS, `${name}-${width}`, page);
    faults.push(...(await overflow(page)).map((fault) => `${width} px: ${fault}`));
  }
  if (widths.length > 0) await page.setViewport({ width: 1100, height: 900 });
  return faults;
}

const overflow = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? [`The page is ${scrollWidth - clientWidth} px wider than its window.`] : [];
  });

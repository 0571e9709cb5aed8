import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readCapability } from '../../lib/capabilities/index.ts';
import type { CapabilityView, LimitView } from '../../lib/messaging/contract.ts';
import type { Outcome } from './page-calls.ts';
import { begin, ended, isPending, outcomeOf } from './page-calls.ts';
import { createReaper } from './reaper.ts';
import type { Reaper } from './reaper.ts';
import { entriesOf, untilArmed, untilNoWindow } from './scene.ts';
import {
  PASSWORD,
  askWallet,
  axe,
  axeAndScreenshot,
  clickNamed,
  clickWhenArmed,
  createVault,
  deny,
  fill,
  findNamed,
  named,
  openBrowser,
  pressNamed,
  serve,
  tabTo,
  text,
  typeInto,
  unlock,
  untilSays,
} from './setup/harness.ts';
import type { ExtensionBrowser, TestServer } from './setup/harness.ts';
import type { TinyMerchant } from './tiny-merchant.ts';
import { responseIn, startTinyMerchant } from './tiny-merchant.ts';

const DENIED = { code: 4001, name: 'SignetError', message: 'The request was not granted.' };
const PURPOSE = 'Six bottles of Riesling';

let opened: ExtensionBrowser;
let app: Page;
let reaper: Reaper;
/** A shop of the test's own, with its server. */
let site: TestServer;
let shop: string;
let merchant: TinyMerchant;
let page: Page;
/** Consent windows that were opened since the test began. */
let windows: number;

beforeAll(async () => {
  opened = await openBrowser();
  app = await opened.openApp();
  await app.setViewport({ width: 1100, height: 900 });
  await createVault(app);
  reaper = await createReaper(opened);
  opened.browser.on('targetcreated', (target) => {
    if (target.url().includes('consent.html')) windows += 1;
  });
});
afterAll(() => opened.close());

beforeEach(async () => {
  site = await serve({ '/': '<!doctype html><title>shop</title><textarea></textarea>' }, { tls: true });
  shop = site.origin('shop.example');
  merchant = await startTinyMerchant(shop);
  page = await visit();
  windows = 0;
});
afterEach(async () => {
  const pages = await opened.browser.pages();
  await Promise.all(pages.filter((one) => /^https?:/.test(one.url())).map((one) => one.close()));
  await untilNoWindow(opened);
  await site.close();
  await askWallet(app, 'wallet.unlock', { password: PASSWORD }).catch(() => undefined); // where a test left it locked
  await askWallet(app, 'limits.save', { limits: [] });
});

async function visit(): Promise<Page> {
  const visited = await opened.browser.newPage();
  await visited.goto(shop);
  return visited;
}

/** What the shop asks for, with `changes`; undefined leaves a thing out. */
const spec = (changes: object = {}): object => ({
  ...{ kind: 'purchase', max_amount: '150.00', currency: 'USD', domain: shop, purpose: PURPOSE },
  ...changes,
});

const asking = (changes: object = {}): string => `signet.requestCapability(${JSON.stringify(spec(changes))})`;

/** Asks, and returns the window that asks the person. */
async function askInWindow(changes: object = {}, name = 'token'): Promise<Page> {
  const appears = opened.nextConsent();
  await begin(page, name, asking(changes));
  const consent = await appears;
  await named(consent, text('deny'), 'button');
  await consent.waitForSelector('.could');
  return consent;
}

/** Asks, and the person allows it. */
async function buy(changes: object = {}): Promise<string> {
  const consent = await askInWindow(changes);
  await clickWhenArmed(consent, text('allow_once'));
  const { token } = responseIn(await ended(page, 'token'));
  await untilNoWindow(opened);
  return token;
}

const could = (consent: Page): Promise<string | null> => consent.$eval('.could', ({ textContent }) => textContent);

const held = async (): Promise<readonly CapabilityView[]> =>
  (await askWallet(app, 'capabilities.list', {})).capabilities.filter(({ audience }) => audience === shop);

const limit = (...limits: readonly LimitView[]) => askWallet(app, 'limits.save', { limits });

/** Opens a place of the app, and waits for a heading on it. */
async function go(hash: string, heading: string): Promise<void> {
  await app.bringToFront();
  await app.goto(opened.url(`app.html${hash}`));
  await app.reload();
  await named(app, heading, 'heading');
}

/** What axe finds in the window in both themes, and what of it reaches past an edge; pictures are kept. */
async function expectNoFault(name: string, consent: Page): Promise<void> {
  expect(await axeAndScreenshot(`consent-${name}`, consent)).toEqual([]);
  const outside = await consent.evaluate(() => {
    const { clientWidth, clientHeight } = document.documentElement;
    return [...document.querySelectorAll('.who, .what, .panel, .decide, .decide button')]
      .filter((element) => {
        const { top, bottom, left, right } = element.getBoundingClientRect();
        return top < 0 || bottom > clientHeight + 1 || left < 0 || right > clientWidth + 1 || bottom - top < 20;
      })
      .map(({ className }) => className);
  });
  expect(outside).toEqual([]);
}

/** The same of the app, at its narrowest and widest too. */
async function expectNoFaultInApp(name: string): Promise<void> {
  expect(await axeAndScreenshot(`app-${name}`, app)).toEqual([]);
  for (const width of [360, 1600]) {
    await app.setViewport({ width, height: 900 });
    expect(await app.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  }
  await app.setViewport({ width: 1100, height: 900 });
}

/** Calls many times at once, each in words of its own: the token or unit of each, or the code of its refusal. */
const ASK_OFTEN = `function askOften(spec, name, calls) {
  const one = (number) =>
    signet.requestCapability({ ...spec, purpose: name + ' ' + number }).then(({ token }) => token, ({ code }) => code);
  return Promise.all(Array.from({ length: calls }, (_, number) => one(number)));
}`;

const answersIn = (outcome: Outcome): readonly (string | number)[] => (outcome as { value: (string | number)[] }).value; // what `askOften` comes to: it never throws

/** What a call hears that gets nothing: no, or that the site asks for too much at once. */
const REFUSALS: readonly unknown[] = [4001, -32005];

describe('a shop asks to take money', () => {
  test('the window says the most it could take, and the token buys just that, once', async () => {
    const consent = await askInWindow();
    expect(await could(consent)).toBe(text('cap_take_once', '$150.00', text('cap_within_yes', '60 seconds')));
    await untilSays(consent, PURPOSE);
    await untilSays(consent, text('cap_bearer', '60'));
    for (const what of ['name', 'card', 'balance', 'sites']) await untilSays(consent, text(`cap_hidden_${what}`));
    await untilSays(consent, text('recognise_same_key'));
    await expectNoFault('capability-bearer', consent);
    await clickWhenArmed(consent, text('allow_once'));

    const { token, standing } = responseIn(await ended(page, 'token'));
    expect(standing).toBeUndefined();
    expect(await merchant.take(token, { amount: '150.01' })).toMatchObject({ allowed: false });
    expect(await merchant.take(token, { amount: '10.00', action: 'refund' })).toMatchObject({ allowed: false });
    expect(await merchant.take(token, { amount: '10.00', audience: 'https://other.example' })).toMatchObject({
      allowed: false,
    });
    expect(await merchant.take(token, { amount: '150.00' })).toMatchObject({ allowed: true });
    expect(await merchant.take(token, { amount: '1.00' })).toMatchObject({
      allowed: false,
      reasons: [{ reason: 'used' }],
    });
    expect(await held()).toMatchObject([{ state: 'active', purpose: PURPOSE, terms: { amount: '150.00' } }]);
  });

  test('what was shown raw is what was signed', async () => {
    const consent = await askInWindow({ holder_jwk: merchant.holderJwk });
    expect(await could(consent)).toMatch(/^This shop could take up to \$150\.00, once, until .*\d/);
    await untilSays(consent, text('cap_holder'));
    await clickNamed(consent, text('cap_raw'));
    const raw = await consent.$eval('pre.raw', ({ textContent }) => textContent);
    await clickWhenArmed(consent, text('allow_once'));
    const { token } = responseIn(await ended(page, 'token'));
    expect(readCapability(token).claims).toMatchObject(JSON.parse(raw) as object);
    expect(await merchant.take(token, { amount: '20.00' })).toMatchObject({ allowed: false });
    expect(await merchant.take(token, { amount: '20.00', proves: true })).toMatchObject({ allowed: true });
  });

  test('a budget is told in its steps, and what no money moves for by the site’s word', async () => {
    const budget = await askInWindow({ holder_jwk: merchant.holderJwk, unit: '0.50', max_amount: 20 });
    expect(await could(budget)).toMatch(/^This shop could take up to \$20\.00 in steps of \$0\.50, until .+ \d/);
    await expectNoFault('capability-budget', budget);
    await deny(budget);
    await untilNoWindow(opened);
    const free = await askInWindow({ kind: 'enrol', max_amount: undefined, currency: undefined }, 'free');
    expect(await could(free)).toMatch(/^This site could show that you allowed “enrol”, once, within 60 seconds/);
    await expectNoFault('capability-enrol', free);
    await clickWhenArmed(free, text('allow_once'));
    const { token } = responseIn(await ended(page, 'free'));
    expect(await merchant.take(token, { action: 'enrol' })).toMatchObject({ allowed: true });
  });

  test('no is no: the page hears 4001, nothing was released, and the log says so', async () => {
    const before = await entriesOf(app, 'capability.denied');
    const consent = await askInWindow();
    await deny(consent);
    expect(await ended(page, 'token')).toMatchObject(DENIED);
    expect(await held()).toEqual([]);
    expect(await entriesOf(app, 'capability.denied')).toBe(before + 1);
  });

  test('closing the window is no', async () => {
    const consent = await askInWindow();
    await consent.close();
    expect(await ended(page, 'token')).toMatchObject(DENIED);
    expect(await held()).toEqual([]);
  });

  test('never is no from then on, without a window', async () => {
    const consent = await askInWindow();
    await consent.bringToFront();
    await clickNamed(consent, text('consent_deny_more'), 'button');
    await named(consent, text('consent_deny_more'), 'heading');
    await expectNoFault('capability-deny-more', consent);
    await clickNamed(consent, `${text('consent_never_claims')} “purchase”`, 'button');
    expect(await ended(page, 'token')).toMatchObject(DENIED);
    await untilNoWindow(opened);
    expect(await outcomeOf(page, asking({ purpose: 'again' }))).toMatchObject(DENIED);
    expect(windows).toBe(1);
  });

  test('no script allows it, nor a press before the window has been looked at', async () => {
    const consent = await askInWindow();
    await untilArmed(consent);
    await consent.evaluate(() => {
      const button = document.querySelector<HTMLButtonElement>('.decide .primary');
      button?.click();
      button?.dispatchEvent(new PointerEvent('click', { bubbles: true }));
    });
    expect(await isPending(page, 'token')).toBe(true);
    expect(await held()).toEqual([]);
  });

  test('waits in the popup by what it is', async () => {
    const consent = await askInWindow();
    await app.bringToFront();
    const popup = await opened.openPopup(app);
    await untilSays(popup, text('asks_capability'));
    expect(await axe(popup)).toEqual([]);
    await popup.close();
    await deny(consent);
  });

  test('waits while there is no vault, and is told above the way to one', async () => {
    const other = await openBrowser();
    try {
      const visitor = await other.browser.newPage();
      await visitor.goto(shop);
      const appears = other.nextConsent();
      await begin(visitor, 'token', asking());
      const consent = await appears;
      await named(consent, text('setup'), 'button');
      expect(await could(consent)).toContain('$150.00');
      await expectNoFault('capability-no-vault', consent);
      await consent.close();
      expect(await ended(visitor, 'token')).toMatchObject(DENIED);
      await visitor.close();
    } finally {
      await other.close();
    }
  });

  test('is decided by the keyboard alone', async () => {
    const consent = await askInWindow();
    await untilArmed(consent);
    await tabTo(consent, text('cap_raw'));
    await pressNamed(consent, text('allow_once'));
    expect(await ended(page, 'token')).toHaveProperty('value');
  });

  test.each([
    ['another domain', { domain: 'https://other.example' }, 'domain'],
    ['a sum without a currency', { currency: undefined }, 'currency'],
    ['a currency without a sum', { max_amount: undefined }, 'max_amount'],
    ['more decimals than the currency has', { max_amount: '1.999' }, 'max_amount'],
    ['a minute and a second for whoever has a copy', { expires_in: 61 }, 'expires_in'],
    ['many uses for whoever has a copy', { one_time: false }, 'one_time'],
    ['a budget for whoever has a copy', { unit: '1.00' }, 'unit'],
  ])('%s is a mistake that is named, and no window', async (_, changes, field) => {
    expect(await outcomeOf(page, asking(changes))).toMatchObject({ code: -32602, field });
    expect(windows).toBe(0);
  });
});

describe('a limit', () => {
  test('is told before the yes as it stands after it, and holds without a window', async () => {
    await limit({ currency: 'USD', per: 'month', amount: '200.00', audience: shop });
    const consent = await askInWindow();
    await untilSays(consent, text('limit_after_here', '$50.00', text('limit_per_month', '$200.00')));
    await expectNoFault('capability-limit', consent);
    await clickWhenArmed(consent, text('allow_once'));
    expect(await ended(page, 'token')).toHaveProperty('value');
    await untilNoWindow(opened);

    const before = await entriesOf(app, 'capability.refused');
    expect(await outcomeOf(page, asking({ max_amount: '50.01' }))).toMatchObject(DENIED);
    expect(windows).toBe(1);
    expect(await entriesOf(app, 'capability.refused')).toBe(before + 1);
    const within = await askInWindow({ max_amount: '50.00' }, 'within');
    await untilSays(within, text('limit_after_here', '$0.00', text('limit_per_month', '$200.00')));
  });

  test('is written, changed and removed in the app, by the keyboard', async () => {
    await go('#/capabilities/.limits', text('limits_empty'));
    await expectNoFaultInApp('limits-empty');
    await pressNamed(app, text('limit_new'));
    await named(app, text('limit_new_title'), 'dialog');
    await pressNamed(app, text('save'));
    await untilSays(app, text('limit_amount_bad'));
    await typeInto(app, text('limit_amount'), '200');
    await untilSays(app, text('limit_means_all', text('limit_per_month', '$200.00')));
    await expectNoFaultInApp('limit-edit');
    await pressNamed(app, text('save'));
    await named(app, text('limit_per_month', '$200.00'), 'heading');
    expect((await askWallet(app, 'limits.get', {})).limits).toMatchObject([
      { limit: { currency: 'USD', per: 'month', amount: '200.00' } },
    ]);

    await clickNamed(app, text('limit_change_this', text('limit_per_month', '$200.00')), 'button');
    await fill(app, text('limit_amount'), '90');
    await fill(app, text('limit_site'), 'shop.example');
    await untilSays(app, text('limit_means_here', text('limit_per_month', '$90.00'), 'shop.example'));
    await clickNamed(app, text('save'), 'button');
    await named(app, text('limit_per_month', '$90.00'), 'heading');
    expect((await askWallet(app, 'limits.get', {})).limits).toMatchObject([
      { limit: { amount: '90.00', audience: 'https://shop.example' } },
    ]);
    await expectNoFaultInApp('limits');

    await clickNamed(app, text('limit_remove_this', text('limit_per_month', '$90.00')), 'button');
    await clickNamed(app, text('limit_remove'), 'button');
    await named(app, text('limits_empty'), 'heading');
    expect((await askWallet(app, 'limits.get', {})).limits).toEqual([]);
  });

  test.each([3, 50])(
    'of 200 lets two of %i calls of 80 through, made at once in two windows under a rule that allows them',
    async (calls) => {
      await limit({ currency: 'USD', per: 'day', amount: '200.00', audience: shop });
      const rule = { effect: 'permit', subject: { site: shop }, action: 'spend', claims: ['purchase'] };
      await askWallet(app, 'policy.saveRule', { rule: { ...rule, when: [], locked: false } });
      const second = await visit();
      const pages = [page, second];
      const run = (name: string, count: number) =>
        `(${ASK_OFTEN})(${JSON.stringify(spec({ max_amount: 80 }))}, ${JSON.stringify(name)}, ${count})`;
      await Promise.all([
        begin(page, 'calls', run('first', Math.ceil(calls / 2))),
        begin(second, 'calls', run('second', Math.floor(calls / 2))),
      ]);
      const answers = (await Promise.all(pages.map((where) => ended(where, 'calls')))).flatMap(answersIn);
      expect(answers).toHaveLength(calls);
      expect(answers.filter((answer) => typeof answer === 'string')).toHaveLength(2);
      expect(answers.filter((answer) => typeof answer === 'number' && !REFUSALS.includes(answer))).toEqual([]);
      expect(answers).toContain(4001);
      expect(windows).toBe(0);
      expect(await held()).toHaveLength(2);
      expect((await askWallet(app, 'limits.get', {})).limits).toMatchObject([{ spent: '160.00', left: '40.00' }]);
    },
  );
});

describe('a locked vault', () => {
  test('shows what could be taken above its password, and asks again once it is open', async () => {
    await askWallet(app, 'wallet.lock', {});
    const consent = await askInWindow();
    expect(await could(consent)).toContain('$150.00');
    expect(await findNamed(consent, text('allow_once'), 'button')).toBeNull();
    await expectNoFault('capability-locked', consent);
    await unlock(consent, PASSWORD);
    await clickWhenArmed(consent, text('allow_once'));
    expect(await ended(page, 'token')).toHaveProperty('value');
  });

  test('keeps a receipt as soon as it is open', async () => {
    const token = await buy({ receipt_jwk: merchant.receiptJwk });
    const receipt = await merchant.receipt(token, { paid: '40.00', items: 'Two bottles' });
    await askWallet(app, 'wallet.lock', {});
    const appears = opened.nextConsent();
    await begin(page, 'receipt', `signet.offerCredential(${JSON.stringify({ receipt })})`);
    const consent = await appears;
    await untilSays(consent, text('receipt_waits'));
    await named(consent, text('receipt_unlock'), 'heading');
    await expectNoFault('receipt-locked', consent);
    await unlock(consent, PASSWORD);
    expect(await ended(page, 'receipt')).toEqual({ value: { accepted: true, credentials: 0 } });
    expect(await held()).toMatchObject([{ state: 'used', spent: '40.00', receipts: [{ items: 'Two bottles' }] }]);
  });
});

describe('a worker that dies', () => {
  test('before the yes is back for it', async () => {
    const consent = await askInWindow();
    await reaper.kill();
    await clickWhenArmed(consent, text('allow_once'));
    expect(await ended(page, 'token')).toHaveProperty('value');
    expect(await held()).toHaveLength(1);
    expect(windows).toBe(1);
  });

  test.each([0, 40, 120])('%d ms after the yes has released one token, and the page gets that one', async (moment) => {
    const consent = await askInWindow();
    await untilArmed(consent);
    await consent.bringToFront();
    const click = clickWhenArmed(consent, text('allow_once')).catch(() => undefined); // the window may go first
    await new Promise((resolve) => setTimeout(resolve, moment));
    await reaper.strike();
    await click;
    const { token } = responseIn(await ended(page, 'token'));
    const kept = await held();
    expect(kept.map(({ id }) => id)).toEqual([readCapability(token).claims.jti]);
  });
});

describe('a budget', () => {
  const UNITS = 3;
  const CALLS = 50;

  test.each([[[]], [[30]], [[120, 400]]])(
    'of 3 units answers 3 of 50 calls made at once in two windows; the worker dies after ms: %j',
    async (deaths) => {
      const token = await buy({ holder_jwk: merchant.holderJwk, unit: '1.00', max_amount: UNITS });
      const { jti } = readCapability(token).claims;
      const second = await visit();
      const call = { ...spec({ max_amount: 1, release_of: jti }), purpose: undefined };
      const run = (name: string) => `(${ASK_OFTEN})(${JSON.stringify(call)}, ${JSON.stringify(name)}, ${CALLS / 2})`;
      await Promise.all([begin(page, 'units', run('first')), begin(second, 'units', run('second'))]);
      for (const moment of deaths) {
        await new Promise((resolve) => setTimeout(resolve, moment));
        await reaper.strike();
      }
      const answers = (await Promise.all([page, second].map((where) => ended(where, 'units')))).flatMap(answersIn);
      const units = answers.filter((answer) => typeof answer === 'string');
      const indices = units.map((unit) => Number(unit.split('.')[1])).sort((a, b) => a - b);
      expect(answers).toHaveLength(CALLS);
      expect(indices).toEqual([1, 2, 3]);
      expect(answers.filter((answer) => typeof answer === 'number' && !REFUSALS.includes(answer))).toEqual([]);
      expect(answers).toContain(4001);
      expect(await held()).toMatchObject([{ state: 'used', spent: '3.00', remaining: '0.00' }]);
      expect(windows).toBe(1);

      const unit = units.find((one) => one.endsWith(`.${UNITS}`)) ?? '';
      const take = (amount: string) => merchant.take(token, { amount, unit, proves: true });
      expect(await take('3.01')).toMatchObject({ allowed: false });
      expect(await take('3.00')).toMatchObject({ allowed: true, remaining: '0.00' });
      expect(await take('1.00')).toMatchObject({ allowed: false });
    },
  );

  test('that was revoked releases nothing more', async () => {
    const token = await buy({ holder_jwk: merchant.holderJwk, unit: '1.00', max_amount: 20 });
    const { jti } = readCapability(token).claims;
    const release = asking({ release_of: jti, max_amount: 2 });
    expect(await outcomeOf(page, release)).toHaveProperty('value');
    await askWallet(app, 'capabilities.revoke', { id: jti });
    expect(await outcomeOf(page, release)).toMatchObject(DENIED);
    expect(windows).toBe(1);
  });
});

/** What the clipboard holds, as the shop's text field gets it. */
async function pasted(where: Page): Promise<string> {
  await where.bringToFront();
  await where.focus('textarea');
  await where.keyboard.down('Control');
  await where.keyboard.press('v', { commands: ['Paste'] });
  await where.keyboard.up('Control');
  return where.$eval('textarea', ({ value }) => value);
}

describe('the screen of capabilities', () => {
  test('says what it is for while it is empty', async () => {
    const all = (await askWallet(app, 'capabilities.list', {})).capabilities;
    for (const { id } of all) {
      await askWallet(app, 'capabilities.revoke', { id });
      await askWallet(app, 'capabilities.forget', { id });
    }
    await go('#/capabilities', text('capabilities_empty'));
    await expectNoFaultInApp('capabilities-empty');
  });

  test('shows a receipt as it came, what was spent, and what revoking can and cannot do', async () => {
    const token = await buy({
      ...{ holder_jwk: merchant.holderJwk, receipt_jwk: merchant.receiptJwk },
      ...{ one_time: false, purpose: 'Wine through the year' },
    });
    const { jti } = readCapability(token).claims;
    await buy({
      holder_jwk: merchant.holderJwk,
      unit: '0.10',
      max_amount: 20,
      expires_in: 259_200,
      purpose: 'Articles',
    });
    const used = await buy({ receipt_jwk: merchant.receiptJwk, purpose: 'A corkscrew' });
    const raw = await merchant.receipt(token, { paid: '40.00', items: 'Two bottles of Riesling' });
    const hand = (receipt: string) => outcomeOf(page, `signet.offerCredential(${JSON.stringify({ receipt })})`);
    expect(await hand(raw)).toEqual({ value: { accepted: true, credentials: 0 } });
    expect(await hand(raw)).toMatchObject(DENIED);
    expect(await hand(await merchant.receipt(used, { paid: '150.00', items: 'A corkscrew' }))).toHaveProperty('value');

    await go('#/capabilities', text('nav_capabilities'));
    await untilSays(app, 'up to $150.00 · spent $40.00 · left $110.00');
    await untilSays(app, text('cap_state_used'));
    await expectNoFaultInApp('capabilities');

    await app.click(`a[href="#/capabilities/${jti}"]`);
    await named(app, text('cap_receipts'), 'heading');
    await untilSays(app, 'Two bottles of Riesling');
    expect(await app.$eval('.cap-figure', ({ textContent }) => textContent)).toBe('$110.00 left');
    await expectNoFaultInApp('capability');
    await clickNamed(app, text('cap_receipt_copy'), 'button');
    await untilSays(app, text('cap_receipt_copied'));
    expect(await pasted(page)).toBe(raw);
    await app.bringToFront();

    await pressNamed(app, text('cap_revoke'));
    await named(app, text('cap_revoke_title'), 'dialog');
    await untilSays(app, text('cap_revoke_does'));
    expect(await app.$eval('dialog', ({ textContent }) => textContent)).toMatch(/it works there until .+ \d/);
    await expectNoFaultInApp('capability-revoke');
    await app.keyboard.press('Escape');
    expect(await held()).toMatchObject([{}, {}, { id: jti, state: 'active' }]);
    await clickNamed(app, text('cap_revoke'), 'button');
    await named(app, text('cap_revoke_title'), 'dialog');
    await tabTo(app, text('cap_revoke'));
    await app.keyboard.press('Enter');
    await untilSays(app, text('cap_revoked_title'));
    await expectNoFaultInApp('capability-revoked');
    // Nobody asks the wallet: a merchant who has it can still take what the token says, until its time.
    expect(await merchant.take(token, { amount: '10.00', proves: true })).toMatchObject({ allowed: true });

    await clickNamed(app, text('cap_forget'), 'button');
    await untilSays(app, text('cap_forget_lost_receipts'));
    await clickNamed(app, text('cap_forget'), 'button');
    await named(app, text('nav_capabilities'), 'heading');
    expect((await held()).map(({ id }) => id)).not.toContain(jti);
  });

  test('leads to what else a site knows, and Activity quotes the site’s word', async () => {
    await buy();
    await askWallet(app, 'policy.saveRule', {
      rule: { effect: 'deny', subject: { site: shop }, action: 'prove', claims: ['address'], when: [], locked: false },
    });
    await go(`#/sites/${encodeURIComponent(shop)}`, text('site_capabilities'));
    expect(await axe(app)).toEqual([]);
    await go('#/activity', text('nav_activity'));
    await untilSays(app, text('audit_capability_released', new URL(shop).host, '“purchase”'));
    expect(await axe(app)).toEqual([]);
  });
});

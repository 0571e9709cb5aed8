import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startBank } from '../../demo/bank/server.ts';
import type { Running } from '../../demo/http.ts';
import { type RunningIssuer, startIssuer } from '../../demo/issuer/server.ts';
import { type RunningShop, startShop } from '../../demo/shop/server.ts';
import { outcomeText } from './on-the-wire.ts';
import { untilNoWindow } from './scene.ts';
import {
  type ExtensionBrowser,
  acceptLicence,
  acceptOffer,
  approve,
  armed,
  askWallet,
  axe,
  clickNamed,
  createVault,
  deny,
  openBrowser,
  pressNamed,
  screenshot,
  text,
  untilSays,
} from './setup/harness.ts';

const CASK = 'Founder’s Cask';

let issuer: RunningIssuer;
let opened: ExtensionBrowser;
/** A page of ours, to ask the worker from. */
let app: Page;
/** Another pair for each test: what was denied to one, or trusted of it, counts for no other. */
let bank: Running;
let shop: RunningShop;
/** The shop's page, inside. */
let shelf: Page;

beforeAll(async () => {
  issuer = await startIssuer();
  opened = await openBrowser();
  app = await opened.openApp();
  await createVault(app);
  await acceptLicence(opened, issuer);
});

afterAll(async () => {
  await opened.close();
  await issuer.close();
});

beforeEach(async () => {
  bank = await startBank();
  shop = await startShop({ issuers: [{ issuer: issuer.origin, type: issuer.licenceType }], banks: [bank.origin] });
  shelf = await opened.browser.newPage();
  await shelf.goto(shop.origin);
  const appears = opened.nextConsent();
  await shelf.click('#prove');
  await approve(await appears);
  await shelf.waitForSelector('#till:not([hidden])');
});

afterEach(async () => {
  const pages = await opened.browser.pages();
  await Promise.all(pages.filter((page) => /^http:/.test(page.url())).map((page) => page.close()));
  await untilNoWindow(opened);
  await shop.close();
  await bank.close();
});

/** Puts the bottle of $150 into the basket and presses the button. Returns the window that asks. */
async function askToPay(): Promise<Page> {
  await shelf.bringToFront();
  await clickNamed(shelf, `Add ${CASK}`, 'button');
  return press(shelf, '#pay');
}

async function press(page: Page, button: string): Promise<Page> {
  const appears = opened.nextConsent();
  await page.bringToFront();
  await page.click(button);
  const consent = await appears;
  return consent;
}

async function atTheBank(): Promise<Page> {
  const counter = await opened.browser.newPage();
  await counter.goto(bank.origin);
  await counter.waitForSelector('#passbook[data-state="none"]');
  return counter;
}

/** Has the bank sign, and leaves its offer to be put into the wallet. */
async function askForLimit(): Promise<Page> {
  const counter = await atTheBank();
  await approve(await press(counter, '#ask'));
  await counter.waitForSelector('#passbook[data-state="signed"]');
  await untilNoWindow(opened);
  return counter;
}

async function takeLimit(): Promise<Page> {
  const counter = await askForLimit();
  await acceptOffer(await press(counter, '#put'));
  await counter.waitForSelector('#passbook[data-state="taken"]');
  return counter;
}

const saidAtTill = (): Promise<string | null> => shelf.$eval('#till-outcome', ({ textContent }) => textContent);

const heldAt = async ({ origin }: Running) =>
  (await askWallet(app, 'capabilities.list', {})).capabilities.filter(({ audience }) => audience === origin);

test('the pages of till and bank read well in both themes, and fit every window', async () => {
  const counter = await atTheBank();
  await shelf.bringToFront();
  await clickNamed(shelf, `Add ${CASK}`, 'button');
  for (const [name, page] of [
    ['bank', counter],
    ['till', shelf],
  ] as const) {
    await page.bringToFront();
    expect(await axe(page)).toEqual([]);
    for (const width of [360, 1600]) {
      await page.setViewport({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await screenshot(`demo-${name}-${width}`, page);
    }
  }
});

test('the basket is filled and emptied by key, and the focus stays with who does it', async () => {
  await shelf.bringToFront();
  await pressNamed(shelf, `Add ${CASK}`);
  await pressNamed(shelf, `One ${CASK} more`);
  await shelf.keyboard.press('Enter');
  expect(await shelf.$eval('#total', ({ textContent }) => textContent)).toBe('$450');
  await pressNamed(shelf, `One ${CASK} fewer`);
  await shelf.keyboard.press('Enter');
  await shelf.keyboard.press('Enter');
  await shelf.waitForSelector('#empty:not([hidden])');
  expect(await shelf.evaluate(() => document.activeElement?.ariaLabel)).toBe(`Add ${CASK}`);
});

test('a bottle is sold to who the bank stands behind, once, and the receipt is in the wallet', async () => {
  const counter = await takeLimit();
  expect(await axe(counter)).toEqual([]);
  await approve(await askToPay());
  await untilSays(shelf, 'Your wallet keeps our receipt.');
  expect(await axe(shelf)).toEqual([]);
  expect(shop.sales).toMatchObject([{ amount: '150.00', items: `1 × ${CASK}` }]);
  expect(await heldAt(shop)).toMatchObject([
    { state: 'used', spent: '150.00', authority: bank.origin, receipts: [{ raw: shop.sales[0]?.receipt }] },
  ]);

  await clickNamed(shelf, 'Try to pay with the same permission again', 'button');
  await untilSays(shelf, 'This permission was for one purchase, and you made it.');
  expect(shop.judged.map((result) => result.reasons.map(({ reason }) => reason))).toEqual([[], ['used']]);
  expect(shop.sales).toHaveLength(1);
});

test('who has nobody behind them buys nothing, is told where to ask, and has the sum back', async () => {
  await approve(await askToPay());
  await untilSays(shelf, 'Nothing was taken. Your wallet has it back.');
  expect(await shelf.$eval('#bank', (link) => link.getAttribute('href'))).toBe(bank.origin);
  expect(await axe(shelf)).toEqual([]);
  expect(await heldAt(shop)).toMatchObject([{ state: 'returned', returned: '150.00' }]);
});

test('once the bank took its limit back, the wallet shows it to nobody and the shop sells nothing', async () => {
  const counter = await takeLimit();
  await counter.bringToFront();
  await counter.click('#take-back');
  await untilSays(counter, 'every shop that asks us hears no, and your wallet knows.');
  expect(await axe(counter)).toEqual([]);
  const { offers } = await askWallet(app, 'authorities.list', {});
  expect(offers.filter(({ authority }) => authority === bank.origin)).toMatchObject([{ state: 'revoked' }]);
  await approve(await askToPay());
  await untilSays(shelf, 'Nobody whom we know stands behind your wallet.');
  expect(shop.sales).toEqual([]);
});

test('who says no at the till pays nothing, and the shop’s server gets nothing', async () => {
  await deny(await askToPay());
  await shelf.waitForSelector('#till-outcome[data-kind="bad"]');
  expect(await saidAtTill()).toBe('Your wallet allowed nothing, so nothing was taken. Nothing was sent to us.');
  expect(shop.received().includes('POST /checkout')).toBe(false);
  expect(await heldAt(shop)).toEqual([]);
});

test('who shows the bank no key is granted nothing', async () => {
  const counter = await atTheBank();
  await deny(await press(counter, '#ask'));
  await counter.waitForSelector('#outcome[data-kind="bad"]');
  expect(await outcomeText(counter)).toBe(
    'Your wallet said no, so nothing is granted. You can ask again whenever you like.',
  );
  await counter.reload();
  await counter.waitForSelector('#passbook[data-state="none"]');
});

test('a limit that the person does not want is taken back at once, and can be asked for again', async () => {
  const counter = await askForLimit();
  const consent = await press(counter, '#put');
  await armed(consent, text('offer_continue'));
  await deny(consent);
  await counter.waitForSelector('#passbook[data-state="none"]');
  await counter.reload();
  await counter.waitForSelector('#passbook[data-state="none"]');
  expect((await askWallet(app, 'authorities.list', {})).trusted.map(({ authority }) => authority)).not.toContain(
    bank.origin,
  );
  await untilNoWindow(opened);
  await approve(await press(counter, '#ask'));
  await counter.waitForSelector('#passbook[data-state="signed"]');
});

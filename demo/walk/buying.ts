import type { Page } from 'puppeteer';
import { armed, clickNamed } from '../../tools/browser/by-name.ts';
import type { ExtensionBrowser } from '../../tools/browser/launch.ts';
import { acceptOffer, approve } from '../../tools/browser/screens.ts';
import { text } from '../../tools/browser/texts.ts';
import { untilSays } from '../../tools/browser/until.ts';
import type { Running } from '../http.ts';
import type { RunningShop } from '../shop/server.ts';
import { outcome, shot, step } from './steps.ts';

const BOTTLE = 'Founder’s Cask';
/** What the SDK is to say of each permission that is handed in, as its first word. */
const JUDGED = ['untrusted_issuer', 'allowed', 'used', 'untrusted_issuer'] as const;

/**
 * A bottle of $150: not without a bank, once with one, never twice, and not any more once the bank took its word back.
 * @param shelf the shop's page, inside
 */
export async function buyWine(opened: ExtensionBrowser, bank: Running, shop: RunningShop, shelf: Page): Promise<void> {
  await payWithNobodyBehind(opened, shelf);
  const counter = await getLimit(opened, bank);
  await payUnderLimit(opened, shelf);
  await findReceipt(opened, shop);
  await payTwice(shelf);
  await loseLimit(counter);
  await payNoMore(opened, shelf);
  checkWhatWasSold(shop);
}

async function payWithNobodyBehind(opened: ExtensionBrowser, shelf: Page): Promise<void> {
  await step('Put a bottle of $150 into the basket', async () => {
    await shelf.bringToFront();
    await clickNamed(shelf, `Add ${BOTTLE}`, 'button');
    await shelf.waitForSelector('#filled:not([hidden])');
  });
  await shotOfTill('shop-basket', shelf);
  await step('Pay with nobody behind you: the shop says no, and who could help', async () => {
    await approve(await askToPay(opened, shelf, 'consent-pay-alone'));
    await untilSays(shelf, 'Nothing was taken. Your wallet has it back.');
    await shelf.waitForSelector('#needs-bank:not([hidden])');
  });
  await shotOfTill('shop-needs-bank', shelf);
}

async function getLimit(opened: ExtensionBrowser, { origin }: Running): Promise<Page> {
  const counter = await opened.browser.newPage();
  await step('Visit the bank, and show it a key that is for it alone', async () => {
    await counter.goto(origin);
    await counter.waitForSelector('#passbook[data-state="none"]');
    await shot('bank', counter);
    const appears = opened.nextConsent();
    await clickNamed(counter, 'Ask for this limit', 'button');
    const consent = await appears;
    await armed(consent, text('allow_once'));
    await shot('consent-enrol', consent);
    await approve(consent);
    await outcome(counter, '#passbook[data-state="signed"]');
  });
  await shot('bank-signed', counter);
  await step('Take its word for $200 a purchase, with a yes before and after it is asked for its keys', async () => {
    const appears = opened.nextConsent();
    await counter.bringToFront();
    await clickNamed(counter, 'Put it in my wallet', 'button');
    await acceptOffer(await appears, (name, page) => shot(name.replace('offer', 'limit'), page));
    await outcome(counter, '#passbook[data-state="taken"]');
  });
  await shot('bank-taken', counter);
  return counter;
}

async function payUnderLimit(opened: ExtensionBrowser, shelf: Page): Promise<void> {
  await step('Pay again, with the bank behind you: the shop takes $150, once, and signs a receipt', async () => {
    await shelf.bringToFront();
    await approve(await askToPay(opened, shelf, 'consent-pay'));
    await outcome(shelf, '#paid:not([hidden])', '#till-outcome');
    await untilSays(shelf, 'Your wallet keeps our receipt.');
  });
  await shotOfTill('shop-paid', shelf);
}

async function findReceipt(opened: ExtensionBrowser, { sales }: RunningShop): Promise<void> {
  const sold = sales.at(-1);
  if (sold === undefined) throw new Error('The shop sold nothing.');
  const app = await opened.openApp(`#/capabilities/${sold.jti}`);
  await step('Find the receipt in the wallet, beside what was allowed', async () => {
    await untilSays(app, sold.items);
  });
  await shot('app-capability', app);
  await clickNamed(app, text('nav_capabilities'), 'link');
  await app.waitForNetworkIdle({ idleTime: 100 });
  await shot('app-capabilities', app);
  await app.close();
}

async function payTwice(shelf: Page): Promise<void> {
  await step('Hand in the same permission again: it was for one purchase', async () => {
    await shelf.bringToFront();
    await clickNamed(shelf, 'Try to pay with the same permission again', 'button');
    await untilSays(shelf, 'and you made it. Nothing more was taken.');
  });
  await shotOfTill('shop-used', shelf);
}

async function loseLimit(counter: Page): Promise<void> {
  await step('The bank takes its word back', async () => {
    await counter.bringToFront();
    await clickNamed(counter, 'Take it back', 'button');
    await outcome(counter, '#passbook[data-state="taken-back"]');
    await counter.waitForSelector('#outcome[data-kind="good"]');
  });
  await shot('bank-taken-back', counter);
  await counter.close();
}

async function payNoMore(opened: ExtensionBrowser, shelf: Page): Promise<void> {
  await step('Pay once more: nobody is behind you now', async () => {
    await shelf.bringToFront();
    await clickNamed(shelf, `Add ${BOTTLE}`, 'button');
    await approve(await askToPay(opened, shelf, 'consent-pay-no-more'));
    await untilSays(shelf, 'Nothing was taken. Your wallet has it back.');
  });
  await shotOfTill('shop-no-more', shelf);
}

/** Presses the button. Returns the window that asks the person, its picture taken. */
async function askToPay(opened: ExtensionBrowser, shelf: Page, name: string): Promise<Page> {
  const appears = opened.nextConsent();
  await clickNamed(shelf, 'Pay with Signet', 'button');
  const consent = await appears;
  await armed(consent, text('allow_once'));
  await shot(name, consent);
  return consent;
}

/** The till is below the shelf: it is brought into the picture. */
async function shotOfTill(name: string, shelf: Page): Promise<void> {
  await shelf.$eval('#till', (till) => till.scrollIntoView({ block: 'center' }));
  await shot(name, shelf);
}

function checkWhatWasSold({ judged, sales }: RunningShop): void {
  const said = judged.map((result) => (result.allowed ? 'allowed' : result.reasons[0]?.reason));
  if (said.join() !== JUDGED.join()) throw new Error(`The shop judged otherwise: ${said.join()}`);
  if (sales.map(({ amount }) => amount).join() !== '150.00') throw new Error('The shop was to sell one bottle.');
}

/**
 * `npm run demo`: the issuer, the bank, the shop and a browser with Signet in it.
 * With a display it opens them and leaves the rest to the person. With none, or with `--headless`, it walks the whole
 * story itself, writes every screen to demo/output/, and fails unless the shop opened its door, learned one thing, and
 * sold one bottle.
 */
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Page } from 'puppeteer';
import { armed, clickNamed, clickWhenArmed, named } from '../tools/browser/by-name.ts';
import { type ExtensionBrowser, launchWithExtension } from '../tools/browser/launch.ts';
import { acceptOffer, approve, lock, onboard, unlock } from '../tools/browser/screens.ts';
import { text } from '../tools/browser/texts.ts';
import { startBank } from './bank/server.ts';
import { PEOPLE } from './issuer/people.ts';
import { type RunningIssuer, startIssuer } from './issuer/server.ts';
import { type RunningShop, startShop } from './shop/server.ts';
import { buyWine } from './walk/buying.ts';
import { OUTPUT, outcome, shot, step } from './walk/steps.ts';

const PASSWORD = 'a lantern over the harbour';
/**
 * What the shop is to learn, visit by visit: once by each door and by the members' door again, then at the first door
 * once allowed always and once answered by that.
 */
const LEARNED = ['age_over_21', 'birth_date', 'member', 'member', 'age_over_21', 'age_over_21'] as const;

/** How often a text in base64url may stand within another one: a proof in a token in what was sent. */
const DEPTH = 3;

const { values } = parseArgs({ options: { headless: { type: 'boolean', default: false } } });
const issuer = await startIssuer();
const bank = await startBank();
const openShop = (): Promise<RunningShop> =>
  startShop({
    issuers: [{ issuer: issuer.origin, type: issuer.licenceType }],
    clubs: [{ issuer: issuer.origin, type: issuer.membershipType }],
    banks: [bank.origin],
  });
const shop = await openShop();
try {
  if (values.headless || !hasDisplay()) await walk();
  else await show();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await shop.close();
  await bank.close();
  await issuer.close();
}

function hasDisplay(): boolean {
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return ['DISPLAY', 'WAYLAND_DISPLAY'].some((name) => (process.env[name] ?? '') !== '');
}

/** The person does it. Ends when they close the browser. */
async function show(): Promise<void> {
  const opened = await launchWithExtension({ headless: false });
  const blank = await opened.browser.pages();
  const app = await opened.openApp();
  for (const page of blank) await page.close();
  for (const { origin } of [issuer, shop, bank]) {
    const tab = await opened.browser.newPage();
    await tab.goto(origin);
  }
  await app.bringToFront();
  console.log(`A browser with Signet is open, with a profile of its own that is removed when you close it.

  1. In the first tab, make a vault.
  2. In the second, ${issuer.origin}, get a driving licence and a club card.
  3. In the third, ${shop.origin}, walk into the shop, by each of its doors.
  4. In the fourth, ${bank.origin}, have a bank stand behind you. Then buy a bottle in the shop.

Close the browser to end.`);
  await new Promise<void>((resolve) => opened.browser.once('disconnected', () => resolve()));
  await opened.close();
}

/** The whole story, by itself. */
async function walk(): Promise<void> {
  await rm(OUTPUT, { recursive: true, force: true });
  const opened = await launchWithExtension();
  // A wallet makes a site wait that asks as often as this walk does: the wine is bought at the shop's second address.
  const cellar = await openShop();
  try {
    await makeVault(opened);
    await getLicence(opened, issuer);
    await getCard(opened, issuer);
    await enterShop(opened, shop);
    await enterByRange(opened, shop);
    await enterAsMember(opened, shop);
    await comeBackForGood(opened, shop);
    await buyWine(opened, bank, cellar, await enterCellar(opened, cellar));
    await lookAround(opened);
    checkWhatTheShopLearned(shop, LEARNED);
    checkWhatTheShopLearned(cellar, ['age_over_21']);
  } finally {
    await opened.close();
    await cellar.close();
  }
  console.log(
    `\nThe shop opened its doors and learned one thing at each: over 21, or a member. It sold one bottle, once. Every screen is in demo/output/.`,
  );
}

async function makeVault(opened: ExtensionBrowser): Promise<void> {
  const app = await opened.openApp();
  await step('Make a vault: password, mark, 24 words, three of them asked back', async () => {
    await onboard(app, PASSWORD, shot);
  });
  await shot('app-credentials-empty', app);
  await app.close();
}

async function getLicence(opened: ExtensionBrowser, { origin }: RunningIssuer): Promise<void> {
  const counter = await opened.browser.newPage();
  await step('Visit the State of Example', async () => {
    await counter.goto(origin);
    await counter.waitForSelector('#people input');
  });
  await shot('issuer', counter);

  await step('Get a driving licence, with a yes before and after the issuer is asked', async () => {
    const appears = opened.nextConsent();
    await counter.bringToFront();
    await counter.click('#get');
    await acceptOffer(await appears, shot);
    await outcome(counter, '#outcome[data-kind="good"]');
  });
  await shot('issuer-done', counter);
  await counter.close();
}

async function getCard(opened: ExtensionBrowser, { origin }: RunningIssuer): Promise<void> {
  const counter = await opened.browser.newPage();
  await counter.goto(origin);
  await counter.waitForSelector('#people input');
  await counter.click('[value="membership"]');
  await shot('issuer-card', counter);
  await step('Get a club card, which looks new to everyone each time it is shown', async () => {
    const appears = opened.nextConsent();
    await counter.bringToFront();
    await counter.click('#get');
    await acceptOffer(await appears, (name, page) => shot(name.replace('offer', 'card-offer'), page));
    await outcome(counter, '#outcome[data-kind="good"]');
  });
  await shot('issuer-card-done', counter);
  await counter.close();
}

async function enterShop(opened: ExtensionBrowser, { origin }: RunningShop): Promise<void> {
  const app = await opened.openApp('#/credentials');
  await step('Lock the vault', () => lock(app));
  await shot('app-locked', app);
  await app.close();

  const door = await opened.browser.newPage();
  await step('Visit the shop, which asks: are you over 21?', async () => {
    await door.goto(origin);
    await named(door, 'Prove it with Signet', 'button');
  });
  await shot('shop-door', door);

  await step('Unlock in the consent window, and say yes once', async () => {
    const appears = opened.nextConsent();
    await clickNamed(door, 'Prove it with Signet', 'button');
    const consent = await appears;
    await named(consent, text('unlock'), 'button');
    await shot('consent-locked', consent);
    await unlock(consent, PASSWORD);
    await armed(consent, text('allow_once'));
    await shot('consent-proof', consent);
    await approve(consent);
    await outcome(door, '#inside:not([hidden])');
  });
  await shot('shop-inside', door);

  await door.close();
}

async function enterByRange(opened: ExtensionBrowser, { origin }: RunningShop): Promise<void> {
  const door = await opened.browser.newPage();
  await step('Take the second door: over 21 by a proof about the sealed birth date', async () => {
    const consent = await knock(opened, door, origin, 'Prove it by the sealed date');
    await shot('consent-range', consent);
    await approve(consent);
    await outcome(door, '#inside:not([hidden])');
  });
  await shot('shop-inside-range', door);
  await door.close();
}

async function enterAsMember(opened: ExtensionBrowser, { origin }: RunningShop): Promise<void> {
  const door = await opened.browser.newPage();
  await step('Take the third door: a member of the club, and no telling which', async () => {
    const consent = await knock(opened, door, origin, 'Show that you are a member');
    await shot('consent-member', consent);
    await approve(consent);
    await outcome(door, '#inside:not([hidden])');
  });
  await shot('shop-inside-member', door);
  await step('Take it once more: to the shop it could be anybody else', async () => {
    await approve(await knock(opened, door, origin, 'Show that you are a member'));
    await outcome(door, '#inside:not([hidden])');
  });
  await door.close();
}

/** Comes as somebody whom the shop does not remember. Returns the window that asks the person. */
async function knock(opened: ExtensionBrowser, door: Page, origin: string, button: string): Promise<Page> {
  const appears = opened.nextConsent();
  await comeBack(door, origin, button);
  const consent = await appears;
  await armed(consent, text('allow_once'));
  return consent;
}

async function comeBackForGood(opened: ExtensionBrowser, { origin }: RunningShop): Promise<void> {
  const door = await opened.browser.newPage();
  await step('Come back another day to the first door, and say: always', async () => {
    const consent = await knock(opened, door, origin, 'Prove it with Signet');
    await clickNamed(consent, text('grant_always'), 'button');
    await armed(consent, text('grant_allow'));
    await shot('consent-always', consent);
    await clickWhenArmed(consent, text('grant_allow'));
    await outcome(door, '#inside:not([hidden])');
  });

  await step('Come back once more: the door opens without a question', async () => {
    await comeBack(door, origin, 'Prove it with Signet');
    await outcome(door, '#inside:not([hidden])');
  });
  await door.close();
}

/** Returns the cellar's page, inside. */
async function enterCellar(opened: ExtensionBrowser, { origin }: RunningShop): Promise<Page> {
  const door = await opened.browser.newPage();
  await step('Walk into its cellar across the street, as if it were another shop: to the wallet it is', async () => {
    await approve(await knock(opened, door, origin, 'Prove it with Signet'));
    await outcome(door, '#inside:not([hidden])');
  });
  return door;
}

/** The shop remembers a guest for an hour; afterwards it asks again. */
async function comeBack(door: Page, origin: string, button: string): Promise<void> {
  await door.browserContext().deleteCookie(...(await door.browserContext().cookies()));
  await door.goto(origin);
  await door.bringToFront();
  await clickNamed(door, button, 'button');
}

async function lookAround(opened: ExtensionBrowser): Promise<void> {
  const app = await opened.openApp('#/credentials');
  await step('Look at what was logged, and at the other screens', async () => {
    for (const screen of ['activity', 'credentials', 'sites', 'rules', 'data', 'settings'] as const) {
      await clickNamed(app, text(`nav_${screen}`), 'link');
      await app.waitForNetworkIdle({ idleTime: 100 });
      await shot(`app-${screen}`, app);
    }
    const popup = await opened.openPopup(app);
    await named(popup, text('lock'), 'button');
    await shot('popup', popup);
    await popup.close();
  });
}

/** Everything that reached the shop, searched for everything it should not know. */
function checkWhatTheShopLearned({ checked, received }: RunningShop, wanted: readonly string[]): void {
  if (checked.length !== wanted.length) {
    throw new Error(`The shop was to get ${wanted.length} proofs, and got ${checked.length}.`);
  }
  for (const [visit, result] of checked.entries()) {
    if (!result.valid) throw new Error(`A proof was not valid: ${result.reason}`);
    const learned = result.scope.join();
    if (learned !== wanted[visit]) throw new Error(`The shop learned something else than it asked: ${learned}`);
  }

  const [person] = PEOPLE;
  if (person === undefined) throw new Error('Nobody is on the register.');
  const { birthdate, given_name, family_name, address, membership } = person;
  const secrets = [birthdate, given_name, family_name, ...Object.values(address), membership.tier];
  const bytes = decoded(received());
  const leaked = secrets.filter((secret) => secret.length > 2 && bytes.includes(secret));
  if (leaked.length > 0) throw new Error(`The shop received what it did not ask for: ${leaked.join(', ')}`);
}

/** What came over the wire, and again with every run of base64url in it opened. */
function decoded(bytes: Buffer, depth = DEPTH): string {
  const wire = bytes.toString('latin1');
  if (depth === 0) return wire;
  const opened = [...wire.matchAll(/[\w-]{8,}/g)].map(([run]) => decoded(Buffer.from(run, 'base64url'), depth - 1));
  return [wire, ...opened].join('\n');
}

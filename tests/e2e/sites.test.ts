import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { siteHash } from '../../components/site-hash.ts';
import type { OwnRequest, SiteView } from '../../lib/messaging/contract.ts';
import { ended } from './page-calls.ts';
import { type Scene, askAge, openScene, untilNoWindow } from './scene.ts';
import {
  type TestServer,
  askWallet,
  axe,
  clickNamed,
  named,
  pressNamed,
  screenshot,
  serve,
  text,
  until,
  untilSays,
} from './setup/harness.ts';

/** Enough answers for a suggestion. */
const ENOUGH = 5;

let scene: Scene;
let app: Page;
let shops: TestServer;

beforeAll(async () => {
  [scene, shops] = await Promise.all([
    openScene(),
    serve({ '/': '<!doctype html><title>shop</title>' }, { tls: true }),
  ]);
  app = scene.app;
  await app.setViewport({ width: 1100, height: 900 });
});

afterAll(async () => {
  await scene[Symbol.asyncDispose]();
  await shops.close();
});

test('nothing is listed before a site has asked, and it says what the list is for', async () => {
  await look('#/sites', text('sites_empty'));
  expect(await faultsOf('sites-empty')).toEqual([]);
});

describe('a site that learned something for good', () => {
  let page: Page;
  let site: string;

  beforeAll(async () => {
    site = shops.origin('www.shop.example');
    page = await visit(site);
  });

  test('is listed with what it knows, and answered without asking', async () => {
    await allow(page, { always: { claims: ['age_over_21'] } });
    await look('#/sites', text('nav_sites'));
    const said = text('site_knows', text('claim_over', '21'));
    await untilSays(app, said);
    await untilSays(app, text('site_mark_standing'));
    expect(await faultsOf('sites', [360, 1600])).toEqual([]);

    await untilNoWindow(scene.opened);
    await askAge(page, 'standing');
    expect(await ended(page, 'standing')).toHaveProperty('value');
    expect(await scene.opened.consentPages()).toEqual([]);
    expect(await siteOf(site)).toMatchObject({ learned: [{ claim: 'age_over_21', times: 2 }] });
  });

  test('says in Activity, found from the site, that a rule answered and which', async () => {
    await look(siteHash(site), text('site_learned'));
    await clickNamed(app, text('site_activity'), 'link');
    await app.waitForSelector('.entry');
    await until(
      app,
      (words) => document.querySelector('.entry')?.textContent.includes(words),
      text('claim_over', '21'),
    );
    await app.focus('.entry');
    await app.keyboard.press('Enter');
    await untilSays(app, text('activity_decision_permit'));
    await app.waitForSelector('.entry-details a[href^="#/rules/"]');
    expect(await faultsOf('activity-by-rule')).toEqual([]);
  });

  test('is asked about again once its permission is ended, and keeps what it learned', async () => {
    await look(siteHash(site), text('site_learned'));
    await untilSays(app, text('site_end_what'));
    expect(await faultsOf('site', [360])).toEqual([]);
    await app.focus('.site-rules .button');
    await app.keyboard.press('Enter');
    await untilSays(app, text('site_ended'));
    expect(await siteOf(site)).toMatchObject({ permits: [], learned: [{ times: 2 }] });

    await askAge(page, 'asked');
    await deny(page, 'asked');
  });

  test('counts as what the person says it is, alone or with its whole domain', async () => {
    await look(siteHash(site), text('site_learned'));
    await clickNamed(app, text('site_role_change'), 'button');
    await named(app, text('site_role_title'), 'dialog');
    expect(await faultsOf('site-role')).toEqual([]);
    await choose(text('site_role_commerce'));
    await clickNamed(app, text('save'), 'button');
    await untilSays(app, text('site_role_by_explicit'));
    expect(await siteOf(site)).toMatchObject({ role: 'commerce', roleBy: 'explicit' });

    await clickNamed(app, text('site_role_change'), 'button');
    await choose(text('site_role_medical'));
    await choose(text('site_role_covers_domain', 'shop.example'));
    await clickNamed(app, text('save'), 'button');
    await untilSays(app, text('site_role_by_domain', 'shop.example'));
    expect(await siteOf(site)).toMatchObject({ role: 'medical', roleBy: 'domain' });
  });
});

test('a site that does not take no is muted, and heard again when the person says so', async () => {
  const site = shops.origin('pest.example');
  const page = await visit(site);
  for (const name of ['first', 'second', 'third']) {
    await askAge(page, name);
    await deny(page, name);
  }
  expect((await siteOf(site))?.mutedUntil).toBeGreaterThan(Date.now());
  await look(siteHash(site), text('site_learned'));
  await named(app, text('mute_end'), 'button');
  expect(await faultsOf('site-muted')).toEqual([]);

  const popup = await scene.opened.openPopup(app);
  await named(popup, text('mute_end'), 'button');
  await screenshot('popup-muted', popup);
  expect(await axe(popup)).toEqual([]);
  await pressNamed(popup, text('mute_end'));
  await until(popup, () => document.querySelector('.muted') === null);
  await popup.close();

  await app.bringToFront();
  await until(app, () => document.querySelector('.notice.warn .banner') === null);
  await named(app, text('site_learned'), 'heading');
  await askAge(page, 'again');
  await deny(page, 'again');
});

test('answers that agree are suggested as a rule, which only the click makes', async () => {
  const site = shops.origin('wine.example');
  const page = await visit(site);
  for (let times = 0; times < ENOUGH; times += 1) await allow(page);
  await look('#/sites', text('nav_sites'));
  await named(app, text('suggest_make'), 'button');
  expect(await faultsOf('sites-suggestion')).toEqual([]);
  expect((await siteOf(site))?.permits).toEqual([]);

  await pressNamed(app, text('suggest_make'));
  await untilSays(app, text('suggest_made'));
  await until(app, () => document.querySelector('.suggestion') === null);
  const { rules } = await askWallet(app, 'policy.get', {});
  const made = rules.map(({ rule }) => rule).filter(({ subject }) => 'site' in subject && subject.site === site);
  expect(made).toMatchObject([{ effect: 'permit', claims: ['age_over_21'], made: { by: 'suggestion' } }]);

  await askAge(page, 'ruled');
  expect(await ended(page, 'ruled')).toHaveProperty('value');
});

async function visit(origin: string): Promise<Page> {
  const page = await scene.opened.browser.newPage();
  await page.goto(origin);
  return page;
}

/** A screen of the app, drawn afresh. */
async function look(hash: string, heading: string): Promise<void> {
  await app.bringToFront();
  await app.goto(scene.opened.url(`app.html${hash}`));
  await app.reload();
  await named(app, heading, 'heading');
}

const siteOf = async (subject: string): Promise<SiteView | undefined> =>
  (await askWallet(app, 'sites.list', {})).sites.find((site) => site.subject === subject);

/** The request that waits, once it has come to be. */
async function waiting() {
  await expect.poll(async () => (await askWallet(app, 'requests.list', {})).waiting.length).toBe(1);
  const [first] = (await askWallet(app, 'requests.list', {})).waiting;
  if (first?.kind !== 'proof' || first.state.step !== 'ready') throw new Error('No proof waits for a yes.');
  return { requestId: first.requestId, digest: first.state.plans[0]?.digest ?? '' };
}

/** Asks for the age and says yes, behind the screens. */
async function allow(page: Page, more: Pick<OwnRequest<'requests.allowProof'>, 'always'> = {}): Promise<void> {
  await askAge(page, 'allowed');
  await askWallet(app, 'requests.allowProof', { ...(await waiting()), ...more });
  expect(await ended(page, 'allowed')).toHaveProperty('value');
}

/** Says no to what waits, behind the screens. */
async function deny(page: Page, name: string): Promise<void> {
  const { requestId } = await waiting();
  await askWallet(app, 'requests.deny', { requestId });
  expect(await ended(page, name)).toMatchObject({ code: 4001 });
}

async function choose(label: string): Promise<void> {
  await app.evaluate((wanted) => {
    const labels = [...document.querySelectorAll('dialog label')];
    const found = labels.find((element) => element.querySelector('span > span')?.textContent === wanted);
    found?.querySelector('input')?.click();
  }, label);
}

/** What axe finds, and where the screen is wider than its window; a picture of each is kept. */
async function faultsOf(name: string, widths: readonly number[] = []): Promise<string[]> {
  await screenshot(`app-${name}`, app);
  const faults = await axe(app);
  for (const width of widths) {
    await app.setViewport({ width, height: 900 });
    await screenshot(`app-${name}-${width}`, app);
    const isWide = await app.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    if (isWide) faults.push(`${width} px: ${name} is wider than the window`);
  }
  await app.setViewport({ width: 1100, height: 900 });
  return faults;
}

import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { begin, ended, isPending, outcomeOf } from './page-calls.ts';
import type { Scene } from './scene.ts';
import { askAge, openScene, untilArmed, untilNoWindow, untilShown } from './scene.ts';
import {
  armed,
  askWallet,
  axe,
  clickNamed,
  clickWhenArmed,
  findNamed,
  named,
  pressNamed,
  screenshot,
  serve,
  tabTo,
  text,
  until,
  untilSays,
} from './setup/harness.ts';
import type { TestServer } from './setup/harness.ts';

const DENIED = { code: 4001, name: 'SignetError' };
const OVER_21 = { value: { claims: { age_over_21: true } } };
const DAY = 86_400_000;

let scene: Scene;
/** A site of the test's own: no rule and no mute of another test is about it. */
let site: TestServer;
let page: Page;
/** Consent windows that were opened since the test began. */
let windows: number;

beforeAll(async () => {
  scene = await openScene();
  scene.opened.browser.on('targetcreated', (target) => {
    if (target.url().includes('consent.html')) windows += 1;
  });
});
afterAll(() => scene[Symbol.asyncDispose]());

beforeEach(async () => {
  site = await serve({ '/': '<!doctype html><title>site</title>' });
  page = await scene.opened.browser.newPage();
  await page.goto(site.origin());
  windows = 0;
});
afterEach(async () => {
  await scene.leave();
  await site.close();
});

/** Asks, and returns the window that asks the person. */
async function askInWindow(ask: () => Promise<string> = () => askAge(page)): Promise<Page> {
  const appears = scene.opened.nextConsent();
  const purpose = await ask();
  const consent = await appears;
  await untilShown(consent, purpose);
  await consent.bringToFront();
  return consent;
}

/** Asks for an age, and would take the given name too. */
async function askWithExtra(): Promise<string> {
  const purpose = 'A name would be nice';
  const claims = [
    { id: 'age', path: ['age_over_21'] },
    { id: 'name', path: ['given_name'] },
  ];
  const meta = { vct_values: [scene.issuer.licenceType] };
  const credential = { id: 'licence', format: 'dc+sd-jwt', meta, claims, claim_sets: [['age', 'name'], ['age']] };
  const request = { dcql_query: { credentials: [credential] }, nonce: 'GGGGGGGGGGGGGGGGGGGGGG', purpose };
  await begin(page, 'proof', `signet.requestProof(${JSON.stringify(request)})`);
  return purpose;
}

/** What axe finds in both themes, and what reaches past an edge of the window; a picture of each theme is kept. */
async function expectNoFault(name: string, consent: Page): Promise<void> {
  await screenshot(`consent-${name}`, consent);
  expect(await axe(consent)).toEqual([]);
  const outside = await consent.evaluate(() => {
    const { clientWidth, clientHeight } = document.documentElement;
    return [...document.querySelectorAll('.who, .what, .panel, .grant-means, .decide, .decide button')]
      .filter((element) => {
        const { top, bottom, left, right } = element.getBoundingClientRect();
        return top < 0 || bottom > clientHeight + 1 || left < 0 || right > clientWidth + 1 || bottom - top < 20;
      })
      .map(({ className }) => className);
  });
  expect(outside).toEqual([]);
}

const learned = (consent: Page): Promise<readonly string[]> =>
  consent.$$eval('.fact', (facts) => facts.map((fact) => fact.textContent));

const focusName = (consent: Page): Promise<string | null | undefined> =>
  consent.evaluate(() => document.activeElement?.textContent);

test('what is always allowed is answered the next time without a window, and the site can see and end it', async () => {
  const consent = await askInWindow();
  await clickNamed(consent, text('grant_always'), 'button');
  await untilSays(consent, text('grant_find'));
  await expectNoFault('always', consent);
  const field = await named(consent, text('grant_uses'), 'textbox');
  await field.type('3');
  await untilSays(consent, text('grant_means_uses_other', '3'));
  await clickWhenArmed(consent, text('grant_allow'));
  expect(await ended(page, 'proof')).toMatchObject(OVER_21);
  await untilNoWindow(scene.opened);

  await askAge(page, 'again');
  expect(await ended(page, 'again')).toMatchObject(OVER_21);
  expect(windows).toBe(1);
  const { value } = (await outcomeOf(page, 'signet.permissions()')) as { value: { expiresAt: number }[] }; // or it fails
  expect(value).toMatchObject([{ claims: ['age_over_21'], format: 'dc+sd-jwt', usesLeft: 2 }]);
  expect((value[0]?.expiresAt ?? 0) - Date.now()).toBeGreaterThan(29 * DAY);

  await outcomeOf(page, 'signet.disconnect()');
  await askInWindow(() => askAge(page, 'after'));
  expect(await isPending(page, 'after')).toBe(true);
});

test('the button of the panel is armed for what the panel says, and afresh whenever that changes', async () => {
  const consent = await askInWindow();
  await untilArmed(consent);
  await consent.evaluate(() => {
    const seen: { at: number; armed: boolean; says: string }[] = [];
    const look = (): void => {
      const armed = document.querySelector('.decide .primary')?.ariaDisabled !== 'true';
      const says = document.querySelector('.grant-means')?.textContent ?? '';
      const last = seen.at(-1);
      if (last?.armed !== armed || last.says !== says) seen.push({ at: performance.now(), armed, says });
    };
    new MutationObserver(look).observe(document, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    });
    look();
    Object.assign(globalThis, { seen });
  });
  await clickNamed(consent, text('grant_always'), 'button');
  await untilArmed(consent, false);
  await untilArmed(consent);
  const span = await named(consent, text('grant_span'), 'combobox');
  await span.evaluate((element) => element instanceof HTMLSelectElement && element.focus());
  await consent.keyboard.press('ArrowDown');
  await untilArmed(consent, false);
  await untilArmed(consent);
  await clickNamed(consent, text('grant_always'), 'button');
  await untilArmed(consent, false);
  await untilArmed(consent);

  const seen = await consent.evaluate(
    () => (globalThis as unknown as { seen: { at: number; armed: boolean; says: string }[] }).seen, // put there above
  );
  // Each time it is armed, what it then allows has stood there, unchanged, for as long as arming takes.
  const armings = seen.slice(1).filter(({ armed }) => armed);
  expect(new Set(armings.map(({ says }) => says)).size).toBe(3);
  for (const arming of armings) {
    const before = seen.slice(0, seen.indexOf(arming));
    const first = seen[before.findLastIndex(({ says }) => says !== arming.says) + 1];
    expect(arming.at - (first?.at ?? Infinity)).toBeGreaterThan(450);
  }
});

test('no script and no limit that makes no sense gives a permission', async () => {
  const consent = await askInWindow();
  await clickNamed(consent, text('grant_always'), 'button');
  const button = await armed(consent, text('grant_allow'));
  await button.evaluate((element) => {
    if (element instanceof HTMLElement) element.click();
    element.dispatchEvent(new PointerEvent('click', { bubbles: true }));
  });
  const field = await named(consent, text('grant_per_day'), 'textbox');
  await field.type('0');
  await untilSays(consent, text('grant_limit_bad'));
  await untilArmed(consent, false);
  await button.click();
  expect(await isPending(page, 'proof')).toBe(true);
  expect(await outcomeOf(page, 'signet.permissions()')).toEqual({ value: [] });
});

test('the panels open, close and decide by the keyboard alone', async () => {
  const consent = await askInWindow();
  await pressNamed(consent, text('grant_always'), 'Space');
  await until(consent, () => document.querySelector('.panel') !== null);
  await tabTo(consent, text('grant_span'), 'combobox');
  await consent.keyboard.press('Escape');
  await until(consent, () => document.querySelector('.panel') === null);
  expect(await focusName(consent)).toBe(text('grant_always'));

  await tabTo(consent, text('consent_deny_more'), 'button');
  await consent.keyboard.press('Enter');
  await until(consent, () => document.querySelector('.panel') !== null);
  await expectNoFault('deny-more', consent);
  await pressNamed(consent, `${text('consent_never_site')} ${text('consent_never_site_means')}`);
  expect(await ended(page, 'proof')).toMatchObject(DENIED);
});

test('what is never allowed is refused the next time without a window', async () => {
  const consent = await askInWindow();
  await clickNamed(consent, text('consent_deny_more'), 'button');
  await clickNamed(consent, `${text('consent_never_claims')} ${text('fact_over', '21')}`, 'button');
  expect(await ended(page, 'proof')).toMatchObject(DENIED);
  await untilNoWindow(scene.opened);
  await askAge(page, 'again');
  expect(await ended(page, 'again')).toMatchObject(DENIED);
  expect(windows).toBe(1);
  const { set } = await askWallet(scene.app, 'policy.get', {});
  expect(set.rules.filter(({ subject }) => 'site' in subject && subject.site === site.origin())).toMatchObject([
    { effect: 'deny', claims: ['age_over_21'] },
  ]);
});

test('everything that waits of one site is denied at once, and what others ask stays', async () => {
  const other = await scene.visit();
  const consent = await askInWindow();
  await askAge(page, 'second');
  const purpose = await askAge(other);
  await untilSays(consent, text('queue', '1', '3'));
  await untilSays(consent, text('consent_of_site_other', '2'));
  await clickNamed(consent, text('consent_deny_more'), 'button');
  await named(consent, text('consent_deny_more'), 'heading');
  await expectNoFault('deny-all', consent);
  await clickNamed(consent, `${text('consent_deny_all_other', '2')} ${text('consent_deny_all_means')}`, 'button');
  for (const name of ['proof', 'second']) expect(await ended(page, name)).toMatchObject(DENIED);
  await untilShown(consent, purpose);
  expect(await isPending(other, 'proof')).toBe(true);
  expect(await findNamed(consent, text('consent_deny_more'), 'heading')).toBeNull();
});

test('what a site would like goes with the answer only once it is ticked, and out again', async () => {
  const consent = await askInWindow(askWithExtra);
  const only = await learned(consent);
  expect(only).toEqual([text('fact_over', '21')]);
  await expectNoFault('extras', consent);
  const name = await named(consent, 'Given name', 'checkbox');
  await untilArmed(consent);
  await name.click();
  await untilArmed(consent, false);
  await until(consent, () => document.querySelectorAll('.fact').length === 2);
  await expectNoFault('extras-taken', consent);
  await name.click();
  await until(consent, () => document.querySelectorAll('.fact').length === 1);
  expect(await learned(consent)).toEqual(only);
  await name.click();
  await until(consent, () => document.querySelectorAll('.fact').length === 2);
  await clickWhenArmed(consent, text('allow_once'));
  expect(await ended(page, 'proof')).toMatchObject({
    value: { claims: { licence: { age_over_21: true, given_name: 'Ada' } } },
  });
});

test('a second limit says what both tell together, and offers no always', async () => {
  const first = await askInWindow(() => askAge(page, 'first', ['age_over_18']));
  await clickWhenArmed(first, text('allow_once'));
  await ended(page, 'first');
  await untilNoWindow(scene.opened);
  const consent = await askInWindow();
  await untilSays(consent, text('why_bound_from', '21'));
  await untilSays(consent, text('grant_not_bound'));
  await expectNoFault('bound', consent);
  expect(await findNamed(consent, text('grant_always'), 'button')).toBeNull();
});

import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ended, isPending } from './page-calls.ts';
import type { Scene } from './scene.ts';
import { askAge, askInWindow, openScene, untilArmed, untilShown } from './scene.ts';
import { askWallet, named, tabTo, text } from './setup/harness.ts';

/** What design §3, rule 5 asks of the window before Approve works. */
const ARMING_DELAY = 500;
const BUTTON = '.decide .primary';

let scene: Scene;
let shop: Page;
let consent: Page;

beforeAll(async () => {
  scene = await openScene({ licences: 2 });
});
afterAll(() => scene[Symbol.asyncDispose]());

beforeEach(async () => {
  shop = await scene.visit();
  consent = await openConsent();
});
afterEach(() => scene.leave());

/** A window that asks; from then on it counts how often it tells the worker that the person said yes. */
async function openConsent(): Promise<Page> {
  const page = await askInWindow(scene, shop);
  await page.evaluate(() => {
    localStorage.setItem('approvals', '0'); // any page of ours can read it, also when this window is gone
    const { runtime } = (globalThis as unknown as { browser?: typeof chrome }).browser ?? chrome; // what the polyfill uses
    const send = runtime.sendMessage.bind(runtime) as (message: { route: string }) => Promise<unknown>; // our one use of it
    const counted = (message: { route: string }): Promise<unknown> => {
      if (message.route === 'requests.allowProof')
        localStorage.setItem('approvals', String(Number(localStorage.getItem('approvals')) + 1));
      return send(message);
    };
    Object.assign(runtime, { sendMessage: counted });
  });
  return page;
}

/** How often the window said yes in the person's name. */
const approvals = (): Promise<number> => scene.app.evaluate(() => Number(localStorage.getItem('approvals')));

async function expectNoApproval(): Promise<void> {
  expect(await approvals()).toBe(0);
  expect(await isPending(shop, 'proof')).toBe(true);
}

interface Sighting {
  readonly at: number;
  readonly armed: boolean;
  /** What the page shows at that moment: who asks, for what, from which credential. */
  readonly subject: string;
}

/** Writes down, from now on, each change of the button or of what is shown above it, as it is drawn. */
async function watch(): Promise<() => Promise<readonly Sighting[]>> {
  await consent.evaluate((selector) => {
    const sightings: Sighting[] = [];
    const look = (): void => {
      const armed = document.querySelector(selector)?.ariaDisabled !== 'true';
      const chosen = [...document.querySelectorAll('input')].findIndex(({ checked }) => checked);
      const subject = `${document.querySelector('blockquote')?.textContent ?? ''} ${chosen}`;
      const last = sightings.at(-1);
      if (last?.armed !== armed || last.subject !== subject) sightings.push({ at: performance.now(), armed, subject });
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
    // A change of a property alone, such as of a radio button, is no mutation.
    addEventListener('change', look);
    look();
    Object.assign(globalThis, { sightings });
  }, BUTTON);
  return () => consent.evaluate(() => (globalThis as unknown as { sightings: Sighting[] }).sightings); // put there above
}

/** From the moment something changed, the button was off, and on again no sooner than the delay later. */
function expectRearmed(sightings: readonly Sighting[]): void {
  const off = sightings.findIndex(({ armed }, at) => at > 0 && !armed);
  const on = sightings.findIndex(({ armed }, at) => at > off && armed);
  expect(off).toBeGreaterThan(0);
  expect(on).toBeGreaterThan(off);
  const [from, to] = [sightings[off], sightings[on]];
  if (from === undefined || to === undefined) throw new Error('Neither off nor on.');
  // Drawing follows the state by a frame or two at either end.
  expect(to.at - from.at).toBeGreaterThan(ARMING_DELAY - 50);
}

const focusWindow = (focused: boolean): Promise<void> =>
  consent.evaluate(async (to) => {
    const { id } = await chrome.windows.getCurrent();
    if (id !== undefined) await chrome.windows.update(id, { focused: to });
  }, focused);

/** Takes the focus away, gives it back and clicks at once. @returns milliseconds from the focus to the click */
async function clickAtOnce(): Promise<number> {
  await consent.evaluate((selector) => {
    const seen = { focus: 0, click: 0 };
    addEventListener('focus', () => (seen.focus = performance.now()));
    document.querySelector(selector)?.addEventListener('click', () => (seen.click = performance.now()), true);
    Object.assign(globalThis, { seen });
  }, BUTTON);
  const button = await named(consent, text('allow_once'), 'button');
  await focusWindow(false);
  await untilArmed(consent, false);
  await focusWindow(true);
  await button.click();
  const { focus, click } = await consent.evaluate(
    () => (globalThis as unknown as { seen: { focus: number; click: number } }).seen, // put there above
  );
  expect(click).toBeGreaterThan(focus);
  return click - focus;
}

test('a click within half a second of the focus does nothing', async () => {
  // On a busy machine a click may come later than it was meant to, and then it is a person's like any other.
  while ((await clickAtOnce()) >= ARMING_DELAY - 50) {
    await ended(shop, 'proof');
    consent = await openConsent();
  }
  await expectNoApproval();
});

test('a press that begins before the button is armed does not approve when it ends after', async () => {
  const button = await named(consent, text('allow_once'), 'button');
  await focusWindow(false);
  await untilArmed(consent, false);
  await button.hover();
  await consent.mouse.down();
  await focusWindow(true);
  await untilArmed(consent);
  await consent.mouse.up();
  await expectNoApproval();
  await button.click();
  expect(await ended(shop, 'proof')).toMatchObject({ value: { claims: { age_over_21: true } } });
});

test('Enter where the focus starts does not approve, and neither does Space', async () => {
  await consent.bringToFront();
  await untilArmed(consent);
  expect(await consent.$eval(BUTTON, (button) => button === document.activeElement)).toBe(false);
  for (const key of ['Enter', 'Space', 'Enter'] as const) await consent.keyboard.press(key);
  await expectNoApproval();
});

test('no event that a script makes approves', async () => {
  await untilArmed(consent);
  await consent.$eval(BUTTON, (button) => {
    if (!(button instanceof HTMLElement)) return;
    button.click();
    for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) {
      button.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true, composed: true }));
    }
    button.focus();
    for (const key of ['Enter', ' ']) {
      button.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      button.dispatchEvent(new KeyboardEvent('keyup', { key, bubbles: true }));
    }
    button.dispatchEvent(new SubmitEvent('submit', { bubbles: true }));
  });
  await expectNoApproval();
});

test('a window that loses the focus is disarmed, and stays so until half a second after it has it again', async () => {
  await untilArmed(consent);
  const sightings = await watch();
  await focusWindow(false);
  await untilArmed(consent, false);
  const button = await named(consent, text('allow_once'), 'button');
  await button.evaluate((element) => element instanceof HTMLElement && element.click());
  await focusWindow(true);
  await untilArmed(consent);
  expectRearmed(await sightings());
  await expectNoApproval();
});

test('a window that changes its size is disarmed', async () => {
  await untilArmed(consent);
  const sightings = await watch();
  await consent.evaluate(async () => {
    const { id, width = 0 } = await chrome.windows.getCurrent();
    if (id !== undefined) await chrome.windows.update(id, { width: width + 60 });
  });
  await untilArmed(consent, false);
  await untilArmed(consent);
  expectRearmed(await sightings());
});

test('another request in the same window is not armed by the time the first one was', async () => {
  const next = await askAge(shop, 'next');
  await untilArmed(consent);
  const sightings = await watch();
  const [first] = (await askWallet(scene.app, 'requests.list', {})).waiting;
  await askWallet(scene.app, 'requests.deny', { requestId: first?.requestId ?? '' });
  await untilShown(consent, next);
  await untilArmed(consent);

  const seen = await sightings();
  expectRearmed(seen);
  expect(seen.find(({ subject }) => subject.includes(next))?.armed).toBe(false);
  expect(await ended(shop, 'proof')).toMatchObject({ code: 4001 });
  expect(await isPending(shop, 'next')).toBe(true);
});

test('another plan for the same request is not armed by the time the first one was', async () => {
  const other = await consent.waitForSelector('input[type="radio"]:not(:checked)');
  await untilArmed(consent);
  const sightings = await watch();
  await other?.click();
  await untilArmed(consent, false);
  await untilArmed(consent);
  const seen = await sightings();
  expectRearmed(seen);
  expect(new Set(seen.map(({ subject }) => subject)).size).toBe(2);
});

test('Tab and Space approve by the keyboard alone, and the page gets its answer', async () => {
  await untilArmed(consent);
  await tabTo(consent, text('allow_once'), 'button');
  expect(await approvals()).toBe(0);
  await consent.keyboard.press('Space');
  expect(await ended(shop, 'proof')).toMatchObject({ value: { claims: { age_over_21: true } } });
  expect(await approvals()).toBe(1);
});

test('a key that is held down since before the button had the focus does not approve', async () => {
  await untilArmed(consent);
  await tabTo(consent, text('grant_always'), 'button');
  await consent.keyboard.down('Tab');
  await consent.keyboard.up('Tab');
  expect(await consent.$eval(BUTTON, (button) => button === document.activeElement)).toBe(true);
  await consent.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur(); // the button, as was just checked
  });
  await consent.keyboard.down('Enter');
  await consent.$eval(BUTTON, (button) => button instanceof HTMLElement && button.focus());
  await consent.keyboard.down('Enter'); // the same key again: the browser calls it a repeat
  await consent.keyboard.up('Enter');
  await expectNoApproval();
});

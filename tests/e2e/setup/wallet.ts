import type { Page } from 'puppeteer';
import type { OwnReply } from '../../../lib/messaging/ask.ts';
import type { OwnRequest, OwnResponse, OwnRoute } from '../../../lib/messaging/contract.ts';
import { named } from './keyboard.ts';

/** A password that onboarding accepts. */
export const PASSWORD = 'correct harbour lantern 42';

/** Waits until the button is armed (visible, focused window, half a second), then clicks it as a person would. */
export async function clickWhenArmed(page: Page, name: string): Promise<void> {
  await page.bringToFront();
  const button = await named(page, name, 'button');
  await page.waitForFunction(
    (element) => element instanceof HTMLButtonElement && !element.disabled && element.ariaDisabled !== 'true',
    {},
    button,
  );
  await button.click();
}

/** Allows what the consent window shows. */
export function approve(consent: Page): Promise<void> {
  return clickWhenArmed(consent, 'Allow once');
}

/** Denies what the consent window shows. */
export async function deny(consent: Page): Promise<void> {
  await consent.bringToFront();
  await (await named(consent, 'Deny', 'button')).click();
}

/**
 * Asks the worker as a page of ours does, without its screens: for tests that are about what lies behind them.
 * @throws Error with the reason and the message, when the worker refuses
 */
export async function askWallet<R extends OwnRoute>(
  page: Page,
  route: R,
  request: OwnRequest<R>,
): Promise<OwnResponse<R>> {
  const reply = await page.evaluate((message) => chrome.runtime.sendMessage<unknown, OwnReply>(message), {
    route,
    request,
  });
  if (!reply.ok) throw new Error(`${route}: ${reply.error.reason}: ${reply.error.message}`);
  // The router's table types what each route answers.
  return reply.value as OwnResponse<R>;
}

/** A vault made behind the screens; `app` is any page of ours. Returns its words. */
export async function createVault(app: Page, password = PASSWORD): Promise<readonly string[]> {
  const { words } = await askWallet(app, 'wallet.create', { password, mark: { shape: 'anchor', colour: 'teal' } });
  return words;
}

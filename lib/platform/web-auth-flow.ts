import browser from 'webextension-polyfill';
import { SignetError } from '../core/index.ts';

/**
 * Where an authorization server sends the person back to: an address that only this extension has, and where no server
 * is. The browser ends the flow there and hands the address over, without asking anybody for it.
 */
export const redirectUri = (): string => browser.identity.getRedirectURL('issuance');

/** What the browser says when the person closed its window. */
const CLOSED = /did not approve|user cancell?ed/i;

/**
 * Opens an authorization server's page in a window of the browser's own, with the person's own cookies, and waits until
 * it sends them back to `redirectUri`. To be called in one of our pages: it lives as long as the person looks at it,
 * which a worker does not.
 * @param url https, or http on this machine
 * @returns the whole address they were sent back to; undefined when they closed the window
 * @throws SignetError network when the page could not be loaded
 */
export async function signInAt(url: string): Promise<string | undefined> {
  try {
    return await browser.identity.launchWebAuthFlow({ url, interactive: true });
  } catch (cause) {
    if (cause instanceof Error && CLOSED.test(cause.message)) return undefined;
    const { host } = new URL(url);
    throw new SignetError('network', `${host} could not be opened to sign in. Nothing was stored; you can try again.`, {
      cause,
    });
  }
}

import type { Page } from 'puppeteer';
import { expect } from 'vitest';
import { startIssuer } from '../../demo/issuer/server.ts';
import type { RunningIssuer } from '../../demo/issuer/server.ts';
import { begin } from './page-calls.ts';
import {
  acceptLicence,
  askWallet,
  createVault,
  named,
  openBrowser,
  serve,
  text,
  until,
  untilSays,
} from './setup/harness.ts';
import type { ExtensionBrowser, TestServer } from './setup/harness.ts';

/** A browser with an open vault and a driving licence in it, and a site that may ask for it. */
export interface Scene extends AsyncDisposable {
  readonly opened: ExtensionBrowser;
  readonly issuer: RunningIssuer;
  /** Another one for each test, as far as the wallet is concerned: what was denied to one counts for no other. */
  readonly site: TestServer;
  /** A page of ours, to ask the worker from. */
  readonly app: Page;
  /** A new page of the site. */
  visit(host?: string): Promise<Page>;
  /**
   * Ends a test, however it went: closes every page of a site. Whatever they asked ends with them, and the consent
   * window goes by itself; one that does not fails the test, and is closed all the same.
   */
  leave(): Promise<void>;
}

export async function openScene({ licences = 1 } = {}): Promise<Scene> {
  const [opened, issuer, firstSite] = await Promise.all([openBrowser(), startIssuer(), serveSite()]);
  const sites = [firstSite];
  let site = firstSite;
  const app = await opened.openApp();
  await createVault(app);
  for (let taken = 0; taken < licences; taken += 1) await acceptLicence(opened, issuer);
  return {
    opened,
    issuer,
    get site() {
      return site;
    },
    app,
    async visit(host = 'localhost') {
      const page = await opened.browser.newPage();
      await page.goto(site.origin(host));
      return page;
    },
    async leave() {
      const pages = await opened.browser.pages();
      await Promise.all(pages.filter((page) => /^https?:/.test(page.url())).map((page) => page.close()));
      try {
        await untilNoWindow(opened);
      } finally {
        for (const consent of await opened.consentPages()) await consent.close();
        sites.push((site = await serveSite()));
      }
    },
    async [Symbol.asyncDispose]() {
      await opened.close();
      await Promise.all([issuer.close(), ...sites.map((one) => one.close())]);
    },
  };
}

const serveSite = (): Promise<TestServer> =>
  serve({ '/': '<!doctype html><title>site</title>', '/elsewhere': '<!doctype html><title>elsewhere</title>' });

/** Waits until no consent window is open. */
export const untilNoWindow = (opened: ExtensionBrowser): Promise<void> =>
  expect.poll(async () => (await opened.consentPages()).map((page) => page.url())).toEqual([]);

let asked = 0;

/** Starts a request for `age_over_21` in the page, under a name; each has a purpose of its own, which is returned. */
export async function askAge(page: Page, name = 'proof', claims: readonly string[] = ['age_over_21']): Promise<string> {
  asked += 1;
  const purpose = `Purpose number ${asked}`;
  const nonce = String(asked).padStart(22, 'A');
  await begin(page, name, `signet.requestProof(${JSON.stringify({ claims, nonce, purpose })})`);
  return purpose;
}

/** Waits until the window shows a request with this purpose and a button of this name. */
export async function untilShown(consent: Page, purpose: string, button = text('allow_once')): Promise<void> {
  await untilSays(consent, purpose);
  await named(consent, button, 'button');
}

/** Asks for the age and returns the window that asks the person. */
export async function askInWindow(scene: Scene, page: Page, name = 'proof'): Promise<Page> {
  const appears = scene.opened.nextConsent();
  const purpose = await askAge(page, name);
  const consent = await appears;
  await untilShown(consent, purpose);
  return consent;
}

/** Waits until the button that approves is armed (or is not). */
export async function untilArmed(consent: Page, armed = true): Promise<void> {
  await until(
    consent,
    (wanted: boolean) => (document.querySelector('.decide .primary')?.ariaDisabled !== 'true') === wanted,
    armed,
  );
}

/** Single-use copies that are left, over all credentials. */
export async function copiesLeft(ours: Page): Promise<number> {
  const { credentials } = await askWallet(ours, 'credentials.list', {});
  return credentials.reduce((sum, { instancesLeft }) => sum + instancesLeft, 0);
}

/** How many entries of a kind the log has. */
export async function entriesOf(ours: Page, kind: string): Promise<number> {
  const { entries } = await askWallet(ours, 'audit.list', { limit: 200 });
  return entries.filter((entry) => entry.kind === kind).length;
}

import type { Page } from 'puppeteer';
import { expect } from 'vitest';
import { begin, ended } from '../../../e2e/page-calls.ts';
import { copiesLeft, untilNoWindow } from '../../../e2e/scene.ts';
import {
  askWallet,
  clickNamed,
  clickWhenArmed,
  createVault,
  fill,
  named,
  openBrowser,
  serve,
  text,
  untilSays,
} from '../../../e2e/setup/harness.ts';
import type { ExtensionBrowser, TestServer } from '../../../e2e/setup/harness.ts';
import type { Members } from '../foreign-verifier.ts';
import type { TheirIssuer } from './terms.ts';

/** The two ways that a page has; what it gets for an offer that was taken, and for one that was not. */
export const WAYS = {
  'navigator.credentials.create': {
    call: (offer: Members) => {
      const requests = [{ protocol: 'openid4vci-v1', data: offer }];
      return `navigator.credentials.create({ digital: { requests: ${JSON.stringify(requests)} } })
        .then(({ protocol, data }) => ({ protocol, data }))`;
    },
    accepted: () => ({ value: { protocol: 'openid4vci-v1', data: {} } }),
    refused: { name: 'NotAllowedError' },
  },
  'window.signet.offerCredential': {
    call: (offer: Members) => `signet.offerCredential(${JSON.stringify({ credential_offer: offer })})`,
    accepted: (credentials: number) => ({ value: { accepted: true, credentials } }),
    refused: { code: 4001 },
  },
} as const;

export type Way = (typeof WAYS)[keyof typeof WAYS];
export const EACH_WAY = Object.entries(WAYS);
export const BY_CREATE = WAYS['navigator.credentials.create'];

/** A browser with an open vault, for issuers to come to. */
export interface Wallet extends AsyncDisposable {
  readonly opened: ExtensionBrowser;
  /** A page of ours, to ask the worker from. */
  readonly app: Page;
  /** A server that nobody may be led to. */
  readonly canary: TestServer;
  /** A page of the issuer. */
  visit(issuer: TheirIssuer): Promise<Page>;
  /** Hands an offer to the wallet; returns the window once it asks its first question. */
  offerIn(page: Page, way: Way, offer: Members): Promise<Page>;
  /** What the person has, and what was promised to them. */
  holdings(): Promise<{ readonly copies: number; readonly promised: number }>;
  /** Ends a test, however it went: every page of an issuer is closed, and nobody was led astray. */
  leave(): Promise<void>;
}

export async function openWallet(): Promise<Wallet> {
  const [opened, canary] = await Promise.all([openBrowser(), serve()]);
  const app = await opened.openApp();
  await createVault(app);
  return {
    ...{ opened, app, canary },
    async visit(issuer) {
      const page = await opened.browser.newPage();
      await page.goto(issuer.origin);
      return page;
    },
    async offerIn(page, { call }, offer) {
      const appears = opened.nextConsent();
      await begin(page, 'offer', call(offer));
      const consent = await appears;
      await named(consent, text('offer_continue'), 'button');
      return consent;
    },
    async holdings() {
      const { promised } = await askWallet(app, 'issuance.list', {});
      return { copies: await copiesLeft(app), promised: promised.length };
    },
    async leave() {
      const pages = await opened.browser.pages();
      await Promise.all(pages.filter((page) => /^http:/.test(page.url())).map((page) => page.close()));
      try {
        await untilNoWindow(opened);
      } finally {
        for (const consent of await opened.consentPages()) await consent.close();
      }
      expect(canary.received).toEqual([]);
    },
    async [Symbol.asyncDispose]() {
      await opened.close();
      await canary.close();
    },
  };
}

/** Both questions answered with yes. */
export async function take(consent: Page, code?: string): Promise<void> {
  await clickWhenArmed(consent, text('offer_continue'));
  if (code !== undefined) await fill(consent, text('offer_code'), code);
  await clickWhenArmed(consent, text('offer_accept'));
}

/** The issuer’s own page, in the window that the browser opens for signing in. */
export async function signInPage({ opened }: Wallet, issuer: TheirIssuer): Promise<Page> {
  const target = await opened.browser.waitForTarget((one) => one.url().startsWith(`${issuer.origin}/authorize`));
  const page = (await target.page()) ?? (await target.asPage());
  await page.waitForSelector('#yes');
  return page;
}

/** Takes the way to the issuer’s page, where the person answers. */
export async function signIn(
  wallet: Wallet,
  consent: Page,
  issuer: TheirIssuer,
  answer: 'yes' | 'no' = 'yes',
): Promise<void> {
  await clickWhenArmed(consent, text('offer_sign_in'));
  await (await signInPage(wallet, issuer)).click(`#${answer}`);
}

/** Waits until the window says that nothing was kept, closes it, and sees what the page hears. */
export async function untilRefused(page: Page, consent: Page, way: Way = BY_CREATE): Promise<void> {
  await untilSays(consent, text('offer_failed_kept'));
  await clickNamed(consent, text('close'), 'button');
  expect(await ended(page, 'offer')).toMatchObject(way.refused);
}

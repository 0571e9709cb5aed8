import type { Page } from 'puppeteer';
import type { OwnReply } from '../../../lib/messaging/ask.ts';
import type { OwnRequest, OwnResponse, OwnRoute, Waiting } from '../../../lib/messaging/contract.ts';
import type { ExtensionBrowser } from '../../../tools/browser/launch.ts';
import { until } from '../../../tools/browser/until.ts';

/** A password that onboarding accepts. */
export const PASSWORD = 'correct harbour lantern 42';

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
  const { words } = await askWallet(app, 'wallet.create', { password, mark: { shape: 'anchor', colour: 'sea' } });
  return words;
}

/** The first waiting request, once it has come to `step`; asked behind the screens. */
async function waitingAt(ours: Page, step: string): Promise<Waiting> {
  const waiting = await until(
    ours,
    async (wanted: string) => {
      const reply: OwnReply = await chrome.runtime.sendMessage({ route: 'requests.list', request: {} });
      if (!reply.ok) throw new Error(reply.error.message);
      const { waiting } = reply.value as OwnResponse<'requests.list'>; // what this route answers
      return waiting.find(({ state }) => state.step === wanted || state.step === 'failed');
    },
    step,
  );
  if (waiting.state.step === 'failed') throw new Error(`The offer failed: ${waiting.state.message}`);
  return waiting;
}

/**
 * Takes a driving licence from a running demo issuer, deciding behind the screens; the vault is open.
 * @returns how many copies the wallet stored
 */
export async function acceptLicence(opened: ExtensionBrowser, issuer: { readonly origin: string }): Promise<number> {
  const counter = await opened.browser.newPage();
  await counter.goto(issuer.origin);
  await counter.waitForSelector('#people input');
  const appears = opened.nextConsent();
  await counter.click('#get');
  const consent = await appears;

  const { requestId } = await waitingAt(consent, 'ask');
  await askWallet(consent, 'requests.continueOffer', { requestId });
  const { state } = await waitingAt(consent, 'review');
  if (state.step !== 'review') throw new Error(`The offer is at ${state.step}.`);
  const ours = await opened.openApp();
  const { credentials } = await askWallet(ours, 'requests.acceptOffer', { requestId, digest: state.digest });
  await counter.waitForSelector('#outcome[data-kind="good"]');
  await ours.close();
  await counter.close();
  return credentials;
}

/** Whom a verifier trusts that takes the licences of an issuer: its keys as it publishes them (SD-JWT VC §5). */
export async function trusting(issuer: { readonly origin: string; readonly licenceType: string }) {
  const response = await fetch(`${issuer.origin}/.well-known/jwt-vc-issuer`);
  const { jwks } = (await response.json()) as { readonly jwks: { readonly keys: readonly JsonWebKey[] } };
  return [{ issuer: issuer.origin, types: [issuer.licenceType], jwks }];
}

import type { Page } from 'puppeteer';
import { clickWhenArmed, named } from '../../tools/browser/by-name.ts';
import { type ExtensionBrowser, launchWithExtension } from '../../tools/browser/launch.ts';
import { text } from '../../tools/browser/texts.ts';
import { serve } from '../e2e/setup/server.ts';
import { createVault } from '../e2e/setup/wallet.ts';
import { startLibraryIssuer } from '../fixtures/openid4vci/library-issuer.ts';
import { type Suite, toRow } from './row.ts';

const BATCH = 30;
const BATCHES = 8;

const COUNTER = `<!doctype html><title>Counter</title><script>
  const now = () => performance.timeOrigin + performance.now();
  addEventListener('offer', ({ detail }) => {
    window.taken = signet.offerCredential({ credential_offer: detail }).then(({ credentials }) => ({ at: now(), credentials }));
  });
</script>`;

/** From the person's yes to a batch of credentials, each with a key of its own, verified and kept in the vault. */
export const issuance: Suite = {
  name: 'issuance',
  async run() {
    const opened = await launchWithExtension();
    try {
      const app = await opened.openApp();
      await createVault(app);
      await app.close();
      const single = await timesOf(opened, 1);
      const samples = await timesOf(opened, BATCH);
      const name = `a batch of ${BATCH} from a local issuer, against one credential`;
      return [toRow({ suite: 'issuance', name, unit: 'ms', samples, baseline: single, target: 3_000 })];
    } finally {
      await opened.close();
    }
  },
};

/** The issuer is in this process: what it takes to verify the proofs and to sign is counted. */
async function timesOf(opened: ExtensionBrowser, batchSize: number): Promise<number[]> {
  await using issuer = await startLibraryIssuer({ batchSize, dpop: 'bound' });
  await using counter = await serve({ '/': COUNTER });
  const page = await opened.browser.newPage();
  await page.goto(counter.origin());
  const samples: number[] = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const appears = opened.nextConsent();
    const offer = issuer.offer('pre-authorized_code');
    await page.evaluate((detail) => void dispatchEvent(new CustomEvent('offer', { detail })), offer);
    samples.push(await yesToKept(page, await appears, batchSize));
  }
  await page.close();
  return samples;
}

async function yesToKept(page: Page, consent: Page, batchSize: number): Promise<number> {
  await named(consent, text('offer_continue'), 'button');
  await clickWhenArmed(consent, text('offer_continue'));
  await named(consent, text('offer_accept'), 'button');
  const closed = new Promise<void>((resolve) => consent.once('close', () => resolve()));
  const clicked = consent.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const note = ({ timeStamp }: MouseEvent): void => resolve(performance.timeOrigin + timeStamp);
        addEventListener('click', note, { capture: true, once: true });
      }),
  );
  await clickWhenArmed(consent, text('offer_accept'));
  const from = await clicked;
  const { at, credentials } = await page.evaluate(
    () => (window as unknown as { taken: Promise<{ at: number; credentials: number }> }).taken, // set by the page above
  );
  if (credentials !== batchSize) throw new Error(`${credentials} came of ${batchSize}.`);
  await closed;
  return at - from;
}

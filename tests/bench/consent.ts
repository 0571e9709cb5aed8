import type { Page } from 'puppeteer';
import { startIssuer } from '../../demo/issuer/server.ts';
import { type ExtensionBrowser, launchWithExtension } from '../../tools/browser/launch.ts';
import { serve } from '../e2e/setup/server.ts';
import { approve, deny } from '../../tools/browser/screens.ts';
import { acceptLicence, createVault } from '../e2e/setup/wallet.ts';
import { text } from '../../tools/browser/texts.ts';
import { named } from '../../tools/browser/by-name.ts';
import { largestPaint } from './paint.ts';
import { type Suite, toRow } from './row.ts';

const REQUESTS = 20;

const SHOP = `<!doctype html><title>Shop</title><script>
  addEventListener('ask', () => {
    const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
      .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    const asked = performance.timeOrigin + performance.now();
    window.answered = signet.requestProof({ claims: ['age_over_21'], nonce, purpose: 'Buy wine' }).then(
      () => ({ asked, settled: performance.timeOrigin + performance.now(), code: 0 }),
      (error) => ({ asked, settled: performance.timeOrigin + performance.now(), code: error.code }),
    );
    window.asked = asked;
  });
</script>`;

/** From a site's request to what the person sees, and from the person's yes to the site's answer. */
export const consent: Suite = {
  name: 'consent',
  async run() {
    await using shop = await serve({ '/': SHOP });
    const issuer = await startIssuer();
    const opened = await launchWithExtension();
    try {
      const app = await opened.openApp();
      await createVault(app);
      await acceptLicence(opened, issuer);

      const site = await opened.browser.newPage();
      await site.goto(shop.origin());
      const painted: number[] = [];
      const answered: number[] = [];
      for (let request = 0; request < REQUESTS; request += 1) {
        painted.push(await requestToPainted(opened, site));
        answered.push(await approveToAnswer(opened, site, app));
      }
      return [
        toRow({
          suite: 'consent',
          name: 'request to consent painted, cold',
          unit: 'ms',
          samples: painted,
          target: 300,
        }),
        toRow({ suite: 'consent', name: 'approve to answer', unit: 'ms', samples: answered, target: 150 }),
      ];
    } finally {
      await opened.close();
      await issuer.close();
    }
  },
};

interface Answer {
  readonly asked: number;
  readonly settled: number;
  readonly code: number;
}

/** The worker sleeps when the site asks. The request is denied in the end. */
async function requestToPainted(opened: ExtensionBrowser, site: Page): Promise<number> {
  await opened.killWorker();
  const window = await ask(opened, site);
  await named(window, text('allow_once'), 'button');
  const painted = await largestPaint(window);
  await deny(window);
  const { asked, code } = await answerOf(site);
  if (code !== 4001) throw new Error(`A denied request ended with ${code}.`);
  return painted - asked;
}

async function approveToAnswer(opened: ExtensionBrowser, site: Page, app: Page): Promise<number> {
  const window = await ask(opened, site);
  // The listener runs before the page's own; what it notes outlives the window that the click closes.
  await window.evaluate(() => {
    const note = (event: MouseEvent): void => {
      localStorage.setItem('bench.clicked', String(performance.timeOrigin + event.timeStamp));
    };
    addEventListener('click', note, { capture: true });
  });
  await approve(window);
  const { settled, code } = await answerOf(site);
  if (code !== 0) throw new Error(`An allowed request ended with ${code}.`);
  const clicked = await app.evaluate(() => {
    const noted = localStorage.getItem('bench.clicked');
    localStorage.removeItem('bench.clicked');
    return noted;
  });
  if (clicked === null) throw new Error('The window did not note when it was clicked.');
  return settled - Number(clicked);
}

/** A request that comes while the window before still closes is shown in that one: each here gets its own. */
async function ask(opened: ExtensionBrowser, site: Page): Promise<Page> {
  for (const page of await opened.consentPages()) {
    if (!page.isClosed()) await new Promise<void>((resolve) => page.once('close', () => resolve()));
  }
  const appears = opened.nextConsent();
  // Dispatched over the protocol; the site's own script makes the call.
  await site.evaluate(() => dispatchEvent(new Event('ask')));
  return appears;
}

function answerOf(site: Page): Promise<Answer> {
  return site.evaluate(() => (window as unknown as { answered: Promise<Answer> }).answered); // set by the page above
}

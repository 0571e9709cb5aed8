import type { Page } from 'puppeteer';
import { startIssuer } from '../../demo/issuer/server.ts';
import { createRequest } from '../../lib/sdk/index.ts';
import { type ExtensionBrowser, launchWithExtension } from '../../tools/browser/launch.ts';
import { serve } from '../e2e/setup/server.ts';
import { approve, deny } from '../../tools/browser/screens.ts';
import { acceptLicence, createVault } from '../e2e/setup/wallet.ts';
import { text } from '../../tools/browser/texts.ts';
import { named } from '../../tools/browser/by-name.ts';
import { makeBareExtension } from './bare-extension.ts';
import { inExtension } from './in-extension.ts';
import { largestPaint } from './paint.ts';
import { type Suite, toRow } from './row.ts';

const REQUESTS = 20;

const SHOP = `<!doctype html><title>Shop</title><script>
  const timed = (call) => {
    const asked = performance.timeOrigin + performance.now();
    window.answered = call().then(
      () => ({ asked, settled: performance.timeOrigin + performance.now(), denied: false }),
      ({ code, name }) => ({
        asked, settled: performance.timeOrigin + performance.now(), denied: code === 4001 || name === 'NotAllowedError',
      }),
    );
  };
  addEventListener('ask', () => {
    const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
      .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    timed(() => signet.requestProof({ claims: ['age_over_21'], nonce, purpose: 'Buy wine' }));
  });
  addEventListener('ask by the browser', ({ detail }) => timed(() => navigator.credentials.get(detail)));
</script>`;

/** From a site's request to what the person sees, and from the person's yes to the site's answer. */
export const consent: Suite = {
  name: 'consent',
  async run() {
    await using bare = await makeBareExtension();
    const floor = await inExtension(bare.path, bareTimes);
    const issuer = await startIssuer();
    const opened = await launchWithExtension();
    try {
      const app = await opened.openApp();
      await createVault(app);
      await acceptLicence(opened, issuer);

      const site = await opened.browser.newPage();
      const shopAsks: Ask = () => site.evaluate(() => void dispatchEvent(new Event('ask')));
      const browserAsks: Ask = async (origin) => {
        const { request } = await createRequest({ claims: 'age_over_21', types: [issuer.licenceType], origin });
        await site.evaluate((detail) => void dispatchEvent(new CustomEvent('ask by the browser', { detail })), request);
      };
      const { painted, answered } = await timesOf({ opened, site, app, begin: shopAsks });
      const digital = await timesOf({ opened, site, app, begin: browserAsks });
      const row = (name: string, samples: readonly number[], baseline: readonly number[], target: number) =>
        toRow({ suite: 'consent', name: `${name}, against a bare window`, unit: 'ms', samples, baseline, target });
      return [
        row('Digital Credentials API request to consent painted, cold', digital.painted, floor.painted, 400),
        row('approve to DigitalCredential, encrypted', digital.answered, floor.answered, 200),
        row('request to consent painted, cold', painted, floor.painted, 300),
        row('approve to answer', answered, floor.answered, 150),
      ];
    } finally {
      await opened.close();
      await issuer.close();
    }
  },
};

/** Has the site's own script make a call. @param origin the site's */
type Ask = (origin: string) => Promise<void>;

interface Setting {
  readonly opened: ExtensionBrowser;
  readonly site: Page;
  readonly app: Page;
  readonly begin: Ask;
}

/** One request of one site. */
type Once = Omit<Setting, 'begin'> & { readonly begin: () => Promise<void> };

/** Another site each time: one that is denied and asks as often as this would not be heard for long. */
async function timesOf({ opened, site, app, begin }: Setting) {
  const painted: number[] = [];
  const answered: number[] = [];
  for (let request = 0; request < REQUESTS; request += 1) {
    await using shop = await serve({ '/': SHOP });
    await site.goto(shop.origin());
    const asked: Once = { opened, site, app, begin: () => begin(shop.origin()) };
    painted.push(await requestToPainted(asked));
    answered.push(await approveToAnswer(asked));
  }
  return { painted, answered };
}

interface Answer {
  readonly asked: number;
  readonly settled: number;
  readonly denied: boolean;
}

/** The worker sleeps when the site asks. The request is denied in the end. */
async function requestToPainted({ opened, site, begin }: Once): Promise<number> {
  await opened.killWorker();
  const window = await ask(opened, begin);
  await named(window, text('allow_once'), 'button');
  const painted = await largestPaint(window);
  await deny(window);
  const { asked, denied } = await answerOf(site);
  if (!denied) throw new Error('A denied request did not end with a no.');
  return painted - asked;
}

async function approveToAnswer({ opened, site, app, begin }: Once): Promise<number> {
  const window = await ask(opened, begin);
  // The listener runs before the page's own; what it notes outlives the window that the click closes.
  await window.evaluate(() => {
    const note = (event: MouseEvent): void => {
      localStorage.setItem('bench.clicked', String(performance.timeOrigin + event.timeStamp));
    };
    addEventListener('click', note, { capture: true });
  });
  await approve(window);
  const { settled, denied } = await answerOf(site);
  if (denied) throw new Error('An allowed request ended with a no.');
  const clicked = await app.evaluate(() => {
    const noted = localStorage.getItem('bench.clicked');
    localStorage.removeItem('bench.clicked');
    return noted;
  });
  if (clicked === null) throw new Error('The window did not note when it was clicked.');
  return settled - Number(clicked);
}

const BARE_SHOP = `<!doctype html><title>Shop</title><script>
  const now = () => performance.timeOrigin + performance.now();
  addEventListener('ask', () => {
    const asked = now();
    window.answered = new Promise((resolve) => {
      addEventListener('answered', () => resolve({ asked, settled: now(), denied: false }), { once: true });
    });
  }, { capture: true });
</script>`;

/** The same ways through an extension that opens a window of one line, and has nothing to ask and nothing to prove. */
async function bareTimes(opened: ExtensionBrowser) {
  await using shop = await serve({ '/': BARE_SHOP });
  const site = await opened.browser.newPage();
  await site.goto(shop.origin());
  const begin = () => site.evaluate(() => void dispatchEvent(new Event('ask')));
  const painted: number[] = [];
  const answered: number[] = [];
  for (let request = 0; request < REQUESTS; request += 1) {
    await opened.killWorker();
    const window = await ask(opened, begin);
    const paintedAt = await largestPaint(window);
    const clicked = await window.evaluate(() => {
      void chrome.runtime.sendMessage('yes');
      return performance.timeOrigin + performance.now();
    });
    const { asked, settled } = await answerOf(site);
    painted.push(paintedAt - asked);
    answered.push(settled - clicked);
  }
  return { painted, answered };
}

/** A request that comes while the window before still closes is shown in that one: each here gets its own. */
async function ask(opened: ExtensionBrowser, begin: Once['begin']): Promise<Page> {
  for (const page of await opened.consentPages()) {
    if (!page.isClosed()) await new Promise<void>((resolve) => page.once('close', () => resolve()));
  }
  const appears = opened.nextConsent();
  await begin();
  return appears;
}

function answerOf(site: Page): Promise<Answer> {
  return site.evaluate(() => (window as unknown as { answered: Promise<Answer> }).answered); // set by the page above
}

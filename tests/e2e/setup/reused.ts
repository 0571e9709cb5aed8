import type { Page } from 'puppeteer';
import type { ExtensionBrowser } from '../../../tools/browser/launch.ts';

/**
 * Browsers that tests are done with. The next test that wants one with nothing in it takes it, emptied: that costs a
 * quarter of a start.
 */
export class ReusedBrowsers {
  readonly #idle: ExtensionBrowser[] = [];
  readonly #launch: () => Promise<ExtensionBrowser>;

  /** @param launch starts a browser with the extension and an empty profile */
  constructor(launch: () => Promise<ExtensionBrowser>) {
    this.#launch = launch;
  }

  /** A browser with a running worker and without a vault or any page of a test. Its `close` hands it back. */
  async take(): Promise<ExtensionBrowser> {
    const known = this.#idle.pop();
    const browser = (known && (await emptied(known))) ?? (await this.#launch());
    let isOpen = true;
    return {
      ...browser,
      close: () => {
        if (isOpen) this.#idle.push(browser);
        isOpen = false;
        return Promise.resolve();
      },
    };
  }

  /** Ends all that nobody uses. */
  async end(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((browser) => browser.close()));
  }
}

/** The browser as after its first start; undefined, and ended, where it cannot be brought there. */
async function emptied(opened: ExtensionBrowser): Promise<ExtensionBrowser | undefined> {
  try {
    const blank = await opened.blankTab();
    const left = (await opened.browser.pages()).filter((page) => page !== blank);
    await Promise.all([...left, ...(await opened.consentPages())].map(closeIfOpen));
    await opened.killWorker();
    await blank.goto(opened.url('theme.js')); // of our origin, and runs nothing
    await blank.evaluate(emptyStores);
    await blank.goto('about:blank');
    await opened.startWorker();
    return opened;
  } catch {
    await opened.close();
    return undefined;
  }
}

/** Two ways of looking may have found the same page. */
const closeIfOpen = (page: Page): Promise<void> => page.close().catch(() => undefined);

/** Runs in the page: uses nothing from outside itself. */
async function emptyStores(): Promise<void> {
  if (await chrome.offscreen.hasDocument()) await chrome.offscreen.closeDocument();
  for (const { name = '' } of await indexedDB.databases()) {
    await new Promise<void>((resolve, reject) => {
      const deleting = indexedDB.deleteDatabase(name);
      deleting.onsuccess = () => resolve();
      deleting.onerror = deleting.onblocked = () => reject(new Error(`${name} is still open.`));
    });
  }
  await Promise.all([chrome.storage.local.clear(), chrome.storage.session.clear(), chrome.alarms.clearAll()]);
  localStorage.clear();
  await chrome.action.setBadgeText({ text: '' });
}

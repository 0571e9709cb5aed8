import browser from 'webextension-polyfill';

const PAGE = 'consent.html';
const SIZE = { width: 420, height: 680 } as const;

/** The parts of runtime.getContexts (Chrome 116+) that the polyfill's types lack. */
interface ContextsApi {
  getContexts?: (filter: { contextTypes: string[]; documentUrls: string[] }) => Promise<{ windowId: number }[]>;
}

/**
 * The one window in which the person decides. It is found by asking the browser, never by memory alone, so a worker
 * that died meanwhile does not open a second one; two that race are settled by the page itself (a web lock).
 */
export class ConsentWindow {
  #opening: Promise<void> | undefined;

  /** Opens the window, or brings the open one to the front. Resolves when the browser has made it. */
  show(): Promise<void> {
    this.#opening ??= this.#show().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #show(): Promise<void> {
    const open = await this.#find();
    if (open !== undefined) {
      await browser.windows.update(open, { focused: true, drawAttention: true });
      return;
    }
    await browser.windows.create({ type: 'popup', url: browser.runtime.getURL(PAGE), ...SIZE, focused: true });
  }

  /** Whether a consent window is open now. */
  async isOpen(): Promise<boolean> {
    return (await this.#find()) !== undefined;
  }

  async #find(): Promise<number | undefined> {
    const runtime = browser.runtime as ContextsApi; // newer than the polyfill's types
    const contexts = await runtime.getContexts?.({
      contextTypes: ['TAB'],
      documentUrls: [browser.runtime.getURL(PAGE)],
    });
    return contexts?.[0]?.windowId;
  }

  /** Calls `listener` after any window was closed; ask `isOpen` whether it was this one. */
  onSomeWindowClosed(listener: () => void): void {
    browser.windows.onRemoved.addListener(listener);
  }
}

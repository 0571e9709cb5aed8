import browser from 'webextension-polyfill';

const PAGE = 'consent.html';
const SIZE = { width: 420, height: 680 } as const;

/** The parts of runtime.getContexts (Chrome 116+) that the polyfill's types lack. */
interface ContextsApi {
  getContexts?: (filter: { contextTypes: string[]; documentUrls: string[] }) => Promise<{ windowId: number }[]>;
}

/**
 * The one window in which the person decides. It is found by asking the browser, so a worker that died meanwhile does
 * not open a second one; a window that was just made and has no document yet is known by its id. Two that still race
 * are settled by the page itself (a web lock).
 */
export class ConsentWindow {
  #opening: Promise<void> | undefined;
  #made: number | undefined;

  /** Opens the window, or brings the open one to the front. Resolves when the browser has made it. */
  async show(): Promise<void> {
    const open = this.#opening === undefined ? await this.#find() : undefined;
    if (open === undefined) return this.#open();
    await browser.windows.update(open, { focused: true, drawAttention: true }).catch(() => this.#open()); // it just closed
  }

  /** Whether a consent window is open now. */
  async isOpen(): Promise<boolean> {
    return (await this.#find()) !== undefined;
  }

  /** Calls `listener` after any window was closed; ask `isOpen` whether it was this one. */
  onSomeWindowClosed(listener: () => void): void {
    browser.windows.onRemoved.addListener((id) => {
      if (id === this.#made) this.#made = undefined;
      listener();
    });
  }

  #open(): Promise<void> {
    this.#opening ??= this.#create().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #create(): Promise<void> {
    if (await this.isOpen()) return;
    const url = browser.runtime.getURL(PAGE);
    this.#made = (await browser.windows.create({ type: 'popup', url, ...SIZE, focused: true })).id;
  }

  async #find(): Promise<number | undefined> {
    const runtime = browser.runtime as ContextsApi; // newer than the polyfill's types
    const contexts = await runtime.getContexts?.({
      contextTypes: ['TAB'],
      documentUrls: [browser.runtime.getURL(PAGE)],
    });
    const made = this.#made === undefined ? [] : [this.#made];
    for (const id of [...(contexts ?? []).map(({ windowId }) => windowId), ...made]) {
      if (await isWindow(id)) return id;
    }
    return undefined;
  }
}

/** The list of contexts lags behind the windows: a page may still be listed, before others, when its window is gone. */
const isWindow = (id: number): Promise<boolean> =>
  browser.windows.get(id).then(
    () => true,
    () => false,
  );

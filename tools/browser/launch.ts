import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer, {
  type Browser,
  type CDPSession,
  type Page,
  type Target,
  TargetType,
  type WebWorker,
} from 'puppeteer';
import { findBrowser } from './find-browser.ts';
import { until } from './until.ts';

/** Where `wxt build` puts the extension. */
export const BUILT_EXTENSION = fileURLToPath(new URL('../../dist/extension/chrome-mv3', import.meta.url));

/** The id that the manifest's `key` fixes. */
export const EXTENSION_ID = 'bcbdfnmmihffocjebmenmfainokkdboo';

/** How long anything of the browser's may take on a slow machine before it counts as missing. */
const PATIENCE_MS = 30_000;

export interface LaunchOptions {
  /** Folder of the unpacked extension; `null` for a browser without it. Default: what `npm run build` made. */
  readonly extensionPath?: string | null;
  /** Default: true. */
  readonly headless?: boolean;
  /** A profile to keep. Default: a fresh one, removed at close. */
  readonly userDataDir?: string;
  /** What becomes of the tab that the first install opens. Default: `close`, so that nothing takes the focus later. */
  readonly welcomeTab?: 'close' | 'keep';
  /** Further Chrome flags. */
  readonly args?: readonly string[];
  /** Names that lead to this machine, ports kept: `*.example` and the like become `MAP *.example 127.0.0.1`. */
  readonly hosts?: readonly string[];
  /** Default: found by `findBrowser`. */
  readonly executablePath?: string;
  /** Accept self-signed certificates, for https origins on this machine. */
  readonly acceptInsecureCerts?: boolean;
}

export interface ExtensionBrowser {
  readonly browser: Browser;
  readonly extensionId: string;
  readonly userDataDir: string;
  /** The address of one of the extension's own pages. */
  readonly url: (path: string) => string;
  /** The service worker's target, without attaching: an attached worker never idles. */
  workerTarget(): Promise<Target>;
  /** Whether the worker is running now. Does not attach and does not wake it. */
  isWorkerRunning(): boolean;
  /** A tab that shows nothing and belongs to no test: not to be closed, nor left elsewhere. */
  blankTab(): Promise<Page>;
  /** Attached to the service worker, woken if need be. */
  worker(): Promise<WebWorker>;
  /** The app in a tab; `hash` with its `#`. */
  openApp(hash?: string): Promise<Page>;
  /** The toolbar's real popup, above `over` (default: the page in front). */
  openPopup(over?: Page): Promise<Page>;
  /** The consent window, once it is there; `timeout` in milliseconds. */
  waitForConsent(options?: { readonly timeout?: number }): Promise<Page>;
  /** The next consent window to open; those that are open now do not count. Ask for it before what opens it. */
  nextConsent(options?: { readonly timeout?: number }): Promise<Page>;
  /** Pages of the consent window that are open now. */
  consentPages(): Promise<Page[]>;
  /** Starts the worker, where it does not run. Does not attach. */
  startWorker(): Promise<void>;
  /** Ends the worker as the browser does when it idles, and waits until it is gone. */
  killWorker(): Promise<void>;
  /** What the browser wrote to stderr so far. */
  stderr(): string;
  close(): Promise<void>;
}

/** Starts Chrome with the extension in a profile of its own. The caller closes it. */
export async function launchWithExtension(options: LaunchOptions = {}): Promise<ExtensionBrowser> {
  const extensionPath = options.extensionPath === undefined ? BUILT_EXTENSION : options.extensionPath;
  const headless = options.headless ?? true;
  const executablePath = options.executablePath ?? (await findBrowser());
  const ownProfile = options.userDataDir === undefined;
  const userDataDir = options.userDataDir ?? (await mkdtemp(join(tmpdir(), 'signet-profile-')));

  const removeProfile = async (): Promise<void> => {
    if (ownProfile) await rm(userDataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };

  let browser: Browser;
  try {
    browser = await puppeteer.launch({
      executablePath,
      headless,
      userDataDir,
      pipe: true,
      enableExtensions: extensionPath === null ? true : [extensionPath],
      defaultViewport: null,
      acceptInsecureCerts: options.acceptInsecureCerts ?? false,
      protocolTimeout: 2 * PATIENCE_MS,
      args: flags(headless, options),
    });
  } catch (error) {
    await removeProfile();
    throw error;
  }

  const heard = listenTo(browser);
  const close = async (): Promise<void> => {
    await browser.close();
    await removeProfile();
  };

  const opened = connect(browser, userDataDir, heard, close);
  if (extensionPath === null) return opened;
  try {
    await opened.workerTarget();
    if (ownProfile && options.welcomeTab !== 'keep' && !(await closeWelcomeTab(opened))) {
      await close();
      return await launchWithExtension(options);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return opened;
}

/**
 * Closes the tab that the first install opens. Returns whether the browser gives the extension its texts: about once in
 * thirty launches it does not, in any of the extension's pages, until it is started again.
 */
async function closeWelcomeTab({ browser, url }: ExtensionBrowser): Promise<boolean> {
  const tab = await browser.waitForTarget((target) => target.url().startsWith(url('app.html')), {
    timeout: PATIENCE_MS,
  });
  const page = await tab.page();
  if (page === null) return true;
  // Its document may still be the empty one before, which has no such API.
  const { name } = await until(page, () => ('i18n' in chrome ? { name: chrome.i18n.getMessage('signet') } : undefined));
  await page.close();
  return name !== '';
}

function flags(headless: boolean, options: LaunchOptions): string[] {
  const mapped = (options.hosts ?? []).map((host) => `MAP ${host} 127.0.0.1`);
  return [
    '--no-first-run',
    '--no-default-browser-check',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    // Puppeteer turns it off. People's browsers give sandboxed frames, the prover's too, a process of their own.
    '--enable-features=IsolateSandboxedIframes',
    // Without a screen of some size every headless window is 800×600, whatever was asked for.
    ...(headless ? ['--screen-info={1600x1200}', '--disable-gpu', '--in-process-gpu'] : []),
    ...(mapped.length > 0 ? [`--host-resolver-rules=${mapped.join(', ')}`] : []),
    ...(options.args ?? []),
  ];
}

function listenTo(browser: Browser): () => string {
  let text = '';
  browser.process()?.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-20_000);
  });
  return () => text;
}

function connect(
  browser: Browser,
  userDataDir: string,
  stderr: () => string,
  close: () => Promise<void>,
): ExtensionBrowser {
  const base = `chrome-extension://${EXTENSION_ID}/`;
  const url = (path: string): string => base + path.replace(/^\//, '');
  const isWorker = (target: Target): boolean =>
    target.type() === TargetType.SERVICE_WORKER && target.url().startsWith(base);
  const isConsent = (target: Target): boolean => target.url().startsWith(url('consent.html'));

  let attached: WebWorker | undefined;

  const workerTarget = async (): Promise<Target> => {
    try {
      return await browser.waitForTarget(isWorker, { timeout: PATIENCE_MS });
    } catch (error) {
      const said = stderr().trim();
      throw new Error(`The extension's worker did not start. The browser said:\n${said === '' ? '(nothing)' : said}`, {
        cause: error,
      });
    }
  };

  const isWorkerRunning = (): boolean => browser.targets().some(isWorker);

  /** The browser's first tab, which shows nothing; another one where somebody closed or used it. */
  let first: Page | undefined;
  const blankTab = async (): Promise<Page> => {
    first ??= (await browser.pages())[0];
    if (first?.isClosed() !== false || first.url() !== 'about:blank') first = await browser.newPage();
    return first;
  };

  /** Starting and stopping workers needs the session of some page. */
  const withServiceWorkers = async (act: (session: CDPSession) => Promise<void>): Promise<void> => {
    const session = await (await blankTab()).createCDPSession();
    await session.send('ServiceWorker.enable');
    await act(session);
    await session.detach();
  };

  const startWorker = async (): Promise<void> => {
    if (isWorkerRunning()) return;
    await withServiceWorkers(async (session) => {
      await session.send('ServiceWorker.startWorker', { scopeURL: base });
    });
    await workerTarget();
  };

  const pageOf = async (target: Target): Promise<Page> => (await target.page()) ?? (await target.asPage());

  return {
    browser,
    extensionId: EXTENSION_ID,
    userDataDir,
    url,
    workerTarget,
    isWorkerRunning,
    stderr,
    close,
    blankTab,

    startWorker,

    async worker() {
      await startWorker();
      const worker = await (await workerTarget()).worker();
      if (worker === null) throw new Error('The worker stopped while the test attached to it.');
      attached = worker;
      return worker;
    },

    async openApp(hash = '') {
      const page = await browser.newPage();
      await page.goto(url(`app.html${hash}`), { waitUntil: 'load' });
      // A tab that was closed a moment ago may have handed the front to another one, and what is behind is not drawn.
      await page.bringToFront();
      return page;
    },

    async openPopup(over) {
      const page = over ?? (await browser.pages()).at(-1) ?? (await browser.newPage());
      const extension = (await browser.extensions()).get(EXTENSION_ID);
      if (extension === undefined) throw new Error('The browser runs without the extension.');
      const appears = browser.waitForTarget((target) => target.url().startsWith(url('popup.html')), {
        timeout: PATIENCE_MS,
      });
      await extension.triggerAction(page);
      return pageOf(await appears);
    },

    async waitForConsent({ timeout = PATIENCE_MS } = {}) {
      return pageOf(await browser.waitForTarget(isConsent, { timeout }));
    },

    async nextConsent({ timeout = PATIENCE_MS } = {}) {
      const open = new Set(browser.targets().filter(isConsent));
      return pageOf(await browser.waitForTarget((target) => isConsent(target) && !open.has(target), { timeout }));
    },

    async consentPages() {
      return Promise.all(browser.targets().filter(isConsent).map(pageOf));
    },

    async killWorker() {
      // A stopped worker stays as a target for as long as somebody is attached to it.
      await attached?.client.detach().catch(() => undefined);
      attached = undefined;
      await withServiceWorkers(async (session) => {
        while (isWorkerRunning()) {
          const [running] = browser.targets().filter(isWorker);
          const gone = new Promise<void>((resolve) => {
            const listen = (target: Target): void => {
              if (target !== running) return;
              browser.off('targetdestroyed', listen);
              resolve();
            };
            browser.on('targetdestroyed', listen);
          });
          await session.send('ServiceWorker.stopAllWorkers');
          await gone;
        }
      });
    },
  };
}

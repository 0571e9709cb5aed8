import type { Target } from 'puppeteer';
import type { ExtensionBrowser } from './setup/harness.ts';

/** A worker that is only just starting outlives the first blow: how long to wait for its end before the next, in ms. */
const STRIKE_AGAIN = 200;
/** In this many milliseconds any worker ends that nobody is attached to, on a slow machine too. */
const PATIENCE = 30_000;

/** Ends the worker at a chosen moment, without attaching to it and without taking the focus from any window. */
export interface Reaper extends AsyncDisposable {
  /** Asks the browser to end the worker, now; a worker that does not run is left alone. */
  strike(): Promise<void>;
  /** Strikes, and waits until the worker that ran is gone. @throws Error when it stays, as one does that is attached to */
  kill(): Promise<void>;
}

export async function createReaper(opened: ExtensionBrowser): Promise<Reaper> {
  const page = await opened.browser.newPage();
  const session = await page.createCDPSession();
  await session.send('ServiceWorker.enable');
  const strike = async (): Promise<void> => {
    await session.send('ServiceWorker.stopAllWorkers');
  };
  return {
    strike,
    async kill() {
      if (!opened.isWorkerRunning()) return;
      const worker = await opened.workerTarget();
      const end = performance.now() + PATIENCE;
      while (performance.now() < end) {
        const gone = goneWithin(opened, worker, STRIKE_AGAIN);
        await strike();
        if (await gone) return;
      }
      throw new Error('The worker outlives every blow. Is something attached to it?');
    },
    [Symbol.asyncDispose]: () => page.close(),
  };
}

/** Whether the browser lets go of the target within so many milliseconds; it may have done so before. */
function goneWithin({ browser }: ExtensionBrowser, worker: Target, milliseconds: number): Promise<boolean> {
  if (!browser.targets().includes(worker)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (gone: boolean): void => {
      clearTimeout(timer);
      browser.off('targetdestroyed', listen);
      resolve(gone);
    };
    const listen = (target: Target): void => {
      if (target === worker) settle(true);
    };
    const timer = setTimeout(() => settle(false), milliseconds);
    browser.on('targetdestroyed', listen);
  });
}

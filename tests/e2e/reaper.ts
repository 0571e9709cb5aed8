import type { ExtensionBrowser } from './setup/harness.ts';

/** Ends the worker at a chosen moment, without attaching to it and without taking the focus from any window. */
export interface Reaper extends AsyncDisposable {
  /** Asks the browser to end the worker, now; a worker that does not run is left alone. */
  strike(): Promise<void>;
  /** Strikes, and waits until the worker is gone. */
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
      const gone = new Promise<void>((resolve) => {
        const listen = (target: { type(): string }): void => {
          if (target.type() !== 'service_worker') return;
          opened.browser.off('targetdestroyed', listen);
          resolve();
        };
        opened.browser.on('targetdestroyed', listen);
      });
      // A worker that is only just starting outlives the first blow.
      const again = setInterval(() => void strike(), 200);
      await strike();
      await gone;
      clearInterval(again);
    },
    [Symbol.asyncDispose]: () => page.close(),
  };
}

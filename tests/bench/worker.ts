import { type ExtensionBrowser, launchWithExtension } from '../../tools/browser/launch.ts';
import { serve } from '../e2e/setup/server.ts';
import { makeBareExtension } from './bare-extension.ts';
import { inExtension } from './in-extension.ts';
import { type Suite, toRow } from './row.ts';

const LOADS = 20;
const ROUND_TRIPS = 30;

/** How often pages wake the worker, and how long a page of ours waits for one that sleeps. */
export const worker: Suite = {
  name: 'worker',
  async run() {
    await using bare = await makeBareExtension();
    const baseline = await inExtension(bare.path, coldRoundTrips);
    const opened = await launchWithExtension();
    try {
      return [
        toRow({
          suite: 'worker',
          name: `wakes in ${LOADS} page loads`,
          unit: 'count',
          samples: [await wakesByPages(opened)],
          target: 0,
        }),
        toRow({
          suite: 'worker',
          name: 'cold round trip, against a bare worker',
          unit: 'ms',
          samples: await coldRoundTrips(opened),
          baseline,
          target: 40,
        }),
      ];
    } finally {
      await opened.close();
    }
  },
};

async function wakesByPages(opened: ExtensionBrowser): Promise<number> {
  await using server = await serve({ '/': '<!doctype html><title>A page</title>' });
  let wakes = 0;
  await opened.killWorker();
  opened.browser.on('targetcreated', (target) => {
    if (target.url().startsWith(opened.url(''))) wakes += 1;
  });
  for (let load = 0; load < LOADS; load += 1) {
    const tab = await opened.browser.newPage();
    await tab.goto(server.origin(), { waitUntil: 'load' });
    await tab.close();
  }
  return wakes;
}

async function coldRoundTrips(opened: ExtensionBrowser): Promise<number[]> {
  // A document of our origin without any script of ours: nothing in it wakes the worker by itself.
  const ours = await opened.browser.newPage();
  await ours.goto(opened.url('manifest.json'));
  const samples: number[] = [];
  for (let trip = 0; trip < ROUND_TRIPS; trip += 1) {
    await opened.killWorker();
    samples.push(await ours.evaluate(askForStatus));
  }
  return samples;
}

/** Runs in a document of our origin. */
async function askForStatus(): Promise<number> {
  const start = performance.now();
  const reply = await chrome.runtime.sendMessage<unknown, { readonly ok?: boolean } | undefined>({
    route: 'wallet.status',
    request: {},
  });
  const took = performance.now() - start;
  if (reply?.ok !== true) throw new Error('The worker did not answer wallet.status.');
  return took;
}

import type { Browser } from 'puppeteer';
import { launchWithExtension } from '../../tools/browser/launch.ts';
import { serve } from '../e2e/setup/server.ts';
import { type Suite, toAddedRow } from './row.ts';

const LOADS = 60;
const WARM_UP = 5;
const FRAMES = 10;

const PLAIN = `<!doctype html><title>Shop</title><ul id="list"></ul><script>
  for (let i = 0; i < 100; i += 1) list.append(Object.assign(document.createElement('li'), { textContent: 'Item ' + i }));
</script>`;
const FRAMED = `<!doctype html><title>Frames</title>${'<iframe src="/plain"></iframe>'.repeat(FRAMES)}`;

/** What the extension adds to the script time of a page, against the same page in a browser without it. */
export const page: Suite = {
  name: 'page',
  async run() {
    await using server = await serve({ '/plain': PLAIN, '/framed': FRAMED });
    const withSignet = await launchWithExtension();
    try {
      const without = await launchWithExtension({ extensionPath: null });
      try {
        const compare = async (name: string, path: string, target: number) => {
          const url = server.origin() + path;
          const samples = await alternate(withSignet.browser, without.browser, url);
          return toAddedRow({
            suite: 'page',
            name,
            unit: 'ms',
            samples: samples.with,
            baseline: samples.without,
            target,
          });
        };
        return [
          await compare('script time added to a page', '/plain', 0.8),
          await compare(`script time added to a page with ${FRAMES} frames`, '/framed', 5),
        ];
      } finally {
        await without.close();
      }
    } finally {
      await withSignet.close();
    }
  },
};

/** One load in each browser in turn, so that whatever else the machine does falls on both. */
async function alternate(withSignet: Browser, without: Browser, url: string) {
  const samples: { with: number[]; without: number[] } = { with: [], without: [] };
  for (let load = 0; load < WARM_UP + LOADS; load += 1) {
    const pair = { with: await scriptTime(withSignet, url), without: await scriptTime(without, url) };
    if (load < WARM_UP) continue;
    samples.with.push(pair.with);
    samples.without.push(pair.without);
  }
  return samples;
}

/** Script time of one load in a tab of its own, in milliseconds. */
async function scriptTime(browser: Browser, url: string): Promise<number> {
  const tab = await browser.newPage();
  try {
    const session = await tab.createCDPSession();
    await session.send('Performance.enable');
    await tab.goto(url, { waitUntil: 'load' });
    const { metrics } = await session.send('Performance.getMetrics');
    const seconds = metrics.find(({ name }) => name === 'ScriptDuration')?.value;
    if (seconds === undefined) throw new Error('The browser reports no ScriptDuration.');
    return seconds * 1000;
  } finally {
    await tab.close();
  }
}

import { BUILT_EXTENSION, type ExtensionBrowser } from '../../tools/browser/launch.ts';
import { makeBareExtension } from './bare-extension.ts';
import { inExtension } from './in-extension.ts';
import { firstPaint } from './paint.ts';
import { type Row, type Suite, toRow } from './row.ts';

const OPENINGS = 30;

/**
 * From the start of the popup's document to its first paint. What lies before that, the click and the making of a
 * window, is the browser's own: a popup without any script takes as long there.
 */
export const popup: Suite = {
  name: 'popup',
  async run() {
    await using bare = await makeBareExtension();
    const rows: Row[] = [];
    for (const state of ['asleep', 'awake'] as const) {
      const name = `first paint, worker ${state}, against a bare popup`;
      const measure = (opened: ExtensionBrowser) => firstPaints(opened, state);
      const baseline = await inExtension(bare.path, measure);
      const samples = await inExtension(BUILT_EXTENSION, measure);
      rows.push(toRow({ suite: 'popup', name, unit: 'ms', samples, baseline, target: 110 }));
    }
    return rows;
  },
};

async function firstPaints(opened: ExtensionBrowser, state: 'asleep' | 'awake'): Promise<number[]> {
  const over = await opened.browser.newPage();
  await over.goto('about:blank');
  const samples: number[] = [];
  for (let opening = 0; opening < OPENINGS; opening += 1) {
    if (state === 'asleep') await opened.killWorker();
    else await opened.worker();
    await over.bringToFront();
    const page = await opened.openPopup(over);
    samples.push((await firstPaint(page)) - (await page.evaluate(() => performance.timeOrigin)));
    await page.close();
  }
  return samples;
}

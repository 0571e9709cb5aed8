import type { Page } from 'puppeteer';
import { type ExtensionBrowser, launchWithExtension } from '../../tools/browser/launch.ts';
import { firstPaint } from './paint.ts';
import { type Suite, toRow } from './row.ts';

const OPENINGS = 30;

/**
 * From the start of the popup's document to its first paint. What lies before that, the click and the making of a
 * window, is the browser's own: a popup without any script takes as long there.
 */
export const popup: Suite = {
  name: 'popup',
  async run() {
    const opened = await launchWithExtension();
    try {
      const over = await opened.browser.newPage();
      await over.goto('about:blank');
      const asleep = await firstPaints(opened, over, () => opened.killWorker());
      const awake = await firstPaints(opened, over, async () => {
        await opened.worker();
      });
      return [
        toRow({ suite: 'popup', name: 'first paint, worker asleep', unit: 'ms', samples: asleep, target: 110 }),
        toRow({ suite: 'popup', name: 'first paint, worker awake', unit: 'ms', samples: awake, target: 110 }),
      ];
    } finally {
      await opened.close();
    }
  },
};

async function firstPaints(opened: ExtensionBrowser, over: Page, prepare: () => Promise<void>): Promise<number[]> {
  const samples: number[] = [];
  for (let opening = 0; opening < OPENINGS; opening += 1) {
    await prepare();
    await over.bringToFront();
    const page = await opened.openPopup(over);
    samples.push((await firstPaint(page)) - (await page.evaluate(() => performance.timeOrigin)));
    await page.close();
  }
  return samples;
}

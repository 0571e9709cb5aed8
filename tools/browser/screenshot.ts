import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer';

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Shows the page in each theme in turn, once nothing moves any more, and leaves it as it was. */
export async function inEachTheme(page: Page, act: (theme: Theme) => Promise<void>): Promise<void> {
  for (const theme of THEMES) {
    await page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: theme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]);
    await settled(page);
    await act(theme);
  }
  await page.emulateMediaFeatures([]);
}

/** Whatever fades or slides has arrived; what turns for as long as it waits does not count. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const moving = document
      .getAnimations()
      .filter(({ effect }) => effect !== null && Number.isFinite(effect.getComputedTiming().endTime));
    await Promise.allSettled(moving.map(({ finished }) => finished));
  });
}

/** Writes `NAME-light.png` and `NAME-dark.png` of what the page shows now. */
export async function screenshotTo(folder: string, name: string, page: Page): Promise<void> {
  await inEachTheme(page, (theme) => screenshotAs(folder, `${name}-${theme}`, page));
}

/** Writes `NAME.png` of what the page shows now, as it shows it. */
export async function screenshotAs(folder: string, name: string, page: Page): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.png`), await page.screenshot({ optimizeForSpeed: true }));
}

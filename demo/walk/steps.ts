import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer';
import { screenshotTo } from '../../tools/browser/screenshot.ts';

/** Where every screen of the walk is written. */
export const OUTPUT = fileURLToPath(new URL('../output/', import.meta.url));

/** Writes what a page shows, in light and dark. */
export const shot = (name: string, page: Page): Promise<void> => screenshotTo(OUTPUT, name, page);

/** Does one step of the story, and prints it with its time. */
export async function step<T>(what: string, act: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    const result = await act();
    console.log(`${(performance.now() - start).toFixed(0).padStart(6)} ms  ${what}`);
    return result;
  } catch (error) {
    console.log(`failed     ${what}`);
    throw error;
  }
}

/**
 * The page shows how it ended; if it ended otherwise, what it said is the error.
 * @param said the element that says it
 */
export async function outcome(page: Page, good: string, said = '#outcome'): Promise<void> {
  await page.waitForSelector(`${good}, ${said}[data-kind="bad"]`);
  if ((await page.$(good)) !== null) return;
  throw new Error(`The page said: ${await page.$eval(said, ({ textContent }) => textContent)}`);
}

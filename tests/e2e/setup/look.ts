import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import axeCore from 'axe-core';
import type { Page } from 'puppeteer';
import { inEachTheme, screenshotTo } from '../../../tools/browser/screenshot.ts';

/** Where screenshots of tests go; ignored by git. */
export const SCREENS = fileURLToPath(new URL('../../output/screens/', import.meta.url));

/** Writes `NAME-light.png` and `NAME-dark.png` of what the page shows now. */
export const screenshot = (name: string, page: Page): Promise<void> => screenshotTo(SCREENS, name, page);

/** What axe finds on the page in both themes, one line for each fault. Empty is what a test wants. */
export async function axe(page: Page): Promise<string[]> {
  const faults: string[] = [];
  // Evaluated over the protocol: the page's own policy allows no script but ours.
  await page.evaluate(axeCore.source);
  await inEachTheme(page, async (theme) => {
    const results = await page.evaluate(runAxe);
    for (const { id, help, nodes } of results.violations) {
      for (const node of nodes) faults.push(`${theme}: ${id}: ${help}: ${node.html} ${node.failureSummary ?? ''}`);
    }
  });
  return faults;
}

/** Runs in the page. */
async function runAxe(): Promise<AxeResults> {
  // Put there by axe's source a moment ago.
  const { axe: inPage } = globalThis as unknown as { axe: typeof axeCore };
  return inPage.run(document, { resultTypes: ['violations'] });
}

import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import axeCore from 'axe-core';
import type { Page } from 'puppeteer';
import type { Theme } from '../../../tools/browser/screenshot.ts';
import { THEMES, inEachTheme, screenshotAs, screenshotTo } from '../../../tools/browser/screenshot.ts';

/** Where screenshots of tests go; ignored by git. */
export const SCREENS = fileURLToPath(new URL('../../output/screens/', import.meta.url));

/** axe's rules that a colour can break. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** Writes `NAME-light.png` and `NAME-dark.png` of what the page shows now. */
export const screenshot = (name: string, page: Page): Promise<void> => screenshotTo(SCREENS, name, page);

/** What axe finds on the page in both themes, one line for each fault. Empty is what a test wants. */
export const axe = (page: Page): Promise<string[]> => lookInEachTheme(page, () => Promise.resolve());

/** As `axe`, and writes `NAME-light.png` and `NAME-dark.png` of what it looked at. */
export const axeAndScreenshot = (name: string, page: Page): Promise<string[]> =>
  lookInEachTheme(page, (theme) => screenshotAs(SCREENS, `${name}-${theme}`, page));

async function lookInEachTheme(page: Page, look: (theme: Theme) => Promise<void>): Promise<string[]> {
  const faults: string[] = [];
  await bringAxe(page);
  await inEachTheme(page, async (theme) => {
    await look(theme);
    // A theme is other colours and nothing else: what they do not decide is looked at once.
    const results = await page.evaluate(runAxe, theme === THEMES[0] ? undefined : COLOUR_RULES);
    for (const { id, help, nodes } of results.violations) {
      for (const node of nodes) faults.push(`${theme}: ${id}: ${help}: ${node.html} ${node.failureSummary ?? ''}`);
    }
  });
  return faults;
}

/** Over the protocol: the page's own policy allows no script but ours. Half a megabyte, so once for each document. */
async function bringAxe(page: Page): Promise<void> {
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  if (!isThere) await page.evaluate(axeCore.source);
}

/** Runs in the page. @param rules the rules to look by; all of axe's without them */
async function runAxe(rules?: string[]): Promise<AxeResults> {
  // Put there by axe's source a moment ago.
  const { axe: inPage } = globalThis as unknown as { axe: typeof axeCore };
  return inPage.run(document, { resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: rules }) });
}

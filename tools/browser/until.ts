import { setTimeout } from 'node:timers/promises';
import type { EvaluateFunc, Page } from 'puppeteer';

/** How long to leave the page alone before looking again, in milliseconds. */
const LOOK_AGAIN = 50;

/** What the protocol says of a document that gave way to the next while it was asked. */
const GAVE_WAY = /context was destroyed|Cannot find context|Cannot find execution context|Inspected target navigated/i;

/**
 * Waits until `look` finds something in the page, and returns it. The page is asked from outside, time and again:
 * Puppeteer's own waitForFunction sets up a watch in the document, and on a page that has just opened that watch now
 * and then is lost with the empty document before it, and the wait never ends.
 * @throws Error when nothing was found within the page's default timeout; whatever `look` throws
 */
export async function until<A extends unknown[], T>(
  page: Page,
  look: EvaluateFunc<A> & ((...args: never[]) => T),
  ...args: A
): Promise<NonNullable<Awaited<T>>> {
  const end = performance.now() + page.getDefaultTimeout();
  do {
    const found = (await page.evaluate(look, ...args).catch(whileItLoads)) as Awaited<T> | null; // what `look` returns
    if (found) return found;
    await setTimeout(LOOK_AGAIN);
  } while (performance.now() < end);
  throw new Error(`${page.url()} never came to this: ${look.toString()} (${args.map(String).join(', ')})`);
}

/** A document that gives way while it is asked has nothing to say. @throws whatever else went wrong */
export function whileItLoads(error: unknown): null {
  if (!GAVE_WAY.test(String(error))) throw error;
  return null;
}

/** Waits until the page's text has these words. */
export const untilSays = (page: Page, words: string): Promise<boolean> =>
  until(page, (wanted: string) => document.querySelector('body')?.innerText.includes(wanted) === true, words);

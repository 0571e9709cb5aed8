import type { Page } from 'puppeteer';
import { until } from '../../tools/browser/until.ts';
import { openFilledLab } from './lab/open-lab.ts';
import { COMMON_SITE, RARE_SITE } from './lab/log-entries.ts';
import { type Row, type Suite, toRow } from './row.ts';

const ENTRIES = 100_000;
const OPENINGS = 15;
const SEARCHES = 10;
/** Frames that are scrolled through, and rested for what they are compared with. */
const FRAMES = 120;
/** Milliseconds to the first rows, and of the longest frame. */
const TARGETS = { rows: 200, frame: 50 } as const;

/** The screen that shows a long log, in the real app over the real worker. */
export const activity: Suite = {
  name: 'activity',
  async run() {
    await using lab = await openFilledLab('page', { entries: ENTRIES });
    const app = await lab.opened.openApp('#/data');
    await app.bringToFront();
    await until(app, () => document.querySelector('nav [aria-current="page"]') !== null);
    await app.evaluate(prepareStopwatch);

    const opened = await inTurn(OPENINGS, () => openActivity(app));
    const common = await inTurn(SEARCHES, () => search(app, COMMON_SITE));
    const rare = await inTurn(SEARCHES, () => search(app, RARE_SITE));
    const resting = await frames(app, 0);
    const scrolled = await frames(app, 300);
    return [
      rowsRow(`open Activity at ${ENTRIES} entries, to the first rows`, opened),
      rowsRow('search for a site of every other entry, to the first rows', common),
      rowsRow('search for a site of one in 50,000, to the first rows', rare),
      frameRow('longest frame while it opens', longest(opened), resting),
      frameRow('longest frame of a search', longest([...common, ...rare]), resting),
      frameRow('longest frame while scrolling', [scrolled], resting),
    ];
  },
};

/** Milliseconds. */
interface Drawn {
  readonly took: number;
  readonly longestFrame: number;
}

const longest = (drawn: readonly Drawn[]): number[] => drawn.map(({ longestFrame }) => longestFrame);

function rowsRow(name: string, drawn: readonly Drawn[]): Row {
  return toRow({ suite: 'activity', name, unit: 'ms', samples: drawn.map(({ took }) => took), target: TARGETS.rows });
}

/** Held to the longest of all, not to three in four: one long frame is seen. */
function frameRow(name: string, frameTimes: readonly number[], resting: number): Row {
  const samples = [Math.max(...frameTimes)];
  const baseline = [resting];
  return toRow({
    suite: 'activity',
    name: `${name}, against rest`,
    unit: 'ms',
    samples,
    baseline,
    target: TARGETS.frame,
  });
}

async function inTurn(times: number, act: () => Promise<Drawn>): Promise<Drawn[]> {
  const drawn: Drawn[] = [];
  for (let i = 0; i < times; i += 1) drawn.push(await act());
  return drawn;
}

async function openActivity(app: Page): Promise<Drawn> {
  await app.evaluate(() => stopwatch.draw(() => void (location.hash = '#/data'), stopwatch.hasNoRows));
  return app.evaluate(() => stopwatch.draw(() => void (location.hash = '#/activity'), stopwatch.hasRows));
}

/** Looks for a site, then empties the field again. */
async function search(app: Page, site: string): Promise<Drawn> {
  const words = new URL(site).hostname;
  await app.evaluate(() => stopwatch.draw(() => stopwatch.type(''), stopwatch.hasRowsOfMany));
  return app.evaluate(
    (wanted) =>
      stopwatch.draw(
        () => stopwatch.type(wanted),
        () => stopwatch.hasOnlyRowsWith(wanted),
      ),
    words,
  );
}

/** The longest frame of many, each scrolled on by so many pixels. */
async function frames(app: Page, pixels: number): Promise<number> {
  return app.evaluate((count, step) => stopwatch.scroll(count, step), FRAMES, pixels);
}

interface Stopwatch {
  /** From what is done to the frame after the one that shows what is wanted. */
  draw(act: () => void, isThere: () => boolean): Promise<Drawn>;
  type(words: string): void;
  scroll(count: number, pixels: number): Promise<number>;
  readonly hasRows: () => boolean;
  readonly hasNoRows: () => boolean;
  /** Rows of more than one site. */
  readonly hasRowsOfMany: () => boolean;
  hasOnlyRowsWith(words: string): boolean;
}

declare const stopwatch: Stopwatch;

/** Runs in the page: uses nothing from outside itself. */
function prepareStopwatch(): void {
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  const texts = (): string[] => [...document.querySelectorAll('.entry')].map(({ textContent }) => textContent);
  const made: Stopwatch = {
    async draw(act, isThere) {
      let last = await frame();
      let longestFrame = 0;
      const start = performance.now();
      act();
      for (;;) {
        const now = await frame();
        longestFrame = Math.max(longestFrame, now - last);
        last = now;
        if (isThere()) break;
        if (now - start > 60_000) throw new Error('The screen never showed what was waited for.');
      }
      longestFrame = Math.max(longestFrame, (await frame()) - last);
      return { took: performance.now() - start, longestFrame };
    },
    type(words) {
      const field = document.querySelector<HTMLInputElement>('main input[type="search"]');
      if (field === null) throw new Error('There is no field to search with.');
      field.value = words;
      field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    },
    async scroll(count, pixels) {
      let last = await frame();
      let longestFrame = 0;
      for (let i = 0; i < count; i += 1) {
        scrollBy(0, pixels);
        const now = await frame();
        longestFrame = Math.max(longestFrame, now - last);
        last = now;
      }
      return longestFrame;
    },
    hasRows: () => texts().length > 0,
    hasNoRows: () => texts().length === 0,
    hasRowsOfMany: () => new Set(texts().map((text) => /[a-z0-9-]+\.example/.exec(text)?.[0])).size > 1,
    hasOnlyRowsWith(words) {
      const shown = texts();
      return shown.length > 0 && shown.every((text) => text.includes(words));
    },
  };
  Object.assign(globalThis, { stopwatch: made });
}

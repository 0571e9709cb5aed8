import type { Page } from 'puppeteer';

/** When the page first painted content, in milliseconds since the epoch. Waits for it. */
export function firstPaint(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list, observer) => {
          const [paint] = list.getEntriesByName('first-contentful-paint');
          if (paint === undefined) return;
          observer.disconnect();
          resolve(performance.timeOrigin + paint.startTime);
        }).observe({ type: 'paint', buffered: true });
      }),
  );
}

/** When the largest piece of the page so far was painted, in milliseconds since the epoch. */
export function largestPaint(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list, observer) => {
          const times = list.getEntries().map(({ startTime }) => startTime);
          observer.disconnect();
          resolve(performance.timeOrigin + Math.max(...times));
        }).observe({ type: 'largest-contentful-paint', buffered: true });
      }),
  );
}

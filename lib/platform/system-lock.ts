import browser from 'webextension-polyfill';

/** Calls `listener` when the person's screen locks. Register in the worker's first turn. */
export function onSystemLock(listener: () => void): void {
  browser.idle.onStateChanged.addListener((state) => {
    if (state === 'locked') listener();
  });
}

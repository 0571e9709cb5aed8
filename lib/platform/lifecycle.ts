import browser from 'webextension-polyfill';

/** Calls `listener` once when the extension was just installed. Register in the worker's first turn. */
export function onFirstInstall(listener: () => void): void {
  browser.runtime.onInstalled.addListener((details) => {
    if (details.reason === 'install') listener();
  });
}

/** Has the browser start the worker when it starts itself: programs wait for it. Register in the worker's first turn. */
export function startWithBrowser(): void {
  browser.runtime.onStartup.addListener(() => undefined); // that somebody listens is what starts it
}

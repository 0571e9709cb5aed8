import browser from 'webextension-polyfill';

/** Calls `listener` once when the extension was just installed. Register in the worker's first turn. */
export function onFirstInstall(listener: () => void): void {
  browser.runtime.onInstalled.addListener((details) => {
    if (details.reason === 'install') listener();
  });
}

/** The browser is found by tools/browser/find-browser.ts; installing the library downloads nothing. */
module.exports = { skipDownload: true };

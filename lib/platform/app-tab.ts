import browser from 'webextension-polyfill';

/** Opens the app in a tab of its own. @param hash a route of the app, such as `#/welcome` */
export async function openAppTab(hash = ''): Promise<void> {
  await browser.tabs.create({ url: browser.runtime.getURL(`app.html${hash}`) });
}

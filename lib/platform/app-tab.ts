import browser from 'webextension-polyfill';

/** Opens a site in a tab of its own, because the person pressed a button that says so. @param url https, or this machine */
export async function openSite(url: string): Promise<void> {
  await browser.tabs.create({ url });
}

/** Opens the app in a tab of its own. @param hash a route of the app, such as `#/welcome` */
export async function openAppTab(hash = ''): Promise<void> {
  await browser.tabs.create({ url: browser.runtime.getURL(`app.html${hash}`) });
}

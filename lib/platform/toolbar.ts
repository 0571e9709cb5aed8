import browser from 'webextension-polyfill';

const icon = (name: 'open' | 'locked') => ({ 16: `icons/${name}-16.png`, 32: `icons/${name}-32.png` });

/** Shows in the toolbar whether the vault is open, and how many requests wait. */
export async function showInToolbar(state: { open: boolean; waiting: number }): Promise<void> {
  await browser.action.setIcon({ path: icon(state.open ? 'open' : 'locked') });
  await browser.action.setBadgeText({ text: state.waiting === 0 ? '' : String(state.waiting) });
}

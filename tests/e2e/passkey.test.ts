import type { Page } from 'puppeteer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type ExtensionBrowser,
  PASSWORD,
  askWallet,
  choosePassword,
  clickNamed,
  createVault,
  fill,
  findNamed,
  lock,
  named,
  openBrowser,
  text,
  unlock,
  until,
  untilSays,
} from './setup/harness.ts';
import { type VirtualPasskeys, virtualPasskeys } from './virtual-passkey.ts';

const NEW_PASSWORD = 'seven quiet lighthouses 19';

let opened: ExtensionBrowser;
let app: Page;
let passkeys: VirtualPasskeys;

beforeEach(async () => {
  opened = await openBrowser();
  app = await opened.openApp();
  await createVault(app);
  passkeys = await virtualPasskeys(app);
  await toPasskeys();
});

afterEach(() => opened.close());

test('a passkey added in Settings opens the locked vault; the password still does', async () => {
  await add('This laptop');
  expect(await passkeys.count()).toBe(1);
  await lock(app);
  await clickNamed(app, text('unlock_passkey'), 'button');
  await named(app, text('nav_credentials'), 'link');
  expect(await askWallet(app, 'wallet.status', {})).toMatchObject({ vault: 'unlocked' });

  await lock(app);
  await unlock(app, PASSWORD);
  await named(app, text('nav_credentials'), 'link');
});

test('a person who is not recognised is told so in plain words, and the password works as before', async () => {
  await add('This laptop');
  await lock(app);
  await passkeys.verify(false);
  await clickNamed(app, text('unlock_passkey'), 'button');
  await problemSays(/No passkey answered.*password works as before/);
  expect(await askWallet(app, 'wallet.status', {})).toMatchObject({ vault: 'locked' });
  await unlock(app, PASSWORD);
  await named(app, text('nav_credentials'), 'link');
});

test('with a wrong password no passkey is made, neither here nor on the device', async () => {
  await begin('This laptop');
  await fill(app, text('password'), `${PASSWORD}?`);
  await clickNamed(app, text('passkeys_add_submit'), 'button');
  await problemSays(/password/i);
  expect(await passkeys.count()).toBe(0);
  expect(await askWallet(app, 'passkeys.list', {})).toEqual({ passkeys: [] });
});

test('an authenticator without a PRF is refused, and nothing is added', async () => {
  const page = await opened.openApp('#/settings/passkeys');
  await virtualPasskeys(page, { hasPrf: false });
  app = page;
  await begin('Old key');
  await fill(app, text('password'), PASSWORD);
  await clickNamed(app, text('passkeys_add_submit'), 'button');
  await problemSays(/cannot open a vault/);
  expect(await askWallet(app, 'passkeys.list', {})).toEqual({ passkeys: [] });
});

test('a removed passkey is offered no more and opens nothing, and the password does', async () => {
  await add('This laptop');
  await clickNamed(app, text('passkeys_remove', 'This laptop'), 'button');
  await named(app, text('passkeys_remove_title', 'This laptop'), 'dialog');
  expect(await app.$eval('dialog', ({ textContent }) => textContent)).toContain(text('passkeys_remove_means'));
  await clickNamed(app, text('passkeys_remove_button'), 'button');
  await named(app, text('passkeys_empty'), 'heading');
  expect(await askWallet(app, 'wallet.status', {})).toMatchObject({ passkeys: [] });

  await lock(app);
  expect(await findNamed(app, text('unlock_passkey'))).toBeNull();
  expect(await passkeys.count()).toBe(1); // it stays on the device, as the dialog says
  await unlock(app, PASSWORD);
  await named(app, text('nav_credentials'), 'link');
});

test('who forgot the password and has a passkey chooses another, without the words and without loss', async () => {
  await askWallet(app, 'attributes.save', { label: 'Diary', type: 'text', value: 'Kept', tier: 2 });
  await add('This laptop');
  await app.goto(opened.url('app.html#/settings/password'));
  await named(app, text('settings_password_change'), 'heading');
  await clickNamed(app, text('opener_use_passkey'), 'button');
  await choosePassword(app, NEW_PASSWORD);
  await clickNamed(app, text('settings_password_change'), 'button');
  await untilSays(app, text('change_done'));

  await askWallet(app, 'wallet.lock', {});
  await expect(askWallet(app, 'wallet.unlock', { password: PASSWORD })).rejects.toThrow('wrong_password');
  await askWallet(app, 'wallet.unlock', { password: NEW_PASSWORD });
  const { attributes } = await askWallet(app, 'attributes.list', {});
  expect(attributes.map(({ value }) => value)).toEqual(['Kept']);
  await askWallet(app, 'wallet.lock', {});
  await clickNamed(app, text('unlock_passkey'), 'button');
  await named(app, text('nav_credentials'), 'link');
});

test('the words are shown to whoever has the passkey, after it was asked', async () => {
  await add('This laptop');
  await app.goto(opened.url('app.html#/settings/phrase'));
  await clickNamed(app, text('opener_use_passkey'), 'button');
  expect(await app.$$('.phrase-grid')).toEqual([]);
  await clickNamed(app, text('next'), 'button');
  await clickNamed(app, text('phrase_show'), 'button');
  expect(await app.$$('.phrase-grid li')).toHaveLength(24);
});

test('the popup, which a dialog of the system would close, hands the passkey over to a tab that asks at once', async () => {
  await add('This laptop');
  await lock(app);
  const popup = await opened.openPopup(app);
  const open = new Set(opened.browser.targets());
  const tab = opened.browser.waitForTarget((target) => !open.has(target) && target.url().includes('app.html'));
  await clickNamed(popup, text('unlock_passkey'), 'button');
  const page = await (await tab).page();
  if (page === null) throw new Error('The tab went away.');
  await named(page, text('unlock_title'), 'heading');
  await until(page, () => document.querySelector('.unlock [aria-disabled="true"], .problem') !== null);
  await until(page, () => location.hash === '#/');
});

test('a tab that asked for the passkey once asks for nothing by itself when the vault locks again', async () => {
  await add('This laptop');
  await lock(app);
  await app.goto(opened.url('app.html#/passkey'));
  await app.reload();
  await named(app, text('nav_credentials'), 'link');
  await lock(app);
  expect(await app.$('.unlock [aria-disabled="true"], .problem')).toBeNull();
  expect(await askWallet(app, 'wallet.status', {})).toMatchObject({ vault: 'locked' });
});

async function toPasskeys(): Promise<void> {
  await app.goto(opened.url('app.html#/settings/passkeys'));
  await app.reload();
  await named(app, text('passkeys_empty'), 'heading');
}

async function begin(name: string): Promise<void> {
  await clickNamed(app, text('passkeys_add'), 'button');
  await fill(app, text('passkeys_name'), name);
}

async function add(name: string): Promise<void> {
  await begin(name);
  await fill(app, text('password'), PASSWORD);
  await clickNamed(app, text('passkeys_add_submit'), 'button');
  await named(app, text('passkeys_remove', name), 'button');
}

async function problemSays(words: RegExp): Promise<void> {
  const said = await until(app, () => document.querySelector('.problem')?.textContent);
  expect(said).toMatch(words);
}

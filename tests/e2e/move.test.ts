import type { Page } from 'puppeteer';
import { beforeEach, expect, test } from 'vitest';
import { startIssuer } from '../../demo/issuer/server.ts';
import {
  type ExtensionBrowser,
  PASSWORD,
  acceptLicence,
  askWallet,
  axe,
  choosePassword,
  clickNamed,
  createVault,
  fill,
  findNamed,
  named,
  openBrowser,
  screenshot,
  text,
  unlock,
  until,
  untilSays,
} from './setup/harness.ts';

const NEW_PASSWORD = 'seven quiet lighthouses 19';

let opened: ExtensionBrowser;
let app: Page;
let words: readonly string[];

beforeEach(async () => {
  opened = await openBrowser();
  app = await opened.openApp();
  words = await createVault(app);
  await askWallet(app, 'attributes.save', { label: 'City', type: 'text', value: 'Port', tier: 1 });
  await askWallet(app, 'attributes.save', { label: 'Diary', type: 'text', value: 'Secret', tier: 2 });
  return () => opened.close();
});

test('everything moves to new words and a new password; the old ones open nothing here any more', async () => {
  const issuer = await startIssuer();
  try {
    await acceptLicence(opened, issuer);
  } finally {
    await issuer.close();
  }
  const before = await askWallet(app, 'wallet.status', {});
  await app.bringToFront();
  await app.reload();
  await app.goto(opened.url('app.html#/settings'));
  await clickNamed(app, text('settings_move'), 'link');
  await named(app, text('move_title'), 'heading');
  for (const key of ['move_changes_words', 'move_stays_backups', 'move_stays_sites']) await untilSays(app, text(key));
  expect(await axe(app)).toEqual([]);
  await screenshot('app-move-why', app);
  await clickNamed(app, text('next'), 'button');

  await fill(app, text('change_current'), 'not the password');
  await choosePassword(app, NEW_PASSWORD);
  await clickNamed(app, text('move_submit'), 'button');
  await until(app, () => document.querySelector('.problem') !== null);
  expect(await askWallet(app, 'wallet.status', {})).toMatchObject({ signetId: before.signetId });

  await fill(app, text('change_current'), PASSWORD);
  await clickNamed(app, text('move_submit'), 'button');
  await clickNamed(app, text('phrase_show'), 'button');
  const fresh = await app.$$eval('.phrase-grid .mono', (cells) => cells.map(({ textContent }) => textContent));
  expect(fresh).toHaveLength(24);
  expect(fresh).not.toEqual(words);
  await clickNamed(app, text('create_words_written'), 'button');
  await named(app, text('quiz_check'), 'button');
  for (const [index, word] of fresh.entries()) {
    const field = await findNamed(app, text('quiz_word', String(index + 1)), 'textbox');
    await field?.type(word);
  }
  await clickNamed(app, text('quiz_check'), 'button');
  await named(app, text('nav_credentials'), 'link');

  const after = await askWallet(app, 'wallet.status', {});
  expect(after).toMatchObject({ vault: 'unlocked', phraseUnconfirmed: false, mark: before.mark });
  expect(after.signetId).not.toBe(before.signetId);
  const { attributes } = await askWallet(app, 'attributes.list', {});
  expect(attributes.map(({ label, value }) => [label, value])).toEqual([
    ['City', 'Port'],
    ['Diary', 'Secret'],
  ]);
  expect((await askWallet(app, 'credentials.list', {})).credentials).toMatchObject([{ instancesLeft: 10 }]);

  await askWallet(app, 'wallet.lock', {});
  await expect(askWallet(app, 'wallet.unlock', { password: PASSWORD })).rejects.toThrow('wrong_password');
  await expect(askWallet(app, 'wallet.resetPassword', { phrase: words.join(' '), password: PASSWORD })).rejects.toThrow(
    'wrong_phrase',
  );
  await askWallet(app, 'wallet.unlock', { password: NEW_PASSWORD });
});

test('who leaves before the new words are written down is led to them when the page comes back', async () => {
  await app.goto(opened.url('app.html#/move'));
  await app.reload();
  await clickNamed(app, text('next'), 'button');
  await fill(app, text('change_current'), PASSWORD);
  await choosePassword(app, NEW_PASSWORD);
  await clickNamed(app, text('move_submit'), 'button');
  await named(app, text('phrase_show'), 'button');
  await app.reload();
  await named(app, text('settings_phrase'), 'heading');
  expect(await askWallet(app, 'wallet.status', {})).toMatchObject({ phraseUnconfirmed: true });
  await fill(app, text('password'), NEW_PASSWORD);
  await clickNamed(app, text('next'), 'button');
  await clickNamed(app, text('phrase_show'), 'button');
  expect(await app.$$('.phrase-grid li')).toHaveLength(24);
});

test('new words are hidden when the vault locks, and are shown again to whoever opens it', async () => {
  await app.goto(opened.url('app.html#/move'));
  await app.reload();
  await clickNamed(app, text('next'), 'button');
  await fill(app, text('change_current'), PASSWORD);
  await choosePassword(app, NEW_PASSWORD);
  await clickNamed(app, text('move_submit'), 'button');
  await clickNamed(app, text('phrase_show'), 'button');
  await askWallet(app, 'wallet.lock', {});
  await named(app, text('unlock'), 'button');
  expect(await app.$('.phrase-grid')).toBeNull();
  await unlock(app, NEW_PASSWORD);
  await named(app, text('settings_phrase'), 'heading');
});

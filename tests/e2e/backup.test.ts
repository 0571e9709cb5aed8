import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type ExtensionBrowser,
  PASSWORD,
  askWallet,
  axe,
  chooseFile,
  choosePassword,
  clickNamed,
  createVault,
  fill,
  findNamed,
  lock,
  named,
  openBrowser,
  paste,
  screenshot,
  text,
  until,
  untilSays,
  withBrowser,
} from './setup/harness.ts';

const NEW_PASSWORD = 'seven quiet lighthouses 19';

let opened: ExtensionBrowser;
let app: Page;
let words: readonly string[];
let signetId: string | undefined;
let folder: string;
/** The backup that the first test makes, and its passphrase: the others need them. */
let file: string;
let passphrase: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signet-backup-'));
  opened = await openBrowser();
  app = await opened.openApp();
  await app.setViewport({ width: 1100, height: 1000 });
  words = await createVault(app);
  ({ signetId } = await askWallet(app, 'wallet.status', {}));
  await askWallet(app, 'wallet.confirmPhrase', {});
  await askWallet(app, 'attributes.save', { label: 'City', type: 'text', value: 'Port', tier: 1 });
  await askWallet(app, 'attributes.save', { label: 'Diary', type: 'text', value: 'Secret', tier: 2 });
  await lockAway('Blood type', 'AB Rh negative');
});

afterAll(async () => {
  await opened.close();
  await rm(folder, { recursive: true, force: true });
});

test('a backup is made with a suggested passphrase, saved as a file, and ends the reminder once it is said to be kept', async () => {
  await go('#/settings/backup', text('backup_title'));
  await untilSays(app, text('backup_list_empty'));
  await clickNamed(app, text('backup_make_button'), 'button');
  await clickNamed(app, text('backup_make_submit'), 'button');
  await untilSays(app, text('password_short', '10'));
  await clickNamed(app, text('backup_suggest'), 'button');
  passphrase = await until(app, () => document.querySelector('.suggested .mono')?.textContent);
  expect(passphrase.split(' ')).toHaveLength(7);
  const tick = await app.waitForSelector('.tick input');
  await tick?.click();
  await app.waitForSelector('.strength[data-score="4"]');
  expect(await axe(app)).toEqual([]);
  await screenshot('app-backup-make', app);

  const saved = downloaded(opened, folder);
  await clickNamed(app, text('backup_make_submit'), 'button');
  await named(app, text('backup_save_confirm'), 'button');
  file = await saved;
  expect(await axe(app)).toEqual([]);
  await screenshot('app-backup-save', app);
  await clickNamed(app, text('backup_save_confirm'), 'button');
  await untilSays(app, text('backup_saved'));
  await clickNamed(app, text('done'), 'button');
  await app.waitForSelector('.times li');
  expect(await app.$$('.times li')).toHaveLength(1);
  expect(await askWallet(app, 'wallet.status', {})).toMatchObject({ backupDue: false });

  const bytes = await readFile(file);
  for (const secret of ['Port', 'Secret', 'AB Rh negative', 'City', passphrase, signetId ?? '', ...words.slice(0, 3)]) {
    if (secret.length > 3) expect(bytes.includes(secret), secret).toBe(false);
  }
});

test('the rehearsal says what the file holds and changes nothing', async () => {
  await go('#/settings/backup', text('backup_title'));
  await clickNamed(app, text('backup_rehearse_button'), 'button');
  await choose(app, file, 'not the passphrase');
  await clickNamed(app, text('backup_rehearse_submit'), 'button');
  await until(app, () => document.querySelector('.field .problem') !== null);

  const before = await askWallet(app, 'storage.rows', { limit: 1 });
  await fill(app, text('backup_passphrase'), passphrase);
  await clickNamed(app, text('backup_rehearse_submit'), 'button');
  await untilSays(app, text('backup_rehearsed'));
  const said = await app.$eval('main', ({ textContent }) => textContent);
  expect(said).toContain(text('compartment_health'));
  expect(await axe(app)).toEqual([]);
  await screenshot('app-backup-rehearsed', app);
  expect((await askWallet(app, 'storage.rows', { limit: 1 })).total).toBe(before.total);
});

test('a file that was cut, altered or is none is refused in words, and nothing is changed', async () => {
  const bytes = await readFile(file);
  const wrong: readonly (readonly [string, Uint8Array])[] = [
    ['cut.signet-backup', bytes.subarray(0, bytes.length - 40)],
    ['altered.signet-backup', bytes.map((byte, at) => (at === bytes.length - 5 ? byte ^ 1 : byte))],
    ['letter.txt', Buffer.from('Dear diary')],
    ['empty.signet-backup', new Uint8Array()],
    ['more-than-one-message.signet', new Uint8Array(2_500_000).fill(7)],
  ];
  await go('#/from-backup', text('from_backup_title'));
  for (const [name, content] of wrong) {
    const path = join(folder, name);
    await writeFile(path, content);
    await choose(app, path, passphrase);
    await clickNamed(app, text('next'), 'button');
    const said = await until(app, () => document.querySelector('.problem')?.textContent);
    expect(said, name).toMatch(/backup/i);
    expect(await findNamed(app, text('from_backup_title'), 'heading')).not.toBeNull();
    await app.reload();
    await named(app, text('from_backup_title'), 'heading');
  }
  expect(await askWallet(app, 'wallet.status', {})).toMatchObject({ vault: 'unlocked', signetId });
});

test('reading a large file shows how far it is, and can be stopped', async () => {
  const large = join(folder, 'large.signet');
  await writeFile(large, '');
  await truncate(large, 200_000_000);
  await go('#/from-backup', text('from_backup_title'));
  await choose(app, large, passphrase);
  await clickNamed(app, text('next'), 'button');
  await until(app, () => (document.querySelector('progress')?.position ?? -1) > 0);
  expect(await axe(app)).toEqual([]);
  await clickNamed(app, text('cancel'), 'button');
  await named(app, text('next'), 'button');
  expect(await app.$('.problem')).toBeNull();
  expect(await app.$('progress')).toBeNull();
  expect(await askWallet(app, 'wallet.status', {})).toMatchObject({ vault: 'unlocked', signetId });
});

test('on an empty profile file, passphrase and password bring everything back, and the report says where it stands', async () => {
  await withBrowser(async (other) => {
    const page = await other.openApp();
    await page.setViewport({ width: 1100, height: 1000 });
    await clickNamed(page, text('welcome_from_backup'), 'link');
    await choose(page, file, passphrase);
    await clickNamed(page, text('next'), 'button');
    await named(page, text('from_backup_open_title'), 'heading');
    expect(await axe(page)).toEqual([]);
    await fill(page, text('from_backup_password'), 'not the password');
    await clickNamed(page, text('restore_submit'), 'button');
    await until(page, () => document.querySelector('.problem') !== null);
    expect(await askWallet(page, 'wallet.status', {})).toMatchObject({ vault: 'none' });

    await fill(page, text('from_backup_password'), PASSWORD);
    await clickNamed(page, text('restore_submit'), 'button');
    await named(page, text('done_restored_title'), 'heading');
    expect(await axe(page)).toEqual([]);
    await screenshot('app-restored', page);
    await untilSays(page, text('restored_state_unknown'));
    await clickNamed(page, text('done_open'), 'button');
    await named(page, text('nav_credentials'), 'link');
    const { mark } = await askWallet(app, 'wallet.status', {});
    expect(await askWallet(page, 'wallet.status', {})).toMatchObject({ vault: 'unlocked', signetId, mark });
    const { attributes } = await askWallet(page, 'attributes.list', {});
    expect(attributes.map(({ label, value }) => [label, value])).toEqual([
      ['City', 'Port'],
      ['Diary', 'Secret'],
      ['Blood type', undefined],
    ]);
    await askWallet(page, 'wallet.lock', {});
    await askWallet(page, 'wallet.unlock', { password: PASSWORD });
  });
});

test('the words and a new password open it too, without what the old password alone could open', async () => {
  await withBrowser(async (other) => {
    const page = await other.openApp('#/from-backup');
    await choose(page, file, passphrase);
    await clickNamed(page, text('next'), 'button');
    await named(page, text('from_backup_open_title'), 'heading');
    const radio = await page.waitForSelector(
      `::-p-xpath(//label[starts-with(normalize-space(), "${text('from_backup_way_phrase')}")]//input)`,
    );
    await radio?.click();
    await paste(page, words.join(' '));
    await choosePassword(page, NEW_PASSWORD);
    await clickNamed(page, text('restore_submit'), 'button');
    await named(page, text('done_restored_title'), 'heading');
    await untilSays(page, text('restored_tier2_lost'));
    await clickNamed(page, text('done_open'), 'button');
    await named(page, text('nav_credentials'), 'link');
    const { attributes } = await askWallet(page, 'attributes.list', {});
    expect(attributes.map(({ label }) => label)).toEqual(['City', 'Blood type']);
    await askWallet(page, 'wallet.lock', {});
    await expect(askWallet(page, 'wallet.unlock', { password: PASSWORD })).rejects.toThrow('wrong_password');
  });
});

test('over a vault that is there only when its owner types so; what was erased since stays erased, and both states are named', async () => {
  await askWallet(app, 'attributes.save', { label: 'Later', type: 'text', value: 'After the backup', tier: 1 });
  await askWallet(app, 'compartments.erase', { name: 'health', confirm: 'erase' });
  await go('#/from-backup', text('from_backup_title'));
  await choose(app, file, passphrase);
  await clickNamed(app, text('next'), 'button');
  await named(app, text('from_backup_open_title'), 'heading');
  await fill(app, text('from_backup_password'), PASSWORD);
  await clickNamed(app, text('restore_erase_submit'), 'button');
  await untilSays(app, text('erase_confirm_missing', text('erase_word')));
  expect((await askWallet(app, 'attributes.list', {})).attributes.map(({ label }) => label)).toContain('Later');

  await fill(app, text('erase_confirm', text('erase_word')), text('erase_word'));
  await clickNamed(app, text('restore_erase_submit'), 'button');
  await named(app, text('done_restored_title'), 'heading');
  await untilSays(app, text('restored_kept_erased', text('compartment_health')));
  expect(await app.$eval('main', ({ textContent }) => textContent)).not.toContain(text('restored_state_unknown'));
  await screenshot('app-restored-over', app);
  await clickNamed(app, text('done_open'), 'button');
  await named(app, text('nav_credentials'), 'link');
  const { attributes } = await askWallet(app, 'attributes.list', {});
  expect(attributes.map(({ label }) => label)).toEqual(['City', 'Diary']);
});

test('who forgot the password is led to the backup, and a file left to the person is never asked for unasked', async () => {
  await go('#/credentials', text('nav_credentials'));
  await lock(app);
  await clickNamed(app, text('forgot_link'), 'link');
  await clickNamed(app, text('forgot_backup_link'), 'link');
  await named(app, text('from_backup_title'), 'heading');
  await clickNamed(app, text('back'), 'button');
  await named(app, text('forgot_title'), 'heading');
  await askWallet(app, 'wallet.unlock', { password: PASSWORD });
});

async function go(hash: string, heading: string): Promise<void> {
  await app.bringToFront();
  await app.goto(opened.url(`app.html${hash}`));
  await app.reload();
  await named(app, heading, 'heading');
}

async function lockAway(label: string, value: string): Promise<void> {
  await askWallet(app, 'attributes.save', {
    label,
    type: 'text',
    value,
    tier: 3,
    compartment: 'health',
    opener: { password: PASSWORD },
  });
}

/** Chooses the file and enters the passphrase, as both screens that take a backup ask for them. */
async function choose(page: Page, path: string, secret: string): Promise<void> {
  await chooseFile(page, path);
  await fill(page, text('backup_passphrase'), secret);
}

/** The path of the next file that the browser saves into the folder. */
async function downloaded({ browser }: ExtensionBrowser, into: string): Promise<string> {
  const session = await browser.target().createCDPSession();
  await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: into, eventsEnabled: true });
  await new Promise<void>((resolve) => {
    session.on('Browser.downloadProgress', ({ state }) => {
      if (state === 'completed') resolve();
    });
  });
  const [name = ''] = await readdir(into);
  return join(into, name);
}

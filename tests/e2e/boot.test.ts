import type { Page } from 'puppeteer';
import { beforeEach, expect, test } from 'vitest';
import { type Profile, readProfile, writeProfile } from './profile.ts';
import {
  type ExtensionBrowser,
  PASSWORD,
  askWallet,
  axe,
  clickNamed,
  createVault,
  findNamed,
  lock,
  named,
  openBrowser,
  screenshot,
  text,
  unlock,
  untilSays,
} from './setup/harness.ts';

let opened: ExtensionBrowser;
let app: Page;

beforeEach(async () => {
  opened = await openBrowser();
  app = await opened.openApp();
  await createVault(app);
  await askWallet(app, 'wallet.confirmPhrase', {});
  await askWallet(app, 'attributes.save', { label: 'City', type: 'text', value: 'Port', tier: 1 });
  return () => opened.close();
});

test('a header that is gone comes back from its mirror: the password opens the vault as before', async () => {
  await afterRestart((profile) => ({ ...profile, meta: profile.meta.filter(([key]) => key !== 'header') }));
  await unlock(app, PASSWORD);
  await named(app, text('nav_credentials'), 'link');
  expect((await askWallet(app, 'attributes.list', {})).attributes).toMatchObject([{ value: 'Port' }]);
  expect((await readProfile(app)).meta.map(([key]) => key)).toContain('header');
});

test('rows that the browser removed: it says so, and leads to a backup or to the words', async () => {
  await afterRestart((profile) => ({ ...profile, records: [], meta: [] }));
  await named(app, text('recovery_evicted_title'), 'heading');
  expect(await axe(app)).toEqual([]);
  await screenshot('app-evicted', app);
  expect(await findNamed(app, text('recovery_save_button'))).toBeNull();
  expect(await findNamed(app, text('welcome_create'))).toBeNull();
  await named(app, text('recovery_restore_button'), 'link');
  await clickNamed(app, text('recovery_backup_button'), 'link');
  await named(app, text('from_backup_title'), 'heading');
});

test('a vault that a newer Signet wrote and this one cannot read is left alone, and says how to go on', async () => {
  const written = await afterRestart((profile) => withHeader(profile, { v: 3, schema: 9, reads: 9 }));
  await named(app, text('newer_title'), 'heading');
  await untilSays(app, text('newer_step_1'));
  expect(await axe(app)).toEqual([]);
  await screenshot('app-newer', app);
  const popup = await opened.openPopup(app);
  await untilSays(popup, text('popup_newer'));
  await popup.close();
  await expect(createVault(app)).rejects.toThrow(/vault_exists|read_only|vault_damaged/);
  expect(await readProfile(app)).toMatchObject({ records: written.records, meta: written.meta });
});

test('where the disk is full the vault can be looked at, not changed, and says so', async () => {
  await app.goto(opened.url('app.html#/data'));
  await app.reload();
  await lock(app);
  await fillDisk();
  await unlock(app, PASSWORD);
  await untilSays(app, text('read_only_full_title'));
  await untilSays(app, 'Port');
  expect(await findNamed(app, text('data_add'), 'link')).toBeNull();
  expect(await findNamed(app, text('data_edit', 'City'))).toBeNull();
  expect(await axe(app)).toEqual([]);
  await screenshot('app-read-only', app);
  const more = askWallet(app, 'attributes.save', { label: 'Street', type: 'text', value: 'Harbour', tier: 1 });
  await expect(more).rejects.toThrow('read_only');

  await app.goto(opened.url('app.html#/settings/backup'));
  await clickNamed(app, text('backup_make_button'), 'button');
  await clickNamed(app, text('backup_suggest'), 'button');
  await app.waitForSelector('.suggested');
  await clickNamed(app, text('backup_make_submit'), 'button');
  await clickNamed(app, text('backup_save_confirm'), 'button');
  await untilSays(app, text('backup_saved_unnoted'));
});

test('one fact that cannot be read is told apart: the rest still shows, with ways to check and to bring it back', async () => {
  const { id } = await askWallet(app, 'attributes.save', { label: 'Street', type: 'text', value: 'Harbour', tier: 1 });
  await withoutRowsOf(`data/attribute/${id}`);
  await clickNamed(app, text('nav_data'), 'link');
  await untilSays(app, text('record_damaged_one', '1'));
  await untilSays(app, 'Port');
  expect(await axe(app)).toEqual([]);
  await screenshot('app-data-damaged', app);
  await clickNamed(app, text('record_damaged_recovery'), 'link');
  await named(app, text('recovery_open_title'), 'heading');
  expect(await axe(app)).toEqual([]);
  await clickNamed(app, text('recovery_back'), 'link');
  await clickNamed(app, text('record_damaged_check'), 'link');
  await named(app, text('storage_title'), 'heading');
});

/** Takes a record's rows away. The vault moves them to others now and then: then it tries again. */
async function withoutRowsOf(label: string): Promise<void> {
  const { rows } = await askWallet(app, 'storage.locate', { label, index: 0 });
  await askWallet(app, 'wallet.lock', {});
  const sought = new Set(rows.map((row) => Buffer.from(row, 'hex').toString('base64')));
  expect(sought.size).toBeGreaterThan(0);
  const kept = ({ records }: Profile) => records.filter(([key]) => !sought.has(key));
  const isThere = (profile: Profile) => kept(profile).length === profile.records.length - sought.size;
  const found = { all: false };
  await afterRestart((profile) => {
    found.all = isThere(profile);
    return found.all ? { ...profile, records: kept(profile) } : profile;
  });
  await unlock(app, PASSWORD);
  await named(app, text('nav_data'), 'link');
  if (!found.all) await withoutRowsOf(label);
}

/** From here on the worker's database takes no row: extensions have no quota that a test could lower. */
async function fillDisk(): Promise<void> {
  const worker = await opened.worker();
  await worker.evaluate(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('The disk is full.', 'QuotaExceededError');
    };
  });
}

/** Changes what is stored while no worker runs and no session is left, and shows the app anew. Returns what was written. */
async function afterRestart(change: (profile: Profile) => Profile): Promise<Profile> {
  await app.goto('about:blank');
  await opened.killWorker();
  await app.goto(opened.url('theme.js'));
  const written = change(await readProfile(app));
  await writeProfile(app, written);
  await app.goto(opened.url('app.html'));
  await app.bringToFront();
  return written;
}

/** What a newer Signet would have written about itself. */
function withHeader(profile: Profile, said: { v: number; schema: number; reads: number }): Profile {
  const meta = profile.meta.map(([key, value]): readonly [string, string] => {
    if (key !== 'header') return [key, value];
    const fields = JSON.parse(Buffer.from(value, 'base64').toString()) as object; // canonical JSON
    return [key, Buffer.from(JSON.stringify({ ...fields, ...said })).toString('base64')];
  });
  return { ...profile, meta };
}

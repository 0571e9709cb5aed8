import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startIssuer } from '../../demo/issuer/server.ts';
import { begin, ended, proofRequest } from './page-calls.ts';
import {
  PASSWORD,
  type TestServer,
  acceptLicence,
  approve,
  askWallet,
  clickNamed,
  createVault,
  fill,
  findNamed,
  lock,
  named,
  serve,
  text,
  unlock,
  withBrowser,
  choosePassword,
  paste,
} from './setup/harness.ts';

/** A phrase with a right checksum; nobody's. */
const OTHER_WORDS = [...Array<string>(23).fill('abandon'), 'art'];
const NEW_PASSWORD = 'seven quiet lighthouses 19';

let site: TestServer;

beforeAll(async () => {
  site = await serve({ '/': '<!doctype html><title>site</title>' });
});

afterAll(() => site.close());

test('pasted words bring back keys and identity, and what is wrong with others is said word by word', async () => {
  await withBrowser(async (opened) => {
    const app = await opened.openApp('#/restore');

    const misspelt = OTHER_WORDS.with(4, 'abandonn').with(16, 'xyzzy');
    await paste(app, misspelt.join(' '));
    const unknown = [text('phrase_unknown_word', '5', 'abandonn'), text('phrase_unknown_word', '17', 'xyzzy')];
    await alertSays(app, text('phrase_unknown', `${unknown[0]} and ${unknown[1]}`));
    await clickNamed(app, text('next'), 'button');
    await expectStill(app, text('restore_title'));

    await paste(app, OTHER_WORDS.with(23, 'abandon').join(' '));
    await alertSays(app, text('phrase_checksum'));
    await paste(app, OTHER_WORDS.slice(0, 23).join(' '));
    await clickNamed(app, text('next'), 'button');
    await alertSays(app, text('phrase_wrong_count_other', '23', '24'));
    await expectStill(app, text('restore_title'));

    await paste(app, OTHER_WORDS.map((word, index) => `${index + 1}. ${word.toUpperCase()}`).join('\n'));
    expect(await app.$eval('main', (main) => main.textContent)).toContain(text('restore_honest'));
    await clickNamed(app, text('next'), 'button');
    await choosePassword(app, PASSWORD);
    await clickNamed(app, text('restore_submit'), 'button');
    await named(app, text('done_restored_title'), 'heading');
    await clickNamed(app, text('done_open'), 'button');
    await named(app, text('nav_credentials'), 'link');
    const { signetId, phraseUnconfirmed } = await askWallet(app, 'wallet.status', {});
    expect(phraseUnconfirmed).toBe(false);

    await askWallet(app, 'wallet.erase', { confirm: 'erase' });
    const mark = { shape: 'star', colour: 'sea' };
    const again = { phrase: OTHER_WORDS.join(' '), password: NEW_PASSWORD, mark, eraseExisting: false };
    await askWallet(app, 'wallet.restore', again);
    expect((await askWallet(app, 'wallet.status', {})).signetId).toBe(signetId);
  });
});

test('a vault that is there goes only when its owner types so', async () => {
  await withBrowser(async (opened) => {
    const app = await opened.openApp();
    await createVault(app);
    await askWallet(app, 'attributes.save', { label: 'Size', type: 'number', value: '42', tier: 1 });
    const { signetId } = await askWallet(app, 'wallet.status', {});
    await app.reload();
    await named(app, text('nav_credentials'), 'link');
    await lock(app);

    await clickNamed(app, text('forgot_link'), 'link');
    await clickNamed(app, text('forgot_other_link'), 'link');
    await paste(app, OTHER_WORDS.join(' '));
    expect(await app.$eval('main', (main) => main.textContent)).toContain(text('restore_erase'));
    await clickNamed(app, text('next'), 'button');
    await alertSays(app, text('erase_confirm_missing', text('erase_word')));
    await fill(app, text('erase_confirm', text('erase_word')), 'yes');
    await clickNamed(app, text('next'), 'button');
    await alertSays(app, text('erase_confirm_missing', text('erase_word')));
    await expect(
      askWallet(app, 'wallet.restore', {
        phrase: OTHER_WORDS.join(' '),
        password: NEW_PASSWORD,
        mark: { shape: 'star', colour: 'sea' },
        eraseExisting: false,
      }),
    ).rejects.toThrow('vault_exists');
    expect((await askWallet(app, 'wallet.status', {})).vault).toBe('locked');
    await askWallet(app, 'wallet.unlock', { password: PASSWORD });
    expect((await askWallet(app, 'attributes.list', {})).attributes).toHaveLength(1);
    await askWallet(app, 'wallet.lock', {});

    await app.goto(opened.url('app.html#/restore'));
    await app.reload();
    await paste(app, OTHER_WORDS.join(' '));
    await fill(app, text('erase_confirm', text('erase_word')), text('erase_word'));
    await clickNamed(app, text('next'), 'button');
    await choosePassword(app, NEW_PASSWORD);
    await clickNamed(app, text('restore_erase_submit'), 'button');
    await named(app, text('nav_credentials'), 'link');
    expect((await askWallet(app, 'wallet.status', {})).signetId).not.toBe(signetId);
    expect((await askWallet(app, 'attributes.list', {})).attributes).toEqual([]);
  });
});

test('a forgotten password is replaced with the words of this vault: what was for reasoning is gone, the rest stays', async () => {
  const issuer = await startIssuer();
  try {
    await withBrowser(async (opened) => {
      const app = await opened.openApp();
      const words = await createVault(app);
      await askWallet(app, 'attributes.save', { label: 'City', type: 'text', value: 'Port', tier: 1 });
      await askWallet(app, 'attributes.save', { label: 'Diary', type: 'text', value: 'Secret', tier: 2 });
      expect(await acceptLicence(opened, issuer)).toBe(10);
      await app.reload();
      await named(app, text('nav_credentials'), 'link');
      await lock(app);
      await clickNamed(app, text('forgot_link'), 'link');
      expect(await app.$eval('main', (main) => main.textContent)).toContain(text('forgot_lost'));

      await paste(app, OTHER_WORDS.join(' '));
      await choosePassword(app, NEW_PASSWORD);
      await clickNamed(app, text('forgot_submit'), 'button');
      await app.waitForSelector('.problem');
      expect(await app.$eval('.problem', (problem) => problem.textContent)).toMatch(
        /another vault.*Nothing was changed/,
      );
      await askWallet(app, 'wallet.unlock', { password: PASSWORD });
      expect((await askWallet(app, 'attributes.list', {})).attributes).toHaveLength(2);
      await askWallet(app, 'wallet.lock', {});

      await app.goto(opened.url('app.html#/forgot'));
      await app.reload();
      await paste(app, words.join(' '));
      await choosePassword(app, NEW_PASSWORD);
      await clickNamed(app, text('forgot_submit'), 'button');
      await named(app, text('nav_credentials'), 'link');

      const { attributes } = await askWallet(app, 'attributes.list', {});
      expect(attributes.map(({ label, value }) => [label, value])).toEqual([['City', 'Port']]);
      const { credentials } = await askWallet(app, 'credentials.list', {});
      expect(credentials).toMatchObject([{ name: 'Driving licence', instancesLeft: 10 }]);

      await askWallet(app, 'wallet.lock', {});
      await named(app, text('unlock'), 'button');
      await unlock(app, PASSWORD);
      await app.waitForSelector('.problem');
      await unlock(app, NEW_PASSWORD);
      await named(app, text('nav_credentials'), 'link');

      const page = await opened.browser.newPage();
      await page.goto(site.origin());
      const appears = opened.nextConsent();
      await begin(page, 'ask', `signet.requestProof(${JSON.stringify(proofRequest())})`);
      await approve(await appears);
      expect(await ended(page, 'ask')).toMatchObject({ value: { claims: { age_over_21: true } } });
    });
  } finally {
    await issuer.close();
  }
});

/** Puts the words into the field at once, as pasting does. */
async function expectStill(app: Page, heading: string): Promise<void> {
  expect(await findNamed(app, heading, 'heading')).not.toBeNull();
}

async function alertSays(page: Page, words: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => [...document.querySelectorAll('[role=alert]')].some(({ textContent }) => textContent === wanted),
    { polling: 50 },
    words,
  );
}

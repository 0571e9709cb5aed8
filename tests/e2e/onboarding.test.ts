import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { expect, test } from 'vitest';
import { begin, proofRequest } from './page-calls.ts';
import {
  type ExtensionBrowser,
  PASSWORD,
  askWallet,
  clickNamed,
  createVault,
  fill,
  findNamed,
  lock,
  named,
  openBrowser,
  pressNamed,
  serve,
  text,
  typeInto,
  unlock,
  until,
  withBrowser,
} from './setup/harness.ts';

test('a vault is made by keyboard alone, and the last screen says that open tabs need a reload', async () => {
  await withBrowser(async (opened) => {
    const app = await opened.openApp();
    await pressNamed(app, text('welcome_create'));
    await typeInto(app, text('password_new'), PASSWORD);
    await typeInto(app, text('password_repeat'), PASSWORD);
    await app.keyboard.press('Enter');

    await named(app, text('create_make'), 'button');
    await chooseMark(app, 'bird', 'moss');
    await pressNamed(app, text('create_make'));

    await pressNamed(app, text('phrase_show'));
    const words = await wordsShown(app);
    expect(words).toHaveLength(24);
    await pressNamed(app, text('create_words_written'));

    for (const [position, field] of await quizFields(app)) await typeInto(app, field, words[position - 1] ?? '');
    await app.keyboard.press('Enter');

    await named(app, text('done_open'), 'button');
    expect(await app.$eval('main', (main) => main.textContent)).toContain(text('done_reload_why'));
    await pressNamed(app, text('done_open'));
    await named(app, text('nav_credentials'), 'link');
    expect(await askWallet(app, 'wallet.status', {})).toMatchObject({
      vault: 'unlocked',
      phraseUnconfirmed: false,
      mark: { shape: 'bird', colour: 'moss' },
    });
  });
});

test('a password that is short, repeated wrongly or weak is called so, and the short and the wrong go no further', async () => {
  await withBrowser(async (opened) => {
    const app = await opened.openApp('#/create');

    await fill(app, text('password_new'), 'short one');
    await fill(app, text('password_repeat'), 'short one');
    await clickNamed(app, text('next'), 'button');
    await alertSays(app, text('password_short', '10'));

    await fill(app, text('password_new'), PASSWORD);
    await fill(app, text('password_repeat'), `${PASSWORD}!`);
    await clickNamed(app, text('next'), 'button');
    await alertSays(app, text('password_differs'));

    for (const weak of ['Password123!', 'qwertyuiop', 'signetsignet']) {
      await fill(app, text('password_new'), weak);
      await app.waitForSelector('.strength[data-score="0"], .strength[data-score="1"]');
      const said = await app.$eval('.strength', (meter) => meter.textContent);
      expect(said).toMatch(new RegExp(`${text('strength_0')}|${text('strength_1')}`));
      expect(said).toContain(text('advice_words'));
      await fill(app, text('password_new'), PASSWORD);
      await app.waitForSelector('.strength[data-score="4"]');
    }
    expect(await askWallet(app, 'wallet.status', {})).toMatchObject({ vault: 'none' });
  });
});

test('the chosen mark stands beside the password in app, popup and consent window', async () => {
  await using site = await serve({ '/': '<!doctype html><title>site</title>' });
  await withBrowser(async (opened) => {
    const app = await opened.openApp('#/create');
    await fill(app, text('password_new'), PASSWORD);
    await fill(app, text('password_repeat'), PASSWORD);
    await clickNamed(app, text('next'), 'button');
    await named(app, text('create_make'), 'button');
    await chooseMark(app, 'shell', 'ochre');
    await clickNamed(app, text('create_make'), 'button');
    await clickNamed(app, text('create_words_later'), 'button');
    await clickNamed(app, text('done_open'), 'button');
    await lock(app);

    const mark = text('mark_words', text('colour_ochre'), text('shape_shell'));
    await named(app, mark, 'image');
    const popup = await opened.openPopup(app);
    await named(popup, mark, 'image');
    await named(popup, text('password'), 'textbox');
    await popup.close();

    const page = await opened.browser.newPage();
    await page.goto(site.origin());
    const appears = opened.nextConsent();
    await begin(page, 'ask', `signet.requestProof(${JSON.stringify(proofRequest())})`);
    const consent = await appears;
    await named(consent, mark, 'image');
    await named(consent, text('password'), 'textbox');
  });
});

test('three words are asked back: wrong ones are refused by place, right ones leave no reminder', async () => {
  await withBrowser(async (opened) => {
    const app = await opened.openApp('#/create');
    const words = await toTheWords(app);
    await clickNamed(app, text('create_words_written'), 'button');

    const fields = await quizFields(app);
    expect(fields).toHaveLength(3);
    const [first, ...others] = fields;
    if (first === undefined) throw new Error('Nothing is asked.');
    await fill(app, first[1], words[first[0] % 24] === words[first[0] - 1] ? 'zoo' : (words[first[0] % 24] ?? ''));
    for (const [position, field] of others) await fill(app, field, words[position - 1] ?? '');
    await clickNamed(app, text('quiz_check'), 'button');
    await alertSays(app, text('quiz_wrong', String(first[0])));
    expect(await askWallet(app, 'wallet.status', {})).toMatchObject({ phraseUnconfirmed: true });

    await fill(app, first[1], words[first[0] - 1] ?? '');
    await clickNamed(app, text('quiz_check'), 'button');
    await clickNamed(app, text('done_open'), 'button');
    await named(app, text('nav_credentials'), 'link');
    expect(await askWallet(app, 'wallet.status', {})).toMatchObject({ phraseUnconfirmed: false });
    expect(await app.$eval('main', (main) => main.textContent)).not.toContain(text('reminder_title'));
  });
});

test('words to write down later are reminded of, past a restart, until Settings has seen them written', async () => {
  const userDataDir = await mkdtemp(join(tmpdir(), 'signet-onboarding-'));
  try {
    let words: readonly string[] = [];
    await withBrowser(
      async (opened) => {
        const app = await welcomeTab(opened);
        await clickNamed(app, text('welcome_create'), 'link');
        words = await toTheWords(app);
        expect(await valuesOfControls(app)).toEqual([]);
        await clickNamed(app, text('create_words_later'), 'button');
        await clickNamed(app, text('done_open'), 'button');
        await named(app, text('reminder_link'), 'link');
        await popupReminds(opened, app);
      },
      { userDataDir },
    );
    await expectNoneSaved(userDataDir, words);

    await withBrowser(
      async (opened) => {
        const app = await opened.openApp();
        await unlock(app, PASSWORD);
        await clickNamed(app, text('reminder_link'), 'link');

        expect(await app.$$('.phrase-grid')).toEqual([]);
        await fill(app, text('password'), `${PASSWORD}?`);
        await clickNamed(app, text('next'), 'button');
        await app.waitForSelector('.problem');
        expect(await app.$$('.phrase-grid')).toEqual([]);
        await fill(app, text('password'), PASSWORD);
        await clickNamed(app, text('next'), 'button');
        await clickNamed(app, text('phrase_show'), 'button');
        expect(await wordsShown(app)).toEqual(words);
        expect(await valuesOfControls(app)).toEqual([]);

        await popupReminds(opened, app);
        await clickNamed(app, text('create_words_written'), 'button');
        for (const [position, field] of await quizFields(app)) await fill(app, field, words[position - 1] ?? '');
        await clickNamed(app, text('quiz_check'), 'button');
        await app.waitForSelector('.notice.safe');
        expect(await app.$eval('.notice.safe', (notice) => notice.textContent)).toBe(text('phrase_confirmed'));

        await clickNamed(app, text('nav_credentials'), 'link');
        await app.waitForSelector('.content .page-head');
        expect(await findNamed(app, text('reminder_link'))).toBeNull();
        const popup = await opened.openPopup(app);
        await named(popup, text('popup_open'), 'button');
        expect(await popup.$$('.reminder')).toEqual([]);
      },
      { userDataDir },
    );
  } finally {
    await rm(userDataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
});

test('leaving in the middle makes no second vault: the app goes on where there is one', async () => {
  const opened = await openBrowser();
  try {
    const app = await opened.openApp('#/create');
    await toTheWords(app);
    await app.reload();
    await named(app, text('reminder_link'), 'link');
    await expect(createVault(app)).rejects.toThrow('vault_exists');
    await app.goto(opened.url('app.html#/create'));
    await named(app, text('nav_credentials'), 'link');
  } finally {
    await opened.close();
  }
});

/** The tab that Signet opens by itself when it is installed. */
async function welcomeTab({ browser, url }: ExtensionBrowser): Promise<Page> {
  const target = await browser.waitForTarget((found) => found.url().startsWith(url('app.html')));
  const page = await target.page();
  if (page === null) throw new Error('The welcome tab went away.');
  await page.bringToFront();
  return page;
}

/** Through password and mark to the words, shown. */
async function toTheWords(app: Page): Promise<readonly string[]> {
  await fill(app, text('password_new'), PASSWORD);
  await fill(app, text('password_repeat'), PASSWORD);
  await clickNamed(app, text('next'), 'button');
  await clickNamed(app, text('create_make'), 'button');
  await clickNamed(app, text('phrase_show'), 'button');
  return wordsShown(app);
}

async function wordsShown(app: Page): Promise<readonly string[]> {
  await app.waitForSelector('.phrase-grid:not(.covered)');
  return app.$$eval('.phrase-grid .mono', (cells) => cells.map(({ textContent }) => textContent));
}

/** Goes through both groups of radio buttons with the arrow keys until the mark is the wanted one. */
async function chooseMark(app: Page, shape: string, colour: string): Promise<void> {
  for (const name of [text(`shape_${shape}`), text(`colour_${colour}`)]) {
    const wanted = await named(app, name, 'radio');
    // Tab comes to whichever button of a group is chosen.
    const group = await wanted.evaluate((radio) => (radio instanceof HTMLInputElement ? radio.name : ''));
    const chosen = await app.waitForSelector(`input[name="${group}"]:checked`);
    await app.bringToFront();
    for (let presses = 0; !(await chosen?.evaluate((radio) => radio === document.activeElement)); presses += 1) {
      if (presses > 40) throw new Error(`${group} cannot be reached with Tab.`);
      await app.keyboard.press('Tab');
    }
    for (let presses = 0; !(await wanted.evaluate((radio) => (radio as HTMLInputElement).checked)); presses += 1) {
      if (presses > 20) throw new Error(`${name} cannot be reached with the arrow keys.`);
      await app.keyboard.press('ArrowRight');
    }
  }
}

/** The places that are asked back, with the names of their fields. */
async function quizFields(app: Page): Promise<readonly (readonly [number, string])[]> {
  await named(app, text('quiz_check'), 'button');
  const labels = await app.$$eval('.quiz label', (found) => found.map(({ textContent }) => textContent));
  return labels.map((label) => [Number(/\d+/.exec(label)?.[0]), label] as const);
}

async function alertSays(page: Page, words: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => [...document.querySelectorAll('[role=alert]')].some(({ textContent }) => textContent === wanted),
    { polling: 100 },
    words,
  );
}

async function popupReminds(opened: ExtensionBrowser, app: Page): Promise<void> {
  const popup = await opened.openPopup(app);
  await until(popup, () => document.querySelector('.reminder') !== null);
  expect(await popup.$eval('.reminder', ({ textContent }) => textContent)).toBe(text('reminder_short'));
  await popup.close();
}

/** What session restore would save: the values of form controls and of editable elements. */
function valuesOfControls(page: Page): Promise<string[]> {
  return page.$$eval('input, textarea, select, [contenteditable]', (controls) =>
    controls
      .map((control) => ('value' in control ? String(control.value) : control.textContent))
      .filter((value) => value !== ''),
  );
}

/** Looks for the words in the files from which the browser would restore its tabs. */
async function expectNoneSaved(userDataDir: string, words: readonly string[]): Promise<void> {
  const folder = join(userDataDir, 'Default', 'Sessions');
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
  const saved = Buffer.concat(files);
  const holds = (needle: string): boolean => saved.includes(needle) || saved.includes(Buffer.from(needle, 'utf16le'));
  expect(holds('app.html#/create')).toBe(true);
  // Short words, and those in addresses and titles, are there without anybody's doing.
  const telling = words.filter((word) => word.length > 5 && !['create', 'credit', 'address'].includes(word));
  expect(telling.length).toBeGreaterThan(0);
  expect(telling.filter(holds)).toEqual([]);
}

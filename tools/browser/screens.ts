import type { Page } from 'puppeteer';
import { armed, clickNamed, clickWhenArmed, findNamed, named } from './by-name.ts';
import { text } from './texts.ts';

/** Called on each screen once it is drawn, before anything on it is touched. */
export type OnScreen = (name: string, page: Page) => Promise<void>;

const nothing: OnScreen = () => Promise.resolve();

/**
 * Makes a vault on the real screens, words asked back and all.
 * @param app the app's tab, on a profile without a vault
 * @returns the 24 words
 */
export async function onboard(app: Page, password: string, onScreen: OnScreen = nothing): Promise<readonly string[]> {
  await named(app, text('welcome_create'), 'link');
  await onScreen('welcome', app);
  await clickNamed(app, text('welcome_create'), 'link');

  await fill(app, text('password_new'), password);
  await fill(app, text('password_repeat'), password);
  await app.waitForSelector('.strength:not([data-score="none"])');
  await onScreen('create-password', app);
  await clickNamed(app, text('next'), 'button');

  await named(app, text('create_make'), 'button');
  await onScreen('create-mark', app);
  await clickNamed(app, text('create_make'), 'button');

  await named(app, text('phrase_show'), 'button');
  await onScreen('create-words-covered', app);
  await clickNamed(app, text('phrase_show'), 'button');
  const words = await shownWords(app);
  await onScreen('create-words', app);
  await clickNamed(app, text('create_words_written'), 'button');

  await named(app, text('quiz_check'), 'button');
  await onScreen('create-quiz', app);
  await answerQuiz(app, words);
  await clickNamed(app, text('quiz_check'), 'button');

  await named(app, text('done_open'), 'button');
  await onScreen('create-done', app);
  await clickNamed(app, text('done_open'), 'button');
  await named(app, text('nav_credentials'), 'link');
  return words;
}

/** Empties the field of this name and types into it. */
export async function fill(page: Page, name: string, value: string): Promise<void> {
  const field = await named(page, name, 'textbox');
  await field.evaluate((element) => {
    if (element instanceof HTMLInputElement) element.select();
  });
  await field.type(value);
}

/** Opens the vault with the password field that the page shows. */
export async function unlock(page: Page, password: string): Promise<void> {
  await fill(page, text('password'), password);
  await clickNamed(page, text('unlock'), 'button');
}

/** Locks with the button of the app or of the popup. */
export async function lock(page: Page): Promise<void> {
  await clickNamed(page, text('lock'), 'button');
  await named(page, text('unlock'), 'button');
}

/** Allows what the consent window shows. */
export const approve = (consent: Page): Promise<void> => clickWhenArmed(consent, text('allow_once'));

/** Denies what the consent window shows. */
export async function deny(consent: Page): Promise<void> {
  await consent.bringToFront();
  await clickNamed(consent, text('deny'), 'button');
}

/** Takes an offer in both steps: lets the wallet speak to the issuer, then adds what it offers. */
export async function acceptOffer(consent: Page, onScreen: OnScreen = nothing): Promise<void> {
  await armed(consent, text('offer_continue'));
  await onScreen('consent-offer-ask', consent);
  await clickWhenArmed(consent, text('offer_continue'));
  await armed(consent, text('offer_accept'));
  await onScreen('consent-offer-review', consent);
  await clickWhenArmed(consent, text('offer_accept'));
}

function shownWords(app: Page): Promise<readonly string[]> {
  return app.$$eval('.phrase-grid li', (items) =>
    items.map((item) => (item.lastElementChild?.textContent ?? '').trim()).filter((word) => /^[a-z]+$/.test(word)),
  );
}

async function answerQuiz(app: Page, words: readonly string[]): Promise<void> {
  for (const [index, word] of words.entries()) {
    const field = await findNamed(app, text('quiz_word', String(index + 1)), 'textbox');
    await field?.type(word);
  }
}

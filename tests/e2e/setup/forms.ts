import type { Page } from 'puppeteer';
import { named } from '../../../tools/browser/by-name.ts';
import { fill } from '../../../tools/browser/screens.ts';
import { text } from '../../../tools/browser/texts.ts';

/** Pastes words into the field that takes a phrase, over what stands there. */
export async function paste(app: Page, words: string): Promise<void> {
  const field = await named(app, text('phrase_label'), 'textbox');
  await field.evaluate((element) => {
    if (element instanceof HTMLTextAreaElement) element.select();
  });
  await field.focus();
  await app.keyboard.sendCharacter(words);
}

/** Fills in a new password and its repetition. */
export async function choosePassword(app: Page, password: string): Promise<void> {
  await fill(app, text('password_new'), password);
  await fill(app, text('password_repeat'), password);
}

/** Chooses the file in the page's one field for files. By element: queries by name pass over fields of this kind. */
export async function chooseFile(page: Page, path: string): Promise<void> {
  const field = await page.waitForSelector('input[type=file]');
  await field?.uploadFile(path);
}

import browser from 'webextension-polyfill';
import type messages from '../../public/_locales/en/messages.json';

/** A key of `public/_locales/en/messages.json`. The file itself is read by the browser, never bundled. */
export type MessageKey = keyof typeof messages;

type Plural<K> = K extends `${infer Stem}_other` ? (`${Stem}_one` extends MessageKey ? Stem : never) : never;

/** The stem of a pair of messages, `…_one` and `…_other`, that differ by a number. */
export type PluralKey = Plural<MessageKey>;

/**
 * The message `key` in the language of the browser; `$1` to `$9` in it stand for the substitutions.
 * A key that the browser does not know comes back as itself, so that a gap shows instead of hiding.
 */
export const t = (key: MessageKey, ...substitutions: readonly string[]): string =>
  browser.i18n.getMessage(key, [...substitutions]) || key;

/** The language that messages, numbers and dates are shown in. */
export const uiLanguage = (): string => browser.i18n.getUILanguage();

/** The message of the pair `key` that fits `count`; `$1` in it is the number, `$2` on are the substitutions. */
export function tn(key: PluralKey, count: number, ...substitutions: readonly string[]): string {
  const language = uiLanguage();
  const one = new Intl.PluralRules(language).select(count) === 'one';
  const full = `${key}_${one ? 'one' : 'other'}` as MessageKey; // PluralKey holds stems of which both messages exist
  return t(full, new Intl.NumberFormat(language).format(count), ...substitutions);
}

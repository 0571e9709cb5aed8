import { uiLanguage } from '../../lib/platform/index.ts';

const join = (phrases: readonly string[], type: 'conjunction' | 'disjunction'): string =>
  phrases.length < 2 ? (phrases[0] ?? '') : new Intl.ListFormat(uiLanguage(), { type }).format(phrases);

/** "a, b and c". */
export const allOf = (phrases: readonly string[]): string => join(phrases, 'conjunction');

/** "a, b or c". */
export const anyOf = (phrases: readonly string[]): string => join(phrases, 'disjunction');

/** With its first letter as a sentence begins. */
export const asStart = (phrase: string): string => {
  const [first = ''] = phrase;
  return first.toLocaleUpperCase(uiLanguage()) + phrase.slice(first.length);
};

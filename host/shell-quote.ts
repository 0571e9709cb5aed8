/** A word for a POSIX shell or zsh, whatever is in it. fish escapes otherwise. */
export const shellQuote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

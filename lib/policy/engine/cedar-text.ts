/** A Cedar string literal: what could end it or hide in it is escaped. */
export const cedarString = (text: string): string => `"${Array.from(text, escaped).join('')}"`;

/** The pattern of Cedar's `like` for texts that begin like this. */
export const cedarPrefix = (start: string): string => `"${Array.from(start, escapedInPattern).join('')}*"`;

/** The pattern of Cedar's `like` for texts that end like this. */
export const cedarSuffix = (end: string): string => `"*${Array.from(end, escapedInPattern).join('')}"`;

const escapedInPattern = (character: string): string => (character === '*' ? '\\*' : escaped(character));

function escaped(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  return /^[ -~]$/.test(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

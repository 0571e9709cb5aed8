import type { CharTest } from './pattern.ts';

const property =
  (pattern: RegExp): CharTest =>
  (codePoint) =>
    pattern.test(String.fromCodePoint(codePoint));

const isWordBeyondAscii = property(/^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u);

/** `\w` of Rust's engine: Unicode's word characters (UTS #18, annex C). */
export const isWord: CharTest = (c) =>
  c < 128 ? (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 95 : isWordBeyondAscii(c);

const isDigitBeyondAscii = property(/^\p{Nd}$/u);
const isDigit: CharTest = (c) => (c < 128 ? c >= 48 && c <= 57 : isDigitBeyondAscii(c));

const isSpaceBeyondAscii = property(/^\p{White_Space}$/u);
const isSpace: CharTest = (c) => (c < 128 ? c === 32 || (c >= 9 && c <= 13) : isSpaceBeyondAscii(c));

export const negated =
  (test: CharTest): CharTest =>
  (codePoint) =>
    !test(codePoint);

export const anyOf =
  (tests: readonly CharTest[]): CharTest =>
  (codePoint) =>
    tests.some((test) => test(codePoint));

export const between =
  (first: number, last: number): CharTest =>
  (codePoint) =>
    codePoint >= first && codePoint <= last;

/** `\d \D \w \W \s \S`; undefined for other letters. */
export function perlClass(letter: string): CharTest | undefined {
  switch (letter) {
    case 'd':
      return isDigit;
    case 'D':
      return negated(isDigit);
    case 'w':
      return isWord;
    case 'W':
      return negated(isWord);
    case 's':
      return isSpace;
    case 'S':
      return negated(isSpace);
    default:
      return undefined;
  }
}

const POSIX: ReadonlyMap<string, RegExp> = new Map([
  ['alnum', /^[0-9A-Za-z]$/],
  ['alpha', /^[A-Za-z]$/],
  ['ascii', /^[\x00-\x7f]$/], // eslint-disable-line no-control-regex -- that is what it says
  ['blank', /^[\t ]$/],
  ['digit', /^[0-9]$/],
  ['lower', /^[a-z]$/],
  ['punct', /^[!-/:-@[-`{-~]$/],
  ['space', /^[\t-\r ]$/],
  ['upper', /^[A-Z]$/],
  ['word', /^\w$/],
  ['xdigit', /^[0-9A-Fa-f]$/],
]);

/** `[:alpha:]` by its name; undefined for an unknown one. */
export function posixClass(name: string): CharTest | undefined {
  const pattern = POSIX.get(name);
  return pattern === undefined ? undefined : property(pattern);
}

/** `\p{Greek}`, `\p{Lu}`, `\p{Script=Greek}`; undefined for a property that Unicode does not have. */
export function unicodeClass(name: string): CharTest | undefined {
  if (!/^[A-Za-z_]+(?:=[A-Za-z_]+)?$/.test(name)) return undefined;
  for (const form of [name, `Script=${name}`]) {
    try {
      return property(new RegExp(`^\\p{${form}}$`, 'u'));
    } catch {
      // Not a name of this kind: the next form may know it.
    }
  }
  return undefined;
}

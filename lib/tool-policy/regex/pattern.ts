/** Whether a code point is meant. */
export type CharTest = (codePoint: number) => boolean;

/** Where an assertion holds: it takes no character. */
export type Place = 'start' | 'end' | 'line_start' | 'line_end' | 'word_edge' | 'no_word_edge';

/** A regular expression as a tree. Groups are gone: nobody asks what they caught. */
export type Pattern =
  | { readonly kind: 'char'; readonly test: CharTest }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly branches: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly of: Pattern; readonly least: number; readonly most: number | undefined }
  | { readonly kind: 'at'; readonly place: Place };

export const EMPTY: Pattern = { kind: 'sequence', parts: [] };

/** Exactly this text. */
export function literal(text: string): Pattern {
  const parts = Array.from(text, (char): Pattern => ({ kind: 'char', test: sameAs(char.codePointAt(0) ?? 0) }));
  return { kind: 'sequence', parts };
}

const sameAs =
  (wanted: number): CharTest =>
  (codePoint) =>
    codePoint === wanted;

/** Exactly this text, in upper or lower case. */
export function literalInAnyCase(text: string): Pattern {
  const parts = Array.from(text, (char): Pattern => ({ kind: 'char', test: sameInAnyCase(char.codePointAt(0) ?? 0) }));
  return { kind: 'sequence', parts };
}

/** The character and its other case, where that is one character. */
export function sameInAnyCase(wanted: number): CharTest {
  const [lower, upper] = [otherCase(wanted, 'toLowerCase'), otherCase(wanted, 'toUpperCase')];
  const rest = inEitherCase(sameAs(wanted));
  return (codePoint) =>
    codePoint === wanted || codePoint === lower || codePoint === upper || (codePoint > 127 && rest(codePoint));
}

/** What is meant, in upper or lower case. */
export const inEitherCase =
  (test: CharTest): CharTest =>
  (codePoint) =>
    test(codePoint) || (hasCase(codePoint) && isOtherCase(codePoint, test));

/** Whether it may have another case: ASCII alone is told at once. */
const hasCase = (c: number): boolean => c > 127 || (c >= 97 && c <= 122) || (c >= 65 && c <= 90);

const isOtherCase = (codePoint: number, test: CharTest): boolean =>
  test(otherCase(codePoint, 'toLowerCase')) || test(otherCase(codePoint, 'toUpperCase'));

function otherCase(codePoint: number, to: 'toLowerCase' | 'toUpperCase'): number {
  const text = String.fromCodePoint(codePoint)[to]();
  const other = text.codePointAt(0) ?? codePoint;
  return text.length === (other > 0xffff ? 2 : 1) ? other : codePoint;
}

/** How many steps its automaton has, about. */
export function sizeOf(pattern: Pattern): number {
  switch (pattern.kind) {
    case 'char':
    case 'at':
      return 1;
    case 'sequence':
      return pattern.parts.reduce((size, part) => size + sizeOf(part), 0);
    case 'choice':
      return pattern.branches.reduce((size, branch) => size + sizeOf(branch) + 1, 0);
    case 'repeat':
      return (sizeOf(pattern.of) + 1) * Math.max(1, pattern.least, pattern.most ?? 0);
  }
}

/** Whether it is found in a text of no characters: told without an automaton, because most fields are absent. */
export function isInNothing(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case 'char':
      return false;
    case 'at':
      return pattern.place !== 'word_edge';
    case 'sequence':
      return pattern.parts.every(isInNothing);
    case 'choice':
      return pattern.branches.some(isInNothing);
    case 'repeat':
      return pattern.least === 0 || isInNothing(pattern.of);
  }
}

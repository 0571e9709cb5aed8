import type { Place } from '../../lib/spl/index.ts';

/** One line of a source with a part of it marked, ready to show: nothing in it is unseen or turns text around. */
export interface SourceLine {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

/** The most that is shown around the marked part, and of it, in UTF-16 units of the source. */
const AROUND = 32;
const MARKED = 96;

/** Control, bidi, zero-width and other characters that cannot be seen. */
const EACH_UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;
const SURPRISE = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
const BROKEN_ENDS = /^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g; // where a cut went through a character

/**
 * The line that a place begins in, with the part of it that the place covers; what is long is cut, with an ellipsis.
 * @returns undefined where the place covers nothing
 */
export function sourceLineOf(source: string, { start, end }: Place): SourceLine | undefined {
  if (start >= end) return undefined;
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const nextLine = source.indexOf('\n', start);
  const lineEnd = nextLine === -1 ? source.length : nextLine;
  const markEnd = Math.min(end, lineEnd, start + MARKED);
  const isCut = markEnd < end;
  const from = Math.max(lineStart, start - AROUND);
  const to = isCut ? markEnd : Math.min(lineEnd, markEnd + AROUND);
  const before = visible(source.slice(from, start));
  return {
    before: from > lineStart ? `…${before}` : before.trimStart(),
    marked: visible(source.slice(start, markEnd)) + (isCut ? '…' : ''),
    after: visible(source.slice(markEnd, to)) + (!isCut && to < lineEnd ? '…' : ''),
  };
}

/**
 * Where the first character of a source stands that cannot be seen, or that turns text around.
 * @returns undefined where there is none; line ends and tabs are no surprise
 */
export function unseenPlace(source: string): Place | undefined {
  const found = SURPRISE.exec(source);
  if (found === null) return undefined;
  const start = found.index;
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const line = source.slice(0, start).split('\n').length;
  return { line, column: start - lineStart + 1, start, end: start + found[0].length };
}

/** Text with every unseen character as its escape in JSON. */
const visible = (text: string): string => text.replace(BROKEN_ENDS, '').replace(EACH_UNSEEN, escaped);

function escaped(character: string): string {
  if (character === '\t') return ' ';
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

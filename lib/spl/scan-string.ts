const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
const HEX4 = /^[0-9a-fA-F]{4}$/;

/** The single-character escapes of JSON (RFC 8259 §7). */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** What went wrong in a string, and at which offsets of the source. */
export interface StringProblem {
  readonly problem: string;
  readonly start: number;
  readonly end: number;
}

export type ScannedString = { readonly value: string; readonly end: number } | StringProblem;

/**
 * Reads one string as JSON writes them (RFC 8259 §7): control characters are refused, and so are other escapes than
 * JSON's and halves of surrogate pairs.
 * @param start offset of the opening quote
 */
export function scanString(source: string, start: number): ScannedString {
  let value = '';
  let from = start + 1;
  for (let at = from; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    if (code === QUOTE) return finish(value + source.slice(from, at), start, at + 1);
    if (code < FIRST_PRINTABLE) {
      return { problem: 'A string holds a control character that is not escaped.', start: at, end: at + 1 };
    }
    if (code === BACKSLASH) {
      const escape = readEscape(source, at);
      if (escape === undefined) return badEscape(source, at);
      value += source.slice(from, at) + escape.text;
      at += escape.length - 1;
      from = at + 1;
    }
  }
  return { problem: 'This string is never closed.', start, end: source.length };
}

const badEscape = (source: string, at: number): StringProblem => ({
  problem: 'This is no escape of JSON.',
  start: at,
  end: Math.min(at + 2, source.length),
});

function readEscape(source: string, at: number): { readonly text: string; readonly length: number } | undefined {
  const text = ESCAPES.get(source.charAt(at + 1));
  if (text !== undefined) return { text, length: 2 };
  const digits = source.slice(at + 2, at + 6);
  if (source[at + 1] !== 'u' || !HEX4.test(digits)) return undefined;
  return { text: String.fromCharCode(Number.parseInt(digits, 16)), length: 6 };
}

function finish(value: string, start: number, end: number): ScannedString {
  return value.isWellFormed() ? { value, end } : { problem: 'A string holds half of a character.', start, end };
}

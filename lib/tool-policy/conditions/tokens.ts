import { SignetError } from '../../core/index.ts';

/** A piece of a condition as it is written. */
export interface Token {
  readonly kind: 'name' | 'text' | 'sign' | 'end';
  readonly value: string;
  /** The character it begins at, from 0. */
  readonly at: number;
}

const MAX_LENGTH = 8000;
const SPACE = /^\s*/;
const SIGN = /^(?:\|\||[(),])/;
/** What stands without quotes: names, fields, numbers, and texts of one word. */
const BARE = /^[^\s(),|'"]+(?:\|(?!\|)[^\s(),|'"]*)*/;

/** @throws SignetError bad_request where a quote is left open, or a sign is none */
export function tokensOf(text: string): readonly Token[] {
  if (text.length > MAX_LENGTH) throw problemAt(0, `it is longer than ${MAX_LENGTH} characters`);
  const tokens: Token[] = [];
  let at = skip(SPACE, text, 0);
  while (at < text.length) {
    const token = tokenAt(text, at);
    tokens.push(token.token);
    at = skip(SPACE, text, token.end);
  }
  return [...tokens, { kind: 'end', value: '', at }];
}

export const problemAt = (at: number, problem: string): SignetError =>
  new SignetError('bad_request', `The condition cannot be read at character ${at + 1}: ${problem}.`);

/** Where what a pattern takes ends. */
const skip = (pattern: RegExp, text: string, from: number): number =>
  from + (pattern.exec(text.slice(from))?.[0].length ?? 0);

function tokenAt(text: string, at: number): { readonly token: Token; readonly end: number } {
  const char = text[at];
  if (char === "'" || char === '"') {
    const end = text.indexOf(char, at + 1);
    if (end < 0) throw problemAt(at, 'the quote is not closed');
    return { token: { kind: 'text', value: text.slice(at + 1, end), at }, end: end + 1 };
  }
  const sign = skip(SIGN, text, at);
  if (sign > at) return { token: { kind: 'sign', value: text.slice(at, sign), at }, end: sign };
  const end = skip(BARE, text, at);
  if (end === at) throw problemAt(at, 'a single | is neither text nor ||');
  return { token: { kind: 'name', value: text.slice(at, end), at }, end };
}

import { SignetError } from '../../core/index.ts';

/** A piece of a query. */
export type Token =
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'mark'; readonly mark: '(' | ')' | ',' }
  | { readonly kind: 'value'; readonly value: string | number | boolean };

/** One token at the place where it starts; white space goes before. */
const PIECE =
  /\s*(?:([(),])|("(?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")|(-?\d+)(?![\w.])|([a-z_]+)(?![\w.]))/uy;

/**
 * The tokens of a query: marks, texts in double quotes as JSON has them (RFC 8259 §7), whole numbers, words.
 * @throws SignetError bad_request, field `query`, naming the place
 */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  for (let at = 0; at < end; at = PIECE.lastIndex) {
    PIECE.lastIndex = at;
    const found = PIECE.exec(text);
    if (found === null) throw badQuery(`Nothing that Signet knows begins at character ${at + 1}.`);
    tokens.push(tokenIn(found));
  }
  return tokens;
}

function tokenIn([, mark, quoted, digits, word = '']: RegExpExecArray): Token {
  if (mark === '(' || mark === ')' || mark === ',') return { kind: 'mark', mark };
  if (quoted !== undefined) return { kind: 'value', value: textIn(quoted) };
  if (digits !== undefined) return { kind: 'value', value: numberIn(digits) };
  if (word === 'true' || word === 'false') return { kind: 'value', value: word === 'true' };
  return { kind: 'word', word };
}

function textIn(quoted: string): string {
  const text = String(JSON.parse(quoted)); // its form was just matched
  if (!text.isWellFormed()) throw badQuery('A text in it is not well-formed.');
  return text;
}

function numberIn(digits: string): number {
  const number = Number(digits);
  if (!Number.isSafeInteger(number)) throw badQuery('A number in it is too large.');
  return number;
}

export const badQuery = (message: string): SignetError =>
  new SignetError('bad_request', `This is no query that Signet knows. ${message}`, { field: 'query' });

import { readAtom } from './atom.ts';
import type { Literal, SymbolExpression } from './expression.ts';
import { PolicyError, type Place } from './place.ts';
import { scanString } from './scan-string.ts';

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const OPEN = 0x28;
const CLOSE = 0x29;

export type Token =
  | { readonly kind: 'open'; readonly place: Place }
  | { readonly kind: 'close'; readonly place: Place }
  | Literal
  | SymbolExpression;

/** Reads the tokens of a source one after the other. */
export class Scanner {
  readonly #source: string;
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** The next token; undefined at the end. @throws PolicyError for what is no token */
  next(): Token | undefined {
    this.#skipSpace();
    const start = this.#at;
    if (start >= this.#source.length) return undefined;
    switch (this.#source.charCodeAt(start)) {
      case OPEN:
        return { kind: 'open', place: this.#advance(start + 1) };
      case CLOSE:
        return { kind: 'close', place: this.#advance(start + 1) };
      case QUOTE:
        return this.#string(start);
      default:
        return this.#atom(start);
    }
  }

  /** The place of what begins and ends at these offsets of the current line. */
  placeOf(start: number, end: number): Place {
    return { line: this.#line, column: start - this.#lineStart + 1, start, end };
  }

  /** The empty place after the last token. */
  get here(): Place {
    return this.placeOf(this.#at, this.#at);
  }

  #skipSpace(): void {
    for (; ; this.#at += 1) {
      const code = this.#source.charCodeAt(this.#at);
      if (!isSpace(code)) return;
      if (code === LINE_FEED) {
        this.#line += 1;
        this.#lineStart = this.#at + 1;
      }
    }
  }

  #advance(end: number): Place {
    const place = this.placeOf(this.#at, end);
    this.#at = end;
    return place;
  }

  #string(start: number): Token {
    const scanned = scanString(this.#source, start);
    if ('problem' in scanned) throw new PolicyError(scanned.problem, this.placeOf(scanned.start, scanned.end));
    return { kind: 'string', value: scanned.value, place: this.#advance(scanned.end) };
  }

  #atom(start: number): Token {
    let end = start + 1;
    while (end < this.#source.length && !isDelimiter(this.#source.charCodeAt(end))) end += 1;
    return readAtom(this.#source.slice(start, end), this.#advance(end));
  }
}

/** NaN, which stands beyond the end, is none. */
const isSpace = (code: number): boolean => code === SPACE || code === LINE_FEED || code === TAB || code === RETURN;

const isDelimiter = (code: number): boolean => isSpace(code) || code === OPEN || code === CLOSE || code === QUOTE;

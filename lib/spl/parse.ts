import { utf8 } from '../core/index.ts';
import type { Expression } from './expression.ts';
import { costOf, MAX_DEPTH, MAX_SOURCE_BYTES, tooDeep } from './limits.ts';
import { PolicyError, type Place } from './place.ts';
import { Scanner } from './scanner.ts';

/**
 * Reads a policy: one expression of the Safe Policy Language's published grammar, and nothing after it.
 * @param source at most 65,536 bytes of UTF-8, nested at most 64 deep, of a worst-case cost of at most 10,000
 * @throws PolicyError with the place and what is wrong there
 */
export function parsePolicy(source: string): Expression {
  assertSize(source);
  const scanner = new Scanner(source);
  const expression = new Reader(scanner).read();
  costOf(expression);
  return expression;
}

function assertSize(source: string): void {
  const start: Place = { line: 1, column: 1, start: 0, end: 0 };
  // A UTF-16 unit is at least one byte of UTF-8 and at most three.
  const isLonger =
    source.length > MAX_SOURCE_BYTES ||
    (source.length * 3 > MAX_SOURCE_BYTES && utf8(source).length > MAX_SOURCE_BYTES);
  if (isLonger) throw new PolicyError(`The policy is longer than ${MAX_SOURCE_BYTES} bytes.`, start);
  if (!source.isWellFormed()) throw new PolicyError('The policy holds half of a character.', start);
}

interface OpenList {
  readonly place: Place;
  readonly items: Expression[];
}

/** Lists that are open are kept in an array, not on the engine's stack: no source can overflow it. */
class Reader {
  readonly #scanner: Scanner;
  readonly #open: OpenList[] = [];
  #whole: Expression | undefined;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
  }

  read(): Expression {
    for (let token = this.#scanner.next(); token !== undefined; token = this.#scanner.next()) {
      if (this.#whole !== undefined) {
        throw new PolicyError('A policy is one expression, and this stands after it.', token.place);
      }
      if (token.kind === 'open') this.#begin(token.place);
      else if (token.kind === 'close') this.#end(token.place);
      else this.#add(token);
    }
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) throw new PolicyError('This parenthesis is never closed.', unclosed.place);
    if (this.#whole === undefined) throw new PolicyError('There is no expression.', this.#scanner.here);
    return this.#whole;
  }

  #begin(place: Place): void {
    if (this.#open.length >= MAX_DEPTH) throw tooDeep({ place });
    this.#open.push({ place, items: [] });
  }

  #end({ end }: Place): void {
    const list = this.#open.pop();
    if (list === undefined) {
      throw new PolicyError('This parenthesis closes nothing.', this.#scanner.placeOf(end - 1, end));
    }
    this.#add({ kind: 'list', items: list.items, place: { ...list.place, end } });
  }

  #add(expression: Expression): void {
    const list = this.#open.at(-1);
    if (list === undefined) this.#whole = expression;
    else list.items.push(expression);
  }
}

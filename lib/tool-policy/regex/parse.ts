import { SignetError } from '../../core/index.ts';
import { anyOf, between, negated, perlClass, posixClass, unicodeClass } from './char-class.ts';
import type { CharTest, Pattern, Place } from './pattern.ts';
import { EMPTY, inEitherCase, sameInAnyCase, sizeOf } from './pattern.ts';

const MAX_LENGTH = 4000;
const MAX_DEPTH = 50;
const MAX_REPEAT = 1000;
const MAX_SIZE = 10_000;

interface Flags {
  readonly anyCase: boolean;
  readonly lines: boolean;
  readonly dotAll: boolean;
}

const PLAIN: Flags = { anyCase: false, lines: false, dotAll: false };

/**
 * Reads a regular expression in the syntax of Rust's `regex`: no look-around, no back-references, so that it can be
 * searched for in linear time. Set operations in classes and the flags `x`, `U` and `u` are not taken.
 * @throws SignetError bad_request saying what is wrong, and at which character
 */
export function parsePattern(source: string): Pattern {
  if (source.length > MAX_LENGTH) throw refuse(`is longer than ${MAX_LENGTH} characters`, 0);
  const pattern = new PatternReader(source).read();
  if (sizeOf(pattern) > MAX_SIZE) throw refuse('repeats too much', 0);
  return pattern;
}

const refuse = (problem: string, at: number): SignetError =>
  new SignetError('bad_request', `The regular expression ${problem} (at character ${at + 1}).`);

const PLACES: Readonly<Record<string, Place>> = { A: 'start', z: 'end', b: 'word_edge', B: 'no_word_edge' };
const CONTROLS: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7 };
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

class PatternReader {
  readonly #chars: readonly string[];
  #at = 0;
  #depth = 0;
  #flags = PLAIN;

  constructor(source: string) {
    this.#chars = Array.from(source);
  }

  read(): Pattern {
    const pattern = this.#readChoice();
    if (this.#at < this.#chars.length) throw this.#refuse('closes a group that was not opened');
    return pattern;
  }

  #refuse(problem: string): SignetError {
    return refuse(problem, this.#at);
  }

  #take(char: string): boolean {
    if (this.#chars[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  #next(inside: string): string {
    const char = this.#chars[this.#at];
    if (char === undefined) throw this.#refuse(`ends inside ${inside}`);
    this.#at += 1;
    return char;
  }

  #readChoice(): Pattern {
    const branches = [this.#readSequence()];
    while (this.#take('|')) branches.push(this.#readSequence());
    const [only] = branches;
    return branches.length === 1 && only !== undefined ? only : { kind: 'choice', branches };
  }

  #readSequence(): Pattern {
    const parts: Pattern[] = [];
    for (;;) {
      const char = this.#chars[this.#at];
      if (char === undefined || char === '|' || char === ')') return { kind: 'sequence', parts };
      parts.push(this.#readRepeats(this.#readAtom()));
    }
  }

  #readRepeats(atom: Pattern): Pattern {
    let of = atom;
    for (;;) {
      const range = this.#readRange();
      if (range === undefined) return of;
      this.#take('?'); // lazy or not: whether there is a match does not depend on it
      of = { kind: 'repeat', of, ...range };
    }
  }

  #readRange(): { readonly least: number; readonly most: number | undefined } | undefined {
    if (this.#take('*')) return { least: 0, most: undefined };
    if (this.#take('+')) return { least: 1, most: undefined };
    if (this.#take('?')) return { least: 0, most: 1 };
    return this.#take('{') ? this.#readBraces() : undefined;
  }

  #readBraces(): { readonly least: number; readonly most: number | undefined } {
    let text = '';
    while (!this.#take('}')) text += this.#next('braces');
    const [, from, comma, to] = /^\s*(\d+)\s*(?:(,)\s*(\d*)\s*)?$/.exec(text) ?? [];
    if (from === undefined) throw this.#refuse('has braces that are no count of repetitions');
    const least = Number(from);
    const most = comma === undefined ? least : to === '' ? undefined : Number(to);
    if (least > MAX_REPEAT || (most ?? 0) > MAX_REPEAT) throw this.#refuse(`repeats more than ${MAX_REPEAT} times`);
    if (most !== undefined && most < least) throw this.#refuse('has a repetition that ends before it begins');
    return { least, most };
  }

  #readAtom(): Pattern {
    const char = this.#next('itself');
    switch (char) {
      case '(':
        return this.#readGroup();
      case '[':
        return this.#char(this.#readClass());
      case '.':
        return { kind: 'char', test: this.#flags.dotAll ? () => true : (c) => c !== 10 };
      case '^':
        return { kind: 'at', place: this.#flags.lines ? 'line_start' : 'start' };
      case '$':
        return { kind: 'at', place: this.#flags.lines ? 'line_end' : 'end' };
      case '\\':
        return this.#readEscape();
      case '*':
      case '+':
      case '?':
      case '{':
        throw this.#refuse('repeats nothing');
      default:
        return this.#literal(codeOf(char));
    }
  }

  #literal(code: number): Pattern {
    return { kind: 'char', test: this.#flags.anyCase ? sameInAnyCase(code) : isSame(code) };
  }

  #char(test: CharTest): Pattern {
    return { kind: 'char', test: this.#flags.anyCase ? inEitherCase(test) : test };
  }

  #readEscape(): Pattern {
    const letter = this.#chars[this.#at] ?? '';
    const place = PLACES[letter];
    if (place === undefined) return this.#char(this.#readEscaped());
    this.#at += 1;
    return { kind: 'at', place };
  }

  /** What stands after a backslash, of one character. */
  #readEscaped(): CharTest {
    const letter = this.#next('an escape');
    const known = perlClass(letter);
    if (known !== undefined) return known;
    if (letter === 'p' || letter === 'P') return this.#readProperty(letter === 'P');
    return isSame(this.#readCode(letter));
  }

  #readCode(letter: string): number {
    const control = CONTROLS[letter];
    if (control !== undefined) return control;
    const digits = HEX_DIGITS[letter];
    if (digits !== undefined) return this.#readHex(digits);
    if (/^[0-9A-Za-z]$/.test(letter)) throw this.#refuse(`has the escape \\${letter}, which there is not`);
    return codeOf(letter);
  }

  #readHex(digits: number): number {
    let text = '';
    if (this.#take('{')) while (!this.#take('}')) text += this.#next('braces');
    else for (let n = 0; n < digits; n++) text += this.#next('an escape');
    const code = /^[0-9A-Fa-f]{1,8}$/.test(text) ? Number.parseInt(text, 16) : -1;
    if (code < 0 || code > 0x10ffff) throw this.#refuse('names a character that there is not');
    return code;
  }

  #readProperty(isNegated: boolean): CharTest {
    let name = this.#next('a property');
    if (name === '{') {
      name = '';
      while (!this.#take('}')) name += this.#next('a property');
    }
    const isTurned = name.startsWith('^');
    const test = unicodeClass(isTurned ? name.slice(1) : name);
    if (test === undefined) throw this.#refuse('names a property that Unicode does not have');
    return isNegated !== isTurned ? negated(test) : test;
  }

  #readGroup(): Pattern {
    if (++this.#depth > MAX_DEPTH) throw this.#refuse(`has more than ${MAX_DEPTH} groups in each other`);
    const outer = this.#flags;
    const isGroup = this.#take('?') ? this.#readGroupHead() : true;
    if (!isGroup) {
      this.#depth -= 1;
      return EMPTY; // flags alone: they hold until the group around them ends
    }
    const pattern = this.#readChoice();
    if (!this.#take(')')) throw this.#refuse('leaves a group open');
    this.#flags = outer;
    this.#depth -= 1;
    return pattern;
  }

  /** After `(?`. @returns whether a group follows, or flags were all */
  #readGroupHead(): boolean {
    if (this.#take('P') || this.#chars[this.#at] === '<') return this.#readName();
    let isOff = false;
    for (;;) {
      const letter = this.#next('a group');
      if (letter === ':') return true;
      if (letter === ')') return false;
      if (letter === '-' && !isOff) isOff = true;
      else this.#setFlag(letter, !isOff);
    }
  }

  #readName(): boolean {
    if (!this.#take('<')) throw this.#refuse('has a group of a kind that is not taken');
    let name = '';
    while (!this.#take('>')) name += this.#next('a name');
    if (!/^[A-Za-z_][\w.[\]]*$/.test(name)) throw this.#refuse('looks ahead or behind, or names a group badly');
    return true;
  }

  #setFlag(letter: string, on: boolean): void {
    if (letter === 'i') this.#flags = { ...this.#flags, anyCase: on };
    else if (letter === 'm') this.#flags = { ...this.#flags, lines: on };
    else if (letter === 's') this.#flags = { ...this.#flags, dotAll: on };
    else throw this.#refuse('has look-around, or a flag that is not taken');
  }

  #readClass(): CharTest {
    if (++this.#depth > MAX_DEPTH) throw this.#refuse(`has more than ${MAX_DEPTH} groups in each other`);
    const isNegated = this.#take('^');
    const tests: CharTest[] = [];
    if (this.#take(']')) tests.push(isSame(codeOf(']')));
    while (!this.#take(']')) tests.push(this.#readClassItem());
    this.#depth -= 1;
    // Case is folded before the class is turned round: [^a] without regard to case is neither a nor A.
    const test = this.#flags.anyCase ? inEitherCase(anyOf(tests)) : anyOf(tests);
    return isNegated ? negated(test) : test;
  }

  #readClassItem(): CharTest {
    const char = this.#next('a class');
    if (char === '[') return this.#take(':') ? this.#readPosix() : this.#readClass();
    if ((char === '&' || char === '-' || char === '~') && this.#chars[this.#at] === char) {
      throw this.#refuse('uses set operations in a class, which are not taken');
    }
    const first = char === '\\' ? this.#readClassEscape() : codeOf(char);
    if (typeof first !== 'number') return first;
    if (this.#chars[this.#at] !== '-' || this.#chars[this.#at + 1] === ']') return isSame(first);
    this.#at += 1;
    return between(first, this.#readRangeEnd(first));
  }

  #readClassEscape(): number | CharTest {
    const letter = this.#next('an escape');
    if (letter === 'p' || letter === 'P') return this.#readProperty(letter === 'P');
    return perlClass(letter) ?? this.#readCode(letter);
  }

  #readRangeEnd(first: number): number {
    const char = this.#next('a class');
    const last = char === '\\' ? this.#readClassEscape() : codeOf(char);
    if (typeof last !== 'number' || last < first) throw this.#refuse('has a range that ends before it begins');
    return last;
  }

  #readPosix(): CharTest {
    const isNegated = this.#take('^');
    let name = '';
    while (!this.#take(':')) name += this.#next('a class');
    const test = this.#take(']') ? posixClass(name) : undefined;
    if (test === undefined) throw this.#refuse('names a class that there is not');
    return isNegated ? negated(test) : test;
  }
}

const codeOf = (char: string): number => char.codePointAt(0) ?? 0;

const isSame =
  (wanted: number): CharTest =>
  (codePoint) =>
    codePoint === wanted;

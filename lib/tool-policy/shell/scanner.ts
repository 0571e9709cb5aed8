import { decodeAnsi } from './ansi-quote.ts';
import { closingOf } from './substitution.ts';

/** A word with its quotes resolved, or what stands between words. */
export type ShellToken = string | { readonly operator: string };

export interface ShellTokens {
  readonly tokens: readonly ShellToken[];
  /** What is in substitutions and here-documents. */
  readonly scripts: readonly string[];
}

const OPERATORS = ['&>>', '<<<', '<<-', ';;', '&&', '||', '|&', '&>', '>>', '>|', '>&', '<&', '<>', '<<'] as const;
const SINGLE = ';&|()<>';
const MAX_VALUE = 1000;

/** Splits one script. Commands and redirections keep their operators, white space is gone. */
export class ShellScanner {
  readonly #text: string;
  /** What ends a run of characters that mean themselves. */
  readonly #special = /[\s'"\\$`;&|()<>]/g;
  #at = 0;
  #word: string | undefined;
  /** Some of the word was quoted: then it is no assignment and no comment. */
  #isQuoted = false;
  readonly #tokens: ShellToken[] = [];
  readonly #scripts: string[] = [];
  readonly #variables = new Map<string, string>();
  readonly #awaited: { readonly word: string; readonly isIndented: boolean }[] = [];

  constructor(text: string) {
    this.#text = text.replaceAll('\0', '').replaceAll('\r\n', '\n');
  }

  scan(): ShellTokens {
    while (this.#at < this.#text.length) this.#scanOne(this.#text[this.#at] ?? '');
    this.#endWord();
    return { tokens: this.#tokens, scripts: this.#scripts };
  }

  #scanOne(char: string): void {
    if (char === '\n') this.#endLine();
    else if (char === ' ' || char === '\t' || char === '\r') this.#space();
    else if (char === "'") this.#single();
    else if (char === '"') this.#double();
    else if (char === '\\') this.#escape();
    else if (char === '$') this.#dollar();
    else if (char === '`') this.#backticks();
    else if (char === '#' && this.#word === undefined) this.#comment();
    else if (SINGLE.includes(char)) this.#operator();
    else this.#plain();
  }

  #space(): void {
    this.#at += 1;
    this.#endWord();
  }

  /** All of a word that means itself. */
  #plain(): void {
    this.#special.lastIndex = this.#at + 1;
    const stop = this.#special.exec(this.#text)?.index ?? this.#text.length;
    this.#add(this.#text.slice(this.#at, stop), stop - this.#at);
  }

  #add(text: string, length: number): void {
    this.#word = (this.#word ?? '') + text;
    this.#at += length;
  }

  #endWord(): void {
    const word = this.#word;
    if (word !== undefined) {
      this.#tokens.push(word);
      if (!this.#isQuoted || /^\w+=/.test(word)) this.#remember(word);
    }
    this.#word = undefined;
    this.#isQuoted = false;
  }

  /** `x=rm; $x -rf /`: what a variable was set to in this script. */
  #remember(word: string): void {
    const [, name, value] = /^([A-Za-z_]\w*)=([^]*)$/.exec(word) ?? [];
    if (name !== undefined && value !== undefined && value.length <= MAX_VALUE) this.#variables.set(name, value);
  }

  #endLine(): void {
    this.#at += 1;
    this.#endWord();
    this.#tokens.push({ operator: ';' });
    for (const { word, isIndented } of this.#awaited.splice(0)) this.#hereDocument(word, isIndented);
  }

  /** Its lines are what the command reads: for a shell a script, so that it is read as one. */
  #hereDocument(end: string, isIndented: boolean): void {
    const lines: string[] = [];
    while (this.#at < this.#text.length) {
      const stop = this.#text.indexOf('\n', this.#at);
      const line = this.#text.slice(this.#at, stop < 0 ? undefined : stop);
      this.#at = stop < 0 ? this.#text.length : stop + 1;
      if ((isIndented ? line.replace(/^\t+/, '') : line) === end) break;
      lines.push(line);
    }
    this.#scripts.push(lines.join('\n'));
  }

  #comment(): void {
    const stop = this.#text.indexOf('\n', this.#at);
    this.#at = stop < 0 ? this.#text.length : stop;
  }

  #single(): void {
    const stop = endOf(this.#text, "'", this.#at + 1);
    this.#isQuoted = true;
    this.#add(this.#text.slice(this.#at + 1, stop), stop + 1 - this.#at);
  }

  #double(): void {
    this.#isQuoted = true;
    this.#add('', 1);
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] ?? '';
      if (char === '"') break;
      if (char === '\\') this.#escapeInDouble();
      else if (char === '$') this.#dollar();
      else if (char === '`') this.#backticks();
      else this.#add(char, 1);
    }
    this.#add('', 1);
  }

  #escapeInDouble(): void {
    const next = this.#text[this.#at + 1] ?? '';
    if (next === '\n') this.#at += 2;
    else if ('$`"\\'.includes(next)) this.#add(next, 2);
    else this.#add(`\\${next}`, 2);
  }

  #escape(): void {
    const next = this.#text[this.#at + 1] ?? '';
    if (next === '\n') this.#at += 2;
    else this.#add(next, 2);
  }

  #dollar(): void {
    const next = this.#text[this.#at + 1] ?? '';
    if (next === '(') this.#substitution();
    else if (next === "'") this.#ansi();
    else if (next === '"') this.#add('', 1);
    else this.#variable();
  }

  /** What is not known stays as it stands; `${x:-rm}` is what it falls back on. */
  #variable(): void {
    const [all, braced, fallback, bare] = VARIABLE.exec(this.#text.slice(this.#at, this.#at + 200)) ?? [];
    const name = braced ?? bare ?? '';
    if (all === undefined) this.#add('$', 1);
    else if (name === 'IFS') this.#separator(all.length);
    else if (name === '@' || name === '*') this.#add('', all.length);
    else this.#add(this.#variables.get(name) ?? fallback ?? all, all.length);
  }

  /** An unquoted `$IFS` parts words. */
  #separator(length: number): void {
    this.#at += length;
    this.#endWord();
  }

  #ansi(): void {
    const { text, length } = decodeAnsi(this.#text, this.#at + 2);
    this.#isQuoted = true;
    this.#add(text, length + 2);
  }

  #substitution(): void {
    const stop = closingOf(this.#text, this.#at + 2);
    this.#scripts.push(this.#text.slice(this.#at + 2, stop));
    this.#add(this.#text.slice(this.#at, stop + 1), stop + 1 - this.#at);
  }

  #backticks(): void {
    const stop = endOf(this.#text, '`', this.#at + 1, '\\');
    this.#scripts.push(this.#text.slice(this.#at + 1, stop).replace(/\\([`\\$])/g, '$1'));
    this.#add(this.#text.slice(this.#at, stop + 1), stop + 1 - this.#at);
  }

  #operator(): void {
    const rest = this.#text.slice(this.#at, this.#at + 3);
    const operator = OPERATORS.find((one) => rest.startsWith(one)) ?? rest.slice(0, 1);
    this.#endWord();
    this.#at += operator.length;
    if (operator === '<<' || operator === '<<-') this.#awaitDocument(operator === '<<-');
    else if (REDIRECTS.test(operator)) this.#tokens.push(operator);
    else this.#tokens.push({ operator });
  }

  #awaitDocument(isIndented: boolean): void {
    const [all, quoted, bare] = DELIMITER.exec(this.#text.slice(this.#at, this.#at + 200)) ?? [];
    if (all === undefined) return;
    this.#at += all.length;
    this.#awaited.push({ word: quoted ?? (bare ?? '').replaceAll('\\', ''), isIndented });
  }
}

const VARIABLE = /^\$(?:\{([A-Za-z_]\w*|[@*])(?::?[-=+]([^{}$`'"\\]*))?\}|([A-Za-z_]\w*|[@*]))/;
const DELIMITER = /^[ \t]*(?:['"]([^'"\n]*)['"]|([^\s;&|<>()]+))/;
const REDIRECTS = /[<>]/;

/** Where a quote ends; at the end of the text where it does not. */
function endOf(text: string, quote: string, from: number, escape?: string): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === escape) i += 1;
    else if (text[i] === quote) return i;
  }
  return text.length;
}

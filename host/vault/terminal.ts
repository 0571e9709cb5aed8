import type { ReadStream, WriteStream } from 'node:tty';
import { SignetError } from '../../lib/core/index.ts';
import { printable } from '../printable.ts';

const KEYS = {
  enter: new Set(['\r', '\n']),
  rubOut: new Set(['\u007f', '\b']),
  clear: '\u0015',
  end: '\u0004',
  interrupt: '\u0003',
} as const;

/**
 * A terminal with a person at it: what is asked goes to standard error, so that standard output is the command's answer
 * alone. What was typed ahead is kept for the next question.
 */
export class Terminal {
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  #ahead = '';
  #isUnseen = false;

  private constructor(input: ReadStream, output: WriteStream) {
    this.#input = input;
    this.#output = output;
  }

  /** The one that the command was called from; undefined where nobody could type or read. */
  static find(): Terminal | undefined {
    const { stdin, stderr } = process;
    return stdin.isTTY && stderr.isTTY ? new Terminal(stdin, stderr) : undefined;
  }

  /** Shows lines. */
  say(lines: readonly string[]): void {
    this.#output.write(lines.map((line) => `${printable(line)}\n`).join(''));
  }

  /** Takes everything off the screen, and what had scrolled away (ECMA-48 ED; xterm's 3 J). */
  wipe(): void {
    this.#output.write('\u001b[H\u001b[2J\u001b[3J');
  }

  /** What the person types, unseen. @throws SignetError denied when they break off */
  askHidden(question: string): Promise<string> {
    return this.#ask(question, false);
  }

  /** Whether the person types the very word. @throws SignetError denied when they break off */
  async confirms(question: string, word = 'yes'): Promise<boolean> {
    return (await this.#ask(`${question} Type ${word} to go on: `, true)).trim().toLowerCase() === word;
  }

  /** While it works nothing that is typed is seen, but what is shown here: also what is typed ahead of a question. */
  async unseen<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isUnseen) return work();
    this.#isUnseen = true;
    this.#input.setRawMode(true);
    try {
      return await work();
    } finally {
      this.#input.setRawMode(false);
      this.#isUnseen = false;
    }
  }

  /** Asks when nothing is seen any more: somebody types as soon as they can read. */
  #ask(question: string, isShown: boolean): Promise<string> {
    const line = new Line(isShown ? (text) => this.#output.write(text) : () => undefined);
    return this.unseen(async () => {
      this.#output.write(question);
      try {
        return await this.#type(line);
      } finally {
        this.#input.pause();
        this.#output.write('\n');
      }
    });
  }

  #type(line: Line): Promise<string> {
    this.#input.setEncoding('utf8');
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        this.#input.off('data', take);
        this.#input.off('end', broken);
        act();
      };
      const broken = (): void => settle(() => reject(brokenOff()));
      const take = (text: string): void => {
        const { end, rest } = line.take(this.#ahead + text);
        this.#ahead = rest;
        if (end === 'done') settle(() => resolve(line.text));
        if (end === 'broken') broken();
      };
      this.#input.on('data', take);
      this.#input.on('end', broken);
      this.#input.resume();
      if (this.#ahead !== '') take('');
    });
  }
}

const brokenOff = (): SignetError => new SignetError('denied', 'Broken off. Nothing was changed.');

interface Taken {
  readonly end: 'done' | 'broken' | undefined;
  /** What was typed after it. */
  readonly rest: string;
}

/** A line as it is typed. */
class Line {
  #points: string[] = [];
  readonly #echo: (text: string) => void;

  constructor(echo: (text: string) => void) {
    this.#echo = echo;
  }

  get text(): string {
    return this.#points.join('');
  }

  take(typed: string): Taken {
    const points = Array.from(typed.startsWith('\u001b') ? '' : typed); // arrows and the like are no letters
    for (const [at, point] of points.entries()) {
      const rest = points.slice(at + 1).join('');
      if (KEYS.enter.has(point)) return { end: 'done', rest };
      if (point === KEYS.interrupt || (point === KEYS.end && this.#points.length === 0)) return { end: 'broken', rest };
      this.#add(point);
    }
    return { end: undefined, rest: '' };
  }

  #add(point: string): void {
    if (KEYS.rubOut.has(point)) {
      if (this.#points.pop() !== undefined) this.#echo('\b \b');
    } else if (point === KEYS.clear) {
      this.#echo('\b \b'.repeat(this.#points.length));
      this.#points = [];
    } else if (point >= ' ') {
      this.#points.push(point);
      this.#echo(point);
    }
  }
}

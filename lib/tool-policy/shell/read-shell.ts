import { expandBraces } from './braces.ts';
import { nestedIn } from './nested.ts';
import { ShellScanner } from './scanner.ts';

/** What a shell would run, as far as that can be told from the text alone. */
export interface ShellReading {
  /** The words of each command, quotes and escapes resolved, commands in commands after those around them. */
  readonly commands: readonly (readonly string[])[];
  /** The same with the operators between them, each script in the script a line of its own. */
  readonly lines: readonly string[];
  /** False where a script is too long, or others lie in it too deep: then something may have been missed. */
  readonly isWhole: boolean;
}

const MAX_DEPTH = 8;
const MAX_SCRIPTS = 256;
const MAX_LENGTH = 200_000;

/**
 * Reads a script of a POSIX shell or bash the way the shell splits it: quotes, `$'…'`, escapes, comments, operators,
 * here-documents, braces and simple variables resolved; substitutions, `eval`, `sh -c` and scripts on standard input read
 * as scripts of their own. Never throws: what is no valid script is split as far as it goes.
 */
export function readShell(text: string): ShellReading {
  const reading = new Reading();
  reading.add(text, 0);
  return { commands: reading.commands, lines: reading.lines, isWhole: reading.isWhole };
}

class Reading {
  readonly commands: (readonly string[])[] = [];
  readonly lines: string[] = [];
  isWhole = true;
  #scripts = 0;
  #length = 0;

  add(text: string, depth: number): void {
    this.#scripts += 1;
    this.#length += text.length;
    if (depth > MAX_DEPTH || this.#scripts > MAX_SCRIPTS || this.#length > MAX_LENGTH) {
      this.isWhole = false;
      return;
    }
    const { tokens, scripts } = new ShellScanner(text).scan();
    const line: string[] = [];
    const inner = [...scripts];
    for (const token of [...tokens, OVER]) {
      if (typeof token === 'string') line.push(...expandBraces(token));
      else {
        inner.push(...this.#endCommand(line));
        if (token.operator !== '') line.push(token.operator);
      }
    }
    if (line.length > 0) this.lines.push(`${line.join(' ')} `);
    for (const script of inner) this.add(script, depth + 1);
  }

  /** Takes the words since the last operator as a command. @returns scripts among its words */
  #endCommand(line: readonly string[]): readonly string[] {
    const words = withoutReserved(line.slice(line.findLastIndex((word) => CONTROL.has(word)) + 1));
    if (words.length === 0) return [];
    this.commands.push(words);
    return nestedIn(words);
  }
}

const OVER = { operator: '' } as const;

const CONTROL: ReadonlySet<string> = new Set([';', '&', '&&', '||', '|', '|&', ';;', '(', ')', '{', '}']);
const RESERVED: ReadonlySet<string> = new Set(['then', 'do', 'else', 'elif', 'if', 'while', 'until', '!', 'time']);

function withoutReserved(words: readonly string[]): readonly string[] {
  const first = words.findIndex((word) => !RESERVED.has(word));
  return first < 0 ? [] : words.slice(first);
}

import { readFileSync } from 'node:fs';
import { SignetError } from '../../lib/core/index.ts';
import type { Options, Values } from '../command.ts';
import { UsageError } from '../command.ts';
import { assertOwnFile, statsOf } from '../keeping/own-files.ts';
import type { Terminal } from './terminal.ts';

/** How a command is given the vault's password where there is no terminal. Never as an argument, nor in the environment. */
export const PASSWORD_OPTIONS = {
  'password-file': { type: 'string', value: 'FILE', about: 'the password is the first line of a file of yours alone' },
  'password-fd': { type: 'string', value: 'NUMBER', about: 'the password is read from this open file' },
} as const satisfies Options;

/** Likewise the passphrase of a backup. */
export const PASSPHRASE_OPTIONS = {
  'passphrase-file': { type: 'string', value: 'FILE', about: "the backup's passphrase is the first line of a file" },
  'passphrase-fd': { type: 'string', value: 'NUMBER', about: "the backup's passphrase is read from this open file" },
} as const satisfies Options;

export type PasswordValues = Values<typeof PASSWORD_OPTIONS>;
export type PassphraseValues = Values<typeof PASSPHRASE_OPTIONS>;

/** Where a secret may come from. */
interface Given {
  readonly file: string | undefined;
  readonly fd: string | undefined;
}

/** A secret that a command needs: from a file or an open one where that was said, else typed on the terminal. */
export class Secret {
  readonly #name: 'password' | 'passphrase';
  readonly #given: Given;
  readonly #terminal: Terminal | undefined;
  #read: string | undefined;

  private constructor(name: 'password' | 'passphrase', given: Given, terminal: Terminal | undefined) {
    this.#name = name;
    this.#given = given;
    this.#terminal = terminal;
    if (given.file !== undefined && given.fd !== undefined) {
      throw new UsageError(`Give --${name}-file or --${name}-fd, not both.`);
    }
  }

  static password(values: PasswordValues, terminal: Terminal | undefined): Secret {
    return new Secret('password', { file: values['password-file'], fd: values['password-fd'] }, terminal);
  }

  static passphrase(values: PassphraseValues, terminal: Terminal | undefined): Secret {
    return new Secret('passphrase', { file: values['passphrase-file'], fd: values['passphrase-fd'] }, terminal);
  }

  /** The secret as it stands. @throws SignetError bad_request where nobody gives it */
  async ask(question: string): Promise<string> {
    return this.#fromFile() ?? (await this.#mustHaveTerminal().askHidden(`${question}: `));
  }

  /** A new one: typed twice, and told how long it would hold. @throws SignetError bad_request */
  async choose(question: string): Promise<string> {
    const given = this.#fromFile();
    if (given !== undefined) return given;
    const terminal = this.#mustHaveTerminal();
    return terminal.unseen(() => this.#typeTwice(terminal, question));
  }

  async #typeTwice(terminal: Terminal, question: string): Promise<string> {
    const typed = await terminal.askHidden(`${question}: `);
    const { strengthOf } = await import('./strength.ts');
    terminal.say([await strengthOf(typed)]);
    if ((await terminal.askHidden('Once more: ')) === typed) return typed;
    throw new SignetError('bad_request', 'That was not the same twice. Nothing was changed.', { field: this.#name });
  }

  /** Read once: an open file is at its end then. */
  #fromFile(): string | undefined {
    const { file, fd } = this.#given;
    if (file !== undefined && statsOf(file) !== undefined) assertOwnFile(file);
    const from = file ?? (fd === undefined ? undefined : fdIn(fd, this.#name));
    this.#read ??= from === undefined ? undefined : firstLineOf(from, this.#name);
    return this.#read;
  }

  #mustHaveTerminal(): Terminal {
    if (this.#terminal !== undefined) return this.#terminal;
    throw new SignetError(
      'bad_request',
      `The ${this.#name} is needed, and there is no terminal to ask on: give --${this.#name}-file or --${this.#name}-fd.`,
      { field: this.#name },
    );
  }
}

function fdIn(text: string, name: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new UsageError(`--${name}-fd takes the number of an open file.`);
  return Number(text);
}

function firstLineOf(from: string | number, name: string): string {
  let text: string;
  try {
    text = readFileSync(from, 'utf8');
  } catch (cause) {
    throw new SignetError('not_found', `The ${name} cannot be read from there.`, { cause, field: name });
  }
  return /^[^\r\n]*/.exec(text)?.[0] ?? '';
}

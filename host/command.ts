/** An option of a command: said once, for reading, for help and for completions. */
export interface Option {
  readonly type: 'string' | 'boolean';
  /** What its value is, in capitals, or `one|of|these`; of those that have one. `FILE` in it is completed as a file. */
  readonly value?: string;
  readonly about: string;
}

export type Options = Readonly<Record<string, Option>>;

/** What was given: a text or nothing, yes or no. */
export type Values<Declared extends Options> = {
  readonly [Name in keyof Declared]: Declared[Name]['type'] extends 'boolean' ? boolean : string | undefined;
};

/** With what every command has. */
export type GivenValues<Declared extends Options> = Values<Declared> & { readonly json: boolean };

/** How a command ended. Every command keeps to these. */
export const EXIT = { good: 0, bad: 1, cannot: 2 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** What every command has: its answer as one line of JSON, and its errors so too. */
export const JSON_OPTION = { type: 'boolean', about: 'says it for machines' } as const satisfies Option;

export interface Declaration<Declared extends Options> {
  /** What stands after the name, as help shows it: `FILE`, `[FILE]`, `one|of|these`; '' for nothing. */
  readonly operands: string;
  readonly options: Declared;
  /** Lines below the options. */
  readonly notes: readonly string[];
  run(given: { readonly operands: readonly string[]; readonly values: GivenValues<Declared> }): Exit | Promise<Exit>;
  /** Where even a wrong call needs an answer in the command's own form. */
  readonly misused?: (problem: string) => Exit;
}

/** A command, its own options no longer of interest to who starts it. */
export interface Command {
  readonly operands: string;
  readonly options: Options;
  /** @param args after its name */
  start(named: CommandName, args: readonly string[]): Promise<Exit>;
}

/** What a command is called, and a sentence on what it is for. */
export interface CommandName {
  readonly name: string;
  readonly summary: string;
}

/** A command that is looked up without being loaded: each start pays for the one that is asked for alone. */
export interface KnownCommand extends CommandName {
  load(): Promise<Command>;
}

/** The call makes no sense: what is said is followed by how it is used. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

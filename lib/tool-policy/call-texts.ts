import type { Json } from '../core/index.ts';
import { canonicalJson } from '../core/index.ts';
import { foldText } from './fold.ts';
import { readShell } from './shell/read-shell.ts';
import type { ToolCall } from './tool-call.ts';
import { fieldOf, textOf } from './tool-call.ts';

/** What is searched for words: as it stands, and in the other ways that it may be meant. */
export interface Texts {
  readonly exact: string;
  /** `exact`, and what it becomes when look-alikes are folded, white space is collapsed, a shell has split it. */
  readonly wide: readonly string[];
  /** Whether these are all: not where a script is too deep or too long to be split. */
  readonly isWhole: boolean;
}

/** Of a field that is not there. */
export const NO_TEXT: Texts = { exact: '', wide: [''], isWhole: true };

const SHELL_FIELD = /^(?:command|commands|cmd|script|shell|shell_command|bash|argv)$/i;
const OTHER_COMMANDS = ['cmd', 'script', 'shell_command', 'commands', 'argv'] as const;
const SHELL_TOOL = /bash|shell|terminal|exec|command|powershell|zsh/i;
/** Printable ASCII that folding leaves alone and no shell reads as anything but words. */
const PLAIN = /^[\w\-+=:./@,%]*(?: [\w\-+=:./@,%]+)*$/;
const MAX_LEAVES = 10_000;

/** The texts of one call, each made when it is first looked for. */
export class CallTexts {
  readonly #call: ToolCall;
  #whole: Texts | undefined;
  readonly #fields = new Map<string, Texts>();

  constructor(call: ToolCall) {
    this.#call = call;
  }

  /** All of the input: as compact JSON with its members sorted, and each text in it. */
  whole(): Texts {
    return (this.#whole ??= this.#makeWhole());
  }

  field(name: string): Texts {
    const known = this.#fields.get(name);
    if (known !== undefined) return known;
    const texts = this.#makeField(name);
    this.#fields.set(name, texts);
    return texts;
  }

  #makeWhole(): Texts {
    const exact = canonicalJson(this.#call.input);
    const wider = new Widener();
    for (const [name, value] of Object.entries(this.#call.input)) {
      wider.addText(name, false);
      wider.addValue(value, this.#isShell(name));
    }
    return wider.texts(exact);
  }

  #makeField(name: string): Texts {
    const exact = textOf(this.#call, name);
    const isCommand = name === 'command' && OTHER_COMMANDS.some((other) => fieldOf(this.#call, other) !== undefined);
    if (!isCommand && fieldOf(this.#call, name) === undefined) return NO_TEXT;
    if (!isCommand && exact !== '' && PLAIN.test(exact)) return { exact, wide: [exact], isWhole: true };
    const wider = new Widener();
    this.#widen(wider, name);
    // Hosts do not agree on what the command of a shell is called: a rule about one name is about all.
    if (isCommand) for (const other of OTHER_COMMANDS) this.#widen(wider, other);
    return wider.texts(exact);
  }

  #widen(wider: Widener, name: string): void {
    const value = fieldOf(this.#call, name);
    if (value === undefined) return;
    wider.addPlain(typeof value === 'string' ? value : canonicalJson(value));
    wider.addValue(value, this.#isShell(name));
  }

  #isShell(field: string): boolean {
    return SHELL_FIELD.test(field) || SHELL_TOOL.test(this.#call.tool);
  }
}

type Container = Extract<Json, object>;

/** Collects what a value may be meant as. */
class Widener {
  readonly #wide = new Set<string>();
  #isWhole = true;
  #leaves = 0;

  texts(exact: string): Texts {
    this.#wide.delete(exact);
    return { exact, wide: [exact, ...this.#wide], isWhole: this.#isWhole };
  }

  addPlain(text: string): void {
    this.#wide.add(text);
  }

  addValue(value: Json, isShell: boolean): void {
    if (typeof value === 'string') this.addText(value, isShell);
    else if (typeof value === 'object' && value !== null) this.#addMembers(value, isShell);
  }

  #addMembers(value: Container, isShell: boolean): void {
    if (isShell && isArguments(value)) this.#addArguments(value);
    for (const [name, member] of Object.entries(value)) {
      if (!Array.isArray(value)) this.addText(name, false);
      this.addValue(member, isShell);
    }
  }

  addText(text: string, isShell: boolean): void {
    if (PLAIN.test(text)) return; // the JSON has it as it stands
    if (++this.#leaves > MAX_LEAVES) {
      this.#isWhole = false;
      return;
    }
    this.#wide.add(foldText(text));
    if (isShell) this.#addScript(text);
  }

  /** `["rm", "-rf", "/"]`: words already. Those that are scripts are read as such with the other members. */
  #addArguments(words: readonly string[]): void {
    this.#wide.add(`${foldText(words.join(' '))} `);
  }

  #addScript(text: string): void {
    const { commands, lines, isWhole } = readShell(text);
    if (!isWhole) this.#isWhole = false;
    for (const line of lines) this.#wide.add(foldText(line));
    for (const words of commands) this.#wide.add(`${foldText(words.join(' '))} `);
  }
}

const isArguments = (value: object): value is readonly string[] =>
  Array.isArray(value) && value.length > 1 && value.every((word) => typeof word === 'string');

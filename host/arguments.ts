import { parseArgs } from 'node:util';
import type { GivenValues, Options } from './command.ts';
import { UsageError } from './command.ts';
import { suggestion } from './nearest.ts';

export interface Given<Declared extends Options> {
  readonly operands: readonly string[];
  readonly values: GivenValues<Declared>;
  readonly wantsHelp: boolean;
}

/**
 * Reads the arguments after a command's name by what it declares.
 * @param operands as help shows them: `FILE` must be there, `[FILE]` may be
 * @throws UsageError on an unknown option, one without its value or given twice, and on too few or many operands
 */
export function readArguments<Declared extends Options>(
  args: readonly string[],
  operands: string,
  options: Declared,
): Given<Declared> {
  if (args.length === 0) return readNothing(operands, options);
  const { values, positionals, tokens } = parse(args, options);
  const given = tokens.flatMap((token) => (token.kind === 'option' ? [token.rawName] : []));
  const twice = given.find((name, place) => given.indexOf(name) !== place);
  if (twice !== undefined) throw new UsageError(`${twice} was given twice.`);
  const wantsHelp = values['help'] === true;
  if (!wantsHelp) assertOperands(positionals, operands);
  return { operands: positionals, values: valuesOf(options, values), wantsHelp };
}

/** A hook is started without arguments, often: it need not pay for reading none. */
function readNothing<Declared extends Options>(operands: string, options: Declared): Given<Declared> {
  assertOperands([], operands);
  return { operands: [], values: valuesOf(options, {}), wantsHelp: false };
}

type Parsed = Readonly<Record<string, string | boolean | undefined>>;

function parse(args: readonly string[], declared: Options) {
  const types = Object.entries(declared).map(([name, { type }]) => [name, { type }] as const);
  const options = { ...Object.fromEntries(types), help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true, tokens: true });
  } catch (error) {
    throw new UsageError(misuse(error instanceof Error ? error.message : String(error), Object.keys(options)));
  }
}

/** What Node says of arguments, without its advice on forms that are not ours, and with a name that is near. */
function misuse(message: string, names: readonly string[]): string {
  const plain = message.replace(/\. To specify [^]*$/, '.');
  const [, unknown] = /^Unknown option '(--[^']*)'/.exec(plain) ?? [];
  return unknown === undefined
    ? plain
    : plain +
        suggestion(
          unknown,
          names.map((name) => `--${name}`),
        );
}

function valuesOf<Declared extends Options>(options: Declared, parsed: Parsed): GivenValues<Declared> {
  const entries = Object.entries(options).map(([name, { type }]) => {
    const value = parsed[name];
    return [name, type === 'boolean' ? value === true : value] as const;
  });
  return Object.fromEntries(entries) as GivenValues<Declared>; // parseArgs held each to its declared type
}

function assertOperands(given: readonly string[], declared: string): void {
  const names = declared === '' ? [] : declared.split(' ');
  const missing = names.filter((name) => !name.startsWith('['))[given.length];
  if (missing !== undefined) throw new UsageError(`Name the ${missing.toLowerCase()}.`);
  const [surplus] = given.slice(names.length);
  if (surplus !== undefined) throw new UsageError(`${surplus} is one too many.`);
}

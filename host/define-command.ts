import { readArguments } from './arguments.ts';
import type { Command, Declaration, Options } from './command.ts';
import { EXIT, JSON_OPTION, UsageError } from './command.ts';
import { writeError, writeOutput } from './standard-streams.ts';
import { tellError } from './tell-error.ts';

/** A command by what it declares: its arguments are read, its help is written, its errors are told. */
export function defineCommand<Declared extends Options>(declaration: Declaration<Declared>): Command {
  const { operands, notes } = declaration;
  // Its type is what it declares; `json` is among the values of every command.
  const options: Declared = { ...declaration.options, json: JSON_OPTION };
  return {
    operands,
    options,
    async start(named, args) {
      const isJson = wantsJson(args);
      const help = async (): Promise<string> => {
        const { commandHelp } = await import('./help.ts');
        return commandHelp({ ...named, operands, options, notes }, isJson);
      };
      try {
        const given = readArguments(args, operands, options);
        if (!given.wantsHelp) return await declaration.run(given);
        writeOutput(await help());
        return EXIT.good;
      } catch (error) {
        if (error instanceof UsageError && declaration.misused !== undefined) return declaration.misused(error.message);
        writeError(tellError(error, isJson));
        if (error instanceof UsageError && !isJson) writeError(`\n${await help()}`);
        return EXIT.cannot;
      }
    },
  };
}

/** Also of arguments that cannot be read: whoever asked for JSON gets the error so. */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}

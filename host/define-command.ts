import { SignetError } from '../lib/core/index.ts';
import { readArguments } from './arguments.ts';
import type { Command, CommandName, Declaration, Exit, Options } from './command.ts';
import { EXIT, UsageError } from './command.ts';

/** A command by what it declares: its arguments are read, its help is written, its errors are told. */
export function defineCommand<Declared extends Options>(declaration: Declaration<Declared>): Command {
  const { operands, options } = declaration;
  return {
    async start(named, args) {
      const help = (): string => helpOf(named, declaration);
      try {
        const given = readArguments(args, operands, options);
        if (!given.wantsHelp) return await declaration.run(given);
        process.stdout.write(help());
        return EXIT.good;
      } catch (error) {
        return fail(error, declaration, help);
      }
    },
  };
}

function fail<Declared extends Options>(error: unknown, { misused }: Declaration<Declared>, help: () => string): Exit {
  if (!(error instanceof UsageError)) {
    process.stderr.write(`${SignetError.from(error).message}\n`);
    return EXIT.cannot;
  }
  if (misused !== undefined) return misused(error.message);
  process.stderr.write(`${error.message}\n\n${help()}`);
  return EXIT.cannot;
}

function helpOf<Declared extends Options>({ name, summary }: CommandName, declaration: Declaration<Declared>): string {
  const { operands, options, notes } = declaration;
  const entries = Object.entries(options).map(
    ([option, { value, about }]) => [`--${option}${value === undefined ? '' : ` ${value}`}`, about] as const,
  );
  const width = Math.max(0, ...entries.map(([form]) => form.length));
  const lines = entries.map(([form, about]) => `  ${form.padEnd(width)}  ${about}`);
  const use = ['Usage: signet', name, operands, ...entries.map(([form]) => `[${form}]`)].filter((part) => part !== '');
  return [use.join(' '), '', summary, ...lines, '', ...notes, ''].join('\n');
}

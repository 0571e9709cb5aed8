import type { Completed, Due } from './described.ts';
import { firstOperand, optionsOf, valuesOf } from './described.ts';

/** For fish: `signet completions fish > ~/.config/fish/completions/signet.fish`. */
export function fishCompletions(commands: readonly Completed[]): string {
  const names = ['help', ...commands.map(({ name }) => name)].join(' ');
  return `# Completions of signet for fish, made by \`signet completions fish\`.
complete -c signet -f
complete -c signet -n __fish_use_subcommand -l help -d 'Says how it is used'
complete -c signet -n __fish_use_subcommand -l version -d 'Says which version this is'
complete -c signet -n __fish_use_subcommand -a help -d 'Says more of a command'
complete -c signet -n '__fish_seen_subcommand_from help' -a ${quoted(names)}
${commands.flatMap(commandLines).join('\n')}
`;
}

function commandLines(command: Completed): readonly string[] {
  const values = new Map(valuesOf(command));
  const within = `complete -c signet -n ${quoted(`__fish_seen_subcommand_from ${command.name}`)}`;
  const operand = firstOperand(command);
  return [
    `complete -c signet -n __fish_use_subcommand -a ${command.name} -d ${quoted(command.summary)}`,
    ...(operand === undefined ? [] : [`${within} ${flagsFor(operand)}`]),
    ...optionsOf(command).map(([name, { about }]) => {
      const due = values.get(name);
      return `${within} -l ${name}${due === undefined ? '' : ` -r ${flagsFor(due)}`} -d ${quoted(about)}`;
    }),
  ];
}

function flagsFor(due: Due): string {
  if (due.is === 'words') return `-a ${quoted(due.words.join(' '))}`;
  return due.is === 'file' ? '-F' : '-f';
}

/** Between single quotes, in which fish knows two escapes. */
const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;

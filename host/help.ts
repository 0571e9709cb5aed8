import type { CommandName, Options } from './command.ts';
import { columns } from './terminal.ts';

/** What help says of a command. */
export interface Described extends CommandName {
  readonly operands: string;
  readonly options: Options;
  readonly notes: readonly string[];
}

/** How a command is used: for people as wide as their terminal, for machines as one line of JSON. */
export function commandHelp(command: Described, isJson: boolean): string {
  const { name, summary, operands, options, notes } = command;
  if (isJson) return `${JSON.stringify({ name, summary, operands, options, notes })}\n`;
  const entries = Object.entries(options).map(
    ([option, { value, about }]) => [`--${option}${value === undefined ? '' : ` ${value}`}`, about] as const,
  );
  const use = ['Usage: signet', name, operands, ...entries.map(([form]) => `[${form}]`)].filter((part) => part !== '');
  return linesOf([
    ...wrapped(use.join(' '), '       '),
    '',
    ...wrapped(summary),
    ...table(entries),
    '',
    ...notes.flatMap(note),
  ]);
}

/** What there is to use. */
export function overview(commands: readonly CommandName[], isJson: boolean): string {
  if (isJson) return `${JSON.stringify({ commands: commands.map(({ name, summary }) => ({ name, summary })) })}\n`;
  return linesOf([
    'Usage: signet COMMAND [...]',
    '',
    ...table(commands.map(({ name, summary }) => [name, summary] as const)),
    '',
    ...wrapped(
      'signet COMMAND --help, or signet help COMMAND, says more of each. signet --version says which this is.',
    ),
    ...wrapped(
      '--json, with any of them, answers for machines; errors are {"error": {"code", "message"}} on standard error.',
    ),
    ...wrapped('Exits with 0 when all is well, 1 when what was looked at is not, 2 when it cannot be tried.'),
  ]);
}

const linesOf = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

function table(entries: readonly (readonly [form: string, about: string])[]): readonly string[] {
  const width = Math.max(0, ...entries.map(([form]) => form.length));
  return entries.flatMap(([form, about]) => wrapped(`  ${form.padEnd(width)}  ${about}`, ' '.repeat(width + 4)));
}

/** A line that is indented shows a form to keep. */
const note = (line: string): readonly string[] => (line.startsWith(' ') ? [line] : wrapped(line));

/** A line in as many as the terminal needs. @param indent before all but the first */
function wrapped(line: string, indent = ''): readonly string[] {
  const width = columns();
  if (width === undefined || line.length <= width) return [line];
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > indent.length ? space : rest.indexOf(' ', width);
    if (end === -1) break;
    lines.push(rest.slice(0, end).trimEnd());
    rest = indent + rest.slice(end + 1);
  }
  return [...lines, rest];
}

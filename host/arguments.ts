/** What the command line asks for. */
export type Command =
  | { readonly name: 'verify-log'; readonly file: string; readonly against?: string; readonly key?: string }
  | { readonly name: 'help' }
  /** It cannot be understood: why. */
  | { readonly name: 'usage'; readonly problem: string };

export const USAGE = `Usage: signet verify-log FILE [--against CHECKPOINT_FILE] [--key VERIFIER_KEY]

Checks an exported log, or the proof of one entry of it. FILE may be - for standard input.
  --against  a file with an earlier checkpoint of the same log (or an earlier export or proof)
  --key      the log's verifier key, from a source that you trust

Exits with 0 when all that was asked for is shown, 1 when it is not, 2 when it cannot be tried.
`;

/** Reads the arguments after the program's name. */
export function parseArguments(args: readonly string[]): Command {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') return { name: 'help' };
  if (name === undefined) return usage('Say what to do.');
  if (name !== 'verify-log') return usage(`There is no command ${name}.`);
  return parseVerifyLog(rest);
}

function parseVerifyLog(args: readonly string[]): Command {
  const files: string[] = [];
  const options = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    if (word === '--help' || word === '-h') return { name: 'help' };
    if (word === '-' || !word.startsWith('-')) {
      files.push(word);
      continue;
    }
    const value = args[++i];
    if (word !== '--against' && word !== '--key') return usage(`There is no option ${word}.`);
    if (value === undefined) return usage(`${word} needs a value.`);
    if (options.has(word)) return usage(`${word} was given twice.`);
    options.set(word, value);
  }
  const [file, ...others] = files;
  if (file === undefined) return usage('Name the file to check.');
  if (others.length > 0) return usage('Name one file only.');
  const [against, key] = [options.get('--against'), options.get('--key')];
  if (file === '-' && against === '-') return usage('Standard input cannot be both files.');
  return {
    name: 'verify-log',
    file,
    ...(against === undefined ? {} : { against }),
    ...(key === undefined ? {} : { key }),
  };
}

const usage = (problem: string): Command => ({ name: 'usage', problem });

import { VERSION } from '../lib/provider/version.ts';
import type { Exit } from './command.ts';
import { EXIT, UsageError } from './command.ts';
import { COMMANDS } from './commands.ts';
import { wantsJson } from './define-command.ts';
import { overview } from './help.ts';
import { suggestion } from './nearest.ts';
import { printJson, printLines } from './printable.ts';
import { writeError, writeOutput } from './standard-streams.ts';
import { tellError } from './tell-error.ts';

const NAMES = ['help', '--help', '--version', ...COMMANDS.map(({ name }) => name)];

/** What `signet` says where no command of its own is named. @param args after the name */
export async function answerWithoutCommand(name: string | undefined, args: readonly string[]): Promise<Exit> {
  const isJson = wantsJson([name ?? '', ...args]);
  switch (name) {
    case 'help':
      return help(args, isJson);
    case '--help':
    case '-h':
      writeOutput(overview(COMMANDS, isJson));
      return EXIT.good;
    case '--version':
    case '-v':
      if (isJson) printJson({ name: 'signet', version: VERSION });
      else printLines([`signet ${VERSION}`]);
      return EXIT.good;
    default:
      return refuse(name, isJson);
  }
}

async function help(args: readonly string[], isJson: boolean): Promise<Exit> {
  const [name, ...rest] = args.filter((one) => one !== '--json' && one !== '--help');
  if (rest.length > 0) return refuse(args.join(' '), isJson);
  if (name === undefined) {
    writeOutput(overview(COMMANDS, isJson));
    return EXIT.good;
  }
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) return refuse(name, isJson);
  return (await command.load()).start(command, isJson ? ['--help', '--json'] : ['--help']);
}

function refuse(name: string | undefined, isJson: boolean): Exit {
  const problem =
    name === undefined || name === '--json'
      ? 'Say what to do.'
      : `There is no command ${name}.${suggestion(name, NAMES)}`;
  writeError(tellError(new UsageError(problem), isJson));
  if (!isJson) writeError(`\n${overview(COMMANDS, false)}`);
  return EXIT.cannot;
}

import { shellQuote } from '../shell-quote.ts';
import type { Completed, Due } from './described.ts';
import { firstOperand, optionsOf, valuesOf } from './described.ts';

/** For bash 3.2 and newer: `source <(signet completions bash)`. */
export function bashCompletions(commands: readonly Completed[]): string {
  const names = ['help', ...commands.map(({ name }) => name)].join(' ');
  return `# Completions of signet for bash, made by \`signet completions bash\`.
_signet() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  local IFS=$' \\t\\n'
  COMPREPLY=()
  if [[ $cur == = ]]; then cur=
  elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  if [[ $COMP_CWORD -eq 1 ]]; then
    _signet_words ${shellQuote(`${names} --help --version`)}
    return
  fi
  case \${COMP_WORDS[1]} in
    help)
      _signet_words ${shellQuote(names)} ;;
${commands.map(commandCase).join('\n')}
  esac
}
_signet_words() {
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
}
_signet_files() {
  local IFS=$'\\n'
  compopt -o filenames 2> /dev/null || :
  COMPREPLY=($(compgen -f -- "$cur"))
}
complete -F _signet signet
`;
}

function commandCase(command: Completed): string {
  const operand = firstOperand(command);
  const options = optionsOf(command).map(([name]) => `--${name}`);
  const rest = operand?.is === 'words' ? [...options, ...operand.words] : options;
  return [
    `    ${command.name})`,
    ...valueCases(command),
    ...(operand?.is === 'file' ? ['      if [[ $cur != -* ]]; then _signet_files; return; fi'] : []),
    `      _signet_words ${shellQuote(rest.join(' '))} ;;`,
  ].join('\n');
}

function valueCases(command: Completed): readonly string[] {
  const cases = valuesOf(command).map(([name, due]) => `        --${name}) ${actionFor(due)}; return ;;`);
  return cases.length === 0 ? [] : ['      case $prev in', ...cases, '      esac'];
}

function actionFor(due: Due): string {
  if (due.is === 'words') return `_signet_words ${shellQuote(due.words.join(' '))}`;
  return due.is === 'file' ? '_signet_files' : ':';
}

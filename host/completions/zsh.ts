import type { Completed, Due } from './described.ts';
import { shellQuote } from '../shell-quote.ts';
import { firstOperand, optionsOf, valuesOf } from './described.ts';

/** For zsh: in a folder of `fpath` as `_signet`, or `source <(signet completions zsh)` after `compinit`. */
export function zshCompletions(commands: readonly Completed[]): string {
  return `#compdef signet
# Completions of signet for zsh, made by \`signet completions zsh\`.
_signet() {
  local -a commands
  commands=(
    'help:Says more of a command.'
${commands.map(({ name, summary }) => `    ${shellQuote(`${name}:${summary}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    _arguments '--help[says how it is used]' '--version[says which version this is]'
    return
  fi
  local name=$words[2]
  shift words
  (( CURRENT-- ))
  case $name in
    help)
      _describe -t commands command commands ;;
${commands.map(commandCase).join('\n')}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _signet "$@"
else
  compdef _signet signet
fi
`;
}

function commandCase(command: Completed): string {
  const values = new Map(valuesOf(command));
  const specs = optionsOf(command).map(([name, { about, value = '' }]) => {
    const due = values.get(name);
    return `--${name}[${escaped(about)}]${due === undefined ? '' : `:${escaped(value)}:${actionFor(due)}`}`;
  });
  const operand = firstOperand(command);
  const all = operand === undefined ? specs : [...specs, `1:${escaped(command.operands)}:${actionFor(operand)}`];
  return `    ${command.name})
      _arguments ${all.map(shellQuote).join(' ')} ;;`;
}

function actionFor(due: Due): string {
  if (due.is === 'words') return `(${due.words.join(' ')})`;
  return due.is === 'file' ? '_files' : ' ';
}

/** What an _arguments specification would read as its own. */
const escaped = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

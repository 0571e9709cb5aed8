import type { ToolRule } from './tool-rule.ts';

/** Tools that run commands, by the names that hosts give them. */
export const SHELL_TOOLS =
  '(?i)^(?:bash|shell|sh|zsh|terminal|powershell|exec|local_shell|exec_command|execute_command|run_command|run_shell_command|run_terminal_cmd)$';

/** Where a command sends its output. */
export const INTO = '>[|&]?\\s*\\S*';

/** Tools that run commands or change files. */
const CHANGING_TOOLS =
  '(?i)bash|shell|^sh$|terminal|exec|command|write|edit|create|delete|remove|move|rename|patch|replace|append|insert|save|copy|link|touch';

/** Fields in which such tools name files. */
const FILE_FIELDS = ['file_path', 'path', 'notebook_path'] as const;

/** One command that only reads, and nothing around it: it may name what others may not. A link has a rule of its own. */
const ONLY_READS =
  '^\\s*(?:cat|less|more|head|tail|grep|rg|ls|stat|file|wc|diff|ln|signet\\s+(?:validate|rules|test|log))(?:\\s+[^\\s;&|<>()$`]+)*\\s*$';

/** `signet` as a command. */
const SIGNET = '(?:^|[\\s;&|(/])signet(?:-eval|\\.js)?(?:\\s+-\\S+)*';

/**
 * Rules that keep an agent from its own leash: policy, checks, log, vault, hook and the command itself. Eight, and none can
 * be switched off by a policy file.
 * @param folder where policy and log are kept, if not in a usual place
 */
export function lockedRules(folder?: string): readonly ToolRule[] {
  const home = homePattern(folder);
  return [
    untouchable('protect_checks_dir', `${home}/+checks|\\bsignet/+checks`, 'Checks are for people to change.'),
    untouchable('protect_signet_dir', `${home}|${FILES}`, "Signet's folder is for people to change."),
    forbidden(
      'protect_vault_passphrase',
      `${SIGNET}\\s+(?:setup|unlock|init|restore|seal|permit)\\b`,
      'Opening the vault is for people: run it in a terminal of your own.',
    ),
    protectBinary(),
    {
      ...untouchable(
        'protect_hook_config',
        '\\.claude/+settings(?:\\.local)?\\.json',
        'This file says which hooks run.',
      ),
      action: 'ASK',
    },
    forbidden('protect_signet_symlink', `\\b(?:ln|link|mklink)\\b.*${home}`, "No other name for Signet's folder."),
    forbidden(
      'protect_signet_process',
      `\\b(?:kill|pkill|killall)\\b.*\\bsignet|${SIGNET}\\s+(?:eval|fix|log\\s.*--reset)`,
      'The hook is run and stopped by people and by the host.',
    ),
    forbidden(
      'protect_preflight_storage',
      `${home}/+(?:preflight|ledger)`,
      'What Signet remembers is for people to look at.',
    ),
  ];
}

/** What lies in the folder, named from beside it. */
const FILES = '\\bsignet/+(?:policy\\.|ledger\\.|preflight\\.|vault\\.|session-)';

/** Signet's folder, however it is reached. */
function homePattern(folder: string | undefined): string {
  const usual = [
    ...['\\.signet', '\\.config/[/.]*signet', '\\.local/+share/[/.]*signet', '/run/user/+\\d+/[/.]*signet'],
    ...['\\$\\{?SIGNET_DIR\\}?', '\\$\\{?XDG_(?:CONFIG_HOME|DATA_HOME|RUNTIME_DIR)\\}?/+signet'],
  ];
  const own = folder === undefined || folder === '' ? [] : [folder.replace(/[^\w/]/g, '\\$&').replace(/\/+$/, '')];
  return `(?:${[...usual, ...own].join('|')})\\b`;
}

/** Files that tools may not name at all, and commands only to read them. */
function untouchable(name: string, path: string, reason: string): ToolRule {
  const named = [...FILE_FIELDS, 'command'].map((field) => matching(field, path));
  return locked(name, [`or(${named.join(' || ')})`, `not(${matching('command', ONLY_READS)})`], reason);
}

const forbidden = (name: string, pattern: string, reason: string): ToolRule =>
  locked(name, [matching('command', pattern)], reason);

/** The command may be named, to be run; it may not be changed. */
function protectBinary(): ToolRule {
  const binary = '(?:bin/+signet(?:-eval)?|dist/host/(?:signet[\\w-]*\\.js|package\\.json))(?:[\\s"]|$)';
  const inCommand = [
    `${INTO}${binary}`,
    `\\b(?:rm|mv|cp|ln|tee|dd|sed|perl|chmod|chown|truncate|install|unlink|shred)\\b.*${binary}`,
    '\\b(?:npm|pnpm|yarn|bun)\\b.*\\b(?:uninstall|remove|unlink|rm|un)\\b.*\\bsignet',
  ];
  const named = FILE_FIELDS.map((field) => matching(field, binary));
  const condition = `or(${[...named, matching('command', inCommand.join('|'))].join(' || ')})`;
  return locked('protect_signet_binary', [condition], 'The signet command is for people to change.');
}

const matching = (field: string, pattern: string): string => `matches(${field}, '(?i)${pattern}')`;

const locked = (name: string, conditions: readonly string[], reason: string): ToolRule => ({
  ...{ name, tool_pattern: CHANGING_TOOLS, conditions, action: 'DENY', reason, locked: true },
});

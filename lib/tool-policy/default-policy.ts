import { INTO, SHELL_TOOLS, lockedRules } from './locked-rules.ts';
import type { ToolPolicy, ToolRule } from './tool-rule.ts';

/** What stands where nobody wrote a policy: the locked rules, then sensible ones. */
export const defaultPolicy = (folder?: string): ToolPolicy => ({
  version: 1,
  default_action: 'ALLOW',
  rules: [...lockedRules(folder), ...USUAL_RULES],
});

/** A policy behind the locked rules: whatever it says, they come first. Its own copies of them change nothing. */
export function withLockedRules(policy: ToolPolicy, folder?: string): ToolPolicy {
  const locked = lockedRules(folder);
  const names = new Set(locked.map(({ name }) => name));
  return { ...policy, rules: [...locked, ...policy.rules.filter(({ name }) => !names.has(name))] };
}

export { lockedRules } from './locked-rules.ts';

const EDITING_TOOLS = '^(Write|Edit|MultiEdit|NotebookEdit)$';

/** Where a command may begin. */
const BEGIN = '(?:^|[\\s;&|(/`])';
const END = '(?:\\s|$)';

const SECRET_FILE =
  '(?:(?:^|[\\s>/])\\.env(?:\\.(?:local|production|development|staging|test))?|\\.(?:pem|key|p12|pfx|jks|keystore|secret|credentials)|(?:^|[\\s>/])(?:credentials|secrets?)(?:\\.\\w+)?|(?:^|[\\s>/])\\.ssh/\\S+|(?:^|[\\s>/])id_(?:rsa|ed25519|ecdsa))';

const INTERPRETER =
  '(?:\\S*/)?(?:(?:ba|da|z|k|fi|a)?sh\\b|(?:python[\\d.]*|perl|ruby|node|php)(?:\\s+-)?\\s*(?:$|[;|&]))';

const USUAL_RULES: readonly ToolRule[] = [
  {
    name: 'require_plan_before_code',
    tool_pattern: '^(Edit|Write|NotebookEdit)$',
    conditions: ["not(has_recent_action('EnterPlanMode|TaskCreate', 500))"],
    action: 'ASK',
    reason: 'No plan was made before this change',
    alternative: 'plan first, then edit',
    locked: false,
  },
  {
    name: 'protect_core_files',
    tool_pattern: EDITING_TOOLS,
    conditions: [
      "matches(file_path, '(?i)(?:^|/)(?:\\.git/|\\.github/workflows/|\\.gitlab-ci\\.yml$|Dockerfile$|package-lock\\.json$|Cargo\\.lock$|\\.(?:bash|zsh)rc$|\\.profile$)')",
    ],
    action: 'ASK',
    reason: 'This file decides what others run',
    locked: false,
  },
  {
    name: 'block_rm',
    tool_pattern: SHELL_TOOLS,
    conditions: [`matches(command, '${BEGIN}(?:rm|unlink|shred|srm)${END}|\\bfind\\b.*\\s-delete\\b')`],
    action: 'DENY',
    reason: 'File deletion blocked',
    alternative: 'move it away: mv FILE ~/.trash/',
    locked: false,
  },
  {
    name: 'block_force_push',
    tool_pattern: SHELL_TOOLS,
    conditions: [
      "matches(command, '\\bgit\\b[^;&|]*\\bpush\\b[^;&|]*\\s(?:--force(?:\\s|$)|--mirror(?:\\s|$)|-[a-zA-Z]*f[a-zA-Z]*(?:\\s|$)|\\+\\S)')",
    ],
    action: 'ASK',
    reason: 'Force push rewrites what others have',
    alternative: 'git push --force-with-lease',
    locked: false,
  },
  {
    name: 'block_destructive_disk',
    tool_pattern: SHELL_TOOLS,
    conditions: [
      `matches(command, '${BEGIN}(?:mkfs(?:\\.\\w+)?|[sc]?fdisk|wipefs|parted|blkdiscard)${END}|\\bdd\\b[^;&|]*\\bof=/dev/|${INTO}/dev/(?:sd|hd|vd|nvme|disk|mmcblk)')`,
    ],
    action: 'DENY',
    reason: 'Writing to a disk past its file system is blocked',
    locked: false,
  },
  {
    name: 'block_piped_exec',
    tool_pattern: SHELL_TOOLS,
    conditions: [
      `or(matches(command, '\\b(?:curl|wget|fetch)\\b.*\\|&?\\s*(?:(?:sudo|env|nohup|exec|command|time|xargs)\\s+(?:-\\S+\\s+|\\w+=\\S*\\s+)*)*${INTERPRETER}') || matches(command, '(?:\\b(?:(?:ba|da|z|k)?sh|source|eval)\\b|(?:^|\\s)\\.\\s).*[$<\`]\\s*\\(?\\s*(?:curl|wget)\\b'))`,
    ],
    action: 'DENY',
    reason: 'Running what was just downloaded is blocked',
    alternative: 'download it, read it, then run it',
    locked: false,
  },
  {
    name: 'block_credential_writes',
    tool_pattern: '^(Write|Edit|MultiEdit|NotebookEdit|Bash)$',
    conditions: [
      `or(matches(file_path, '(?i)${SECRET_FILE}$') || matches(command, '(?i)(?:${INTO}|\\btee\\b(?:\\s+-\\S+)*\\s*\\S*)${SECRET_FILE}${END}'))`,
    ],
    action: 'DENY',
    reason: 'Writing to credential files is blocked',
    locked: false,
  },
  {
    name: 'block_chmod_777',
    tool_pattern: SHELL_TOOLS,
    conditions: [`matches(command, '\\bchmod\\b[^;&|]*\\s(?:[0-7]?777|(?:a|o|ugo)?\\+[rx]*w[rx]*)${END}')`],
    action: 'ASK',
    reason: 'This lets everybody on the machine write',
    locked: false,
  },
  {
    name: 'github_identity_guard',
    tool_pattern: SHELL_TOOLS,
    conditions: [
      "matches(command, '\\bgit\\b[^;&|]*\\bpush\\b|\\bgh\\s+(?:pr|repo|release|issue)\\s+(?:create|merge|edit|delete|comment)\\b')",
    ],
    action: 'ENSURE',
    locked: false,
    ensure: {
      check: 'gh-identity-matches-remote',
      timeout: 5,
      message: 'The GitHub identity is not the one of this remote',
    },
  },
];

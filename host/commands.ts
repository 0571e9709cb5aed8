import type { KnownCommand } from './command.ts';

/** All that `signet` can do, in the order of help. A hook starts one before each call of a tool. */
export const COMMANDS: readonly KnownCommand[] = [
  {
    name: 'eval',
    summary: "Decides about an agent's tool call: a PreToolUse hook.",
    load: async () => (await import('./commands/eval.ts')).evalCommand,
  },
  {
    name: 'validate',
    summary: 'Says what is wrong with a policy file, and where.',
    load: async () => (await import('./commands/validate.ts')).validateCommand,
  },
  {
    name: 'fix',
    summary: 'Mends what can be mended in a policy file without guessing.',
    load: async () => (await import('./commands/fix.ts')).fixCommand,
  },
  {
    name: 'test',
    summary: 'Tries calls on the policy and says what would be decided, and why.',
    load: async () => (await import('./commands/test.ts')).testCommand,
  },
  {
    name: 'rules',
    summary: 'Lists the rules in force, in the order in which they are looked at.',
    load: async () => (await import('./commands/rules.ts')).rulesCommand,
  },
  {
    name: 'log',
    summary: 'Shows the last decisions, and what was spent.',
    load: async () => (await import('./commands/log.ts')).logCommand,
  },
  {
    name: 'seal',
    summary: 'Seals the policy file with the vault, so that nobody else changes it.',
    load: async () => (await import('./commands/seal.ts')).sealCommand,
  },
  {
    name: 'init',
    summary: 'Makes a vault that needs no browser.',
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
  {
    name: 'unlock',
    summary: 'Opens the vault for the commands that follow.',
    load: async () => (await import('./commands/unlock.ts')).unlockCommand,
  },
  {
    name: 'lock',
    summary: 'Closes the vault.',
    load: async () => (await import('./commands/lock.ts')).lockCommand,
  },
  {
    name: 'store',
    summary: 'Puts something into the vault.',
    load: async () => (await import('./commands/store.ts')).storeCommand,
  },
  {
    name: 'list',
    summary: 'Lists what is in the vault, without values.',
    load: async () => (await import('./commands/list.ts')).listCommand,
  },
  {
    name: 'delete',
    summary: 'Takes something out of the vault.',
    load: async () => (await import('./commands/delete.ts')).deleteCommand,
  },
  {
    name: 'capability',
    summary: 'Makes a token that allows one thing, mostly to take money.',
    load: async () => (await import('./commands/capability.ts')).capabilityCommand,
  },
  {
    name: 'permit',
    summary: 'Lets such tokens be made where nobody can be asked.',
    load: async () => (await import('./commands/permit.ts')).permitCommand,
  },
  {
    name: 'audit',
    summary: 'Shows, checks or exports the log of the vault.',
    load: async () => (await import('./commands/audit.ts')).auditCommand,
  },
  {
    name: 'backup',
    summary: 'Writes the vault to a sealed file.',
    load: async () => (await import('./commands/backup.ts')).backupCommand,
  },
  {
    name: 'restore',
    summary: 'Puts a backup back, of the command line or of the extension.',
    load: async () => (await import('./commands/restore.ts')).restoreCommand,
  },
  {
    name: 'verify-log',
    summary: 'Checks an exported log, or the proof of one entry of it.',
    load: async () => (await import('./commands/verify-log.ts')).verifyLogCommand,
  },
  {
    name: 'doctor',
    summary: 'Explains the configuration: what is read from where, and what is wrong with it.',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  {
    name: 'completions',
    summary: 'Writes what completes commands and options in a shell.',
    load: async () => (await import('./commands/completions.ts')).completionsOf(COMMANDS),
  },
  {
    name: 'install',
    summary: 'Lets Signet in the browsers on this machine reach its agents.',
    load: async () => (await import('./commands/install.ts')).installCommand,
  },
  {
    name: 'pair',
    summary: 'Connects an agent to the wallet in the browser.',
    load: async () => (await import('./commands/pair.ts')).pairCommand,
  },
  {
    name: 'serve',
    summary: 'Serves the tools of an agent, or the verification of proofs over HTTP.',
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
  {
    name: 'native-host',
    summary: 'Carries between the browser and its programs: the browser starts it.',
    load: async () => (await import('./commands/native-host.ts')).nativeHostCommand,
  },
  {
    name: 'uninstall',
    summary: 'Takes back what install wrote.',
    load: async () => (await import('./commands/uninstall.ts')).uninstallCommand,
  },
];

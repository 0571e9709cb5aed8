import type { Command, CommandName } from './command.ts';

/** A command that is looked up without being loaded: each start pays for the one that is asked for alone. */
interface KnownCommand extends CommandName {
  load(): Promise<Command>;
}

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
    load: async () => (await import('./commands/completions.ts')).completionsCommand,
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

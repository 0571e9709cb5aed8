import { EXIT, UsageError } from '../command.ts';
import type { Command, KnownCommand } from '../command.ts';
import { bashCompletions } from '../completions/bash.ts';
import type { Completed } from '../completions/described.ts';
import { fishCompletions } from '../completions/fish.ts';
import { zshCompletions } from '../completions/zsh.ts';
import { defineCommand } from '../define-command.ts';
import { printJson } from '../printable.ts';
import { writeOutput } from '../standard-streams.ts';

const SHELLS: ReadonlyMap<string, (commands: readonly Completed[]) => string> = new Map([
  ['bash', bashCompletions],
  ['zsh', zshCompletions],
  ['fish', fishCompletions],
]);

/** @param all commands that there are, this one among them */
export const completionsOf = (all: readonly KnownCommand[]): Command =>
  defineCommand({
    operands: 'bash|zsh|fish',
    options: {},
    notes: [
      'Writes a script that completes commands, options and files. To have it in every shell:',
      "  bash: echo 'source <(signet completions bash)' >> ~/.bashrc",
      '  zsh:  signet completions zsh > FOLDER_OF_FPATH/_signet',
      '  fish: signet completions fish > ~/.config/fish/completions/signet.fish',
      'Exits with 0, or with 2 for another shell.',
    ],
    async run({ operands: [shell = ''], values: { json } }) {
      const write = SHELLS.get(shell);
      if (write === undefined) throw new UsageError(`There are completions for ${[...SHELLS.keys()].join(', ')}.`);
      const commands = await Promise.all(all.map(async (known) => ({ ...known, ...(await known.load()) })));
      const script = write(commands);
      if (json) printJson({ shell, script });
      else writeOutput(script);
      return EXIT.good;
    },
  });

import { constants, accessSync, realpathSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { HookCommand } from './hook-settings.ts';
import { hooksOf } from './hook-settings.ts';
import type { Check, Finding, Surroundings } from './check.ts';
import { note, notWell, well } from './check.ts';
import { standingOf } from './ownership.ts';

/** Whether an agent's host asks Signet before it calls a tool, and what it runs for that. */
export const hookCheck: Check = {
  name: 'Hook',
  look(at) {
    const read = settingsFiles(at).map((file) => ({ file, ...hooksOf(file) }));
    const faults = read.flatMap(({ file, fault }) => (fault === undefined ? [] : [`${file}: ${fault}`]));
    const hooks = read.flatMap(({ file, hooks: found }) => found.map((hook) => ({ file, ...hook })));
    if (hooks.length === 0)
      return nowhere(
        read.map(({ file }) => file),
        faults,
      );
    const runs = hooks.map((hook) => ({ hook, program: programOf(hook.command, at) }));
    const details = runs.map(({ hook, program }) => `${hook.file}: ${formOf(hook)} runs ${program.says}`);
    const problems = [...faults, ...runs.flatMap(({ program }) => program.problems)];
    if (problems.length > 0) return notWell('The hook will not do what it says.', ...problems, ...details);
    return well('Agents ask before they call a tool.', ...details);
  },
};

function settingsFiles({ workingFolder, home }: Surroundings): readonly string[] {
  const folders = [...new Set([workingFolder, home])];
  return folders.flatMap((folder) =>
    ['settings.local.json', 'settings.json'].map((name) => join(folder, '.claude', name)),
  );
}

function nowhere(files: readonly string[], faults: readonly string[]): Finding {
  const looked = [`Looked in ${files.join(', ')}.`, 'README says how to put it there, under "Tool-call policy".'];
  if (faults.length > 0) return notWell('No host asks before it calls a tool.', ...faults, ...looked);
  return note('No host asks before it calls a tool.', ...looked);
}

const formOf = ({ matcher, command }: HookCommand): string =>
  `${JSON.stringify(command)}${matcher === '' || matcher === '*' ? '' : `, for ${matcher} alone,`}`;

interface Program {
  readonly says: string;
  readonly problems: readonly string[];
}

/** The file that the first word of a command names. */
function programOf(command: string, { env, userId }: Surroundings): Program {
  const [word = ''] = command.trim().split(/\s+/);
  const places = isAbsolute(word) ? [word] : (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, word));
  const found = places.find(isRunnable);
  if (found === undefined) return { says: 'nothing', problems: [`There is no ${word} in PATH.`] };
  const file = realpathSync(found);
  const standing = standingOf(file, userId, true);
  return { says: file === found ? file : `${found}, which is ${file}`, problems: standing?.problems ?? [] };
}

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

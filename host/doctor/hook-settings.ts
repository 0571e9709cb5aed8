import { readFileSync } from 'node:fs';
import * as v from 'valibot';

/** A command that runs before each call of a tool. */
export interface HookCommand {
  /** The tools that it is for; '' or `*` for all. */
  readonly matcher: string;
  readonly command: string;
}

export interface HookSettings {
  /** Those that are Signet's. */
  readonly hooks: readonly HookCommand[];
  /** Why the host does not run them. */
  readonly fault: string | undefined;
}

const NO_HOOKS: HookSettings = { hooks: [], fault: undefined };
const IS_SIGNET = /\bsignet(?:\.js)?["']?\s+(?:\S+\s+)*eval\b/;

/** What is looked at in a host's settings; all else is the host's. */
const settings = v.object({
  disableAllHooks: v.optional(v.boolean(), false),
  hooks: v.optional(
    v.object({
      PreToolUse: v.optional(
        v.array(
          v.object({
            matcher: v.optional(v.string(), ''),
            hooks: v.array(v.object({ type: v.string(), command: v.optional(v.string(), '') })),
          }),
        ),
        [],
      ),
    }),
    {},
  ),
});

/** @param file a host's settings; one that is not there has none */
export function hooksOf(file: string): HookSettings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && /^(?:ENOENT|ENOTDIR)$/.test(String(error.code));
    return isMissing ? NO_HOOKS : { hooks: [], fault: 'it cannot be read.' };
  }
  return hooksIn(text);
}

function hooksIn(text: string): HookSettings {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { hooks: [], fault: 'it is no JSON, and the host reads nothing from it.' };
  }
  const read = v.safeParse(settings, value);
  if (!read.success) return { hooks: [], fault: `${v.getDotPath(read.issues[0]) ?? 'it'} is not what a host reads.` };
  const hooks = read.output.hooks.PreToolUse.flatMap(({ matcher, hooks: commands }) =>
    commands.map(({ command }) => ({ matcher, command })),
  ).filter(({ command }) => IS_SIGNET.test(command));
  const isOff = read.output.disableAllHooks && hooks.length > 0;
  return { hooks, fault: isOff ? 'disableAllHooks is on.' : undefined };
}

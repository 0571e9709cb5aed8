import { stringify } from 'yaml';
import type { ToolPolicy, ToolRule } from '../tool-rule.ts';

/** A policy as its file: what is not said by default is written. Reading it gives the same policy. */
export function formatPolicy({ version, default_action, rules }: ToolPolicy): string {
  return stringify(
    { version, default_action, rules: rules.map(fileForm) },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

function fileForm({ locked, ...rule }: ToolRule): object {
  const { name, tool_pattern, conditions, action, reason, alternative, gate, ensure } = rule;
  const form = { name, tool_pattern, conditions, action, reason, alternative, locked: locked ? true : undefined };
  // What is undefined is left out.
  return Object.fromEntries(Object.entries({ ...form, gate, ensure }).filter(([, value]) => value !== undefined));
}

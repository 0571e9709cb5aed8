import type { SignetError } from '../../lib/core/index.ts';
import type { Obligations, Rule } from '../../lib/policy/engine/index.ts';
import type { ClaimNames } from './claim-phrase.ts';

/** What every part of the editor gets. */
export interface RuleEditorProps {
  /** May be no rule yet: what is left out is said when it is saved. */
  readonly rule: Rule;
  readonly onChange: (rule: Rule) => void;
  readonly claims: readonly string[];
  readonly names: ClaimNames;
  /** What is wrong with it, once it was to be saved. */
  readonly error: SignetError | undefined;
}

/** A rule with other obligations; none at all where nothing is left of them. */
export function withObligations(
  rule: Rule,
  changes: { readonly [K in keyof Obligations]: Obligations[K] | undefined },
): Rule {
  const { obligations, ...rest } = rule;
  const left = Object.entries({ ...obligations, ...changes }).filter(([, value]) => value !== undefined);
  // The names are those of obligations, and what is undefined was left out.
  return left.length === 0 ? rest : { ...rest, obligations: Object.fromEntries(left) };
}

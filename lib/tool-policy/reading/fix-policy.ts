import type { Mend, PolicyProblem } from './problem.ts';
import { readPolicy } from './read-policy.ts';

export interface PolicyFix {
  /** The file as it would be; its comments stay. The same text where there is nothing to mend. */
  readonly text: string;
  readonly mended: readonly PolicyProblem[];
  /** For the author alone. */
  readonly left: readonly PolicyProblem[];
}

/**
 * Mends what can be mended without guessing: a rule whose `tool_pattern` is no expression is taken out, numbers out of
 * their limits are set to the nearest. Locked rules are never touched.
 */
export function fixPolicy(text: string): PolicyFix {
  const { problems, yaml } = readPolicy(text);
  const mended = problems.filter(({ mend }) => mend !== undefined);
  const left = problems.filter(({ mend }) => mend === undefined);
  if (yaml === undefined || mended.length === 0) return { text, mended: [], left };
  for (const mend of inOrder(mended)) {
    if (mend.how === 'set') yaml.tree.setIn(mend.path, mend.value);
    else yaml.tree.deleteIn(['rules', mend.rule]);
  }
  return { text: yaml.tree.toString({ lineWidth: 0 }), mended, left };
}

/** Rules go last, and from the end, so that the places of the others stay what they are. */
function inOrder(problems: readonly PolicyProblem[]): readonly Mend[] {
  const mends = problems.flatMap(({ mend }) => (mend === undefined ? [] : [mend]));
  const removed = new Set(mends.flatMap((mend) => (mend.how === 'remove_rule' ? [mend.rule] : [])));
  return [
    ...mends.filter(({ how }) => how === 'set'),
    ...[...removed].sort((a, b) => b - a).map((rule): Mend => ({ how: 'remove_rule', rule })),
  ];
}

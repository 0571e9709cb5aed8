import { displayText } from '../core/index.ts';
import type { DenyReason } from './decision.ts';
import type { Facts } from './facts.ts';
import { Fault } from './fault.ts';
import { operatorOf } from './name-of.ts';
import { type Node, truthOf } from './node.ts';
import { sentenceFor } from './sentence.ts';

const MAX_REASONS = 16;
const MAX_MESSAGE = 400;

/** Every clause that keeps a policy from holding: the parts of an `and` are clauses, in any nesting of these. */
export function reasonsIn(root: Node, facts: Facts): readonly DenyReason[] {
  const reasons: DenyReason[] = [];
  collect(root, facts, reasons);
  return reasons;
}

function collect(node: Node, facts: Facts, reasons: DenyReason[]): void {
  if (reasons.length >= MAX_REASONS) return;
  if (isConjunction(node)) {
    for (const clause of node.args) collect(clause, facts, reasons);
    return;
  }
  const reason = reasonFor(node, facts);
  if (reason !== undefined) reasons.push(reason);
}

const isConjunction = ({ expression, args }: Node): boolean =>
  args.length > 0 && expression.kind === 'list' && operatorOf(expression) === 'and';

function reasonFor(node: Node, facts: Facts): DenyReason | undefined {
  try {
    if (truthOf(node, facts)) return undefined;
  } catch (thrown) {
    return reasonOf(thrown, node);
  }
  return reason('unmet', sentenceFor(node, false, facts), node);
}

/** What was thrown by an evaluation as a reason; the words of what is not ours stay here. */
export function reasonOf(thrown: unknown, { expression }: Node): DenyReason {
  if (thrown instanceof Fault) return { kind: thrown.kind, message: clean(thrown.message), place: thrown.place };
  return { kind: 'failed', message: 'the policy could not be evaluated', place: expression.place };
}

const reason = (kind: DenyReason['kind'], message: string, { expression }: Node): DenyReason => ({
  kind,
  message: clean(message),
  place: expression.place,
});

const clean = (message: string): string => displayText(message, MAX_MESSAGE);

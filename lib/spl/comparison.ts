import { equals } from './equality.ts';
import type { Facts } from './facts.ts';
import { Fault } from './fault.ts';
import { type Instant, isEarlier, parseInstant } from './instant.ts';
import { nameOf } from './name-of.ts';
import { type Node, quantityOf, textOf, valueOf } from './node.ts';
import type { Operator } from './operator.ts';

/**
 * What compares two things. Order is of quantities alone: whole and not negative, so that neither null nor a text nor an
 * amount below zero is ever under a limit.
 */
export const COMPARISON: Readonly<Record<string, Operator>> = {
  '=': { arity: 2, build: (list, a, b) => (facts) => equals(valueOf(a, facts), valueOf(b, facts), facts, list) },
  '<': { arity: 2, build: (_, a, b) => (facts) => quantityOf(a, facts) < quantityOf(b, facts) },
  '<=': { arity: 2, build: (_, a, b) => (facts) => quantityOf(a, facts) <= quantityOf(b, facts) },
  '>': { arity: 2, build: (_, a, b) => (facts) => quantityOf(a, facts) > quantityOf(b, facts) },
  '>=': { arity: 2, build: (_, a, b) => (facts) => quantityOf(a, facts) >= quantityOf(b, facts) },
  before: { arity: 2, build: (_, a, b) => (facts) => isEarlier(instantOf(a, facts), instantOf(b, facts)) },
};

function instantOf(node: Node, facts: Facts): Instant {
  const instant = parseInstant(textOf(node, facts));
  if (instant !== undefined) return instant;
  const message = `${nameOf(node.expression)} is no time with a date and an offset (RFC 3339)`;
  throw new Fault('wrong_type', message, node.expression.place);
}

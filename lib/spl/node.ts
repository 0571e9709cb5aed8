import type { Expression } from './expression.ts';
import type { Facts } from './facts.ts';
import { Fault } from './fault.ts';
import { nameOf } from './name-of.ts';
import {
  type Found,
  isList,
  isQuantity,
  isRecord,
  type SplList,
  type SplRecord,
  type SplValue,
  typeInWords,
} from './value.ts';

/** What an expression comes to for a request. @throws Fault where it has no meaning for it */
export type Run = (facts: Facts) => Found;

/** An expression that was compiled. */
export interface Node {
  readonly expression: Expression;
  readonly run: Run;
  /** Of a list: what the operator is applied to. */
  readonly args: readonly Node[];
}

export function wrongType({ expression }: Node, found: unknown, wanted: string): Fault {
  const message = `${nameOf(expression)} is ${typeInWords(found)}, and must be ${wanted}`;
  return new Fault('wrong_type', message, expression.place);
}

/** The yes or no that an expression comes to; nothing else is taken for one. @throws Fault */
export function truthOf(node: Node, facts: Facts): boolean {
  const found = node.run(facts);
  if (typeof found === 'boolean') return found;
  throw wrongType(node, found, 'a yes or no');
}

/** @throws Fault unless the expression comes to an amount or a count */
export function quantityOf(node: Node, facts: Facts): number {
  const found = node.run(facts);
  if (isQuantity(found)) return found;
  throw wrongType(node, found, 'a whole number that is not negative');
}

/** @throws Fault unless the expression comes to a text */
export function textOf(node: Node, facts: Facts): string {
  const found = node.run(facts);
  if (typeof found === 'string') return found;
  throw wrongType(node, found, 'text');
}

/** @throws Fault unless the expression comes to a list */
export function listOf(node: Node, facts: Facts): SplList {
  const found = node.run(facts);
  if (isList(found)) return found;
  throw wrongType(node, found, 'a list');
}

/** @throws Fault unless the expression comes to a record */
export function recordOf(node: Node, facts: Facts): SplRecord {
  const found = node.run(facts);
  if (isRecord(found)) return found;
  throw wrongType(node, found, 'a record');
}

/** @throws Fault where the expression comes to a record */
export function valueOf(node: Node, facts: Facts): SplValue {
  const found = node.run(facts);
  if (!isRecord(found)) return found;
  throw wrongType(node, found, 'a single value or a list');
}

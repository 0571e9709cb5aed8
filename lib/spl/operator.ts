import type { ListExpression } from './expression.ts';
import type { Node, Run } from './node.ts';

/** One of the language's built-ins. Generic in how many arguments it takes, so that each gets exactly these. */
export type Operator =
  | { readonly arity: 0; build(list: ListExpression): Run }
  | { readonly arity: 1; build(list: ListExpression, only: Node): Run }
  | { readonly arity: 2; build(list: ListExpression, first: Node, second: Node): Run }
  | { readonly arity: 'any'; build(list: ListExpression, args: readonly Node[]): Run };

import { COLLECTION } from './collection.ts';
import { COMPARISON } from './comparison.ts';
import type { Expression, ListExpression } from './expression.ts';
import { Fault } from './fault.ts';
import { HOST_CHECK } from './host-check.ts';
import { LOGIC } from './logic.ts';
import { operatorOf, shown } from './name-of.ts';
import type { Node, Run } from './node.ts';
import type { Operator } from './operator.ts';
import { PolicyError } from './place.ts';
import { variable } from './variable.ts';

/** The nineteen built-ins, by name. A map: names come from policies. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  Object.entries({ ...LOGIC, ...COMPARISON, ...COLLECTION, ...HOST_CHECK }),
);

/**
 * An expression as closures. Wrong operators and arities are found here and raised when, and only when, they are
 * evaluated: `(or #t (bogus))` holds, as published.
 * @throws PolicyError for a number that no source says
 */
export function compileNode(expression: Expression): Node {
  switch (expression.kind) {
    case 'number':
      if (!Number.isSafeInteger(expression.value)) throw new PolicyError('This number is not whole.', expression.place);
      return { expression, args: [], run: constant(expression.value) };
    case 'boolean':
    case 'string':
      return { expression, args: [], run: constant(expression.value) };
    case 'symbol':
      return { expression, args: [], run: variable(expression, OPERATORS.has(expression.name)) };
    case 'list': {
      const args = expression.items.slice(1).map(compileNode);
      return { expression, args, run: application(expression, args) };
    }
  }
}

const constant =
  (value: boolean | number | string): Run =>
  () =>
    value;

function application(list: ListExpression, args: readonly Node[]): Run {
  const name = operatorOf(list);
  if (name === undefined) return raise(list, 'a list begins with the name of an operator');
  const operator = OPERATORS.get(name);
  if (operator === undefined) return raise(list, `there is no operator ${shown(name)}`);
  return build(operator, list, args) ?? wrongArity(operator, list, args.length);
}

function build(operator: Operator, list: ListExpression, args: readonly Node[]): Run | undefined {
  if (operator.arity === 'any') return operator.build(list, args);
  if (args.length !== operator.arity) return undefined;
  if (operator.arity === 0) return operator.build(list);
  const [first, second] = args;
  if (first === undefined) return undefined;
  if (operator.arity === 1) return operator.build(list, first);
  return second === undefined ? undefined : operator.build(list, first, second);
}

function wrongArity({ arity }: Operator, list: ListExpression, given: number): Run {
  const message = `${shown(operatorOf(list) ?? '')} takes ${arity} ${arity === 1 ? 'argument' : 'arguments'}, not ${given}`;
  return raiser(() => new Fault('wrong_arity', message, list.place));
}

const raise = (list: ListExpression, message: string): Run =>
  raiser(() => new Fault('unknown_operator', message, list.place));

const raiser =
  (make: () => Fault): Run =>
  () => {
    throw make();
  };

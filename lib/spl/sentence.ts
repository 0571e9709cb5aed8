import type { Expression } from './expression.ts';
import type { Facts } from './facts.ts';
import { nameOf, operatorOf, quoted } from './name-of.ts';
import { type Node, truthOf } from './node.ts';
import { type Found, isList, isRecord } from './value.ts';

/** Parts of an `and` or an `or` that a sentence tells, and how deep it goes into these. */
const MAX_PARTS = 4;
const MAX_NESTING = 2;

/** A comparison's words when it holds and when it does not. */
const VERBS: ReadonlyMap<string, readonly [holds: string, fails: string]> = new Map([
  ['=', ['is', 'is not']],
  ['<', ['is under', 'is not under']],
  ['<=', ['is at most', 'is over']],
  ['>', ['is over', 'is not over']],
  ['>=', ['is at least', 'is under']],
  ['before', ['is before', 'is not before']],
  ['member', ['is in', 'is not in']],
  ['in', ['is in', 'is not in']],
  ['subset?', ['is all in', 'is not all in']],
]);

/** What the verifier's checks are about. */
const CHECKS: ReadonlyMap<string, string> = new Map([
  ['dpop_ok?', 'the proof of possession'],
  ['merkle_ok?', 'the proof of membership'],
  ['vrf_ok?', 'the proof of the budget'],
  ['thresh_ok?', 'the set of signatures'],
]);

/**
 * What a clause that came to `truth` says about a request, in words. Values are told where they are the policy's own or
 * the request's; variables and the host's answers go by name.
 */
export const sentenceFor = (node: Node, truth: boolean, facts: Facts): string => sentence(node, truth, facts, 0);

function sentence(node: Node, truth: boolean, facts: Facts, nesting: number): string {
  const { expression, args } = node;
  if (expression.kind !== 'list') return `${nameOf(expression)} is ${truth}`;
  const operator = operatorOf(expression) ?? '';
  const check = CHECKS.get(operator);
  if (check !== undefined) return `${check} is ${truth ? '' : 'not '}accepted`;
  const [first, second] = args;
  const verbs = VERBS.get(operator);
  if (verbs !== undefined && first !== undefined && second !== undefined) {
    return `${noun(first, facts)} ${verbs[truth ? 0 : 1]} ${noun(second, facts)}`;
  }
  if (operator === 'not' && first !== undefined) return sentence(first, !truth, facts, nesting);
  if (operator === 'and' || operator === 'or') return joined(node, truth, facts, nesting + 1);
  return `${nameOf(expression)} is ${truth}`;
}

/** `and` fails by one part and `or` holds by one; otherwise all parts came to the same. */
function joined({ args, expression }: Node, truth: boolean, facts: Facts, nesting: number): string {
  const name = expression.kind === 'list' ? operatorOf(expression) : undefined;
  if (args.length === 0) return `an empty ${name ?? 'list'} is ${truth}`;
  if (nesting > MAX_NESTING) return `a part of the policy is ${truth}`;
  const isByOne = (name === 'or') === truth;
  const told = isByOne ? firstOf(args, truth, facts) : args;
  const parts = told.slice(0, MAX_PARTS).map((arg) => sentence(arg, truth, facts, nesting));
  const rest = told.length > MAX_PARTS ? [`${told.length - MAX_PARTS} more parts are ${truth}`] : [];
  return [...parts, ...rest].join(' and ');
}

function firstOf(args: readonly Node[], truth: boolean, facts: Facts): readonly Node[] {
  const first = args.find((arg) => truthIn(arg, facts) === truth);
  return first === undefined ? [] : [first];
}

function truthIn(node: Node, facts: Facts): boolean | undefined {
  try {
    return truthOf(node, facts);
  } catch {
    return undefined; // what has no meaning is no reason for this answer
  }
}

/** An operand, with its value where the request has it. */
function noun(node: Node, facts: Facts): string {
  const { expression } = node;
  const name = nameOf(expression);
  if (!isOfRequest(expression)) return name;
  try {
    return `${name} ${valueInWords(node.run(facts))}`;
  } catch {
    return name;
  }
}

/** Whether an expression is a field of the request, or one within it, that the policy names itself. */
function isOfRequest(expression: Expression): boolean {
  if (expression.kind !== 'list' || operatorOf(expression) !== 'get') return false;
  const [, record, field] = expression.items;
  if (record === undefined || field?.kind !== 'string') return false;
  return (record.kind === 'symbol' && record.name === 'req') || isOfRequest(record);
}

function valueInWords(value: Found): string {
  if (typeof value === 'string') return quoted(value);
  if (isList(value)) return `(a list of ${value.length})`;
  return isRecord(value) ? '(a record)' : String(value);
}

import { displayText } from '../core/index.ts';
import type { Expression, ListExpression } from './expression.ts';

const MAX_NAME = 60;
/** Where names are made of names, as `get` of `get` are. */
const MAX_NESTING = 3;

/** What an expression is called in a sentence. Says only what the policy's text says: no value of anything. */
export const nameOf = (expression: Expression): string => nameWithin(expression, 0);

/** The operator of a list as it is written, be it a symbol or a string; undefined where it begins with neither. */
export function operatorOf({ items: [head] }: ListExpression): string | undefined {
  if (head?.kind === 'symbol') return head.name;
  return head?.kind === 'string' ? head.value : undefined;
}

/** A text safe to show; the rest of a long one is left out. */
export const shown = (text: string): string => displayText(text.slice(0, 4 * MAX_NAME), MAX_NAME);

/** The same in quotes. */
export const quoted = (text: string): string => JSON.stringify(shown(text));

function nameWithin(expression: Expression, nesting: number): string {
  switch (expression.kind) {
    case 'boolean':
      return expression.value ? '#t' : '#f';
    case 'number':
      return String(expression.value);
    case 'string':
      return quoted(expression.value);
    case 'symbol':
      return shown(expression.name);
    case 'list':
      return nesting < MAX_NESTING ? nameOfList(expression, nesting + 1) : 'what stands here';
  }
}

function nameOfList(list: ListExpression, nesting: number): string {
  const [, first, second] = list.items;
  const operator = operatorOf(list);
  if (operator === 'get' && second !== undefined) return nameOfField(first, second, nesting);
  if (operator === 'per-day-count' && first !== undefined && second !== undefined) {
    return `the count of ${nameWithin(first, nesting)} on ${nameWithin(second, nesting)}`;
  }
  return operator === undefined ? 'what stands here' : `what ${shown(operator)} gives`;
}

/** A field of the request or the variables goes by its own name. */
function nameOfField(record: Expression | undefined, field: Expression, nesting: number): string {
  const name = field.kind === 'string' ? shown(field.value) : `field named by ${nameWithin(field, nesting)}`;
  return record?.kind === 'list' ? `${name} of ${nameWithin(record, nesting)}` : name;
}

import { utf8 } from '../core/index.ts';
import { isSymbolName } from './atom.ts';
import type { Expression, ListExpression } from './expression.ts';
import { costOf, MAX_SOURCE_BYTES } from './limits.ts';
import { PolicyError } from './place.ts';
import { quoteString } from './quote-string.ts';

const WIDTH = 80;
const INDENT = '  ';

/**
 * The canonical layout of a policy: what fits a line of 80 stands in one; elsewhere the operator, then each argument on
 * a line of its own, two further in. A text too long for its layout is written without white space that it can lack.
 * Reading it again gives the same expression, and writing that the same text.
 * @throws PolicyError for a tree that no source says: see `parsePolicy` and `Expression`
 */
export function formatPolicy(expression: Expression): string {
  costOf(expression); // bounds the walks below
  const text = layOut(expression, '');
  if (isWithinSize(text)) return text;
  const tight = join(expression, true);
  if (isWithinSize(tight)) return tight;
  throw new PolicyError(`The policy is longer than ${MAX_SOURCE_BYTES} bytes.`, expression.place);
}

const isWithinSize = (text: string): boolean => utf8(text).length <= MAX_SOURCE_BYTES;

function layOut(expression: Expression, indent: string): string {
  const line = join(expression, false);
  if (expression.kind !== 'list' || indent.length + line.length <= WIDTH) return line;
  const inner = indent + INDENT;
  const [first = '', ...rest] = expression.items.map((item) => layOut(item, inner));
  return `(${[first, ...rest.map((text) => inner + text)].join('\n')})`;
}

/** @param tight leaves out the spaces beside parentheses and quotes */
function join(expression: Expression, tight: boolean): string {
  return expression.kind === 'list' ? joinList(expression, tight) : writeAtom(expression);
}

function joinList({ items }: ListExpression, tight: boolean): string {
  let text = '(';
  items.forEach((item, place) => {
    const written = join(item, tight);
    text += place === 0 || (tight && isSelfDelimiting(text.at(-1), written[0])) ? written : ` ${written}`;
  });
  return `${text})`;
}

const isSelfDelimiting = (last: string | undefined, next: string | undefined): boolean =>
  last === ')' || last === '"' || next === '(' || next === '"';

function writeAtom(atom: Exclude<Expression, ListExpression>): string {
  switch (atom.kind) {
    case 'boolean':
      return atom.value ? '#t' : '#f';
    case 'string':
      return quoteString(atom.value);
    case 'number':
      if (!Number.isSafeInteger(atom.value)) throw new PolicyError('This number is not whole.', atom.place);
      return String(atom.value);
    case 'symbol':
      if (!isSymbolName(atom.name)) throw new PolicyError('This is no name of a symbol.', atom.place);
      return atom.name;
  }
}

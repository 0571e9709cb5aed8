import { ALLOWED_AGES, isRoundBound } from '../../core/index.ts';
import type { Query, QueryOp } from './query.ts';
import type { Token } from './tokens.ts';
import { badQuery, tokensOf } from './tokens.ts';

type Value = string | number | boolean;

const MAX_LABEL = 200;
const MAX_AMONG = 4;

/** What each operation takes after its label. */
const READERS: { readonly [O in QueryOp]: (label: string, values: readonly Value[]) => Query } = {
  has: (label, values) => alone({ op: 'has', label }, values),
  count: (label, values) => alone({ op: 'count', label }, values),
  equals: (label, values) => ({ op: 'equals', label, value: only(values) }),
  at_least: (label, values) => ({ op: 'at_least', label, bound: boundIn(only(values)) }),
  at_most: (label, values) => ({ op: 'at_most', label, bound: boundIn(only(values)) }),
  between: (label, values) => ({ op: 'between', label, ...endsIn(values) }),
  age_at_least: (label, values) => ({ op: 'age_at_least', label, years: ageIn(only(values)) }),
  category: (label, values) => ({ op: 'category', label, among: amongIn(values) }),
};

/**
 * Reads a query: `op("label", …)`, one of a closed list, and nothing beside it.
 * @throws SignetError bad_request, field `query`, saying what is wrong
 */
export function parseQuery(text: string): Query {
  const { word, values } = callIn(tokensOf(text));
  if (!Object.hasOwn(READERS, word)) throw badQuery(`It has to begin with one of ${Object.keys(READERS).join(', ')}.`);
  const [label, ...rest] = values;
  if (typeof label !== 'string' || label.trim() === '' || label.length > MAX_LABEL) {
    throw badQuery('Its first argument is a label in double quotes.');
  }
  return READERS[word as QueryOp](label, rest); // just checked
}

/** `word ( value , value … )` and no more. */
function callIn(tokens: readonly Token[]): { readonly word: string; readonly values: readonly Value[] } {
  const [first, open, ...rest] = tokens;
  if (first?.kind !== 'word' || !isMark(open, '(')) throw badQuery('It has the form op("label", …).');
  const values = rest.flatMap((token, at): readonly Value[] => {
    if (at % 2 === 0) {
      if (token.kind !== 'value')
        throw badQuery('An argument is a text in double quotes, a whole number, true or false.');
      return [token.value];
    }
    if (!isMark(token, at === rest.length - 1 ? ')' : ',')) throw badQuery('Arguments are parted by commas.');
    return [];
  });
  if (rest.length === 0 || rest.length % 2 !== 0) throw badQuery('It ends with a closing parenthesis.');
  return { word: first.word, values };
}

const isMark = (token: Token | undefined, mark: '(' | ')' | ','): boolean =>
  token?.kind === 'mark' && token.mark === mark;

function alone(query: Query, values: readonly Value[]): Query {
  if (values.length > 0) throw badQuery('This takes a label and nothing else.');
  return query;
}

function only(values: readonly Value[]): Value {
  const [value] = values;
  if (value === undefined || values.length > 1) throw badQuery('This takes a label and one value.');
  return value;
}

/** As sites are held to it (design §8). */
function boundIn(value: Value): number {
  if (typeof value !== 'number' || value < 0) throw badQuery('A bound is a whole number, 0 or more.');
  if (!isRoundBound(value)) throw badQuery('A bound has at most two significant digits.');
  return value;
}

function ageIn(value: Value): number {
  if (typeof value === 'number' && ALLOWED_AGES.includes(value)) return value;
  throw badQuery(`An age is one of ${ALLOWED_AGES.join(', ')}.`);
}

function endsIn(values: readonly Value[]): { readonly from: number; readonly to: number } {
  const [from, to, ...others] = values;
  if (from === undefined || to === undefined || others.length > 0) throw badQuery('This takes a label and two bounds.');
  const ends = { from: boundIn(from), to: boundIn(to) };
  if (ends.from > ends.to) throw badQuery('The first bound is the lower one.');
  return ends;
}

function amongIn(values: readonly Value[]): readonly number[] | readonly string[] {
  if (values.length > MAX_AMONG) throw badQuery(`A category is one of ${MAX_AMONG} at most.`);
  const texts = values.filter((value) => typeof value === 'string');
  if (texts.length === values.length) {
    if (new Set(texts).size < texts.length) throw badQuery('A category is named twice.');
    return texts;
  }
  const bounds = values.map(boundIn);
  if (bounds.some((bound, at) => at > 0 && bound <= (bounds[at - 1] ?? 0))) throw badQuery('Bounds rise.');
  return bounds;
}

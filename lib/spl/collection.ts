import { includes } from './equality.ts';
import type { Expression, ListExpression } from './expression.ts';
import type { Facts } from './facts.ts';
import { listOf, recordOf, type Run, textOf, valueOf } from './node.ts';
import type { Operator } from './operator.ts';
import { missing, readValue } from './read-value.ts';
import type { Found, SplRecord, SplValue } from './value.ts';

const member: Operator = {
  arity: 2,
  build: (list, item, of) => (facts) => {
    const value = valueOf(item, facts);
    return includes(listOf(of, facts), value, facts, list);
  },
};

/** What reads from lists and records, and makes lists. */
export const COLLECTION: Readonly<Record<string, Operator>> = {
  member,
  in: member,
  'subset?': {
    arity: 2,
    build: (list, some, all) => (facts) => {
      const items = listOf(some, facts);
      const of = listOf(all, facts);
      return items.every((item) => includes(of, item, facts, list));
    },
  },
  get: {
    arity: 2,
    build: (list, record, field) =>
      isRequest(record.expression) && field.expression.kind === 'string'
        ? fieldOfRequest(list, field.expression.value)
        : (facts) => ownField(recordOf(record, facts), textOf(field, facts), list, facts),
  },
  tuple: {
    arity: 'any',
    build: (_, args) => (facts) => {
      const values: SplValue[] = [];
      for (const arg of args) values.push(valueOf(arg, facts));
      return values;
    },
  },
};

const isRequest = (expression: Expression): boolean => expression.kind === 'symbol' && expression.name === 'req';

/** What most policies do most, without the detours: the request is known to be a record, the name to be a text. */
const fieldOfRequest =
  (list: ListExpression, name: string): Run =>
  (facts) =>
    ownField(facts.request, name, list, facts);

/** @throws Fault where a record has no such property of its own */
function ownField(record: SplRecord, name: string, list: ListExpression, facts: Facts): Found {
  if (Object.hasOwn(record, name)) return readValue(record[name], list, facts);
  throw missing(list);
}

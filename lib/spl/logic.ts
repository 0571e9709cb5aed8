import { truthOf } from './node.ts';
import type { Operator } from './operator.ts';

/** `and` and `or` stop at the first answer that settles them; what they do not look at is not judged. */
export const LOGIC: Readonly<Record<string, Operator>> = {
  and: {
    arity: 'any',
    build: (_, args) => (facts) => {
      for (const arg of args) if (!truthOf(arg, facts)) return false;
      return true;
    },
  },
  or: {
    arity: 'any',
    build: (_, args) => (facts) => {
      for (const arg of args) if (truthOf(arg, facts)) return true;
      return false;
    },
  },
  not: { arity: 1, build: (_, only) => (facts) => !truthOf(only, facts) },
};

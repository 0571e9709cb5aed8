import type { ListExpression } from './expression.ts';
import type { Facts, SplHost } from './facts.ts';
import { Fault } from './fault.ts';
import { operatorOf, shown } from './name-of.ts';
import { listOf, quantityOf, textOf } from './node.ts';
import type { Operator } from './operator.ts';
import { isQuantity } from './value.ts';

/** What only the verifier can say. Absent, failing and undecided answers are no answers. */
export const HOST_CHECK: Readonly<Record<string, Operator>> = {
  'per-day-count': {
    arity: 2,
    build: (list, action, day) => (facts) => {
      const of = textOf(action, facts);
      const on = textOf(day, facts);
      const count = ask(list, facts, 'perDayCount', (perDayCount) => perDayCount(of, on));
      if (isQuantity(count)) return count;
      throw failed(list);
    },
  },
  'dpop_ok?': {
    arity: 0,
    build: (list) => (facts) => {
      const answer = ask(list, facts, 'dpopOk', (dpopOk) => dpopOk());
      return yesOrNo(list, answer);
    },
  },
  'merkle_ok?': {
    arity: 1,
    build: (list, tuple) => (facts) => {
      const of = listOf(tuple, facts);
      const answer = ask(list, facts, 'merkleOk', (merkleOk) => merkleOk(of));
      return yesOrNo(list, answer);
    },
  },
  'vrf_ok?': {
    arity: 2,
    build: (list, day, amount) => (facts) => {
      const on = textOf(day, facts);
      const of = quantityOf(amount, facts);
      const answer = ask(list, facts, 'vrfOk', (vrfOk) => vrfOk(on, of));
      return yesOrNo(list, answer);
    },
  },
  'thresh_ok?': {
    arity: 0,
    build: (list) => (facts) => {
      const answer = ask(list, facts, 'threshOk', (threshOk) => threshOk());
      return yesOrNo(list, answer);
    },
  },
};

type Check = Exclude<keyof SplHost, 'now' | 'vars'>;

/** What a check answers, whatever that is. What it throws may hold secrets and goes no further. */
function ask<C extends Check>(
  list: ListExpression,
  { host }: Facts,
  name: C,
  call: (check: NonNullable<SplHost[C]>) => unknown,
): unknown {
  const check = Object.hasOwn(host, name) ? host[name] : undefined;
  if (check === undefined) throw new Fault('not_checkable', `${operatorName(list)} cannot be checked here`, list.place);
  try {
    return call(check);
  } catch {
    throw failed(list);
  }
}

function yesOrNo(list: ListExpression, answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer;
  throw failed(list);
}

const failed = (list: ListExpression): Fault =>
  new Fault('check_failed', `${operatorName(list)} could not be checked`, list.place);

const operatorName = (list: ListExpression): string => shown(operatorOf(list) ?? '');

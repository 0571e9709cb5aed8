import type { SymbolExpression } from './expression.ts';
import type { Facts } from './facts.ts';
import { Fault } from './fault.ts';
import { nameOf } from './name-of.ts';
import type { Run } from './node.ts';
import { readValue } from './read-value.ts';
import type { Found } from './value.ts';

/**
 * What a symbol stands for: `req`, `vars`, `now`, or an own property of the variables. Nothing else is one, least of
 * all the symbol's own name.
 */
export function variable(symbol: SymbolExpression, isOperator: boolean): Run {
  if (isOperator) {
    return () => {
      throw new Fault('unbound', `${nameOf(symbol)} is an operator and has no value`, symbol.place);
    };
  }
  if (symbol.name === 'req') return ({ request }) => request;
  if (symbol.name === 'vars') return ({ vars }) => vars;
  if (symbol.name === 'now') return (facts) => timeOf(facts, symbol);
  return (facts) => lookUp(facts, symbol);
}

function timeOf(facts: Facts, symbol: SymbolExpression): Found {
  const { host } = facts;
  if (!Object.hasOwn(host, 'now') || host.now === undefined) return lookUp(facts, symbol);
  const time = new Date(host.now);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new Fault('check_failed', 'the time is not known', symbol.place);
}

function lookUp(facts: Facts, symbol: SymbolExpression): Found {
  if (Object.hasOwn(facts.vars, symbol.name)) return readValue(facts.vars[symbol.name], symbol, facts);
  throw new Fault('unbound', `there is no variable ${nameOf(symbol)}`, symbol.place);
}

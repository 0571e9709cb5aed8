import { isNatural } from './attribute-reader.ts';
import { ATTRIBUTES, type AttributeName } from './attribute-schema.ts';
import { claimsTest } from './claims-test.ts';
import { conditionTest } from './condition-test.ts';
import { dutiesOf, type Duty } from './duty.ts';
import type { Test } from './facts.ts';
import { truthOf, UNKNOWN } from './kleene.ts';
import type { Part } from './part.ts';
import type { Condition, Rule } from './rule.ts';
import { subjectTest } from './subject-test.ts';
import { currencyTest } from './window-test.ts';

/** A rule as closures. */
export interface CompiledRule {
  readonly rule: Rule;
  /** Its place among the rules sorted by id. */
  readonly index: number;
  /** In order of looking. */
  readonly parts: readonly Part[];
  /** Who it is about; undefined: everybody. */
  readonly about: Test | undefined;
  /** All but who it is about. */
  readonly others: readonly Part[];
  /** Of permits. */
  readonly duties: readonly Duty[];
  /** A permit for exactly one subject that lists its claims: it settles what roles leave open. */
  readonly settles: boolean;
}

/** @param rule as `readRule` gives it */
export function compileRule(rule: Rule, index: number): CompiledRule {
  const permits = rule.effect === 'permit';
  const parts = partsOf(rule);
  return {
    rule,
    index,
    parts,
    about: parts.find(({ name }) => name === 'subject')?.test,
    others: parts.filter(({ name }) => name !== 'subject'),
    duties: permits ? dutiesOf(rule) : [],
    settles: permits && rule.claims !== '*' && ('site' in rule.subject || 'agent' in rule.subject),
  };
}

function partsOf(rule: Rule): readonly Part[] {
  return [...frameOf(rule), ...rule.when.flatMap((condition) => conditionParts(condition, rule))];
}

/** What rules ask for without saying so by a condition. */
function frameOf({ action, claims, effect, subject, from, until }: Rule): readonly Part[] {
  const parts: Part[] = [];
  if (action !== '*') parts.push({ name: 'action', test: actionTest(action), attributes: [] });
  if (claims !== '*') parts.push({ name: 'claims', test: claimsTest(claims, effect !== 'permit'), attributes: [] });
  const isAboutSubject = subjectTest(subject);
  if (isAboutSubject !== undefined) parts.push({ name: 'subject', test: isAboutSubject, attributes: ['subject.host'] });
  if (from !== undefined) parts.push({ name: 'not_yet', test: timeTest((time) => time >= from), attributes: TIME });
  if (until !== undefined) parts.push({ name: 'expired', test: timeTest((time) => time < until), attributes: TIME });
  return parts;
}

const TIME = ['context.time'] as const;

const actionTest =
  (action: string): Test =>
  ({ request }) =>
    truthOf(request.action.name === action);

const timeTest =
  (holds: (time: number) => boolean): Test =>
  ({ request }) => {
    const { time } = request.context;
    return isNatural(time) ? truthOf(holds(time)) : UNKNOWN;
  };

/** What a permit may do in a while is a duty of it; that an amount is of the right currency stays a condition. */
function conditionParts(condition: Condition, { id }: Rule): readonly Part[] {
  const part = { name: 'condition', condition, attributes: attributesOf(condition) } as const;
  if ('count' in condition) return [];
  if ('spend' in condition) return [{ ...part, test: currencyTest(condition.spend.currency) }];
  return [{ ...part, test: conditionTest(condition, id) }];
}

/** What a condition reads, each once. */
function attributesOf(condition: Condition): readonly AttributeName[] {
  return [...new Set(attributesIn(condition))];
}

function attributesIn(condition: Condition): readonly AttributeName[] {
  if ('all' in condition) return condition.all.flatMap(attributesIn);
  if ('any' in condition) return condition.any.flatMap(attributesIn);
  if ('not' in condition) return attributesIn(condition.not);
  if ('count' in condition) return ['context.time'];
  if ('spend' in condition) return ['context.time', 'context.amount', 'context.currency'];
  const name = condition.attribute as AttributeName; // readRule took it from the schema
  return ATTRIBUTES[name].type === 'amount' ? [name, 'context.currency'] : [name];
}

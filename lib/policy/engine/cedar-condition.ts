import type { AttributeName } from './attribute-schema.ts';
import { ATTRIBUTES } from './attribute-schema.ts';
import { cedarPrefix, cedarString, cedarSuffix } from './cedar-text.ts';
import { standsAlone } from './host.ts';
import { contains, ROLES, type Role } from './role.ts';
import type { AttributeCondition, Condition } from './rule.ts';

/**
 * Two expressions of Cedar that never fail: whether something is certainly so, and whether it is certainly not so.
 * Where an attribute is missing neither is true, and so Kleene's third value survives in a language that has two.
 */
export interface Certainty {
  readonly yes: string;
  readonly no: string;
}

export const ALWAYS: Certainty = { yes: 'true', no: 'false' };

export const allCertain = (parts: readonly Certainty[]): Certainty => ({
  yes: joined(
    ' && ',
    parts.map(({ yes }) => yes),
  ),
  no: joined(
    ' || ',
    parts.map(({ no }) => no),
  ),
});

export const notCertain = ({ yes, no }: Certainty): Certainty => ({ yes: no, no: yes });

const anyCertain = (parts: readonly Certainty[]): Certainty => notCertain(allCertain(parts.map(notCertain)));

const joined = (operator: string, parts: readonly string[]): string =>
  parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(operator)})`;

/** An expression on attributes, certain either way once all of them are there. */
export function whenPresent(attributes: readonly AttributeName[], expression: string): Certainty {
  const present = attributes.map(presence).join(' && ');
  return { yes: `(${present} && ${expression})`, no: `(${present} && !(${expression}))` };
}

/** Where Cedar finds an attribute: actions have none of their own. */
export function place(attribute: AttributeName): string {
  if (attribute === 'action') return 'context.action';
  return attribute.replace(/^subject\./, 'principal.');
}

function presence(attribute: AttributeName): string {
  const [of, member = ''] = place(attribute).split('.');
  return `${of ?? ''} has ${member}`;
}

/** A condition in Cedar; undefined where it depends on what was before. */
export function cedarCondition(condition: Condition): Certainty | undefined {
  if ('all' in condition) return cedarGroup(condition.all, allCertain);
  if ('any' in condition) return cedarGroup(condition.any, anyCertain);
  if ('not' in condition) {
    const inner = cedarCondition(condition.not);
    return inner === undefined ? undefined : notCertain(inner);
  }
  return 'attribute' in condition ? cedarComparison(condition) : undefined;
}

function cedarGroup(
  conditions: readonly Condition[],
  join: (parts: readonly Certainty[]) => Certainty,
): Certainty | undefined {
  const parts = conditions.map(cedarCondition).filter((part) => part !== undefined);
  return parts.length === conditions.length ? join(parts) : undefined;
}

function cedarComparison(condition: AttributeCondition): Certainty {
  const name = condition.attribute as AttributeName; // readRule took it from the schema
  if (condition.op === 'amount_at_most') return cedarAmount(name, condition.value);
  const expression = comparisonOf(condition, place(name));
  const { type } = ATTRIBUTES[name];
  if (type !== 'time') return whenPresent([name], expression);
  return guarded(whenPresent([name], expression), `${place(name)} >= 0`);
}

/** Amounts and times below nothing are of no type: neither yes nor no. */
const guarded = ({ yes, no }: Certainty, guard: string): Certainty => ({
  yes: `(${yes} && ${guard})`,
  no: `(${no} && ${guard})`,
});

function cedarAmount(name: AttributeName, limit: { readonly minor: number; readonly currency: string }): Certainty {
  const isOfCurrency = `${place('context.currency')} == ${cedarString(limit.currency)}`;
  const present = whenPresent([name, 'context.currency'], `(${isOfCurrency} && ${place(name)} <= ${limit.minor})`);
  return guarded(present, `${place(name)} >= 0`);
}

function comparisonOf(condition: AttributeCondition, at: string): string {
  switch (condition.op) {
    case 'equals':
      return `${at} == ${literal(condition.value)}`;
    case 'not_equals':
      return `${at} != ${literal(condition.value)}`;
    case 'one_of':
      return `[${condition.value.map(literal).join(', ')}].contains(${at})`;
    case 'none_of':
      return `!([${condition.value.map(literal).join(', ')}].contains(${at}))`;
    case 'less_than':
      return `${at} < ${condition.value}`;
    case 'at_most':
      return `${at} <= ${condition.value}`;
    case 'more_than':
      return `${at} > ${condition.value}`;
    case 'at_least':
      return `${at} >= ${condition.value}`;
    case 'between':
      return `(${at} >= ${condition.value[0]} && ${at} <= ${condition.value[1]})`;
    case 'starts_with':
      return `${at} like ${cedarPrefix(condition.value)}`;
    case 'contains':
      return `${at}.contains(${cedarString(condition.value)})`;
    case 'in_domain':
      return cedarDomain(at, condition.value);
    case 'role_at_least':
      return cedarRole(at, condition.value);
    case 'amount_at_most':
      throw new TypeError('Amounts are compared with their currency.');
  }
}

const literal = (value: string | number | boolean): string =>
  typeof value === 'string' ? cedarString(value) : String(value);

export const cedarDomain = (at: string, domain: string): string =>
  standsAlone(domain)
    ? `${at} == ${cedarString(domain)}`
    : `(${at} == ${cedarString(domain)} || ${at} like ${cedarSuffix(`.${domain}`)})`;

/** Whether the role at this place contains `least`. */
export const cedarRole = (at: string, least: Role): string =>
  `[${ROLES.filter((role) => contains(role, least))
    .map(cedarString)
    .join(', ')}].contains(${at})`;

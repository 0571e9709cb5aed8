import { IS_OF, READERS, isNatural, isText, isTextSet, isWhole } from './attribute-reader.ts';
import type { AttributeName } from './attribute-schema.ts';
import { ATTRIBUTES } from './attribute-schema.ts';
import type { Test } from './facts.ts';
import { within } from './host.ts';
import { allTest, anyTest, NO, notTest, truthOf, UNKNOWN, YES } from './kleene.ts';
import { contains, ROLES } from './role.ts';
import type { AttributeCondition, Condition } from './rule.ts';
import { windowTest } from './window-test.ts';

/** A condition as a closure. @param condition as `readRule` gives it */
export function conditionTest(condition: Condition, ruleId: string): Test {
  if ('all' in condition) return allTest(condition.all.map((one) => conditionTest(one, ruleId)));
  if ('any' in condition) return anyTest(condition.any.map((one) => conditionTest(one, ruleId)));
  if ('not' in condition) return notTest(conditionTest(condition.not, ruleId));
  return 'attribute' in condition ? comparisonTest(condition) : windowTest(condition, ruleId);
}

function comparisonTest(condition: AttributeCondition): Test {
  const name = condition.attribute as AttributeName; // readRule took it from the schema
  const { type } = ATTRIBUTES[name];
  switch (condition.op) {
    case 'equals':
      return equalTest(name, condition.value);
    case 'not_equals':
      return notTest(equalTest(name, condition.value));
    case 'one_of':
      return memberTest(name, new Set<unknown>(condition.value));
    case 'none_of':
      return notTest(memberTest(name, new Set<unknown>(condition.value)));
    case 'less_than':
      return orderTest(name, (found) => found < condition.value);
    case 'at_most':
      return orderTest(name, (found) => found <= condition.value);
    case 'more_than':
      return orderTest(name, (found) => found > condition.value);
    case 'at_least':
      return orderTest(name, (found) => found >= condition.value);
    case 'between': {
      const [least, greatest] = condition.value;
      return orderTest(name, (found) => found >= least && found <= greatest);
    }
    case 'starts_with':
      return textTest(name, (found) => found.startsWith(condition.value));
    case 'in_domain':
      return textTest(name, within(condition.value));
    case 'contains':
      return setTest(name, condition.value);
    case 'role_at_least': {
      const roles = new Set<unknown>(ROLES.filter((role) => contains(role, condition.value)));
      return memberTest(name, roles);
    }
    case 'amount_at_most':
      return amountTest(name, condition.value);
    default:
      throw new TypeError(`No comparison of a ${type} like this.`);
  }
}

function equalTest(name: AttributeName, value: unknown): Test {
  const read = READERS[name];
  const isOfType = IS_OF[ATTRIBUTES[name].type];
  return (facts) => {
    const found = read(facts);
    if (found === value) return YES;
    return isOfType(found) ? NO : UNKNOWN;
  };
}

function memberTest(name: AttributeName, values: ReadonlySet<unknown>): Test {
  const read = READERS[name];
  const isOfType = IS_OF[ATTRIBUTES[name].type];
  return (facts) => {
    const found = read(facts);
    if (values.has(found)) return YES;
    return isOfType(found) ? NO : UNKNOWN;
  };
}

function orderTest(name: AttributeName, holds: (found: number) => boolean): Test {
  const read = READERS[name];
  const least = ATTRIBUTES[name].type === 'number' ? Number.NEGATIVE_INFINITY : 0;
  return (facts) => {
    const found = read(facts);
    return isWhole(found) && found >= least ? truthOf(holds(found)) : UNKNOWN;
  };
}

function textTest(name: AttributeName, holds: (found: string) => boolean): Test {
  const read = READERS[name];
  return (facts) => {
    const found = read(facts);
    return isText(found) ? truthOf(holds(found)) : UNKNOWN;
  };
}

function setTest(name: AttributeName, value: string): Test {
  const read = READERS[name];
  return (facts) => {
    const found = read(facts);
    return isTextSet(found) ? truthOf(found.includes(value)) : UNKNOWN;
  };
}

function amountTest(name: AttributeName, limit: { readonly minor: number; readonly currency: string }): Test {
  const read = READERS[name];
  const readCurrency = READERS['context.currency'];
  return (facts) => {
    const [amount, currency] = [read(facts), readCurrency(facts)];
    if (!isNatural(amount) || !isText(currency)) return UNKNOWN;
    return truthOf(currency === limit.currency && amount <= limit.minor);
  };
}

import { covers } from './covers.ts';
import type { AttributeCondition, Condition, Rule, Scalar } from './rule.ts';

/**
 * Whether no request can meet a rule: its conditions exclude each other, or nothing is left of what it permits. Says
 * yes only of what it can be sure of.
 */
export function isContradictory(rule: Rule): boolean {
  return isMaskedWhole(rule) || areContradictory([...rule.when, ...impliedBy(rule)]);
}

function isMaskedWhole({ claims, obligations }: Rule): boolean {
  const { mask } = obligations ?? {};
  if (mask === undefined || claims === '*') return false;
  return claims.every((claim) => mask.some((name) => covers(name, claim)));
}

/** What a rule's frame says of attributes that its conditions may speak of too. */
function impliedBy({ action, subject, from, until }: Rule): readonly Condition[] {
  const kind = 'kind' in subject ? subject.kind : 'agent' in subject ? 'agent' : undefined;
  const type = 'site' in subject || 'domain' in subject ? 'site' : kind;
  return [
    ...(action === '*' ? [] : [{ attribute: 'action', op: 'equals' as const, value: action }]),
    ...(type === undefined ? [] : [{ attribute: 'subject.type', op: 'equals' as const, value: type }]),
    ...(from === undefined ? [] : [{ attribute: 'context.time', op: 'at_least' as const, value: from }]),
    ...(until === undefined ? [] : [{ attribute: 'context.time', op: 'less_than' as const, value: until }]),
  ];
}

function areContradictory(conditions: readonly Condition[]): boolean {
  const flat = conditions.flatMap(conjuncts);
  if (flat.some((one) => 'any' in one && one.any.every((branch) => areContradictory([branch])))) return true;
  const comparisons = flat.filter((one) => 'attribute' in one);
  return [...new Set(comparisons.map(({ attribute }) => attribute))].some((name) =>
    hasNoValue(comparisons.filter(({ attribute }) => attribute === name)),
  );
}

const conjuncts = (condition: Condition): readonly Condition[] =>
  'all' in condition ? condition.all.flatMap(conjuncts) : [condition];

/** Whether no value of one attribute can be all of this. */
function hasNoValue(conditions: readonly AttributeCondition[]): boolean {
  const excluded = new Set(conditions.flatMap(excludedBy));
  const sets = conditions.flatMap((condition) => {
    const allowed = allowedBy(condition);
    return allowed === undefined ? [] : [allowed];
  });
  const [first, ...rest] = sets;
  const { least, greatest } = rangeOf(conditions);
  if (least > greatest) return true;
  const isLeft = (value: Scalar): boolean =>
    !excluded.has(value) &&
    rest.every((allowed) => allowed.includes(value)) &&
    (typeof value !== 'number' || (value >= least && value <= greatest));
  return first !== undefined && !first.some(isLeft);
}

function allowedBy(condition: AttributeCondition): readonly Scalar[] | undefined {
  if (condition.op === 'equals') return [condition.value];
  return condition.op === 'one_of' ? condition.value : undefined;
}

function excludedBy(condition: AttributeCondition): readonly Scalar[] {
  if (condition.op === 'not_equals') return [condition.value];
  return condition.op === 'none_of' ? condition.value : [];
}

/** The whole numbers that are left, both ends inclusive. */
function rangeOf(conditions: readonly AttributeCondition[]): { readonly least: number; readonly greatest: number } {
  const ranges = conditions.map(rangeBy);
  return {
    least: Math.max(...ranges.map(([least]) => least)),
    greatest: Math.min(...ranges.map(([, greatest]) => greatest)),
  };
}

function rangeBy(condition: AttributeCondition): readonly [number, number] {
  switch (condition.op) {
    case 'less_than':
      return [-Infinity, condition.value - 1];
    case 'at_most':
      return [-Infinity, condition.value];
    case 'more_than':
      return [condition.value + 1, Infinity];
    case 'at_least':
      return [condition.value, Infinity];
    case 'between':
      return condition.value;
    default:
      return [-Infinity, Infinity];
  }
}

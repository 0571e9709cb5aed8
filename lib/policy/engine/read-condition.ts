import * as v from 'valibot';
import { SignetError, assertField, isJsonObject } from '../../core/index.ts';
import type { AttributeForm, AttributeKind } from './attribute-schema.ts';
import { attributeForm } from './attribute-schema.ts';
import { currency, filledText, minorUnits, positive, readDomain, readHost, seconds, text, whole } from './fields.ts';
import { parseField } from './parse-field.ts';
import type { ReadOptions } from './read-options.ts';
import { ROLES } from './role.ts';
import type { AttributeCondition, Condition } from './rule.ts';

const MAX_DEPTH = 8;
const MAX_CONDITIONS = 32;
const MAX_VALUES = 256;
const MAX_TEXT = 500;

type Op = AttributeCondition['op'];

/** Which comparison fits what. Amounts are never compared without their currency. */
export const OPS: Readonly<Record<AttributeKind, readonly Op[]>> = {
  text: ['equals', 'not_equals', 'one_of', 'none_of', 'starts_with'],
  number: [
    ...(['equals', 'not_equals', 'less_than', 'at_most', 'more_than', 'at_least'] as const),
    ...(['one_of', 'none_of', 'between'] as const),
  ],
  boolean: ['equals', 'not_equals'],
  set: ['contains'],
  time: ['less_than', 'at_most', 'more_than', 'at_least', 'between'],
  host: ['equals', 'not_equals', 'one_of', 'none_of', 'in_domain'],
  role: ['equals', 'not_equals', 'one_of', 'none_of', 'role_at_least'],
  amount: ['amount_at_most'],
};

const group = v.array(v.unknown());
const allOf = v.strictObject({ all: group });
const anyOf = v.strictObject({ any: group });
const notOf = v.strictObject({ not: v.unknown() });
const countWithin = v.strictObject({ count: v.strictObject({ at_most: positive, seconds }) });
const spendWithin = v.strictObject({ spend: v.strictObject({ at_most: minorUnits, currency, seconds }) });
const comparison = v.strictObject({ attribute: v.string(), op: v.string(), value: v.unknown() });
const amountLimit = v.strictObject({ minor: minorUnits, currency });
const range = v.strictTuple([whole, whole]);

/** The conditions of one rule, all of which must hold. @throws SignetError bad_request naming the field */
export function readConditions(value: unknown, field: string, options: ReadOptions): readonly Condition[] {
  return new ConditionReader(options).readList(parseField(group, value, field), field, 1);
}

/** Counts what it reads: the limit is on a rule as a whole. */
class ConditionReader {
  readonly #options: ReadOptions;
  #read = 0;

  constructor(options: ReadOptions) {
    this.#options = options;
  }

  readList(values: readonly unknown[], field: string, depth: number): readonly Condition[] {
    return values.map((value, index) => this.#readOne(value, `${field}[${index}]`, depth));
  }

  #readOne(value: unknown, field: string, depth: number): Condition {
    assertField(depth <= MAX_DEPTH, field, `${field} is nested deeper than ${MAX_DEPTH}.`);
    assertField(isJsonObject(value), field, `${field} must be an object.`);
    if ('all' in value) return { all: this.#readGroup(parseField(allOf, value, field).all, `${field}.all`, depth) };
    if ('any' in value) return { any: this.#readGroup(parseField(anyOf, value, field).any, `${field}.any`, depth) };
    if ('not' in value) return { not: this.#readOne(parseField(notOf, value, field).not, `${field}.not`, depth + 1) };
    this.#read += 1;
    assertField(this.#read <= MAX_CONDITIONS, field, `${field} is one of more than ${MAX_CONDITIONS} conditions.`);
    if ('count' in value) return parseField(countWithin, value, field);
    if ('spend' in value) return parseField(spendWithin, value, field);
    return readComparison(value, field, this.#options);
  }

  #readGroup(values: readonly unknown[], field: string, depth: number): readonly Condition[] {
    assertField(values.length > 0, field, `${field} is empty.`);
    return this.readList(values, field, depth + 1);
  }
}

function readComparison(value: object, field: string, options: ReadOptions): AttributeCondition {
  const { attribute, op, value: operand } = parseField(comparison, value, field);
  const form = attributeForm(attribute);
  assertField(form !== undefined, `${field}.attribute`, `${field}.attribute is no attribute of a request.`);
  const fitting = OPS[form.type].find((one) => one === op);
  assertField(fitting !== undefined, `${field}.op`, `${field}.op does not fit ${attribute}, which is a ${form.type}.`);
  const read = readOperand(fitting, operand, form, `${field}.value`, options);
  return { attribute, op: fitting, value: read } as AttributeCondition; // readOperand reads what the op takes
}

function readOperand(op: Op, value: unknown, form: AttributeForm, field: string, options: ReadOptions): unknown {
  switch (op) {
    case 'one_of':
    case 'none_of':
      return readValues(value, form, field);
    case 'between':
      return readRange(value, form, field);
    case 'in_domain':
      return readDomain(value, field, options);
    case 'amount_at_most':
      return parseField(amountLimit, value, field);
    case 'contains':
    case 'starts_with':
      return parseField(filledText(MAX_TEXT), value, field);
    case 'role_at_least':
    case 'equals':
    case 'not_equals':
    case 'less_than':
    case 'at_most':
    case 'more_than':
    case 'at_least':
      return readValue(value, form, field);
  }
}

function readValues(value: unknown, form: AttributeForm, field: string): readonly unknown[] {
  const values = parseField(group, value, field);
  assertField(values.length > 0, field, `${field} is empty.`);
  assertField(values.length <= MAX_VALUES, field, `${field} has more than ${MAX_VALUES} values.`);
  assertField(new Set(values).size === values.length, field, `${field} has a value twice.`);
  return values.map((one, index) => readValue(one, form, `${field}[${index}]`));
}

function readRange(value: unknown, form: AttributeForm, field: string): readonly [number, number] {
  const [from, to] = parseField(range, value, field);
  readValue(from, form, `${field}[0]`);
  readValue(to, form, `${field}[1]`);
  assertField(from <= to, field, `${field} ends before it begins.`);
  return [from, to];
}

function readValue(value: unknown, form: AttributeForm, field: string): unknown {
  switch (form.type) {
    case 'text':
      return parseField(form.values === undefined ? text(MAX_TEXT) : v.picklist(form.values), value, field);
    case 'number':
    case 'time':
      return readNumber(value, form, field);
    case 'boolean':
      return parseField(v.boolean(), value, field);
    case 'host':
      return readHost(value, field);
    case 'role':
      return parseField(v.picklist(ROLES), value, field);
    case 'set':
    case 'amount':
      throw new SignetError('bad_request', `${field} is compared in another way.`, { field });
  }
}

function readNumber(value: unknown, { range: limits }: AttributeForm, field: string): number {
  const number = parseField(whole, value, field);
  if (limits === undefined) return number;
  const [least, greatest] = limits;
  assertField(number >= least && number <= greatest, field, `${field} must be from ${least} to ${greatest}.`);
  return number;
}

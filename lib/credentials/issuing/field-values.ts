import type { CalendarDate, Json, JsonObject } from '../../core/index.ts';
import { SignetError, canonicalJson, dayNumber, isAtLeast, isJsonObject, parseDate } from '../../core/index.ts';
import type { CommittedField, CredentialField, CredentialSchema, DerivedField } from './schema.ts';
import { assertSchema, issuedFields } from './schema.ts';

/** A field with what it says of one person. */
export type FieldValue =
  | { readonly field: Exclude<CredentialField, CommittedField>; readonly value: Json }
  /** Nothing says it yet: each copy commits to it anew. */
  | { readonly field: CommittedField; readonly number: bigint }
  /** An optional field, or one made from it, of which there is nothing to say. */
  | { readonly field: CredentialField; readonly absent: true };

const RESERVED = new Set(['_sd', '...', '__proto__']);
const MAX_DEPTH = 20;

/**
 * What each field that stands in the credential says, in the schema's order.
 * @param values by the name of the raw field; exactly those of the schema, optional ones left out or there
 * @param asOf the day that ages are reckoned for
 * @throws SignetError bad_request, field `schema` or the name of the field whose value does not fit
 */
export function fieldValues(schema: CredentialSchema, values: JsonObject, asOf: CalendarDate): readonly FieldValue[] {
  assertSchema(schema);
  assertValues(schema, values);
  return issuedFields(schema).map((field) => valueOf(field, values, asOf));
}

function assertValues({ fields }: CredentialSchema, values: JsonObject): void {
  const raw = new Map(fields.flatMap((field) => (field.kind === 'raw' ? [[field.name, field] as const] : [])));
  for (const [name, value] of Object.entries(values)) {
    if (!raw.has(name)) throw wrong(name, 'is not a raw field of the schema');
    assertPlain(name, value, 0);
    canonicalJson(value);
  }
  for (const [name, { optional }] of raw) {
    if (!Object.hasOwn(values, name) && optional !== true) throw wrong(name, 'is missing');
  }
}

/** A value that held names of SD-JWT's own would hide things, or collide (RFC 9901 §4.1). */
function assertPlain(name: string, value: Json, depth: number): void {
  if (depth > MAX_DEPTH) throw wrong(name, 'is nested too deeply');
  if (typeof value !== 'object' || value === null) return;
  if (isJsonObject(value) && Object.keys(value).some((key) => RESERVED.has(key))) {
    throw wrong(name, 'holds a member with a reserved name');
  }
  for (const part of Object.values(value) as readonly Json[]) assertPlain(name, part, depth + 1); // of an array or object
}

function valueOf(field: CredentialField, values: JsonObject, asOf: CalendarDate): FieldValue {
  const value = valueNamed(values, field.kind === 'raw' ? field.name : field.from);
  if (value === undefined) return { field, absent: true };
  if (field.kind === 'raw') return { field, value };
  if (field.kind === 'derived') return { field, value: derive(field, value, asOf) };
  return { field, number: numberOf(field, value) };
}

const valueNamed = (values: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

function derive({ from, test }: DerivedField, value: Json, asOf: CalendarDate): boolean {
  if ('age_at_least' in test) return isAtLeast(dateIn(value, from), test.age_at_least, asOf);
  if ('gte' in test) return wholeNumber(value, from) >= test.gte;
  if ('lte' in test) return wholeNumber(value, from) <= test.lte;
  return test.one_of.some((accepted) => accepted === value);
}

/** @throws SignetError bad_request where the number does not fit into the bits */
function numberOf({ from, number, bits }: CommittedField, value: Json): bigint {
  const whole = BigInt(number === 'date' ? dayNumber(dateIn(value, from)) : wholeNumber(value, from));
  if (whole < 0n || whole >> BigInt(bits) !== 0n) throw wrong(from, `does not fit into ${bits} bits`);
  return whole;
}

function dateIn(value: Json, field: string): CalendarDate {
  if (typeof value !== 'string') throw wrong(field, 'is not a date');
  return parseDate(value, field);
}

function wholeNumber(value: Json, field: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(field, 'is not a whole number');
  return value;
}

const wrong = (field: string, problem: string): SignetError =>
  new SignetError('bad_request', `The field ${field} ${problem}.`, { field });

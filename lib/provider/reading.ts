import * as v from 'valibot';
import { SignetError, isJsonObject } from '../core/index.ts';
import type { Json } from '../core/index.ts';

/** Levels of nesting that are looked into, at most: what lies deeper is refused. */
const MAX_DEPTH = 32;

/**
 * What a schema makes of a page's JSON.
 * @param field the name of the whole, before the names of its parts; '' where the parts stand by themselves
 * @throws SignetError bad_request naming the field, as in `claims[2].name`
 */
export function readWith<S extends v.GenericSchema>(schema: S, json: Json, field = ''): v.InferOutput<S> {
  if (!isJsonObject(json)) throw badRequest(field, 'is not an object');
  assertPlainText(json, field);
  const result = v.safeParse(schema, json, { abortEarly: true });
  if (result.success) return result.output;
  throw badRequest(fieldOf(field, result.issues[0].path ?? []), result.issues[0].message);
}

export function badRequest(field: string, problem: string): SignetError {
  const named = field === '' ? 'request' : field;
  return new SignetError('bad_request', `${named} ${problem}`, { field: named });
}

/** Names and text that could not be written down again, or that reach for an object's prototype, are refused. */
function assertPlainText(json: Json, field: string, depth = 0): void {
  if (typeof json === 'string' && !json.isWellFormed()) throw badRequest(field, 'is not well-formed Unicode');
  if (typeof json !== 'object' || json === null) return;
  if (depth === MAX_DEPTH) throw badRequest(field, 'is nested too deeply');
  for (const [key, value] of Object.entries(json)) {
    const inner = Array.isArray(json) ? elementOf(field, key) : memberOf(field, key.toWellFormed());
    if (key === '__proto__' || !key.isWellFormed()) throw badRequest(inner, 'is not a name');
    assertPlainText(value, inner, depth + 1);
  }
}

/** `claims[2]`, as a page would write it. */
export const elementOf = (field: string, index: number | string): string => `${field}[${index}]`.slice(0, 256);

/** `claims[2].name`, as a page would write it. */
export const memberOf = (field: string, name: string): string =>
  (field === '' ? name : `${field}.${name}`).slice(0, 256);

const fieldOf = (whole: string, path: readonly { readonly key?: unknown }[]): string =>
  path.reduce(
    (field, { key }) => (typeof key === 'number' ? elementOf(field, key) : memberOf(field, String(key))),
    whole,
  );

/** Between one and so many entries. */
export function list<S extends v.GenericSchema>(item: S, most: number) {
  return v.pipe(v.array(item), v.nonEmpty('must not be empty'), v.maxLength(most, `has more than ${most} entries`));
}

/** Text that is not empty, and not too long. */
export const text = (most: number) =>
  v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(most, `is longer than ${most} characters`));

export function firstRepeated(names: readonly string[]): number | undefined {
  const index = names.findIndex((name, at) => names.indexOf(name) < at);
  return index === -1 ? undefined : index;
}

/** Where an issue lies, for `addIssue`: an entry of a list. */
export const step = (value: unknown[], key: number): v.ArrayPathItem => ({
  type: 'array',
  origin: 'value',
  input: value,
  key,
  value: value[key],
});

/** Where an issue lies, for `addIssue`: a member of an object. */
export const member = (input: Record<string, unknown>, key: string): v.ObjectPathItem => ({
  type: 'object',
  origin: 'value',
  input,
  key,
  value: input[key],
});

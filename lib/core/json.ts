import type { Bytes } from './bytes.ts';
import { utf8 } from './bytes.ts';
import { SignetError } from './errors.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;

/** Whether a value is a JSON object: not null, not an array. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Canonical JSON (RFC 8785, JCS): members sorted by UTF-16 code units, no white space, ECMAScript numbers.
 * Members that are `undefined` are left out, as JSON.stringify does.
 * @throws SignetError bad_request on what JCS cannot say: NaN, infinities, lone surrogates, functions, cycles
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

/** UTF-8 bytes of the canonical JSON of a value. */
export const canonicalJsonBytes = (value: unknown): Bytes => utf8(canonicalJson(value));

const MAX_DEPTH = 128;

function write(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw new SignetError('bad_request', 'JSON is nested too deeply.');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'string') return writeString(value);
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`;
  if (typeof value !== 'object') throw new SignetError('bad_request', `JSON has no ${typeof value}.`);
  return writeMembers(value as Readonly<Record<string, unknown>>, depth); // an object is read by its names
}

/** Names are sorted as `sort` does without a comparison: by UTF-16 code units, as JCS wants. */
function writeMembers(value: Readonly<Record<string, unknown>>, depth: number): string {
  let members = '';
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined) members += `${members === '' ? '' : ','}${writeString(name)}:${write(member, depth + 1)}`;
  }
  return `{${members}}`;
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new SignetError('bad_request', 'JSON has no NaN or infinity.');
  return JSON.stringify(value);
}

function writeString(value: string): string {
  if (!value.isWellFormed()) throw new SignetError('bad_request', 'JSON text holds a lone surrogate.');
  return JSON.stringify(value);
}

/**
 * Parses JSON from outside: bounded in length and depth before anything walks it.
 * @param text at most `maxLength` UTF-16 units
 * @throws SignetError bad_request, naming `field`
 */
export function parseJson(text: string, field: string, limits: { maxLength: number; maxDepth: number }): Json {
  if (text.length > limits.maxLength) {
    throw new SignetError('bad_request', `${field} is longer than ${limits.maxLength} characters.`, { field });
  }
  if (nesting(text) > limits.maxDepth) {
    throw new SignetError('bad_request', `${field} is nested deeper than ${limits.maxDepth}.`, { field });
  }
  try {
    return JSON.parse(text) as Json; // JSON.parse yields Json and nothing else
  } catch (cause) {
    throw new SignetError('bad_request', `${field} is not JSON.`, { field, cause });
  }
}

/** The deepest nesting of brackets outside strings. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{' || c === '[') deepest = Math.max(deepest, ++depth);
    else if (c === '}' || c === ']') depth--;
  }
  return deepest;
}

import type { Bytes, Json, JsonObject, Origin } from '../../../core/index.ts';
import { assertField, canonicalJsonBytes, isJsonObject, parseOrigin } from '../../../core/index.ts';
import { MAX_MESSAGES } from './suite.ts';
import { isWeekStart } from './week.ts';

/** The public part of a BBS credential: the same for everyone who was issued one that week. Always shown. */
export interface BbsHeader {
  /** What kind of credential it is; an issuer's word for it, often a URL. At most 512 characters. */
  readonly type: string;
  readonly issuer: Origin;
  /** Names of the claims in the order of the messages: 1 to 128, distinct, at most 200 characters each. */
  readonly schema: readonly string[];
  /** Seconds since the epoch; a Monday, 00:00 UTC. */
  readonly expires: number;
}

const MAX_TYPE = 512;
const MAX_NAME = 200;

/**
 * The header in JSON from outside: just its members, each within its limits.
 * @throws SignetError bad_request, naming the member
 */
export function readBbsHeader(json: unknown): BbsHeader {
  assertMembers(json, ['expires', 'issuer', 'schema', 'type'], 'header');
  const { type, issuer, schema, expires } = json;
  assertField(isText(type, MAX_TYPE), 'type', 'The type is not text.');
  assertField(typeof issuer === 'string', 'issuer', 'The issuer is not an origin.');
  const isWeeks = typeof expires === 'number' && expires > 0 && isWeekStart(expires);
  assertField(isWeeks, 'expires', 'The end is not that of everyone issued in a week: a Monday, 00:00 UTC.');
  return { type, issuer: parseOrigin(issuer, 'issuer'), schema: readSchema(schema), expires };
}

function readSchema(schema: Json | undefined): readonly string[] {
  const names: readonly unknown[] = Array.isArray(schema) ? schema : [];
  assertField(
    names.length >= 1 && names.length <= MAX_MESSAGES,
    'schema',
    `The schema does not name 1 to ${MAX_MESSAGES} claims.`,
  );
  assertField(names.every(isName), 'schema', 'The schema holds what is not the name of a claim.');
  assertField(new Set(names).size === names.length, 'schema', 'The schema names a claim twice.');
  return names;
}

const isName = (name: unknown): name is string => isText(name, MAX_NAME) && name !== '__proto__';

const isText = (text: unknown, maxLength: number): text is string =>
  typeof text === 'string' && text !== '' && text.length <= maxLength && text.isWellFormed();

/** @throws SignetError bad_request, naming `field`, unless the value is an object of exactly these members */
export function assertMembers(value: unknown, names: readonly string[], field: string): asserts value is JsonObject {
  const isExact =
    isJsonObject(value) &&
    Object.keys(value).length === names.length &&
    names.every((name) => Object.hasOwn(value, name));
  assertField(isExact, field, `${field} does not have just the members ${names.join(', ')}.`);
}

/** The header as it is signed: UTF-8 of its canonical JSON. */
export const headerBytes = (header: BbsHeader): Bytes => canonicalJsonBytes(header);

/** A claim as it is signed: UTF-8 of the canonical JSON of its name and value. */
export const messageOf = (name: string, value: Json): Bytes => canonicalJsonBytes([name, value]);

import { SignetError, assertField, displayText, isJsonObject, parseJson } from '../../lib/core/index.ts';
import { t } from '../../lib/platform/index.ts';
import type { SplHost, SplRecord } from '../../lib/spl/index.ts';

const LIMITS = { maxLength: 65_536, maxDepth: 64 };

/** The checks that answer yes or no, by the names that policies call them by. */
const CHECKS: ReadonlyMap<string, 'dpopOk' | 'merkleOk' | 'vrfOk' | 'threshOk'> = new Map([
  ['dpop_ok?', 'dpopOk'],
  ['merkle_ok?', 'merkleOk'],
  ['vrf_ok?', 'vrfOk'],
  ['thresh_ok?', 'threshOk'],
]);

/**
 * A request as a person wrote it.
 * @param text JSON: one object
 * @throws SignetError bad_request in words for people
 */
export const readRequestText = (text: string): SplRecord => readObject(text, t('spl_request'));

/**
 * What a verifier is supposed to know, as a person wrote it: `now`, `vars`, `per-day-count`, and for each check whether
 * it is accepted, whatever it is asked about. What is left out is not known.
 * @param text JSON: one object
 * @throws SignetError bad_request in words for people
 */
export function readKnownText(text: string): SplHost {
  const entries = Object.entries(readObject(text, t('spl_known')));
  const host: { -readonly [Name in keyof SplHost]: SplHost[Name] } = {};
  let vars: SplRecord | undefined;
  let now: string | undefined;
  for (const [name, value] of entries) {
    const check = CHECKS.get(name);
    if (check !== undefined) host[check] = answerOf(name, value);
    else if (name === 'vars') vars = varsOf(value);
    else if (name === 'now') now = nowOf(value);
    else if (name === 'per-day-count') host.perDayCount = countOf(value);
    else throw new SignetError('bad_request', t('spl_known_stranger', displayText(name, 60)), { field: name });
  }
  // A variable of that name is the time where the host gives none: so the policy itself says what is no time.
  if (vars !== undefined || now !== undefined) host.vars = now === undefined ? vars : { ...vars, now };
  return host;
}

function readObject(text: string, field: string): SplRecord {
  const value = parseJson(text, field, LIMITS);
  if (isJsonObject(value)) return value;
  throw new SignetError('bad_request', t('spl_object', field), { field });
}

function answerOf(name: string, value: unknown): () => boolean {
  assertField(typeof value === 'boolean', name, t('spl_known_check', name));
  return () => value;
}

function varsOf(value: unknown): SplRecord {
  assertField(isJsonObject(value), 'vars', t('spl_object', 'vars'));
  return value;
}

function nowOf(value: unknown): string {
  assertField(typeof value === 'string', 'now', t('spl_known_now'));
  return value;
}

function countOf(value: unknown): () => number {
  const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  assertField(isCount, 'per-day-count', t('spl_known_count'));
  return () => value;
}

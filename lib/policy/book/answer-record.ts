import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import type { Bytes, SecretBytes } from '../../core/index.ts';
import {
  canonicalJson,
  canonicalJsonBytes,
  concatBytes,
  equalBytes,
  fromBase64url,
  fromUtf8,
  le64,
  toBase64url,
  utf8,
} from '../../core/index.ts';
import { deriveKey } from '../../vault/index.ts';

/** How many answers of one subject about one claim are counted: the newest. */
const MAX_ANSWERS = 50;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const AnswerRecordSchema = v.strictObject({
  v: v.literal(1),
  subject: v.string(),
  kind: v.picklist(['site', 'agent']),
  claim: v.string(),
  label: v.string(),
  /** When, and what: oldest first. */
  answers: v.array(v.strictTuple([whole, v.picklist(['allowed', 'denied'])])),
  /** What the person does not want to be suggested, until the answers turn. */
  dismissed: v.exactOptional(v.picklist(['permit', 'deny'])),
  /** Of the table of all records, when this one was written: an older one says another. */
  generation: whole,
});
const SealedSchema = v.strictObject({ record: AnswerRecordSchema, mac: v.string() });

/** What the person answered to one subject about one claim. */
export type AnswerRecord = Readonly<v.InferOutput<typeof AnswerRecordSchema>>;

/** A yes or no of the person, not of a rule. */
export interface Answer {
  readonly subject: string;
  readonly kind: 'site' | 'agent';
  /** By `claimKey`. */
  readonly claim: string;
  readonly label: string;
  readonly answer: 'allowed' | 'denied';
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The key of every MAC over answers. @param audit the vault's audit key */
export const deriveMacSecret = (audit: SecretBytes): SecretBytes => deriveKey(audit, 'patterns', 'signet-pattern-mac');

/** HMAC-SHA-256 over fields, each after its length (le64): no two lists of fields share an input. base64url. */
export function macOf(secret: SecretBytes, fields: readonly string[]): string {
  const parts = fields.flatMap((field): Bytes[] => {
    const bytes = utf8(field);
    return [le64(bytes.length), bytes];
  });
  return toBase64url(hmac(sha256, secret.expose(), concatBytes(...parts)));
}

/** Whether two MACs are the same, in a time that does not depend on where they differ. */
export function isSameMac(given: string, wanted: string): boolean {
  try {
    return equalBytes(fromBase64url(given), fromBase64url(wanted));
  } catch {
    return false; // what is no base64url is no MAC
  }
}

/** What a record says in numbers. */
export interface Tally {
  readonly allowed: number;
  readonly denied: number;
  /** Of the oldest and the newest answer that is counted: milliseconds since the epoch. */
  readonly since: number;
  readonly last: number;
}

export function tallyOf({ answers }: AnswerRecord): Tally {
  const allowed = answers.filter(([, answer]) => answer === 'allowed').length;
  return { allowed, denied: answers.length - allowed, since: answers[0]?.[0] ?? 0, last: answers.at(-1)?.[0] ?? 0 };
}

function fieldsOf(record: AnswerRecord): readonly string[] {
  const { subject, kind, claim, label, answers, dismissed = '', generation } = record;
  const { allowed, denied, since, last } = tallyOf(record);
  const numbers = [allowed, denied, since, last, generation].map(String);
  return ['answers', subject, kind, claim, label, dismissed, ...numbers, canonicalJson(answers)];
}

/** The bytes of a record, under its MAC. */
export const sealAnswers = (secret: SecretBytes, record: AnswerRecord): Bytes =>
  canonicalJsonBytes({ record, mac: macOf(secret, fieldsOf(record)) });

/** The record in bytes, or undefined where they are not as they were written. */
export function openAnswers(secret: SecretBytes, bytes: Bytes): AnswerRecord | undefined {
  const sealed = readJson(SealedSchema, bytes);
  if (sealed === undefined) return undefined;
  return isSameMac(sealed.mac, macOf(secret, fieldsOf(sealed.record))) ? sealed.record : undefined;
}

/** What a record says whose MAC need not be right: for telling the person what was set aside. */
export const readUnchecked = (bytes: Bytes): Pick<AnswerRecord, 'subject' | 'claim'> | undefined =>
  readJson(SealedSchema, bytes)?.record;

/** What bytes say as JSON of a schema; undefined where they are none. */
export function readJson<T>(schema: v.GenericSchema<unknown, T>, bytes: Bytes): T | undefined {
  try {
    return v.parse(schema, JSON.parse(fromUtf8(bytes)));
  } catch {
    return undefined; // altered: for the caller to report
  }
}

/** A record with one answer more. A dismissal ends when the answers turn. */
export function withAnswer(
  before: AnswerRecord | undefined,
  { subject, kind, claim, label, answer, at }: Answer,
): AnswerRecord {
  const answers = [...(before?.answers ?? []), [at, answer] as [number, 'allowed' | 'denied']].slice(-MAX_ANSWERS);
  const record: AnswerRecord = { v: 1, subject, kind, claim, label, answers, generation: before?.generation ?? 0 };
  const dismissed = before?.dismissed;
  return dismissed !== undefined && dismissed === agreementOf(record) ? { ...record, dismissed } : record;
}

const ENOUGH = 5;

/** What the answers speak for: at least 5, at least 90 % of them alike. */
export function agreementOf(record: AnswerRecord): 'permit' | 'deny' | undefined {
  const { allowed, denied } = tallyOf(record);
  const total = allowed + denied;
  if (total < ENOUGH) return undefined;
  if (allowed * 10 >= total * 9) return 'permit';
  return denied * 10 >= total * 9 ? 'deny' : undefined;
}

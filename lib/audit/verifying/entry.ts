import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import type { Bytes } from '../../core/index.ts';
import { SignetError, toBase64url, utf8 } from '../../core/index.ts';
import { malformed } from './text-form.ts';

export type AuditDecision = 'PERMIT' | 'DENY' | 'ANOMALY' | '';

/** One entry of the log, in the final format of design §9; hashed and exported as canonical JSON. */
export interface AuditEntry {
  readonly v: 1;
  /** base64url, 16 random bytes: nobody can guess an entry from its hash. */
  readonly salt: string;
  /** base64url SHA-256 of the canonical bytes of the entry before; 32 zero bytes for the first. */
  readonly prev: string;
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** What happened, as `subject.verb`. Any word of that form: a newer Signet knows more of them. */
  readonly kind: string;
  readonly subject: string;
  readonly claims: readonly string[];
  readonly decision: AuditDecision;
  readonly rules: readonly string[];
  /** base64url SHA-256 of the canonical JSON of the policy set in force. */
  readonly policy: string;
  readonly commitment?: string;
}

/** What the first entry points back to. */
export const GENESIS = toBase64url(new Uint8Array(32));

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** 16 or 32 bytes in canonical base64url: the last character has no loose bits. */
const bytes16 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{21}[AQgw]$/));
const bytes32 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/));

const EntrySchema: v.GenericSchema<unknown, AuditEntry> = v.strictObject({
  v: v.literal(1),
  salt: bytes16,
  prev: bytes32,
  seq: whole,
  time: whole,
  kind: v.pipe(v.string(), v.maxLength(64), v.regex(/^[a-z_]+(?:\.[a-z_]+)+$/)),
  subject: v.string(),
  claims: v.array(v.string()),
  decision: v.picklist(['PERMIT', 'DENY', 'ANOMALY', '']),
  rules: v.array(v.string()),
  policy: bytes32,
  commitment: v.exactOptional(v.string()),
});

/** Canonical JSON (RFC 8785) of an entry. @throws SignetError bad_request when a text of it is not well-formed */
export function entryText(entry: AuditEntry): string {
  const { claims, commitment, decision, kind, policy, prev, rules, salt, seq, subject, time } = entry;
  const optional = commitment === undefined ? '' : `"commitment":${quote(commitment)},`;
  const said = `"claims":${quoteAll(claims)},${optional}"decision":${quote(decision)},"kind":${quote(kind)}`;
  const place = `"prev":${quote(prev)},"rules":${quoteAll(rules)},"salt":${quote(salt)},"seq":${seq}`;
  return `{${said},"policy":${quote(policy)},${place},"subject":${quote(subject)},"time":${time},"v":1}`;
}

/** Texts that stand in JSON as they are: most of them, and all hashes. */
const PLAIN = /^[\w.:/-]*$/;

function quote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new SignetError('bad_request', 'JSON text holds a lone surrogate.');
  return JSON.stringify(text);
}

const quoteAll = (texts: readonly string[]): string => `[${texts.map(quote).join(',')}]`;

/** UTF-8 of an entry's canonical JSON: a leaf of the tree. */
export const entryBytes = (entry: AuditEntry): Bytes => utf8(entryText(entry));

/** SHA-256 of an entry's canonical bytes: what the next entry points back to. */
export const entryHash = (entry: AuditEntry): Bytes => sha256(entryBytes(entry));

/** The entry in a text that is its canonical JSON and nothing else. @throws SignetError bad_request */
export function parseEntry(text: string): AuditEntry {
  const entry = readEntry(text);
  if (entryText(entry) !== text) throw malformed('The entry is not written in canonical JSON.');
  return entry;
}

function readEntry(text: string): AuditEntry {
  try {
    return v.parse(EntrySchema, JSON.parse(text));
  } catch (cause) {
    throw malformed('This is no entry of a log.', cause);
  }
}

import * as v from 'valibot';
import type { AuditDecision, AuditEntry, AuditKind } from './entry.ts';

const KINDS = [
  'vault.created',
  'vault.restored',
  'vault.unlocked',
  'vault.unlock_failed',
  'vault.locked',
  'vault.password_changed',
  'vault.password_reset',
  'vault.phrase_shown',
  'vault.phrase_confirmed',
  'vault.anchor_missing',
  'settings.changed',
  'inbox.dropped',
  'attribute.added',
  'attribute.changed',
  'attribute.deleted',
  'credential.received',
  'credential.refused',
  'credential.deleted',
  'proof.allowed',
  'proof.denied',
  'proof.nothing',
  'proof.ended',
  'offer.denied',
  'offer.ended',
  'offer.failed',
] as const satisfies readonly AuditKind[];

const DECISIONS = ['PERMIT', 'DENY', 'ANOMALY', ''] as const satisfies readonly AuditDecision[];

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const hash = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));

const common = {
  kind: v.picklist(KINDS),
  subject: v.string(),
  claims: v.array(v.string()),
  decision: v.picklist(DECISIONS),
  rules: v.array(v.string()),
  commitment: v.exactOptional(v.string()),
};

export const EntrySchema: v.GenericSchema<unknown, AuditEntry> = v.strictObject({
  v: v.literal(1),
  salt: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/)),
  prev: hash,
  seq: whole,
  time: whole,
  policy: hash,
  ...common,
});

/** An entry as it waits in the inbox: complete but for its place in the chain. */
export const WaitingSchema = v.strictObject({ v: v.literal(1), time: whole, ...common });

export const HeadSchema = v.strictObject({ v: v.literal(1), seq: whole, hash });

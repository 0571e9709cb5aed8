import * as v from 'valibot';
import type { AuditKind } from './entry.ts';

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** An entry as it waits in the inbox: complete but for its place in the chain. */
export const WaitingSchema = v.strictObject({
  v: v.literal(1),
  time: whole,
  // What was sealed to our own key by an older or newer Signet: any word of that form.
  kind: v.custom<AuditKind>((value) => typeof value === 'string' && /^[a-z_]+(?:\.[a-z_]+)+$/.test(value)),
  subject: v.string(),
  claims: v.array(v.string()),
  decision: v.picklist(['PERMIT', 'DENY', 'ANOMALY', '']),
  rules: v.array(v.string()),
  commitment: v.exactOptional(v.string()),
});

import type { Origin } from '../core/index.ts';
import { SignetError, parseAudience } from '../core/index.ts';

/** The error for a mistake of whoever calls the SDK. */
export const mistake = (field: string, message: string): SignetError =>
  new SignetError('bad_request', message, { field });

/** The caller's origin; a bare host means its https origin. @throws SignetError bad_request */
export function readAudience(audience: unknown, field = 'audience'): Origin {
  if (typeof audience !== 'string' || audience === '') throw mistake(field, `${field} must be your origin.`);
  return parseAudience(audience, field);
}

/** Milliseconds since the epoch: of the Date, or of the clock where there is none. @throws SignetError bad_request */
export function readNow(now: unknown, field = 'now'): number {
  if (now === undefined) return Date.now();
  if (!(now instanceof Date) || Number.isNaN(now.getTime())) throw mistake(field, `${field} must be a Date.`);
  return now.getTime();
}

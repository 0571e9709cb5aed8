import type { Deferral } from '../../protocols/index.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How soon an issuer is asked again at the earliest, whatever it says. */
const SOONEST = 5 * SECOND;
/** How long Signet waits at most before it asks again, unless the issuer wants it to wait longer. */
const LATEST = 6 * HOUR;
/** How many times it asks in the issuer's own pace, before it takes its time. */
const PATIENT_FROM = 5;
/** For how long it asks at all. */
const GIVE_UP = 90 * DAY;

/** When an issuer that promised something is asked for the first time: milliseconds since the epoch. */
export const firstAskAt = ({ notBefore }: Deferral, now: number): number => Math.max(notBefore, now + SOONEST);

/**
 * When it is asked next, after it was asked so many times in vain: in its own pace at first, then half as long again each
 * time, so that one that takes a week is not asked ten thousand times.
 * @param deferral what it said last
 * @param now milliseconds since the epoch
 * @returns milliseconds since the epoch; undefined when it is not asked any more
 */
export function nextAskAt(
  deferral: Deferral,
  { tries, promisedAt }: { readonly tries: number; readonly promisedAt: number },
  now: number,
): number | undefined {
  if (now - promisedAt >= GIVE_UP) return undefined;
  const own = Math.max(SOONEST, deferral.notBefore - now);
  const patient = own * 1.5 ** Math.max(0, tries - PATIENT_FROM);
  return Math.round(now + Math.max(own, Math.min(patient, LATEST)));
}

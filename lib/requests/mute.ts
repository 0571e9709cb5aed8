import { isJsonObject } from '../core/index.ts';
import type { Json } from '../core/index.ts';

/** So many denials of one site within so many milliseconds mute it. */
export const DENIALS_TO_MUTE = 3;
export const DENIALS_WITHIN = 30_000;
const MINUTE = 60_000;
/** How long, the first time, the second time, …: the last for every time after it. In milliseconds. */
export const MUTE_LENGTHS: readonly number[] = [1, 5, 30, 120, 1440].map((minutes) => minutes * MINUTE);
/** A site that was not denied for so long, while it was not muted, begins anew. */
const FORGOTTEN_AFTER = 1440 * MINUTE;

/** What a site's denied requests have come to. Times are milliseconds since the epoch. */
export interface Mute {
  /** How often it was muted. */
  readonly level: number;
  readonly until: number;
  readonly deniedAt: number;
  /** Denials that count towards the next time. */
  readonly recent: readonly (readonly [at: number, requestId: string])[];
}

/** What one more denial makes of it; the same value for a request that was counted already. */
export function muteAfter(
  before: Mute | undefined,
  { requestId, now }: { readonly requestId: string; readonly now: number },
): Mute {
  const known = before === undefined || isForgotten(before, now) ? undefined : before;
  const recent = (known?.recent ?? []).filter(([at]) => Math.abs(now - at) < DENIALS_WITHIN);
  if (known !== undefined && recent.some(([, id]) => id === requestId)) return known;
  const counted = [...recent, [now, requestId] as const];
  const { level, until } = known ?? { level: 0, until: 0 };
  if (counted.length < DENIALS_TO_MUTE) return { level, until, deniedAt: now, recent: counted };
  const length = MUTE_LENGTHS[Math.min(level, MUTE_LENGTHS.length - 1)] ?? 0;
  return { level: level + 1, until: Math.max(until, now + length), deniedAt: now, recent: [] };
}

/** A clock that was set back by more than any mute lasts ends it. */
export const isMuted = ({ until }: Mute, now: number): boolean => now < until && until - now <= FORGOTTEN_AFTER;

export const isForgotten = (mute: Mute, now: number): boolean =>
  !isMuted(mute, now) && Math.abs(now - Math.max(mute.deniedAt, mute.until)) >= FORGOTTEN_AFTER;

/** A mute out of JSON, or undefined where it is none. */
export function readMute(json: Json): Mute | undefined {
  if (!isJsonObject(json)) return undefined;
  const { level, until, deniedAt, recent } = json;
  if (typeof level !== 'number' || typeof until !== 'number' || typeof deniedAt !== 'number') return undefined;
  if (!Array.isArray(recent)) return undefined;
  return { level, until, deniedAt, recent: recent as Mute['recent'] }; // sealed: only this wallet wrote it
}

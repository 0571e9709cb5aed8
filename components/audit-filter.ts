import type { AuditFilter } from '../lib/messaging/index.ts';
import type { AuditGroup } from './audit-words.ts';
import { kindsOf } from './audit-words.ts';

/** What a person typed and chose to find entries by; empty texts and `any` leave a thing open. */
export interface Sought {
  readonly site: string;
  readonly claim: string;
  readonly about: AuditGroup | 'any';
  readonly decision: 'PERMIT' | 'DENY' | 'ANOMALY' | 'any';
  /** YYYY-MM-DD in the person's time zone, both days included. */
  readonly from: string;
  readonly to: string;
}

export const EVERYTHING: Sought = { site: '', claim: '', about: 'any', decision: 'any', from: '', to: '' };

/** How many of the filters beyond the site are set. */
export const filtersSet = ({ claim, about, decision, from, to }: Sought): number =>
  [claim.trim() !== '', about !== 'any', decision !== 'any', from !== '', to !== ''].filter(Boolean).length;

/** The filter for the worker, or undefined when everything is wanted. */
export function auditFilter({ site, claim, about, decision, from, to }: Sought): AuditFilter | undefined {
  const since = dayStart(from);
  const until = dayStart(to, 1);
  const filter: AuditFilter = {
    ...(site.trim() === '' ? {} : { site: site.trim() }),
    ...(claim.trim() === '' ? {} : { claim: claim.trim() }),
    ...(about === 'any' ? {} : { kinds: kindsOf(about) }),
    ...(decision === 'any' ? {} : { decision }),
    ...(since === undefined ? {} : { from: since }),
    ...(until === undefined ? {} : { to: until - 1 }),
  };
  return Object.keys(filter).length === 0 ? undefined : filter;
}

/**
 * The first moment of a day in the person's time zone, in milliseconds since the epoch; undefined for what is no day.
 * @param day YYYY-MM-DD
 * @param later so many days after it
 */
export function dayStart(day: string, later = 0): number | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (parts === null) return undefined;
  const [year = 0, month = 0, date = 0] = parts.slice(1).map(Number);
  const start = new Date(year, month - 1, date + later).getTime();
  return start < 0 ? 0 : start;
}

import { currencyDecimals, toMajorUnits, toMinorUnits } from '../../lib/core/index.ts';
import type { LimitView } from '../../lib/messaging/index.ts';
import type { MessageKey } from '../../lib/platform/index.ts';
import { typedAmount } from './amount-words.ts';
import { limitKey } from './limit-words.ts';

export const LIMIT_SPANS = ['token', 'day', 'month'] as const satisfies readonly LimitView['per'][];

/** A limit as a person types it. */
export interface LimitDraft {
  readonly amount: string;
  /** Any case. */
  readonly currency: string;
  readonly per: LimitView['per'];
  /** An address, with or without its scheme; empty: all sites together. */
  readonly site: string;
}

/** What stands in the fields at first. */
export function draftOf(limit: LimitView | undefined): LimitDraft {
  if (limit === undefined) return { amount: '', currency: 'USD', per: 'month', site: '' };
  const { amount, currency, per, audience } = limit;
  return { amount: shortest(amount, currency), currency, per, site: audience ?? '' };
}

/** "200.00" is typed as "200". */
function shortest(amount: string, currency: string): string {
  const exact = toMajorUnits(toMinorUnits(amount, currency), currency);
  return exact.replace(/\.0+$/, '');
}

/** What a draft comes to, or what is wrong with which field. */
export type LimitRead =
  | { readonly limit: LimitView }
  | { readonly field: 'amount' | 'currency' | 'site' | 'all'; readonly problem: MessageKey };

/** @param others the limits that stand beside it */
export function limitIn(draft: LimitDraft, others: readonly LimitView[]): LimitRead {
  const currency = draft.currency.trim().toUpperCase();
  if (currencyDecimals(currency) === undefined) return { field: 'currency', problem: 'limit_currency_bad' };
  const amount = typedAmount(draft.amount, currency);
  if (amount === undefined) return { field: 'amount', problem: 'limit_amount_bad' };
  const audience = siteIn(draft.site);
  if (audience === null) return { field: 'site', problem: 'limit_site_bad' };
  const limit: LimitView = { currency, per: draft.per, amount, ...(audience === undefined ? {} : { audience }) };
  if (others.some((other) => limitKey(other) === limitKey(limit))) return { field: 'all', problem: 'limit_twice' };
  return { limit };
}

/** The origin of a site that may ask (design §3, rule 3); undefined for an empty text, null for what is none. */
function siteIn(text: string): string | undefined | null {
  const typed = text.trim();
  if (typed === '') return undefined;
  const url = URL.parse(typed.includes('://') ? typed : `https://${typed}`);
  if (url === null || url.username !== '' || url.password !== '') return null;
  if (url.protocol === 'https:') return url.origin;
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === 'http:' && isLocal ? url.origin : null;
}

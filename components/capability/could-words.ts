import type { CapabilityTermsView } from '../../lib/messaging/index.ts';
import { t, uiLanguage } from '../../lib/platform/index.ts';
import { displayText } from '../../lib/core/index.ts';
import type { Words } from '../claim-words.ts';
import { untilWords } from '../site-words.ts';
import { amountWords } from './amount-words.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Up to so many seconds, a lifetime is told as a span from the person's yes: no time of day would be read in time. */
const AS_SPAN = 120;

/** "60 seconds". */
const secondsWords = (seconds: number): string => unitWords(seconds, 'second');

const unitWords = (count: number, unit: 'second' | 'minute' | 'hour' | 'day'): string =>
  new Intl.NumberFormat(uiLanguage(), { style: 'unit', unit, unitDisplay: 'long' }).format(count);

/**
 * Until when a token works that the person allows now: "within 60 seconds of your yes", "until 18:05".
 * @param lifetime seconds from the yes
 * @param now milliseconds since the epoch
 */
export const lifetimeWords = (lifetime: number, now: number): string =>
  lifetime <= AS_SPAN
    ? t('cap_within_yes', secondsWords(lifetime))
    : t('cap_until', untilWords(now + lifetime * 1000, now));

/** The site's own word for what a token allows, quoted. */
export const kindWords = (kind: string): string => t('claim_other', displayText(kind, 64));

/**
 * The most that a token lets a site do, as one sentence. `$1` is what weighs: the amount, or the site's own word where
 * no money moves.
 * @param terms what the token says
 * @param when until when it works, in words
 */
export function couldWords(terms: CapabilityTermsView, when: string): Words {
  const { amount, currency, unit, oneTime, kind, release } = terms;
  if (amount === undefined || currency === undefined) {
    return { key: oneTime ? 'cap_show_once' : 'cap_show_often', substitutions: [kindWords(kind), when] };
  }
  const sum = amountWords(amount, currency);
  if (release) return { key: 'cap_release', substitutions: [sum] };
  if (unit !== undefined) return { key: 'cap_take_steps', substitutions: [sum, when, amountWords(unit, currency)] };
  return { key: oneTime ? 'cap_take_once' : 'cap_take_often', substitutions: [sum, when] };
}

/** How long is left, in the unit that tells most: "58 seconds", "12 minutes", "3 days". @param ms more than 0 */
export function leftWords(ms: number): string {
  if (ms < 2 * MINUTE) return unitWords(Math.ceil(ms / 1000), 'second');
  if (ms < 2 * HOUR) return unitWords(Math.floor(ms / MINUTE), 'minute');
  return ms < 2 * DAY ? unitWords(Math.floor(ms / HOUR), 'hour') : unitWords(Math.floor(ms / DAY), 'day');
}

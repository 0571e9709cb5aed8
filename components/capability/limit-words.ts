import type { LimitStandingView, LimitView } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { amountWords, leftAfter } from './amount-words.ts';

/** A limit by itself: "$200.00 a month". */
export const limitWords = ({ amount, currency, per }: LimitView): string =>
  t(`limit_per_${per}`, amountWords(amount, currency));

/**
 * How a limit stands once a token over `amount` is given away: "After that, $50.00 of your $200.00 a month is left".
 * @param amount major units
 */
export function afterWords({ limit, left }: LimitStandingView, amount: string): string {
  const whole = limitWords(limit);
  const where = limit.audience === undefined ? 'all' : 'here';
  if (limit.per === 'token') return t(`limit_within_${where}`, whole);
  return t(`limit_after_${where}`, amountWords(leftAfter(left, amount, limit.currency), limit.currency), whole);
}

/** What a limit does, in a sentence. */
export function meaningWords(limit: LimitView): string {
  const { audience } = limit;
  if (audience === undefined) return t('limit_means_all', limitWords(limit));
  return t('limit_means_here', limitWords(limit), URL.parse(audience)?.host ?? audience);
}

/** What two limits must not have in common: one of them would never be met. */
export const limitKey = ({ currency, per, audience = '' }: LimitView): string => `${currency} ${per} ${audience}`;

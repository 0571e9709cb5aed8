import type { CapabilityView } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { amountWords, shareOf } from './amount-words.ts';
import { kindWords } from './could-words.ts';
import { isActive, worksStill } from './state-words.ts';

/** What may be taken, was taken and is left: "up to $150.00 · spent $40.00 · left $110.00"; or what it allows. @param now milliseconds */
export function spentWords(capability: CapabilityView, now: number): string {
  const { terms, spent, remaining, returned } = capability;
  const { amount, currency } = terms;
  if (amount === undefined || currency === undefined) return t('cap_allows', kindWords(terms.kind));
  const sum = (text: string) => amountWords(text, currency);
  return [
    t('cap_up_to', sum(amount)),
    ...(spent === undefined ? [] : [t('cap_spent', sum(spent))]),
    ...(returned === undefined ? [] : [t('cap_returned', sum(returned))]),
    ...(remaining === undefined || !canBeTaken(capability, now) ? [] : [t('cap_left', sum(remaining))]),
  ].join(' · ');
}

/** Whether a merchant may still take of it: while it is active, and after that where nobody asks. */
const canBeTaken = (capability: CapabilityView, now: number): boolean =>
  isActive(capability, now) || worksStill(capability, now) !== undefined;

/** What matters most of it: what can still be taken while it can be used, then what was. @param now milliseconds */
export function figureWords(capability: CapabilityView, now: number): string {
  const { terms, spent, remaining } = capability;
  if (terms.amount === undefined || terms.currency === undefined) return kindWords(terms.kind);
  return isActive(capability, now)
    ? t('cap_figure_left', amountWords(remaining ?? terms.amount, terms.currency))
    : t('cap_figure_spent', amountWords(spent ?? '0', terms.currency));
}

/** How much of the sum was taken, from 0 to 1; undefined where no money moves. */
export const spentShare = ({ terms: { amount }, spent = '0' }: CapabilityView): number | undefined =>
  amount === undefined ? undefined : shareOf(spent, amount);

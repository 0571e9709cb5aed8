import type { DecayView } from '../lib/messaging/contract.ts';
import { t, tn } from '../lib/platform/index.ts';
import { spanWords } from './policy/span-words.ts';

/** How a credential fades, in sentences: "It can be shown 3 times." Empty where there is nothing to say. */
export function decayWords({ timeToLive, uses, rate }: DecayView = {}): string {
  const words: string[] = [];
  if (uses !== undefined) words.push(tn('decay_uses', uses));
  if (rate !== undefined) words.push(tn('decay_rate', rate.times + rate.grace, spanWords(rate.within / 1000)));
  if (timeToLive !== undefined) words.push(t('decay_ends', spanWords(timeToLive / 1000)));
  return words.join(' ');
}

import type { LifeFacts } from './life-facts.ts';

/** `over`: the next use has to wait, until a time in milliseconds since the epoch. */
export type Rate =
  { readonly rate: 'within' } | { readonly rate: 'grace' } | { readonly rate: 'over'; readonly until: number };

/**
 * How a use at this time would stand to the rate that a credential may be shown at. A clock that was set back does not
 * bring uses back: those that now lie ahead count as made now.
 * @param now milliseconds since the epoch
 */
export function rateOf({ decay, recentUses = [] }: LifeFacts, now: number): Rate {
  if (decay?.rate === undefined) return { rate: 'within' };
  const { times, within, grace } = decay.rate;
  const counted = recentUses.map((use) => Math.min(use, now)).filter((use) => use > now - within);
  if (counted.length < times) return { rate: 'within' };
  if (counted.length < times + grace) return { rate: 'grace' };
  const leaves = counted.sort((a, b) => a - b).at(-(times + grace)) ?? now;
  return { rate: 'over', until: leaves + within };
}

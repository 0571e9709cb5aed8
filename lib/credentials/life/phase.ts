import type { LifeFacts } from './life-facts.ts';
import { isOver, stateOf } from './state.ts';

/** `over`: it is in a state that it does not leave. */
export type Phase = 'fresh' | 'ageing' | 'fading' | 'over';

/**
 * The stretch of its life that a credential is in: the last of its policy's that has begun. What began by a number of
 * uses has begun for good; what begins by age begins with the clock.
 * @param now milliseconds since the epoch
 */
export function phaseOf(facts: LifeFacts, now: number): Phase {
  if (isOver(stateOf(facts, now))) return 'over';
  const { receivedAt, uses = 0, decay } = facts;
  const begun = (decay?.phases ?? []).filter(
    ({ afterTime = Infinity, afterUses = Infinity }) => now - receivedAt >= afterTime || uses >= afterUses,
  );
  return begun.at(-1)?.phase ?? 'fresh';
}

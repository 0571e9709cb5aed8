import type { CapabilityView } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import type { IconName } from '../icon.tsx';
import { untilWords } from '../site-words.ts';
import { leftWords } from './could-words.ts';

/** How a token stands, as a list tells it. */
export interface StandingWords {
  readonly words: string;
  readonly icon: IconName;
  /** A class of text. */
  readonly tone: 'soft' | 'is-warn' | 'is-wax';
}

/** Whether it may still be used; the clock may be ahead of what the worker last said. */
export const isActive = ({ state, expiresAt }: CapabilityView, now: number): boolean =>
  state === 'active' && now < expiresAt;

/** Until when a revoked token still works where nobody asks; undefined when it does nowhere. */
export const worksStill = ({ state, worksUntil }: CapabilityView, now: number): number | undefined =>
  state === 'revoked' && worksUntil !== undefined && now < worksUntil ? worksUntil : undefined;

/** How much time it has, or how it ended. @param now milliseconds since the epoch */
export function endWords(capability: CapabilityView, now: number): StandingWords {
  const { state, expiresAt } = capability;
  if (isActive(capability, now)) {
    return { words: t('cap_time_left', leftWords(expiresAt - now)), icon: 'history', tone: 'is-wax' };
  }
  const still = worksStill(capability, now);
  if (still !== undefined) {
    return { words: t('cap_state_works_still', untilWords(still, now)), icon: 'warn', tone: 'is-warn' };
  }
  const over = state === 'active' ? 'expired' : state;
  return { words: t(`cap_state_${over}`), icon: over === 'used' ? 'check' : 'x', tone: 'soft' };
}

import { SignetError, toSeconds } from '../../core/index.ts';
import { CLOCK_SKEW } from '../verifying/index.ts';
import type { LifeFacts } from './life-facts.ts';
import { usableInstances } from './life-facts.ts';
import { rateOf } from './rate.ts';

/**
 * Where a credential stands. `active` was never shown, `presented` was; `suspended` has no copy left that its issuer
 * calls valid, which may pass. The other three are ends: nothing leads out of them.
 */
export type CredentialState = 'active' | 'presented' | 'suspended' | OverState;
export type OverState = 'consumed' | 'expired' | 'revoked';

const OVER: ReadonlySet<CredentialState> = new Set<CredentialState>(['consumed', 'expired', 'revoked']);

/** Whether a state is an end. */
export const isOver = (state: CredentialState): state is OverState => OVER.has(state);

/**
 * The state of a credential at a time. What was written down for good comes before what the clock says.
 * @param now milliseconds since the epoch
 */
export function stateOf(facts: LifeFacts, now: number): CredentialState {
  if (facts.revokedAt !== undefined) return 'revoked';
  if (facts.consumedAt !== undefined) return 'consumed';
  if (hasExpired(facts, now)) return 'expired';
  if (facts.instances.length > 0 && usableInstances(facts).length === 0) return 'suspended';
  return wasPresented(facts) ? 'presented' : 'active';
}

/** By its issuer's word, within what clocks may differ by; or by the time it was agreed to live. */
function hasExpired({ receivedAt, expiresAt, decay }: LifeFacts, now: number): boolean {
  if (expiresAt !== undefined && expiresAt + CLOCK_SKEW <= toSeconds(now)) return true;
  return decay?.timeToLive !== undefined && now - receivedAt >= decay.timeToLive;
}

const wasPresented = ({ uses = 0, lastReused, instances, instancesReceived }: LifeFacts): boolean =>
  uses > 0 || lastReused || instances.length < instancesReceived;

/** Whether a credential can be shown at this time. @param now milliseconds since the epoch */
export function isUsable(facts: LifeFacts, now: number): boolean {
  const state = stateOf(facts, now);
  return (state === 'active' || state === 'presented') && rateOf(facts, now).rate !== 'over';
}

/**
 * Passes when a credential can be shown at this time.
 * @param now milliseconds since the epoch
 * @throws SignetError `expired`, `consumed`, `revoked` (suspended ones too: the message says so), and `wait` when it was
 *   shown as often as it may be for now
 */
export function assertUsable(facts: LifeFacts, now: number): void {
  const state = stateOf(facts, now);
  switch (state) {
    case 'revoked':
      throw new SignetError('revoked', 'The issuer has revoked this credential. Nothing was sent.');
    case 'suspended':
      throw new SignetError('revoked', 'The issuer has suspended this credential for now. Nothing was sent.');
    case 'consumed':
      throw new SignetError('consumed', 'This credential has been used up. Nothing was sent.');
    case 'expired':
      throw new SignetError('expired', 'This credential has expired. Nothing was sent; ask the issuer for a new one.');
    case 'active':
    case 'presented':
      if (rateOf(facts, now).rate === 'over') {
        throw new SignetError('wait', 'This credential was shown as often as it may be for now. Nothing was sent.');
      }
  }
}

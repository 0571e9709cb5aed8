import type { DecayPolicy } from './decay-policy.ts';

/**
 * What the life of a credential is told from: a part of its record. Milliseconds since the epoch, but `expiresAt`.
 * What is optional here is absent in records of before it was known.
 */
export interface LifeFacts {
  readonly receivedAt: number;
  /** Seconds since the epoch, as the credential says. */
  readonly expiresAt?: number;
  /** How many copies came. */
  readonly instancesReceived: number;
  /** Ids of the copies that are left, in the order of their use; none once the credential is consumed. */
  readonly instances: readonly number[];
  /** The last copy was shown at least once. */
  readonly lastReused: boolean;
  /** How often it was shown, whichever copy. */
  readonly uses?: number;
  /** When it was shown of late, oldest first: as many as its rate is told from. */
  readonly recentUses?: readonly number[];
  /** What it was agreed to last for. */
  readonly decay?: DecayPolicy;
  /** When its last use was made: it is shown no more. */
  readonly consumedAt?: number;
  /** When the wallet found that its issuer took all of it back. */
  readonly revokedAt?: number;
  /** When its status was asked last, and what was found against copies that are left. */
  readonly statusAskedAt?: number;
  readonly heldBack?: readonly HeldBack[];
}

/** A copy that its issuer does not call valid. */
export interface HeldBack {
  readonly instance: number;
  /** `unknown`: a status whose meaning only the issuer's own applications know. */
  readonly status: 'invalid' | 'suspended' | 'unknown';
}

/** Ids of the copies that can be shown, as far as is known, in the order of their use. */
export function usableInstances({ instances, heldBack = [] }: LifeFacts): readonly number[] {
  return instances.filter((one) => !heldBack.some(({ instance }) => instance === one));
}

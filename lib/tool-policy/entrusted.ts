/** What is said of a secret that was entrusted for agents to use, never the secret. */
export interface Entrusted {
  readonly name: string;
  readonly isOneTime: boolean;
  readonly isUsed: boolean;
  /** Milliseconds since the epoch; absent: until it is taken back. */
  readonly expiresAt?: number;
}

/**
 * Whether `has_credential` finds it: one that has expired, or was for one time and is used, reads as absent. For which site
 * and how much it may be used is not asked here: of the wrong one no token is had (`lib/capabilities`).
 */
export function isEntrusted(entries: readonly Entrusted[], name: string, now: number): boolean {
  return entries.some((entry) => entry.name === name && isCurrent(entry, now));
}

const isCurrent = ({ expiresAt, isOneTime, isUsed }: Entrusted, now: number): boolean =>
  (expiresAt === undefined || now < expiresAt) && !(isOneTime && isUsed);

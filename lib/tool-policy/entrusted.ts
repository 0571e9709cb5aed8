import type { Decimal } from './decimal.ts';

/** What is said of a secret that was entrusted for agents to use, never the secret. */
export interface Entrusted {
  readonly name: string;
  /** The only host that it is for; absent: any. */
  readonly domain?: string;
  /** The most that one use may cost; absent: no limit. */
  readonly maxAmount?: Decimal;
  readonly isOneTime: boolean;
  readonly isUsed: boolean;
  /** Milliseconds since the epoch; absent: until it is taken back. */
  readonly expiresAt?: number;
}

export type EntrustedRefusal = 'absent' | 'wrong_domain' | 'over_limit';

/** Whether `has_credential` finds it: one that has expired, or was for one time and is used, reads as absent. */
export function isEntrusted(entries: readonly Entrusted[], name: string, now: number): boolean {
  return entries.some((entry) => entry.name === name && isCurrent(entry, now));
}

/** Why it may not be used for this; undefined: it may. What a use leaves out is not what it was entrusted for. */
export function refuseUse(
  entry: Entrusted,
  use: { readonly domain: string | undefined; readonly amount: Decimal | undefined },
  now: number,
): EntrustedRefusal | undefined {
  if (!isCurrent(entry, now)) return 'absent';
  if (entry.domain !== undefined && use.domain?.toLowerCase() !== entry.domain.toLowerCase()) return 'wrong_domain';
  if (entry.maxAmount === undefined) return undefined;
  return use.amount === undefined || use.amount < 0n || use.amount > entry.maxAmount ? 'over_limit' : undefined;
}

const isCurrent = ({ expiresAt, isOneTime, isUsed }: Entrusted, now: number): boolean =>
  (expiresAt === undefined || now < expiresAt) && !(isOneTime && isUsed);

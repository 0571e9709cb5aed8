import type { Origin } from '../core/index.ts';
import { jwkThumbprint } from '../credentials/verifying/index.ts';
import type { CapabilityClaims } from './token/index.ts';

/** What somebody wants to do with a capability, as the merchant sees it. */
export interface IntendedUse {
  readonly action: string;
  /** In the currency's smallest unit; with a currency. */
  readonly amount?: number;
  readonly currency?: string;
  readonly audience: Origin;
  /** The merchant's own name for itself. */
  readonly merchant?: string;
  /** What it is for; compared where the merchant knows. */
  readonly purpose?: string;
  /** Who it should be; compared where the merchant knows. */
  readonly agent?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Who has to prove a use of a token: the thumbprint of its key (RFC 7638), or `bearer` where it is bound to none. */
export const holderOf = ({ cnf }: CapabilityClaims): string => (cnf === undefined ? 'bearer' : jwkThumbprint(cnf.jwk));

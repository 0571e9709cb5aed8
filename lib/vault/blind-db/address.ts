/**
 * What can be freely proven (1), only reasoned over (2), or opened by a fresh password or passkey alone (3), design §4.
 */
export type Tier = 1 | 2 | 3;

/** The name of a record before blinding. `data/…` is the person's, `sys/…` the wallet's own. */
export interface Address {
  readonly label: `data/${string}` | `sys/${string}`;
  /** An integer from 0 to 2^53 - 1. */
  readonly index: number;
}

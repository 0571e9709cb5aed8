/**
 * What can be freely proven (1) or only reasoned over (2), design §4. Tier 3, a key per compartment, joins here:
 * `RecordKeys` is the only place that turns a tier into a key.
 */
export type Tier = 1 | 2;

/** The name of a record before blinding. `data/…` is the person's, `sys/…` the wallet's own. */
export interface Address {
  readonly label: `data/${string}` | `sys/${string}`;
  /** An integer from 0 to 2^53 - 1. */
  readonly index: number;
}

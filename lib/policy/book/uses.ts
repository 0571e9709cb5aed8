import type { VaultReader, VaultTx } from '../../vault/index.ts';

/** What was spent under a rule: minor units of a currency (ISO 4217). */
export interface Spent {
  readonly minor: number;
  readonly currency: string;
}

export interface Use {
  readonly ruleId: string;
  /** The origin, or the agent's id. */
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly amount?: Spent;
  /** `max_uses` of the permit: a use beyond it is refused. */
  readonly maxUses?: number;
}

export interface UsesSoFar {
  readonly uses: number;
  readonly lastUsedAt?: number;
}

/**
 * Counts a use, in the transaction that answers; once per rule and answer, however many claims it permitted.
 * @throws SignetError `changed` when `maxUses` were used already
 */
export function countUse(tx: VaultTx, use: Use): Promise<void> {
  throw new Error(`not yet ${typeof tx} ${use.ruleId}`);
}

/** Uses of a rule, by everybody or by one subject. */
export function usesOf(reader: VaultReader, ruleId: string, subject?: string): Promise<UsesSoFar> {
  throw new Error(`not yet ${typeof reader} ${ruleId} ${String(subject)}`);
}

/** The person said yes to these rules once more: what is to be asked again after a time counts from now. */
export function confirmRules(tx: VaultTx, ruleIds: readonly string[], at: number): Promise<void> {
  throw new Error(`not yet ${typeof tx} ${ruleIds.length} ${at}`);
}

import type { LedgerEntry } from './ledger-store.ts';
import type { ConsumptionUse } from './port.ts';

export type Counted = { readonly next: LedgerEntry } | { readonly refused: 'used' | 'over' | 'rollback' };

/**
 * What stands after a use, or why there is none: a function of what stood before.
 * @param keepUntil of this use, milliseconds; an entry is kept for as long as any of its uses says
 */
export function countUse(before: LedgerEntry | undefined, use: ConsumptionUse, keepUntil: number): Counted {
  const { spent, index, closed } = before ?? { spent: 0, index: 0, closed: false };
  // A token that was used once in any way is no longer one that was never used.
  if (closed || (use.oneTime && before !== undefined)) return { refused: 'used' };
  if (use.index !== undefined && use.index === index) return { refused: 'used' };
  if (use.index !== undefined && use.index < index) return { refused: 'rollback' };
  const sum = spent + use.amount;
  if (!Number.isSafeInteger(sum) || (use.limit !== undefined && sum > use.limit)) return { refused: 'over' };
  return {
    next: {
      revision: (before?.revision ?? 0) + 1,
      spent: sum,
      index: use.index ?? index,
      closed: use.oneTime,
      keepUntil: Math.max(before?.keepUntil ?? keepUntil, keepUntil),
    },
  };
}

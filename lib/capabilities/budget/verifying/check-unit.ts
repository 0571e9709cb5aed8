import type { Bytes } from '../../../core/index.ts';
import { fromBase64url } from '../../../core/index.ts';
import { LINK_LENGTH, leadsTo } from './chain-link.ts';
import type { BudgetChain } from './terms.ts';
import { MAX_BUDGET_LENGTH } from './terms.ts';

/** A place in a budget's chain, counted from the commitment: at `index` so many units are spent. */
export interface Unit {
  /** 1 for the first unit, up to the budget's length. The commitment itself is 0. */
  readonly index: number;
  /** The value at that place, 32 bytes. */
  readonly link: Bytes;
}

/** Why a unit is refused. `out_of_range`: the budget has no such unit. `wrong_link`: it does not lead to the last one. */
export type UnitFault = 'out_of_range' | 'reused' | 'rollback' | 'over' | 'wrong_link';

export type UnitCheck =
  | {
      readonly ok: true;
      /** What `last` is for the next check. */
      readonly unit: Unit;
      /** Units between the last one and this, and what they are worth in minor units. */
      readonly units: number;
      readonly amount: number;
    }
  | { readonly ok: false; readonly reason: UnitFault };

/** Where a budget begins: nothing of it is spent. @throws SignetError bad_request where the commitment is no base64url */
export const nothingSpent = ({ commitment }: Pick<BudgetChain, 'commitment'>): Unit => ({
  index: 0,
  link: fromBase64url(commitment),
});

/**
 * Checks a unit from the last one that was verified: one hash for each unit between them. An older `last` gives the
 * same answer for more hashes, so it may be kept loosely; what was spent is the ledger's to know.
 * @param budget as the token's signature says it
 * @param options.atMost units that may be taken at once, where the price is known before: bounds the work
 */
export function checkUnit(
  budget: Pick<BudgetChain, 'unit' | 'length'>,
  last: Unit,
  next: Unit,
  { atMost = MAX_BUDGET_LENGTH }: { readonly atMost?: number } = {},
): UnitCheck {
  if (!isIndex(next.index, budget) || next.index === 0) return refuse('out_of_range');
  if (!isIndex(last.index, budget)) return refuse('out_of_range');
  if (next.index === last.index) return refuse('reused');
  if (next.index < last.index) return refuse('rollback');
  const units = next.index - last.index;
  if (units > atMost) return refuse('over');
  if (next.link.length !== LINK_LENGTH || !leadsTo(next.link, units, last.link)) return refuse('wrong_link');
  return { ok: true, unit: { index: next.index, link: next.link.slice() }, units, amount: units * budget.unit };
}

const isIndex = (index: number, { length }: Pick<BudgetChain, 'length'>): boolean =>
  Number.isSafeInteger(index) && index >= 0 && index <= Math.min(length, MAX_BUDGET_LENGTH);

const refuse = (reason: UnitFault): UnitCheck => ({ ok: false, reason });

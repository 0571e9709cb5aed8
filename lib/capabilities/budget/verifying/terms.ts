import { assertField } from '../../../core/index.ts';

/** The most units that a budget may have. */
export const MAX_BUDGET_LENGTH = 2 ** 16;

/**
 * The hash chain that a budget's units are released from, as its token says it: all of it is signed. Whoever verifies
 * units takes it from there and nowhere else. The token's audience is the one origin that may take them: two merchants
 * could each take the same unit.
 */
export interface BudgetChain {
  /** base64url, 32 bytes: the last value of the chain. It is worth nothing, and every unit leads to it. */
  readonly commitment: string;
  /** What one unit is worth: whole minor units of `currency`, at least 1. */
  readonly unit: number;
  /** ISO 4217. */
  readonly currency: string;
  /** How many units there are: 1 to `MAX_BUDGET_LENGTH`. */
  readonly length: number;
}

/**
 * How many units pay an amount: exactly, for there is no change.
 * @param amount minor units of the chain's currency
 * @throws SignetError bad_request for an amount that is no whole number of units, or is nothing
 */
export function unitsFor(budget: Pick<BudgetChain, 'unit'>, amount: number): number {
  assertField(isWholeUnits(budget, amount), 'amount', 'The amount is no whole number of units.');
  return amount / budget.unit;
}

/** Whether an amount in minor units is a whole number of a budget's units, and at least one. */
export const isWholeUnits = ({ unit }: Pick<BudgetChain, 'unit'>, amount: number): boolean =>
  Number.isSafeInteger(amount) && amount >= 1 && amount % unit === 0;

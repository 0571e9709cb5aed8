import type { BudgetChain, CapabilityChain, IntendedUse, Unit, UnitFault } from '../capabilities/checking.ts';
import { checkUnit, isWholeUnits, nothingSpent, parseUnit } from '../capabilities/checking.ts';
import type { AuthorityRefusal } from './refusal.ts';
import { refuse } from './refusal.ts';

/** A unit that was shown for a budget: read, and not yet hashed up to where the budget begins. */
export interface ShownUnit {
  readonly budget: BudgetChain;
  readonly unit: Unit;
  /** The last one that was verified. */
  readonly last: Unit;
}

/**
 * The unit that is shown with a token; undefined for a token without a budget where none is shown. Whether it is one of
 * the budget is not looked at: that takes hashes.
 * @param text as it came
 * @param last the last unit of this token that the merchant verified, where it keeps them
 */
export function readShownUnit(
  { root }: CapabilityChain,
  text: unknown,
  use: IntendedUse,
  last?: Unit,
): ShownUnit | AuthorityRefusal | undefined {
  const budget = root.claims.spl.budget_chain;
  if (budget === undefined) {
    return text === undefined
      ? undefined
      : refuse('no_budget', 'The token has no budget, and a unit is shown with it.');
  }
  if (text === undefined) return refuse('no_budget_release', 'The token has a budget, and no unit of it is shown.');
  const unit = parseShown(text);
  if (unit === undefined) return refuse('malformed_unit', 'What is shown as a unit is none.');
  if (use.amount !== undefined && use.currency === budget.currency && !isWholeUnits(budget, use.amount)) {
    return refuse('uneven_amount', 'The amount is no whole number of the budget’s units.');
  }
  return { budget, unit, last: last ?? nothingSpent(budget) };
}

const FAULTS: Readonly<Record<UnitFault, AuthorityRefusal>> = {
  out_of_range: refuse('unit_out_of_range', 'The budget does not have as many units.'),
  reused: refuse('used', 'This unit was taken before.'),
  rollback: refuse('rollback', 'Later units of the budget were taken before.'),
  over: refuse('wrong_unit', 'More units are taken at once than there are.'),
  wrong_link: refuse('wrong_unit', 'The unit is not one of this budget.'),
};

/** Why a unit that was read is none of its budget: one hash for each unit since the last, so at most 65,536. */
export function refuseUnit({ budget, unit, last }: ShownUnit): AuthorityRefusal | undefined {
  const check = checkUnit(budget, last, unit, { atMost: budget.length });
  return check.ok ? undefined : FAULTS[check.reason];
}

function parseShown(text: unknown): Unit | undefined {
  try {
    return typeof text === 'string' ? parseUnit(text) : undefined;
  } catch {
    return undefined; // the caller says what that means
  }
}

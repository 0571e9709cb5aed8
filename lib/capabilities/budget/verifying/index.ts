export { LINK_LENGTH, leadsTo, nextLink } from './chain-link.ts';
export type { Unit, UnitCheck, UnitFault } from './check-unit.ts';
export { checkUnit, nothingSpent } from './check-unit.ts';
export type { BudgetChain } from './terms.ts';
export { MAX_BUDGET_LENGTH, isWholeUnits, unitsFor } from './terms.ts';
export { formatUnit, parseUnit } from './unit-text.ts';

export type { LimitStanding, Spend, SpendDecision } from './count-spend.ts';
export { countSpend, everyLimit, limitsFor } from './count-spend.ts';
export type { Released } from './released.ts';
export { forgetReleased, readReleased } from './released.ts';
export { SpendCounter, countReturn } from './spend-counter.ts';
export type { SavedLimits, SpendLimit } from './spend-limit.ts';
export { readLimits, saveLimits } from './spend-limit.ts';
export { addToSums, periodsOf, sumsIn } from './totals.ts';

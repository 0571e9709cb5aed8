export type { NewBudget } from './payer-chain.ts';
export { PayerChain } from './payer-chain.ts';
export type { Release } from './release.ts';
export { releaseUnits } from './release.ts';
export type { SpentIndexStore } from './spent-index.ts';
export { advanceSpentIndex, forgetBudget, openBudget, readSpentIndex, vaultIndexStore } from './vault-index.ts';

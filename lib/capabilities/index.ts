export * from './budget/index.ts';
export * from './budget/paying/index.ts';
export * from './clauses/index.ts';
export * from './ledger/index.ts';
export * from './ledger/spending/index.ts';
export * from './holder-proof/index.ts';
export * from './paseto/index.ts';
export type { DecidePolicy, PolicyDecision, PolicyFacts, PolicyRequest } from './policy.ts';
export * from './token/index.ts';

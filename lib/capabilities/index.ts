export * from './budget/index.ts';
export * from './budget/paying/index.ts';
export * from './clauses/index.ts';
export * from './ledger/index.ts';
export * from './ledger/spending/index.ts';

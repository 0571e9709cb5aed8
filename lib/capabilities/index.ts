export * from './budget/paying/index.ts';
export * from './checking.ts';
export * from './held/index.ts';
export * from './ledger/spending/index.ts';

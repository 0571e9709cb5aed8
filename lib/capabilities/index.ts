export * from './budget/index.ts';
export * from './budget/paying/index.ts';
export * from './clauses/index.ts';

export * from './clauses/index.ts';

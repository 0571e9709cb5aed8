export * from './ask.ts';
export type * from './contract.ts';

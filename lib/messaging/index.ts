export * from './ask.ts';
export type * from './contract.ts';
export * from './own-router.ts';

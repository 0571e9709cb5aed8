export type { CapabilityChain } from './chain.ts';
export { CHAIN_SEPARATOR, MAX_CHAIN_DEPTH, isChainSigned, readChain } from './chain.ts';
export type { Narrowing } from './narrow.ts';
export { narrowToken } from './narrow.ts';
export type { Judging, UseProblem, UseRefusal } from './permits.ts';
export { refusalsOf } from './permits.ts';
export type { Counted } from './counting.ts';
export { countedUses } from './counting.ts';

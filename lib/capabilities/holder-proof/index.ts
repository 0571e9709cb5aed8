export type { CapabilityUse } from './claims.ts';
export { HOLDER_PROOF_TYPE } from './claims.ts';
export type { HolderSigner, ProofTarget } from './make.ts';
export { makeHolderProof, seedSigner, webCryptoSigner } from './make.ts';
export type { MemoryReplayOptions, ReplayStore } from './replay-store.ts';
export { MemoryReplayStore } from './replay-store.ts';
export type { ProofExpectations, ProofProblem, ProofVerdict } from './verify.ts';
export { MAX_PROOF_AGE, PROOF_SKEW, verifyHolderProof } from './verify.ts';

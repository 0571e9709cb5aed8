export type { Asker, Consent } from './pipeline.ts';
export { BoundPresentation, ProofBundle, ProofPlan, ProofRequest } from './pipeline.ts';
export type { DisclosureView, Fact } from './disclosure-view.ts';
export type { AskedClaims } from './asked-claims.ts';
export type { Narrowing, ProofExtra } from './choose.ts';
export { wasShown } from './choose.ts';
export type { PlannedClaim } from './planned-claim.ts';
export { TYPE_CLAIM } from './planned-claim.ts';
export type { ProveRanges, RangeWork } from './range-witness.ts';

export type { Asker, Consent } from './pipeline.ts';
export { BoundPresentation, ProofBundle, ProofPlan, ProofRequest } from './pipeline.ts';
export type { DisclosureView, Fact } from './disclosure-view.ts';
export { wasShown } from './choose.ts';

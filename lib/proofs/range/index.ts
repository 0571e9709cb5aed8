/** Range proofs about committed numbers. Reaches core, commitments and noble alone; the SDK takes the verifying files. */
export type { Witness, ProvingJob } from './prove.ts';
export { proveRange } from './prove.ts';
export type { StatementsToProve, StatementToProve } from './prove-statements.ts';
export { proveStatements } from './prove-statements.ts';
export type { PlacedStatement, ProofContext, RangeEntry } from './range-entry.ts';
export { MAX_ENTRIES, readRangeEntries } from './range-entry.ts';
export { MAX_PARTIES, proofLength } from './range-proof.ts';
export type { RangeStatement } from './statement.ts';
export { assertStatementFits, readStatement, statementFits, statementHolds } from './statement.ts';
export { Transcript } from './transcript.ts';
export type { VerifyingJob } from './verify.ts';
export { verifyRange, verifyRanges } from './verify.ts';
export type { CommitmentLookup, StatementsVerdict } from './verify-statements.ts';
export { verifyStatements } from './verify-statements.ts';

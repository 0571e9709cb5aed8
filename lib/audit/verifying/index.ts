export type { Checkpoint } from './checkpoint.ts';
export { openCheckpoint, openCheckpointBy, signCheckpoint } from './checkpoint.ts';
export type { WalkStart } from './chain-walk.ts';
export { ChainWalk, problem } from './chain-walk.ts';
export { EntryHasher } from './entry-hasher.ts';
export type { Standing } from './earlier.ts';
export { EarlierCheckpoint } from './earlier.ts';
export type { AuditDecision, AuditEntry } from './entry.ts';
export { GENESIS, entryBytes, entryHash, entryText, parseEntry } from './entry.ts';
export type { EntryProof, ProofCheck } from './entry-proof.ts';
export { formatEntryProof, verifyProof } from './entry-proof.ts';
export type { ExportCheck, ExportEnd } from './export.ts';
export { formatExportEnd, verifyExport } from './export.ts';
export { checkpointIn } from './find-checkpoint.ts';
export type { Known } from './known.ts';
export type { LogProblem, ProblemKind } from './problem.ts';
export type { Note, VerifierKey } from './signed-note.ts';
export {
  formatVerifierKey,
  isSignedBy,
  parseNote,
  parseVerifierKey,
  signNote,
  signatureOf,
  verifierKeyOf,
} from './signed-note.ts';
export type { TlogProof } from './tlog-proof.ts';
export { formatTlogProof, parseTlogProof } from './tlog-proof.ts';

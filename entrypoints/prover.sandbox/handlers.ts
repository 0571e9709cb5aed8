import type { ProverHandlers } from '../../lib/prover/index.ts';
import { checkIssued, deriveBbs } from './bbs.ts';
import { checkOpenings } from './check-openings.ts';
import { proveRanges } from './prove-ranges.ts';

/** Who works on what. */
export const handlers: ProverHandlers = {
  range: proveRanges,
  bbs: deriveBbs,
  'bbs+': deriveBbs,
  open: checkOpenings,
  issued: checkIssued,
};

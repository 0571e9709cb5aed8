import { commit, newBlinding } from '../../lib/credentials/commitment/index.ts';
import { proveStatements } from '../../lib/proofs/range/index.ts';
import type { RangeJob, RangeResult } from '../../lib/prover/index.ts';
import { readCommitted } from './committed.ts';

/** Ages are proven of dates, bounds of integers: the statement says what was committed to. */
export function proveRanges({ entries, context }: RangeJob): RangeResult {
  using openings = new DisposableStack();
  const toProve = entries.map(({ path, statement, ...committed }) => {
    const { commitment, opening } = readCommitted(committed, 'age_at_least' in statement ? 'date' : 'integer');
    openings.use(opening.blinding);
    return { path, statement, commitment, opening };
  });
  return { range_proofs: proveStatements({ entries: toProve, context }) };
}

/**
 * Proves something of a number that nobody committed to, and throws the proof away: a frame that is new to the curve
 * takes several times as long for its first proof as for its second.
 */
export function rehearseRange(): void {
  using blinding = newBlinding();
  const commitment = { kind: 'integer', bits: 16, point: commit(1n, blinding) } as const;
  proveStatements({
    entries: [{ path: ['rehearsal'], statement: { gte: 1 }, commitment, opening: { value: 1n, blinding } }],
    context: { origin: '', nonce: '', sdHash: '' },
  });
}

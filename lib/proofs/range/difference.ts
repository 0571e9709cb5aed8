import type { Bytes } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { CommittedNumber } from '../../credentials/commitment/index.ts';
import { VALUE_BASE, readPoint, writePoint } from '../../credentials/commitment/index.ts';
import { PARTY_COUNTS } from './range-proof.ts';
import type { Difference } from './statement.ts';

/** The commitment to zero with no blinding, the identity: what a proof is padded with. */
export const COMMITMENT_TO_NOTHING: Bytes = new Uint8Array(32);

/**
 * The commitment to a difference, from the number's own: C − bound·B, or bound·B − C. Both sides compute it, so the
 * prover has no say in what is proven.
 * @throws SignetError bad_request when the commitment is no point
 */
export function differenceCommitment({ point }: CommittedNumber, { side, bound }: Difference): Bytes {
  const committed = readPoint(point);
  if (committed === undefined) throw new SignetError('bad_request', 'The commitment is no point.', { field: 'value' });
  const bounding = VALUE_BASE.multiplyUnsafe(bound);
  return writePoint(side === 'above' ? committed.subtract(bounding) : bounding.subtract(committed));
}

/** How many values a proof over so many differences covers: the next power of two, the rest being zeros. */
export const paddedCount = (differences: number): number | undefined =>
  PARTY_COUNTS.find((count) => count >= differences);

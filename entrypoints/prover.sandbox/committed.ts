import { COMMITMENT_SCHEME, readCommitment, readOpening } from '../../lib/credentials/commitment/index.ts';
import type { CommittedKind, CommittedNumber, Opening } from '../../lib/credentials/commitment/index.ts';
import type { OpeningCheck } from '../../lib/prover/index.ts';

/** A commitment and what is said to open it. */
export interface Committed {
  readonly commitment: CommittedNumber;
  readonly opening: Opening;
}

/** @throws SignetError bad_request on a point or a scalar that is none */
export function readCommitted({ point, bits, value, blinding }: OpeningCheck, kind: CommittedKind): Committed {
  return {
    commitment: readCommitment({ scheme: COMMITMENT_SCHEME, kind, bits, value: point }),
    opening: readOpening({ value, blinding }, bits),
  };
}

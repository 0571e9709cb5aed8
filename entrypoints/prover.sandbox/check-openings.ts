import { SignetError } from '../../lib/core/index.ts';
import { opensTo } from '../../lib/credentials/commitment/index.ts';
import type { OpenJob, OpenResult, OpeningCheck } from '../../lib/prover/index.ts';
import { readCommitted } from './committed.ts';

/** Whether each of the commitments opens as it is said; one that cannot be read does not. */
export function checkOpenings({ checks }: OpenJob, report: (done: number) => void): OpenResult {
  for (const [at, check] of checks.entries()) {
    if (!opens(check)) return { opens: false };
    report((at + 1) / checks.length);
  }
  return { opens: true };
}

function opens(check: OpeningCheck): boolean {
  try {
    const { commitment, opening } = readCommitted(check, 'integer');
    using blinding = opening.blinding;
    return opensTo(commitment, { ...opening, blinding });
  } catch (thrown) {
    if (SignetError.from(thrown).reason !== 'bad_request') throw thrown;
    return false;
  }
}

import { SignetError } from '../../core/index.ts';
import type { Reason } from '../../core/index.ts';
import type { ProofPlan } from '../../proofs/index.ts';
import { logOutcome } from '../asking/log-outcome.ts';
import type { Services } from '../services.ts';

/**
 * Why a proof that was allowed could not be made. Not among them: what asks for another look or another try (`changed`,
 * `wrong_password`, an opener that is missing, `locked`), and what leaves no log to write to.
 */
const FAILURES: ReadonlySet<Reason> = new Set<Reason>([
  ...(['expired', 'consumed', 'revoked', 'wait', 'not_found'] as const),
  ...(['denied', 'credential_refused', 'timed_out', 'internal'] as const),
]);

/** Whether what was thrown says that a proof could not be made. */
export const isFailedProof = (thrown: unknown): boolean => FAILURES.has(SignetError.from(thrown).reason);

/**
 * Logs that a proof was allowed and could not be made: nothing was released, and the request waits on. Where it has ended
 * meanwhile its end is in the log already.
 */
export async function logFailedProof(services: Services, { request, claims }: ProofPlan): Promise<void> {
  if (services.queue.get(request.requestId)?.state.phase !== 'waiting') return;
  const names = [...new Set(claims.map(({ claim }) => claim))];
  await logOutcome(services, { kind: 'proof.failed', subject: request.origin, claims: names, decision: 'DENY' });
}

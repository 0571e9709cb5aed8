import type { PlanView } from '../lib/messaging/index.ts';

type Sources = Pick<PlanView, 'digest' | 'credentials'>;

/**
 * The plan that stands for the one the person chose, among plans that were made anew: itself, else the one that
 * answers from most of the same credentials, else the first. Undefined where there are none.
 */
export function planLike<P extends Sources>(plans: readonly P[], chosen: Sources | undefined): P | undefined {
  if (chosen === undefined) return plans[0];
  const same = plans.find(({ digest }) => digest === chosen.digest);
  if (same !== undefined) return same;
  const ids = new Set(chosen.credentials.map(({ credentialId }) => credentialId));
  const shared = ({ credentials }: P): number => credentials.filter(({ credentialId }) => ids.has(credentialId)).length;
  return plans.reduce<P | undefined>(
    (best, plan) => (best !== undefined && shared(best) >= shared(plan) ? best : plan),
    undefined,
  );
}

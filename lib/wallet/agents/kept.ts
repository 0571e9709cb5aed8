import { TYPE_CLAIM } from '../../proofs/index.ts';
import type { PlannedClaim, ProofPlan } from '../../proofs/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import type { VaultReader } from '../../vault/index.ts';
import { readPrincipal } from './principal.ts';

/** What does not go out by somebody who asks, whoever allows it. */
export interface Kept {
  readonly claim: (claim: Pick<PlannedClaim, 'claim' | 'tier'>) => boolean;
  readonly plan: (plan: Pick<ProofPlan, 'compartments'>) => boolean;
}

const NOTHING: Kept = { claim: () => false, plan: () => false };

/**
 * What is kept from an agent: every value of Tier 2 and 3, of which it gets proofs alone (what is proven is Tier 1), and
 * what takes a tier that it was not given. Nothing is kept from a page in this way.
 */
export async function keptFrom(reader: VaultReader, { agent }: Pick<PageRequest, 'agent'>): Promise<Kept> {
  if (agent === undefined) return NOTHING;
  const principal = await readPrincipal(reader, agent);
  const tiers: readonly number[] = principal?.state === 'active' ? principal.tiers : [];
  return {
    claim: ({ claim, tier }) => (claim === TYPE_CLAIM ? tiers.length === 0 : tier !== 1 || !tiers.includes(1)),
    plan: ({ compartments }) => compartments.length > 0 && !tiers.includes(3),
  };
}

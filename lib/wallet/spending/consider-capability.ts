import { SignetError } from '../../core/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import { phaseOf, refused } from '../asking/outcome.ts';
import { Judge } from '../judging/judge.ts';
import type { Judgement } from '../judging/judge.ts';
import type { Consideration, SpendingServices } from '../services.ts';
import type { ReleaseCall, TokenCall } from './capability-call.ts';
import { capabilityCallOf } from './capability-call.ts';
import { isOverLimit, isSpendPermitted, spendByRule } from './spend.ts';
import { spendUnits } from './spend-units.ts';

/**
 * Looks at a call for a token, or for units of one, before the person does: what a rule or a limit forbids is refused, what
 * a rule of theirs permits is released. Of an open vault.
 * @throws SignetError `locked`, `storage_failed`, `vault_damaged`
 */
export async function considerCapability(services: SpendingServices, request: PageRequest): Promise<Consideration> {
  const call = capabilityCallOf(request);
  const vault = await services.keeper.open();
  const judgement = (await Judge.of(vault, services, request, call.purpose)).spend({ oneTime: false, ...call });
  if (judgement.verdict === 'DENY') return refused(services, request, judgement);
  if (call.asks === 'release') return considerUnits(services, request, call);
  if (await isOverLimit(vault, call, { audience: request.origin, agent: request.agent, at: services.clock() })) {
    return refused(services, request, 'wallet');
  }
  return isSpendPermitted(judgement) ? considerPermitted(services, request, { call, permitted: judgement }) : 'ask';
}

async function considerPermitted(
  services: SpendingServices,
  request: PageRequest,
  permitted: { readonly call: TokenCall; readonly permitted: Judgement },
): Promise<Consideration> {
  try {
    const isReleased = await spendByRule(services, request, permitted);
    return isReleased ? 'answered' : await refused(services, request, 'wallet');
  } catch (error) {
    if (SignetError.from(error).reason === 'changed') return phaseOf(services, request.id);
    throw error;
  }
}

/** The person allowed the sum of a budget when they released it: units of it need nobody. */
async function considerUnits(
  services: SpendingServices,
  request: PageRequest,
  call: ReleaseCall,
): Promise<Consideration> {
  const outcome = await spendUnits(services, request, call);
  return outcome === 'released' ? 'answered' : refused(services, request, 'wallet');
}

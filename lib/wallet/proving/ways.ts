import { SignetError } from '../../core/index.ts';
import type { Narrowing, PlannedClaim, ProofPlan, ProofRequest } from '../../proofs/index.ts';
import type { VaultReader } from '../../vault/index.ts';
import { readMyself } from './about-myself.ts';
import { askedProof } from './asked-proof.ts';
import type { AskedIn } from './asked-proof.ts';
import { keptFrom } from '../agents/kept.ts';
import type { Judgement } from '../judging/judge.ts';
import { Judge } from '../judging/judge.ts';
import type { AskedRequest } from '../judging/policy-request.ts';
import type { Services } from '../services.ts';

/** The request as stage one of the pipeline. @throws SignetError unsupported when no vault could answer it */
export const admitProof = (request: AskedIn): ProofRequest => askedProof(request).proof;

/** One way to answer that no rule denies. */
export interface JudgedPlan {
  readonly plan: ProofPlan;
  readonly judgement: Judgement;
}

/** How a proof request can be answered. */
export interface Ways {
  readonly judge: Judge;
  /** Least disclosing first; what a rule denies is not among them. */
  readonly plans: readonly JudgedPlan[];
  /** Where nothing is left because of rules: the judgement that took the least disclosing way, or the asked names. */
  readonly denied?: Judgement;
}

/**
 * The ways to answer, as rules leave them.
 * @param extras that the person takes in
 * @throws SignetError `vault_damaged`; `bad_request`, field `extras`
 */
export async function waysToAnswer(
  services: Able,
  reader: VaultReader,
  request: AskedIn & AskedRequest,
  extras: readonly string[] = [],
): Promise<Ways> {
  const admitted = admitProof(request);
  const judge = await Judge.of(reader, services, request, admitted.page.purpose);
  const kept = await keptFrom(reader, request);
  const skip = (claim: PlannedClaim): boolean => judge.denies(claim) || kept.claim(claim);
  const plans = (await plansFor(services, reader, admitted, { extras, skip })).filter((plan) => !kept.plan(plan));
  const judged = plans.map((plan) => ({ plan, judgement: judge.plan(plan) }));
  const allowed = judged.filter(({ judgement }) => judgement.verdict !== 'DENY');
  if (allowed.length > 0) return { judge, plans: allowed };
  const denied = judged[0]?.judgement ?? (await whatWasDenied(services, reader, { admitted, judge }));
  return { judge, plans: [], ...(denied.verdict === 'DENY' ? { denied } : {}) };
}

type Able = Pick<Services, 'keeper' | 'book' | 'clock'>;

const plansFor = (
  services: Able,
  reader: VaultReader,
  admitted: ProofRequest,
  narrowing: Narrowing = {},
): Promise<readonly ProofPlan[]> => admitted.plan(reader, services.clock, narrowing, () => readMyself(services));

/** Why there is no way: a rule took it, or what is asked is denied by its name, whether the vault holds it or not. */
async function whatWasDenied(
  services: Able,
  reader: VaultReader,
  { admitted, judge }: { readonly admitted: ProofRequest; readonly judge: Judge },
): Promise<Judgement> {
  const [taken] = await plansFor(services, reader, admitted);
  return taken === undefined ? judge.names(admitted.askedClaims.needed) : judge.plan(taken);
}

/** The way that the person said yes to. @throws SignetError changed */
export function planOf({ plans }: Ways, digest: string): JudgedPlan {
  const chosen = plans.find(({ plan }) => plan.digest === digest);
  if (chosen === undefined) throw new SignetError('changed', 'What would be shown has changed. Please look again.');
  return chosen;
}

import type { Json } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import { claimKey } from '../../credentials/index.ts';
import type { AskedRequest, ScopeItem } from '../../notify/index.ts';
import type { ProofPlan } from '../../proofs/index.ts';
import { usesLastCopy } from '../../proofs/index.ts';
import type { ClaimRequest } from '../../provider/types.ts';
import type { PageRequest } from '../../requests/index.ts';
import { parseQuery } from '../../agents/index.ts';
import { allowAgentCall, viewAgentCall } from '../agents/asked-call.ts';
import { askedCallOf } from '../agents/asked-params.ts';
import { assertMayWork } from '../agents/principal.ts';
import { answerFromAfar } from '../proving/prove.ts';
import { waysToAnswer } from '../proving/ways.ts';
import type { Ways } from '../proving/ways.ts';
import type { Services } from '../services.ts';
import { capabilityCallOf } from '../spending/capability-call.ts';
import { planCapability } from '../spending/capability-plan.ts';
import { allowCapability } from '../spending/spend.ts';
import type { Along } from './along.ts';

/** What an agent asked, as the person is asked it elsewhere. */
export interface Question {
  readonly asked: AskedRequest;
  /**
   * The person's yes to these names, as in the window. Absent where names do not say enough for a yes, or it takes the
   * person's opener: then it can be denied from elsewhere, and allowed in the window alone.
   */
  readonly approve?: (names: readonly string[], along: Along) => Promise<void>;
}

/** What a question is made of, by what was asked. */
interface Matter {
  readonly kind: string;
  readonly items: readonly ScopeItem[];
  readonly exact: Json;
  readonly tier3?: boolean;
  readonly approve?: Question['approve'];
}

/**
 * The question that a waiting request of an agent's comes to now.
 * @throws SignetError bad_request for one that is no agent's; `locked`, `unknown_agent`, `paused`, `stopped`; and whatever
 *   keeps the window from showing it
 */
export async function questionOf(services: Services, request: PageRequest): Promise<Question> {
  const { id, agent, origin, expiresAt } = request;
  if (agent === undefined) throw new SignetError('bad_request', 'No agent asks for this.', { field: 'requestId' });
  const { name } = await assertMayWork(await services.keeper.open(), agent);
  const { kind, items, exact, tier3 = false, approve } = await matterOf(services, request);
  return {
    asked: {
      ...{ requestId: id, agent: name, tier3, endsAt: expiresAt, approvable: approve !== undefined },
      scope: { kind, audience: origin === '' ? name : origin, items, exact },
    },
    ...(approve === undefined ? {} : { approve }),
  };
}

function matterOf(services: Services, request: PageRequest): Promise<Matter> {
  switch (request.method) {
    case 'requestProof':
      return ofProof(services, request);
    case 'requestCapability':
      return ofCapability(services, request);
    case 'agentCall':
      return ofCall(services, request);
    default:
      return Promise.reject(new SignetError('bad_request', 'No agent asks like this.', { field: 'requestId' }));
  }
}

/** Each claim is an item, with all that is asked about it; less of them is a request that is narrower. */
async function ofProof(services: Services, request: PageRequest): Promise<Matter> {
  const ways = await waysToAnswer(services, await services.keeper.open(), request);
  const plan = ways.plans.map((way) => way.plan).find(mayGoFromElsewhere);
  return {
    kind: 'get_proof',
    items: itemsOf(claimsIn(request)),
    exact: { params: request.params, plan: plan?.digest ?? null },
    tier3: ways.plans.length > 0 && ways.plans.every((way) => way.plan.compartments.length > 0),
    ...(plan === undefined
      ? {}
      : { approve: (names, along) => sendProof(services, { request, names, plan, ways }, along) }),
  };
}

/** A compartment takes the opener; that the last copy goes, and answers can be linked from then on, has to be seen. */
const mayGoFromElsewhere = ({ compartments, choice }: ProofPlan): boolean =>
  compartments.length === 0 && !choice.some(({ record }) => usesLastCopy(record));

function itemsOf(claims: readonly ClaimRequest[]): readonly ScopeItem[] {
  const byName = Map.groupBy(claims, nameIn);
  return [...byName].map(([name, asked]) => ({ name, exact: asked }));
}

const nameIn = (claim: ClaimRequest): string => (typeof claim === 'string' ? claim : claim.name);

/** What `get_proof` asks for, and nothing else of an agent's is a proof. */
const claimsIn = ({ params }: PageRequest): readonly ClaimRequest[] =>
  (params as unknown as { readonly claims: readonly ClaimRequest[] }).claims; // rebuilt from its schema before it was queued

interface Sending {
  readonly request: PageRequest;
  readonly names: readonly string[];
  /** The way that all of it would go. */
  readonly plan: ProofPlan;
  readonly ways: Ways;
}

async function sendProof(services: Services, { request, names, plan, ways }: Sending, along: Along): Promise<void> {
  const vault = await services.keeper.open();
  const kept = claimsIn(request).filter((claim) => names.includes(nameIn(claim)));
  const isAll = kept.length === claimsIn(request).length;
  const chosen = isAll ? { request, plan, ways } : await narrowed(services, request, { kept, within: plan });
  const answer = { plan: chosen.plan, policy: chosen.ways.judge.policy.hash, vault };
  await answerFromAfar(services, chosen.request, answer, along);
}

/** @throws SignetError not_found where there is no way that shows less and nothing else */
async function narrowed(
  services: Services,
  request: PageRequest,
  { kept, within }: { readonly kept: readonly ClaimRequest[]; readonly within: ProofPlan },
) {
  const claims = kept as unknown as Json; // JSON, by its schema
  const narrower: PageRequest = { ...request, params: { ...paramsOf(request), claims } };
  const ways = await waysToAnswer(services, await services.keeper.open(), narrower);
  const plan = ways.plans.map((way) => way.plan).find((one) => mayGoFromElsewhere(one) && isWithin(one, within));
  if (plan === undefined) {
    throw new SignetError('not_found', 'There is no way to show that part alone.');
  }
  return { request: narrower, plan, ways };
}

const paramsOf = ({ params }: PageRequest): Record<string, Json> => params as Record<string, Json>; // as `claimsIn`

/** Whether all that a way shows is shown by another one too: of the same issuers, in the same form. */
const isWithin = (plan: ProofPlan, wider: ProofPlan): boolean =>
  plan.claims.every(({ claim, issuer, format }) =>
    wider.claims.some((one) => one.claim === claim && one.issuer === issuer && one.format === format),
  );

/** Money moves by its amount, which is told nobody: so it can be denied from elsewhere, and no more. */
async function ofCapability(services: Services, request: PageRequest): Promise<Matter> {
  const call = capabilityCallOf(request);
  const { params, origin, id: requestId } = request;
  const common = { kind: 'request_capability', items: [{ name: call.kind, exact: null }] };
  if (call.asks !== 'token' || call.money !== undefined) return { ...common, exact: { params } };
  const vault = await services.keeper.open();
  const { digest } = await planCapability(vault, { call, origin, now: services.clock() });
  return {
    ...common,
    exact: { params, digest },
    approve: (_, along) => allowCapability(services, { requestId, digest, standing: 'none' }, along),
  };
}

/** What would be kept has to be seen: only a conclusion can be allowed by its name. */
async function ofCall(services: Services, request: PageRequest): Promise<Matter> {
  const call = askedCallOf(request);
  const { id: requestId, params } = request;
  if (call.tool === 'store_data') {
    const items = [{ name: claimKey([call.label.trim()]), exact: null }];
    return { kind: call.tool, items, exact: { params }, tier3: call.tier === 3 };
  }
  const { state } = await viewAgentCall(services, request);
  if (state.step !== 'ask') throw new SignetError('not_found', 'This cannot be shown now.');
  const { digest } = state;
  return {
    kind: call.tool,
    items: [{ name: claimKey([parseQuery(call.query).label]), exact: null }],
    exact: { params, digest },
    approve: (_, along) => allowAgentCall(services, { requestId, digest }, along),
  };
}

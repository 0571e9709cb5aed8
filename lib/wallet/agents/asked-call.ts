import { sha256 } from '@noble/hashes/sha2.js';
import { parseQuery } from '../../agents/index.ts';
import type { AuditDraft, LoggedTx } from '../../audit/index.ts';
import { AuditLog } from '../../audit/index.ts';
import { SignetError, canonicalJsonBytes, displayText, toBase64url } from '../../core/index.ts';
import type { Json } from '../../core/index.ts';
import { SELF_ISSUER, claimLabel } from '../../credentials/index.ts';
import type {
  AgentCallView,
  AgentCallWaiting,
  CompartmentName,
  Opener,
  WaitingBase,
} from '../../messaging/contract.ts';
import { toldTo } from '../../policy/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import { askerOf } from '../../requests/index.ts';
import type { Grant, VaultReader } from '../../vault/index.ts';
import { againWhileOutrun } from '../again.ts';
import type { Judgement } from '../judging/judge.ts';
import type { Along } from '../elsewhere/along.ts';
import { inBrowser } from '../elsewhere/along.ts';
import { logJudged } from '../judging/note-answer.ts';
import { withOpener } from '../life/opener.ts';
import type { Services, VaultServices } from '../services.ts';
import type { AskedCall } from './asked-params.ts';
import { askedCallOf } from './asked-params.ts';
import { conclusionWords } from './conclusion-words.ts';
import { noteLearnedByAgent } from './learned.ts';
import { assertMayWork } from './principal.ts';
import type { QueryPlan } from './query-plan.ts';
import { isAboutValue, judgeQuery, planQuery, queryResult } from './query-plan.ts';
import type { Storing } from './storing.ts';
import { judgeStoring, planStoring, store } from './storing.ts';

/** What an agent's call comes to, looked at now. */
type Planned =
  | { readonly tool: 'query'; readonly call: Extract<AskedCall, { tool: 'query' }>; readonly plan: QueryPlan }
  | { readonly tool: 'store_data'; readonly storing: Storing };

async function planned(services: VaultServices, request: PageRequest): Promise<Planned> {
  const call = askedCallOf(request);
  const vault = await services.keeper.open();
  if (call.tool === 'store_data') return { tool: call.tool, storing: await planStoring(vault, call) };
  const principal = await assertMayWork(vault, askerOf(request));
  return { tool: call.tool, call, plan: await planQuery(vault, services, principal, parseQuery(call.query)) };
}

/** What the consent window shows of it. Opens nothing while the vault is locked. */
export async function viewAgentCall(
  services: Services,
  request: PageRequest,
): Promise<Omit<AgentCallWaiting, keyof WaitingBase>> {
  if ((await services.keeper.state()) !== 'unlocked') return { kind: 'agent', state: { step: 'locked' } };
  try {
    return { kind: 'agent', state: { step: 'ask', ...(await viewed(services, request)) } };
  } catch (thrown) {
    return { kind: 'agent', state: { step: 'failed', message: SignetError.from(thrown).message } };
  }
}

async function viewed(services: Services, request: PageRequest): Promise<AgentCallView> {
  const asks = await viewOf(services, request, await planned(services, request));
  const digest = toBase64url(sha256(canonicalJsonBytes({ request: request.id, asks: asks as unknown as Json }))); // JSON, by its type
  return { digest, asks };
}

async function viewOf(services: Services, request: PageRequest, plan: Planned): Promise<AgentCallView['asks']> {
  if (plan.tool === 'store_data') {
    const { input, former } = plan.storing;
    const { label, type, value, tier, compartment } = input;
    return {
      ...{ tool: 'store_data', label: displayText(label, 80), type, value: displayText(value, 500), tier },
      ...(compartment === undefined ? {} : { compartment }),
      replaces: former.length > 0,
    };
  }
  const { fact, conclusion } = plan.plan;
  const told = await toldTo(await services.keeper.open(), askerOf(request));
  return {
    tool: 'query',
    query: displayText(plan.call.query, 300),
    label: displayText(fact?.label ?? plan.plan.query.label, 80),
    conclusion: conclusionWords(conclusion),
    source: fact?.issuer ?? SELF_ISSUER,
    told: told.map(({ claim }) => claimLabel([claim])),
  };
}

/** What the rules say of it. @param reader the vault, or the transaction that answers */
export async function judgeAgentCall(
  services: VaultServices,
  reader: VaultReader,
  request: PageRequest,
): Promise<Judgement> {
  const plan = await planned(services, request);
  const agent = askerOf(request);
  return plan.tool === 'query'
    ? judgeQuery(reader, services, { agent, plan: plan.plan })
    : judgeStoring(reader, services, { agent, storing: plan.storing });
}

/** What the log says when the person says no. */
export const deniedCallDraft = (request: PageRequest): AuditDraft => ({
  kind: 'agent.denied',
  subject: askerOf(request),
});

/** The person's yes to what they saw. */
export interface AgentCallConsent {
  readonly requestId: string;
  readonly digest: string;
  readonly compartment?: CompartmentName;
  readonly opener?: Opener;
}

/**
 * The person's yes: what the agent wants is done, noted and answered in one transaction.
 * @param along what becomes true with it. Default: it is asked nowhere else any more
 * @throws SignetError `changed` when what was shown no longer stands; `not_found` when the request has ended;
 *   `bad_request`, field `opener`, where Tier 3 needs one; `unknown_agent`, `paused`, `stopped`; `wrong_password`, `wait`
 */
export async function allowAgentCall(services: Services, consent: AgentCallConsent, along?: Along): Promise<void> {
  const request = services.queue.get(consent.requestId);
  if (request?.method !== 'agentCall' || request.state.phase !== 'waiting') {
    throw new SignetError('not_found', 'This request has ended. Your activity shows whether anything was done.');
  }
  const { digest } = await viewed(services, request);
  if (digest !== consent.digest) {
    throw new SignetError('changed', 'What would be done has changed. Please look again.', { field: 'digest' });
  }
  const settle = (grant?: Grant) =>
    againWhileOutrun(services, request, () =>
      answer(services, request, consent, { grant, along: along ?? inBrowser(request) }),
    );
  const { opener } = consent;
  if (opener === undefined) await settle();
  else await withOpener(opener, (given) => services.keeper.grant(given, settle));
  services.announce('requests');
  services.announce('attributes');
  services.announce('audit');
}

async function answer(
  services: Services,
  request: PageRequest,
  consent: AgentCallConsent,
  { grant, along }: { readonly grant: Grant | undefined; readonly along: Along },
): Promise<void> {
  const { queue, clock, book } = services;
  const agent = askerOf(request);
  const plan = chosen(await planned(services, request), consent);
  const vault = grant?.vault ?? (await services.keeper.open());
  const log = new AuditLog(vault, { clock, policy: await book.hash(vault) });
  const result = resultOf(plan);
  const settled = await queue.settle(request.id, { ok: true, result }, ({ write, expected }) =>
    log.transact(async (tx) => {
      await assertMayWork(tx, agent);
      const judgement = await judgeAgentCall(services, tx, request);
      if (judgement.verdict === 'DENY') {
        throw new SignetError('changed', 'Your rules have changed meanwhile.', { field: 'rules' });
      }
      await takeEffect(tx, services, { agent, plan, grant });
      await logJudged(tx, { kind: 'agent.allowed', subject: agent, claims: [keyOf(plan)] }, judgement);
      await along(tx);
      tx.raw(write);
      tx.expect(expected);
    }),
  );
  services.deliver(settled);
}

/** With the compartment that the person chose. */
function chosen(plan: Planned, { compartment }: AgentCallConsent): Planned {
  if (plan.tool === 'query' || compartment === undefined || plan.storing.input.tier !== 3) return plan;
  return { ...plan, storing: { ...plan.storing, input: { ...plan.storing.input, compartment } } };
}

const keyOf = (plan: Planned): string => (plan.tool === 'query' ? plan.plan.key : plan.storing.key);

function resultOf(plan: Planned): Json {
  if (plan.tool === 'query') return queryResult(plan.plan);
  const { input, key } = plan.storing;
  return { stored: { label: input.label, name: key, type: input.type, tier: input.tier } };
}

async function takeEffect(
  tx: LoggedTx,
  services: Services,
  { agent, plan, grant }: { readonly agent: string; readonly plan: Planned; readonly grant: Grant | undefined },
): Promise<void> {
  if (plan.tool === 'store_data') {
    await store(tx, services, plan.storing, grant);
    return;
  }
  const { key, learned } = plan.plan;
  if (isAboutValue(plan.plan)) await noteLearnedByAgent(tx, { agent, key, learned }, services.clock());
}

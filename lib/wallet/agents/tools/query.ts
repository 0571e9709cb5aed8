import { parseQuery } from '../../../agents/index.ts';
import type { ToolInput } from '../../../agents/index.ts';
import { SignetError } from '../../../core/index.ts';
import type { LoggedTx } from '../../../audit/index.ts';
import { callParams } from '../asked-params.ts';
import { noteLearnedByAgent } from '../learned.ts';
import type { QueryPlan } from '../query-plan.ts';
import { isAboutValue, judgeQuery, planQuery, queryResult } from '../query-plan.ts';
import type { Begun, Ruling, ToolContext } from './tool.ts';
import { denied, rulingByPairing, rulingOf } from './tool.ts';

const CLOSED = 'Nothing is concluded from what is of Tier 3. The person can give a proof of it.';

/** A conclusion from what the vault knows, computed in it: see lib/agents/query for what can be asked. */
export async function beginQuery(context: ToolContext, { query, context: why }: ToolInput<'query'>): Promise<Begun> {
  const { services, principal, reader } = context;
  const plan = await planQuery(reader, services, principal, parseQuery(query));
  const agent = principal.id;
  return {
    names: [plan.key],
    tiers: plan.fact === undefined ? [] : [plan.fact.tier],
    decide: async () => decide(context, plan),
    perform: () =>
      Promise.resolve({
        status: 'done',
        result: queryResult(plan),
        along: (tx: LoggedTx) => tell(tx, context, plan),
      }),
    ask: () =>
      services.queue.submitOfAgent({ agent, method: 'agentCall', params: callParams({ tool: 'query', query, why }) }),
  };
}

async function decide({ services, principal, reader }: ToolContext, plan: QueryPlan): Promise<Ruling> {
  const judgement = await judgeQuery(reader, services, { agent: principal.id, plan });
  if (judgement.verdict === 'DENY') return rulingOf(judgement);
  if (plan.isClosed && isAboutValue(plan)) return denied(CLOSED);
  const tellsNothing = !isAboutValue(plan) || plan.conclusion.kind === 'unknown';
  return tellsNothing ? rulingByPairing(judgement) : rulingOf(judgement);
}

/** Decided once more where it is told: of two that ask at the same time, one is the second. */
async function tell(tx: LoggedTx, context: ToolContext, plan: QueryPlan): Promise<void> {
  const { services, principal } = context;
  if (plan.conclusion.kind === 'unknown' || !isAboutValue(plan)) return;
  const { verdict } = await judgeQuery(tx, services, { agent: principal.id, plan });
  if (verdict !== 'PERMIT') throw new SignetError('changed', 'Something else was told meanwhile.');
  await noteLearnedByAgent(tx, { agent: principal.id, key: plan.key, learned: plan.learned }, services.clock());
}

import type { AgentBudgetView, AgentLimitsView, AgentView, Tier } from '../../lib/messaging/index.ts';
import type { MessageKey } from '../../lib/platform/index.ts';
import type { Role } from '../../lib/policy/engine/index.ts';
import type { LimitDraft } from '../capability/limit-draft.ts';
import { draftOf, limitIn } from '../capability/limit-draft.ts';

/** What an agent is told without asking: nothing, what is listed, or whatever its role may learn. */
export const FREEDOMS = ['nothing', 'listed', 'role'] as const;
export type Freedom = (typeof FREEDOMS)[number];

/** A line of a budget as it is typed; `key` tells it apart from the others while they come and go. */
export interface BudgetDraft extends Pick<LimitDraft, 'amount' | 'currency' | 'per'> {
  readonly key: number;
}

/** What an agent may do, as the person puts it together. */
export interface AgentDraft {
  readonly role: Role;
  readonly tiers: readonly Tier[];
  readonly freedom: Freedom;
  /** Kept while another freedom is chosen. */
  readonly claims: readonly string[];
  readonly budget: readonly BudgetDraft[];
}

/** What is offered for an agent that is new: it may ask, spends nothing, and is told nothing by itself. */
export const FIRST_AGENT: AgentDraft = { role: 'public', tiers: [1], freedom: 'nothing', claims: [], budget: [] };

/** What stands in the fields of an agent that is there. */
export function draftOfAgent({
  role,
  limits: { tiers, claims, budget },
}: Pick<AgentView, 'role' | 'limits'>): AgentDraft {
  return {
    role,
    tiers,
    freedom: claims === '*' ? 'role' : claims.length === 0 ? 'nothing' : 'listed',
    claims: claims === '*' ? [] : claims,
    budget: budget.map((line, key) => lineOf(key, line)),
  };
}

function lineOf(key: number, line: AgentBudgetView | undefined): BudgetDraft {
  const { amount, currency, per } = draftOf(line);
  return { key, amount, currency, per };
}

/** With one more line of budget, to be filled in. */
export function withLine(draft: AgentDraft): AgentDraft {
  const key = Math.max(-1, ...draft.budget.map((line) => line.key)) + 1;
  return { ...draft, budget: [...draft.budget, lineOf(key, undefined)] };
}

export const withoutLine = (draft: AgentDraft, key: number): AgentDraft => ({
  ...draft,
  budget: draft.budget.filter((line) => line.key !== key),
});

export const changeLine = (draft: AgentDraft, changed: BudgetDraft): AgentDraft => ({
  ...draft,
  budget: draft.budget.map((line) => (line.key === changed.key ? changed : line)),
});

/** What keeps a draft from being saved. `line`: of which line of the budget, by its key. */
export type DraftProblem =
  | { readonly field: 'tiers' | 'claims'; readonly problem: MessageKey }
  | { readonly field: 'amount' | 'currency' | 'all'; readonly line: number; readonly problem: MessageKey };

export type AgentRead = { readonly role: Role; readonly limits: AgentLimitsView } | DraftProblem;

/** What a draft comes to, or the first thing that is wrong with it. */
export function readDraft({ role, tiers, freedom, claims, budget }: AgentDraft): AgentRead {
  if (tiers.length === 0) return { field: 'tiers', problem: 'agent_tiers_missing' };
  if (freedom === 'listed' && claims.length === 0) return { field: 'claims', problem: 'agent_claims_missing' };
  const lines: AgentBudgetView[] = [];
  for (const line of budget) {
    const read = limitIn({ ...line, site: '' }, lines);
    if ('problem' in read) {
      const { field, problem } = read;
      return { field: field === 'site' ? 'all' : field, line: line.key, problem };
    }
    const { currency, per, amount } = read.limit;
    lines.push({ currency, per, amount });
  }
  const told = { nothing: [], listed: claims, role: '*' } as const satisfies Record<Freedom, AgentLimitsView['claims']>;
  return { role, limits: { tiers: [...tiers].sort(), claims: told[freedom], budget: lines } };
}

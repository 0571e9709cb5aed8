import { assertField, toMajorUnits, toMinorUnits } from '../../core/index.ts';
import { claimKey } from '../../credentials/index.ts';
import type { AgentLimitsView } from '../../messaging/contract.ts';
import type { PolicySet, Rule } from '../../policy/index.ts';
import type { Principal } from './principal.ts';

/** What the person lets an agent do, as it is kept. */
export type AgentLimits = Pick<Principal, 'tiers' | 'claims' | 'budget'>;

/** @throws SignetError bad_request, field `limits.budget` */
export function readLimits({ tiers, claims, budget }: AgentLimitsView): AgentLimits {
  const kinds = budget.map(({ currency, per }) => `${currency} ${per}`);
  assertField(new Set(kinds).size === kinds.length, 'limits.budget', 'Say each limit once.');
  return {
    tiers: [...new Set(tiers)].sort(),
    claims: claims === '*' ? '*' : [...new Set(claims.map((claim) => claimKey([claim])))].sort(),
    budget: budget.map(({ currency, per, amount }) => ({
      ...{ currency, per, amount: toMinorUnits(amount, currency, 'limits.budget') },
    })),
  };
}

export const viewLimits = ({ tiers, claims, budget }: AgentLimits): AgentLimitsView => ({
  tiers,
  claims,
  budget: budget.map(({ currency, per, amount }) => ({ currency, per, amount: toMajorUnits(amount, currency) })),
});

/** What a rule about an agent that comes of its limits is for. */
const ACTIONS = ['prove', 'query'] as const;

const ruleId = (agent: string, action: string): string => `agent-${agent}-${action}`;

/** The ids of the rules that an agent's limits become. */
export const rulesIn = (agent: string): readonly string[] => ACTIONS.map((action) => ruleId(agent, action));

/** What an agent is told without asking: nothing of Tier 3, whatever is listed. */
function rulesOf({ id, claims }: Pick<Principal, 'id' | 'claims'>, at: number): readonly Rule[] {
  if (claims !== '*' && claims.length === 0) return [];
  return ACTIONS.map((action) => ({
    id: ruleId(id, action),
    effect: 'permit',
    subject: { agent: id },
    action,
    claims,
    when: [{ attribute: 'resource.tier', op: 'at_most', value: 2 }],
    locked: false,
    made: { at, by: 'person' },
  }));
}

/**
 * The rules with those of an agent's limits in the place of what its limits before were, and with its role.
 * @param at milliseconds since the epoch
 */
export function withAgent(set: PolicySet, principal: Pick<Principal, 'id' | 'claims' | 'role'>, at: number): PolicySet {
  const { rules, roles } = withoutAgent(set, principal.id);
  const given = { subject: principal.id, by: 'explicit', role: principal.role } as const;
  return {
    ...set,
    rules: [...rules, ...rulesOf(principal, at)].sort((a, b) => (a.id < b.id ? -1 : 1)),
    roles: [...roles, given],
  };
}

/** The rules without those of an agent's limits, and without its role. What else they say of it stays. */
export function withoutAgent(
  set: PolicySet,
  id: string,
): PolicySet & { readonly roles: NonNullable<PolicySet['roles']> } {
  const own = new Set(rulesIn(id));
  return {
    ...set,
    rules: set.rules.filter((rule) => !own.has(rule.id)),
    roles: (set.roles ?? []).filter(({ subject }) => subject !== id),
  };
}

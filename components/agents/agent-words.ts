import type { AgentBudgetView, AgentLimitsView, AgentView, Tier } from '../../lib/messaging/index.ts';
import type { MessageKey } from '../../lib/platform/index.ts';
import { t } from '../../lib/platform/index.ts';
import { amountWords } from '../capability/amount-words.ts';
import { limitWords } from '../capability/limit-words.ts';
import type { IconName } from '../icon.tsx';
import type { ClaimNames } from '../policy/claim-phrase.ts';
import { claimPhrase } from '../policy/claim-phrase.ts';
import { allOf, asStart } from '../policy/list-words.ts';

/** How an agent stands: a word, an icon, and the tone of both. */
export interface StandingWords {
  readonly key: MessageKey;
  readonly icon: IconName;
  readonly tone: 'is-safe' | 'is-warn' | 'soft';
}

/** @param stopped whether all agents are */
export function standingWords(
  { state, connected }: Pick<AgentView, 'state' | 'connected'>,
  stopped: boolean,
): StandingWords {
  if (state === 'revoked') return { key: 'agent_state_revoked', icon: 'x', tone: 'soft' };
  if (stopped) return { key: 'agent_state_stopped', icon: 'pause', tone: 'is-warn' };
  if (state === 'paused') return { key: 'agent_state_paused', icon: 'pause', tone: 'is-warn' };
  if (connected) return { key: 'agent_state_connected', icon: 'safe', tone: 'is-safe' };
  return { key: 'agent_state_active', icon: 'check', tone: 'soft' };
}

const TIERS = { 1: 'agent_tier_1', 2: 'agent_tier_2', 3: 'agent_tier_3' } as const satisfies Record<Tier, MessageKey>;

/** What an agent may ask about at all: "What is freely provable, and what is for reasoning only". */
export const tiersWords = (tiers: AgentLimitsView['tiers']): string =>
  tiers.length === 0 ? t('agent_tiers_nothing') : asStart(allOf([...tiers].sort().map((tier) => t(TIERS[tier]))));

/** What an agent is told without asking: "That you are over 21 and your name". */
export function claimsWords(claims: AgentLimitsView['claims'], names: ClaimNames): string {
  if (claims === '*') return t('agent_claims_role');
  if (claims.length === 0) return t('agent_claims_ask');
  return asStart(allOf(claims.map((claim) => claimPhrase(claim, names))));
}

/** What an agent may spend: "$20.00 each time and $100.00 a month". */
export const budgetWords = (budget: AgentLimitsView['budget']): string =>
  budget.length === 0 ? t('agent_budget_none') : allOf(budget.map(limitWords));

/** What is spent of one line of a budget: "$20.00 of $100.00 a month". Of what holds for each token alone, the line. */
export const spentOfWords = (line: AgentBudgetView, spent: string): string =>
  line.per === 'token' ? limitWords(line) : t('agent_spent_of', amountWords(spent, line.currency), limitWords(line));

/** The one line of a budget that tells most in a list: the first that is counted over time, else the first. */
export function spentWordsOf({ limits: { budget }, spent }: Pick<AgentView, 'limits' | 'spent'>): string | undefined {
  const counted = budget.findIndex(({ per }) => per !== 'token');
  const at = counted === -1 ? 0 : counted;
  const line = budget[at];
  return line === undefined ? undefined : spentOfWords(line, spent[at] ?? '0');
}

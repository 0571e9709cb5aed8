import '../policy/in-english.ts';
import { describe, expect, test } from 'vitest';
import {
  budgetWords,
  claimsWords,
  spentOfWords,
  spentWordsOf,
  standingWords,
  tiersWords,
} from '../../../../components/agents/agent-words.ts';
import { conclusionWords } from '../../../../components/agents/conclusion-words.ts';
import { queryWords } from '../../../../components/agents/query-words.ts';
import { NO_NAMES } from '../../../../components/policy/claim-phrase.ts';
import type { AgentBudgetView } from '../../../../lib/messaging/index.ts';

const monthly: AgentBudgetView = { currency: 'USD', per: 'month', amount: '100.00' };
const each: AgentBudgetView = { currency: 'USD', per: 'token', amount: '20.00' };
const limits = (...budget: readonly AgentBudgetView[]) => ({ tiers: [], claims: [], budget });

describe('how an agent stands', () => {
  test.each([
    ['active', true, false, 'agent_state_connected'],
    ['active', false, false, 'agent_state_active'],
    ['paused', true, false, 'agent_state_paused'],
    ['revoked', true, false, 'agent_state_revoked'],
  ] as const)('%s, connected: %s, all stopped: %s is %s', (state, connected, stopped, key) => {
    expect(standingWords({ state, connected }, stopped).key).toBe(key);
  });

  test.each(['active', 'paused'] as const)('%s counts for nothing while all are stopped', (state) => {
    expect(standingWords({ state, connected: true }, true).key).toBe('agent_state_stopped');
  });

  test('is never in the colour of what is safe while it may not work', () => {
    const tones = (['paused', 'revoked'] as const).map(
      (state) => standingWords({ state, connected: true }, false).tone,
    );
    expect(tones).not.toContain('is-safe');
    expect(standingWords({ state: 'active', connected: true }, true).tone).not.toBe('is-safe');
  });
});

describe('what an agent may do', () => {
  test('is said in words, whatever the order it was chosen in', () => {
    expect(tiersWords([2, 1])).toBe('What is freely provable and what is for reasoning only');
    expect(tiersWords([])).toBe('Nothing');
  });

  test.each([
    [[], 'Nothing: you are asked each time'],
    ['*', 'Whatever is usual for what it counts as'],
    [['age_over_21', 'given_name'], 'That you are over 21 and your given name'],
  ] as const)('without asking: %j is “%s”', (claims, words) => {
    expect(claimsWords(claims, NO_NAMES)).toBe(words);
  });

  test('of money is nothing where no line says so', () => {
    expect(budgetWords([])).toBe('Nothing');
    expect(budgetWords([each, monthly])).toBe('$20.00 each time and $100.00 a month');
  });

  test('and what it spent of that is told of what is counted over time, before what holds for each token', () => {
    expect(spentOfWords(monthly, '20.00')).toBe('$20.00 of $100.00 a month');
    expect(spentOfWords(each, '0')).toBe('$20.00 each time');
    expect(spentWordsOf({ limits: limits(each, monthly), spent: ['0', '20.00'] })).toBe('$20.00 of $100.00 a month');
    expect(spentWordsOf({ limits: limits(each), spent: ['0'] })).toBe('$20.00 each time');
    expect(spentWordsOf({ limits: limits(), spent: [] })).toBeUndefined();
  });
});

describe('what an agent asks to be told', () => {
  test.each([
    ['has("Passport")', 'Whether there is something of this name'],
    ['count("Passport")', 'How many of this name there are'],
    ['equals("Town", "Bern")', 'Whether it is “Bern”'],
    ['equals("Member", true)', 'Whether it is “Yes”'],
    ['at_least("Monthly income", 3000)', 'Whether it is at least 3,000'],
    ['at_most("Children", 2)', 'Whether it is at most 2'],
    ['between("Monthly income", 3000, 5000)', 'Whether it is from 3,000 to 5,000'],
    ['age_at_least("Born", 18)', 'Whether you are 18 or over by it'],
    ['category("Blood type")', 'What sort of thing it is'],
    ['category("Monthly income", 3000, 5000)', 'How it lies to 3,000 or 5,000'],
    ['category("Town", "Bern", "Basel")', 'Which it is of “Bern” or “Basel”'],
  ])('by %s is “%s”', (query, words) => {
    expect(queryWords(query)).toBe(words);
  });

  test.each(['', 'at_least("Monthly income", 30', 'value("Monthly income")', 'constructor("x")'])(
    'by “%s”, which is no query, has no words of ours',
    (query) => {
      expect(queryWords(query)).toBeUndefined();
    },
  );
});

describe('what an agent would be told', () => {
  test.each([
    ['yes', 'Yes'],
    ['no', 'No'],
    ['≥ 3000 · < 5000', '≥ 3000 · < 5000'],
    ['12', '12'],
    ['–', 'That nothing follows from what Signet holds'],
    ['medical', 'That it is about health'],
    ['#0', 'None of those it named'],
    ['#2', 'Number 2 of those it named'],
    ['constructor', 'constructor'],
    ['a\u202eb', 'a b'],
  ])('“%s” reads “%s”', (conclusion, words) => {
    expect(conclusionWords(conclusion)).toBe(words);
  });
});

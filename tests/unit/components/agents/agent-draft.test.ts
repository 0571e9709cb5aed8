import '../policy/in-english.ts';
import { describe, expect, test } from 'vitest';
import type { AgentDraft } from '../../../../components/agents/agent-draft.ts';
import {
  FIRST_AGENT,
  changeLine,
  draftOfAgent,
  readDraft,
  withLine,
  withoutLine,
} from '../../../../components/agents/agent-draft.ts';
import type { AgentLimitsView } from '../../../../lib/messaging/index.ts';

const draft = (changes: Partial<AgentDraft> = {}): AgentDraft => ({ ...FIRST_AGENT, ...changes });
const line = (key: number, amount: string, currency = 'USD', per: 'token' | 'day' | 'month' = 'month') => ({
  ...{ key, amount, currency, per },
});

describe('what is offered for an agent that is new', () => {
  test('lets it be told nothing, spend nothing, and ask about no more than what is freely provable', () => {
    expect(readDraft(FIRST_AGENT)).toEqual({ role: 'public', limits: { tiers: [1], claims: [], budget: [] } });
  });
});

describe('what an agent may do', () => {
  test.each<AgentLimitsView>([
    { tiers: [1], claims: [], budget: [] },
    { tiers: [1, 2, 3], claims: '*', budget: [{ currency: 'USD', per: 'month', amount: '100.00' }] },
    {
      tiers: [2],
      claims: ['age_over_21'],
      budget: [
        { currency: 'EUR', per: 'token', amount: '19.99' },
        { currency: 'JPY', per: 'day', amount: '3000' },
      ],
    },
  ])('is the same after it was opened and saved: %j', (limits) => {
    expect(readDraft(draftOfAgent({ role: 'commerce', limits }))).toEqual({ role: 'commerce', limits });
  });

  test('keeps claims that were chosen while another freedom is, and saves none of them', () => {
    const chosen = draft({ freedom: 'nothing', claims: ['given_name'] });
    expect(readDraft(chosen)).toMatchObject({ limits: { claims: [] } });
    expect(readDraft({ ...chosen, freedom: 'listed' })).toMatchObject({ limits: { claims: ['given_name'] } });
  });

  test.each<[string, Partial<AgentDraft>, object]>([
    ['without a tier', { tiers: [] }, { field: 'tiers' }],
    ['with a list that is empty', { freedom: 'listed' }, { field: 'claims' }],
    ['with no amount', { budget: [line(0, '')] }, { field: 'amount', line: 0 }],
    ['with an amount of nothing', { budget: [line(0, '0')] }, { field: 'amount', line: 0 }],
    ['with an amount below nothing', { budget: [line(0, '-5')] }, { field: 'amount', line: 0 }],
    ['with more decimals than there are', { budget: [line(0, '1.999')] }, { field: 'amount', line: 0 }],
    ['with a currency that is none', { budget: [line(0, '5'), line(4, '5', 'XYZ')] }, { field: 'currency', line: 4 }],
    ['with two lines for the same time', { budget: [line(0, '5'), line(1, '9')] }, { field: 'all', line: 1 }],
  ])('is not saved %s, and says where', (_, changes, problem) => {
    const read = readDraft(draft(changes));
    expect(read).toMatchObject(problem);
    expect(read).not.toHaveProperty('limits');
  });
});

describe('the lines of a budget', () => {
  test('come and go without becoming one another', () => {
    const two = withLine(withLine(draft()));
    const [first, second] = two.budget;
    if (first === undefined || second === undefined) throw new Error('There should be two lines.');
    const changed = changeLine(two, { ...second, amount: '5' });
    const left = withoutLine(changed, first.key);
    expect(left.budget).toEqual([{ ...second, amount: '5' }]);
    expect(withLine(left).budget.map(({ key }) => key)).toEqual([second.key, second.key + 1]);
  });
});

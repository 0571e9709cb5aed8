import { describe, expect, it } from 'vitest';
import { toldReasons, whyWords } from '../../../components/why-words.ts';
import type { AskReason } from '../../../lib/messaging/index.ts';
import { ROLES } from '../../../lib/policy/engine/index.ts';
import messages from '../../../public/_locales/en/messages.json' with { type: 'json' };

const bound = (from?: number, below?: number): AskReason => ({
  kind: 'bound',
  label: 'over 21',
  told: ['age_over_18'],
  ...(from === undefined ? {} : { from }),
  ...(below === undefined ? {} : { below }),
});

describe('why the person is asked', () => {
  it('goes without saying where nothing was decided before', () => {
    expect(whyWords({ kind: 'no_rule' })).toBeUndefined();
    expect(toldReasons([{ kind: 'no_rule' }])).toEqual([]);
  });

  it('is told otherwise of an agent, which is no site, whatever it counts as', () => {
    const keys = ROLES.map((role) => whyWords({ kind: 'role', label: 'name', role, least: 'identity' }, 'agent')?.key);
    expect(new Set(keys)).toEqual(new Set(['why_agent_role']));
  });

  it('has a sentence for every role and every obligation', () => {
    const reasons: readonly AskReason[] = [
      ...ROLES.map((role) => ({ kind: 'role', label: 'birth date', role, least: 'identity' }) as const),
      ...(['max_uses', 'rate', 'ask_again_after', 'require_presence', 'mask'] as const).map(
        (which) => ({ kind: 'obligation', which }) as const,
      ),
      { kind: 'restored' },
      { kind: 'ask_rule', rules: [], missing: [] },
      { kind: 'indeterminate', rules: [], missing: [] },
      { kind: 'indeterminate', rules: [], missing: ['context.purpose'] },
    ];
    const keys = reasons.map((reason) => whyWords(reason)?.key);
    expect(keys.filter((key) => key === undefined || !Object.hasOwn(messages, key))).toEqual([]);
    expect(new Set(keys).size).toBe(reasons.length);
  });

  it.each([
    [18, 21, { key: 'why_bound_ages', ages: [18, 19, 20] }],
    [20, 21, { key: 'why_bound_ages', ages: [20] }],
    [18, 25, { key: 'why_bound_between', numbers: [18, 24] }],
    [21, undefined, { key: 'why_bound_from', numbers: [21] }],
    [undefined, 18, { key: 'why_bound_below', numbers: [18] }],
    [undefined, undefined, { key: 'why_bound' }],
    [21, 18, { key: 'why_bound' }],
  ])('says which ages are left, from %s and below %s', (from, below, words) => {
    expect(whyWords(bound(from, below))).toEqual({ ...words, tone: 'warn' });
  });

  it('names an attribute that is not known as a person would', () => {
    const words = whyWords({
      kind: 'indeterminate',
      rules: ['r'],
      missing: ['resource.credential_type', 'context.time'],
    });
    expect(words?.attributes).toEqual(['credential type', 'time']);
  });

  it('is told by the weightiest reason, and by every conclusion that the site can draw', () => {
    const role: AskReason = { kind: 'role', label: 'name', role: 'public', least: 'identity' };
    expect(toldReasons([role, { kind: 'restored' }, { kind: 'no_rule' }])).toEqual([role]);
    expect(toldReasons([role, { kind: 'restored' }, bound(18, 21)])).toEqual([role, bound(18, 21)]);
    expect(toldReasons([{ kind: 'no_rule' }, role])).toEqual([role]);
  });
});

import { describe, expect, test } from 'vitest';
import { FRESH_STATE } from '../../../../lib/policy/engine/index.ts';
import { explained, NOW, request, rule } from '../../../fixtures/policy/rules.ts';

const tier = { attribute: 'resource.tier', op: 'at_most', value: 1 } as const;
const purpose = { attribute: 'context.purpose', op: 'equals', value: 'wine' } as const;
const missed = (because: object, id = 'a') => ({ rule: id, effect: 'permit', outcome: 'missed', because });

describe('an explanation', () => {
  test.each([
    ['action', rule('a', { action: 'receive' }), { part: 'action' }],
    ['claims', rule('a', { claims: ['email'] }), { part: 'claims' }],
    ['subject', rule('a', { subject: { site: 'https://other.example' } }), { part: 'subject' }],
    ['role', rule('a', { subject: { role: 'identity' } }), { part: 'subject' }],
    ['beginning', rule('a', { from: NOW + 1 }), { part: 'not_yet' }],
    ['end', rule('a', { until: NOW }), { part: 'expired' }],
    ['condition', rule('a', { when: [{ ...tier, value: 1 }] }), { part: 'condition', condition: tier, found: 2 }],
    ['missing attribute', rule('a', { when: [purpose] }), { part: 'missing', attribute: 'context.purpose' }],
  ])('says that a near miss missed by its %s', (_name, near, because) => {
    expect(explained({ rules: [near] }, request({ properties: { tier: 2 } })).trace).toEqual([missed(because)]);
  });

  test('does not tell of a rule that missed by two parts', () => {
    const rules = [
      rule('a', { action: 'receive', claims: ['email'] }),
      rule('b', { claims: ['email'], when: [purpose] }),
    ];
    expect(explained({ rules })).toMatchObject({ trace: [], missing: [] });
  });

  test('tells of rules about others that name this claim, but never of thousands', () => {
    const rules = Array.from({ length: 100 }, (_, i) =>
      rule(`r${i}`, { subject: { site: `https://shop${i}.example` } }),
    );
    expect(explained({ rules }).trace.map(({ rule: id }) => id)).toEqual(['r0', 'r1']);
  });

  test('says what is missing, and what is of a wrong type, of rules that restrict', () => {
    const rules = [
      rule('a', { effect: 'deny', when: [purpose, { attribute: 'context.weekday', op: 'equals', value: 1 }] }),
      rule('b', { effect: 'ask', when: [tier] }),
    ];
    const explanation = explained({ rules }, request({ properties: { tier: 'one' } }));
    expect(explanation).toMatchObject({ verdict: 'ANOMALY', reason: 'indeterminate', rules: ['a', 'b'] });
    expect(explanation.missing).toEqual(['context.purpose', 'context.weekday']);
    expect(explanation.trace.map(({ because }) => because)).toEqual([
      { part: 'missing', attribute: 'context.purpose' },
      { part: 'wrong_type', attribute: 'resource.tier', wanted: 'number' },
    ]);
  });

  test('tells what a permit that matched lacks', () => {
    const when = [{ count: { at_most: 1, seconds: 60 } }] as const;
    const { trace } = explained({ rules: [rule('a', { when })] }, request(), { ...FRESH_STATE, uses: () => 1 });
    const because = { part: 'obligation', obligation: 'rate' };
    expect(trace).toEqual([{ rule: 'a', effect: 'permit', outcome: 'matched', because }]);
  });

  test('tells why what was before is not known', () => {
    const rules = [rule('a', { obligations: { max_uses: 1 } })];
    const uses = () => {
      throw new Error('The record of uses was altered.');
    };
    const { trace } = explained({ rules }, request(), { ...FRESH_STATE, uses });
    expect(trace).toEqual([missed({ part: 'failed', message: 'The record of uses was altered.' })]);
  });

  test('lists what matched before what nearly did, each by id', () => {
    const rules = [rule('d'), rule('c', { action: 'receive' }), rule('b'), rule('a', { action: 'receive' })];
    expect(explained({ rules }).trace.map(({ rule: id }) => id)).toEqual(['b', 'd', 'a', 'c']);
  });

  test('carries the roles in force and the bound', () => {
    const bound = { claim: 'age', told: ['age_over_18'] };
    const explanation = explained({ rules: [], least: 'identity' }, request(), { ...FRESH_STATE, bound });
    expect(explanation).toMatchObject({ roles: { subject: 'public', by: 'default', least: 'identity' }, bound });
  });
});

import { describe, expect, test } from 'vitest';
import type { PolicyState } from '../../../../lib/policy/engine/index.ts';
import { FRESH_STATE, roleOf } from '../../../../lib/policy/engine/index.ts';
import { decided, explained, NOW, request, rule, SHOP } from '../../../fixtures/policy/rules.ts';

const deny = rule('never', { effect: 'deny', subject: { any: true }, claims: '*' });
const stateOf = (rest: Partial<PolicyState>): PolicyState => ({ ...FRESH_STATE, ...rest });

describe('the three traps', () => {
  test('a never is never asked again, whatever role or permit the site has', () => {
    const never = rule('never', { effect: 'deny' });
    const permit = rule('always');
    const set = { roles: [{ subject: SHOP, by: 'explicit', role: 'trusted_agent' }] } as const;
    for (const least of ['public', 'trusted_agent'] as const) {
      expect(decided({ rules: [never, permit], least })).toMatchObject({ verdict: 'DENY', reason: 'denied' });
      expect(decided({ rules: [never], set, least })).toMatchObject({ verdict: 'DENY', rules: ['never'] });
    }
  });

  test('what the person saved for exactly this site and claim is not vetoed by a role', () => {
    expect(decided({ rules: [rule('a')], least: 'identity' }).verdict).toBe('PERMIT');
    expect(decided({ rules: [rule('a', { claims: '*' })], least: 'identity' }).reason).toBe('role');
    expect(decided({ rules: [rule('a', { subject: { domain: 'shop.example' } })], least: 'identity' }).reason).toBe(
      'role',
    );
    expect(decided({ rules: [rule('a', { obligations: { require_presence: true } })], least: 'identity' }).reason).toBe(
      'role',
    );
  });

  test('a rule that fails while it is looked at makes the person decide, and says why', () => {
    const when = [{ attribute: 'context.purpose', op: 'equals', value: 'wine' }] as const;
    const context = { ...request().context };
    Object.defineProperty(context, 'purpose', {
      enumerable: true,
      get: () => {
        throw new Error('The purpose cannot be read.');
      },
    });
    const asked = { ...request(), context };
    for (const effect of ['deny', 'ask'] as const) {
      const of = { rules: [rule('strict', { effect, when }), rule('always')] };
      expect(decided(of, asked)).toMatchObject({
        verdict: 'ANOMALY',
        reason: 'indeterminate',
        rules: ['always', 'strict'],
      });
      expect(explained(of, asked).trace).toContainEqual({
        ...{ rule: 'strict', effect, outcome: 'indeterminate' },
        because: { part: 'failed', message: 'The purpose cannot be read.' },
      });
    }
    expect(decided({ rules: [rule('always', { when })] }, asked).reason).toBe('no_rule');
  });
});

describe('who a rule is about', () => {
  test.each([
    ['https://shop.example', true],
    ['https://shop.example:8443', true],
    ['https://pay.shop.example', true],
    ['https://shop.example.', true],
    ['https://pay.shop.example.:8443', true],
    ['https://notshop.example', false],
    ['https://shop.example.evil.example', false],
    ['https://example', false],
  ])('a domain is that of %s: %s', (id, about) => {
    const of = { rules: [rule('a', { effect: 'deny', subject: { domain: 'shop.example' } })] };
    expect(decided(of, request({ id })).verdict).toBe(about ? 'DENY' : 'ANOMALY');
  });

  test.each([
    ['127.0.0.1', 'https://127.0.0.1:3000', true],
    ['0.0.1', 'https://127.0.0.1', false],
    ['localhost', 'http://localhost:3000', true],
    ['localhost', 'https://app.localhost', false],
    ['[::1]', 'http://[::1]:3000', true],
    ['[::1]', 'http://[::1]', true],
  ])('%s stands for itself alone: %s %s', (value, id, about) => {
    const when = [{ attribute: 'subject.host', op: 'in_domain', value }] as const;
    const read = () =>
      decided({ rules: [rule('a', { effect: 'deny', subject: { any: true }, when })] }, request({ id }));
    if (value === '0.0.1') expect(read).toThrow('host');
    else expect(read().verdict).toBe(about ? 'DENY' : 'ANOMALY');
  });

  test('a denial of a domain asks where the site cannot be told', () => {
    const of = {
      rules: [
        rule('a', { effect: 'deny', subject: { domain: 'shop.example' } }),
        rule('b', { subject: { any: true } }),
      ],
    };
    expect(decided(of, request({ id: 'null' }))).toMatchObject({ verdict: 'ANOMALY', reason: 'indeterminate' });
  });

  test('an agent is no site, even with the same name', () => {
    expect(decided({ rules: [rule('a')] }, request({ type: 'agent' })).verdict).toBe('ANOMALY');
    expect(decided({ rules: [rule('a', { subject: { agent: SHOP } })] }, request({ type: 'agent' })).verdict).toBe(
      'PERMIT',
    );
  });

  test('a role is every subject’s whose role contains it, and financial is not medical', () => {
    const of = (role: 'financial' | 'medical' | 'identity') => ({
      rules: [rule('a', { subject: { role: 'medical' } })],
      set: { roles: [{ subject: SHOP, by: 'explicit' as const, role }] },
    });
    expect(decided(of('medical')).verdict).toBe('PERMIT');
    expect(decided(of('identity')).verdict).toBe('PERMIT');
    expect(decided(of('financial')).verdict).toBe('ANOMALY');
  });

  test('the effective role is the person’s word, else a credential, else the nearest domain, else public', () => {
    const set = {
      v: 1 as const,
      rules: [],
      roles: [
        { subject: 'example', by: 'domain' as const, role: 'commerce' as const },
        { subject: 'shop.example', by: 'domain' as const, role: 'financial' as const },
        { subject: 'https://a.shop.example', by: 'credential' as const, role: 'medical' as const },
        { subject: 'https://b.shop.example', by: 'credential' as const, role: 'medical' as const },
        { subject: 'https://b.shop.example', by: 'explicit' as const, role: 'public' as const },
      ],
    };
    expect(roleOf(set, 'https://b.shop.example')).toEqual({ role: 'public', by: 'explicit' });
    expect(roleOf(set, 'https://a.shop.example')).toEqual({ role: 'medical', by: 'credential' });
    expect(roleOf(set, 'https://c.shop.example:8443')).toEqual({ role: 'financial', by: 'domain' });
    expect(roleOf(set, 'https://other.example')).toEqual({ role: 'commerce', by: 'domain' });
    expect(roleOf(set, 'https://example.org')).toEqual({ role: 'public', by: 'default' });
    expect(roleOf(set, 'agent-1')).toEqual({ role: 'public', by: 'default' });
  });
});

describe('what a rule is about', () => {
  test('a name covers what is nested in it, by whole steps', () => {
    const of = { rules: [rule('a', { claims: ['address'] })] };
    expect(decided(of, request({ claim: 'address.locality' })).verdict).toBe('PERMIT');
    expect(decided(of, request({ claim: 'addresses' })).verdict).toBe('ANOMALY');
    expect(
      decided({ rules: [rule('a', { claims: ['address.locality'] })] }, request({ claim: 'address' })).verdict,
    ).toBe('ANOMALY');
  });

  test('a denial of a part is a denial of the whole that holds it', () => {
    const of = {
      rules: [rule('a', { claims: ['address'] }), rule('b', { effect: 'deny', claims: ['address.street'] })],
    };
    expect(decided(of, request({ claim: 'address' })).verdict).toBe('DENY');
    expect(decided(of, request({ claim: 'address.locality' })).verdict).toBe('PERMIT');
  });

  test('the least role that the person chose for a claim is that of what is nested in it', () => {
    const set = { claim_roles: { address: 'commerce', 'address.street': 'identity' } } as const;
    const of = { rules: [rule('a', { subject: { any: true }, claims: '*' })], set, least: 'trusted_agent' as const };
    const least = (claim: string) => explained(of, request({ claim })).roles.least;
    expect(['address.locality', 'address.street.number', 'email'].map(least)).toEqual([
      ...['commerce', 'identity', 'trusted_agent'],
    ]);
  });
});

describe('the order of reasons', () => {
  const ask = rule('ask', { effect: 'ask' });
  const unsure = rule('unsure', { effect: 'ask', when: [{ attribute: 'context.purpose', op: 'equals', value: 'x' }] });
  const bound = { claim: 'age', told: ['age_over_18'] };

  test('is denied, indeterminate, ask, bound, role, permit, obligation, no rule', () => {
    const permit = rule('permit', { subject: { any: true } });
    const state = stateOf({ bound });
    const least = 'identity';
    expect(decided({ rules: [deny, unsure, ask, permit], least }, request(), state).reason).toBe('denied');
    expect(decided({ rules: [unsure, ask, permit], least }, request(), state).reason).toBe('indeterminate');
    expect(decided({ rules: [ask, permit], least }, request(), state).reason).toBe('ask_rule');
    expect(decided({ rules: [permit], least }, request(), state).reason).toBe('bound');
    expect(decided({ rules: [permit], least }).reason).toBe('role');
    expect(decided({ rules: [permit] }).reason).toBe('permitted');
    expect(decided({ rules: [rule('a', { obligations: { require_presence: true } })] }).reason).toBe('obligation');
    expect(decided({ rules: [] }).reason).toBe('no_rule');
  });

  test('where nobody can be asked, what no rule permits is denied', () => {
    expect(decided({ rules: [] }, request(), FRESH_STATE, { askable: false })).toMatchObject({
      verdict: 'DENY',
      reason: 'no_rule',
    });
  });

  test('the permit for exactly this site and claim goes first, then the smallest id', () => {
    const rules = [rule('a', { subject: { any: true } }), rule('c'), rule('b')];
    expect(decided({ rules })).toMatchObject({ permit: { rule: 'b' }, rules: ['a', 'b', 'c'] });
  });
});

describe('a permit', () => {
  test('holds from its beginning until just before its end, and tells when it ends', () => {
    const of = { rules: [rule('a', { from: NOW, until: NOW + 10 })] };
    const at = (time: number) => decided(of, request({ context: { time } }));
    expect(at(NOW - 1).reason).toBe('no_rule');
    expect(at(NOW)).toMatchObject({ verdict: 'PERMIT', permit: { expiresAt: NOW + 10 } });
    expect(at(NOW + 9).verdict).toBe('PERMIT');
    expect(at(NOW + 10).reason).toBe('no_rule');
    expect(decided({ rules: [rule('a')] }).permit).not.toHaveProperty('expiresAt');
  });

  test('with its uses used up asks, and one whose uses are not known does not apply', () => {
    const of = { rules: [rule('a', { obligations: { max_uses: 2 } })] };
    const used = (count: number | undefined) => decided(of, request(), stateOf({ uses: () => count }));
    expect(used(1).verdict).toBe('PERMIT');
    expect(used(2)).toMatchObject({ verdict: 'ANOMALY', reason: 'obligation', rules: ['a'] });
    expect(used(undefined)).toMatchObject({ verdict: 'ANOMALY', reason: 'no_rule', rules: [] });
  });

  test('asks for the uses of this rule by this subject within its time', () => {
    const asked: unknown[] = [];
    const uses = (...wanted: readonly unknown[]) => {
      asked.push(wanted);
      return 2;
    };
    const of = { rules: [rule('a', { when: [{ count: { at_most: 3, seconds: 60 } }] })] };
    expect(decided(of, request(), stateOf({ uses })).verdict).toBe('PERMIT');
    expect(asked).toEqual([['a', SHOP, NOW - 60_000]]);
    expect(decided(of, request(), stateOf({ uses: () => 3 })).reason).toBe('obligation');
  });

  test('to spend counts this amount in, in its own currency alone', () => {
    const of = { rules: [rule('a', { when: [{ spend: { at_most: 100, currency: 'USD', seconds: 60 } }] })] };
    const state = stateOf({ spent: () => 60 });
    const spend = (amount: number, currency = 'USD') =>
      decided(of, request({ context: { amount, currency } }), state).reason;
    expect([spend(40), spend(41), spend(40, 'EUR'), spend(-1), spend(0.5)]).toEqual([
      ...['permitted', 'obligation', 'no_rule', 'no_rule', 'no_rule'],
    ]);
  });

  test('that is to be asked again asks when that time is over, counted from when the person last said yes', () => {
    const of = {
      rules: [rule('a', { made: { at: NOW - 70_000, by: 'consent' }, obligations: { ask_again_after: 60 } })],
    };
    expect(decided(of).reason).toBe('obligation');
    const again = decided(of, request(), stateOf({ confirmedAt: () => NOW - 59_999 }));
    expect(again).toMatchObject({ verdict: 'PERMIT', permit: { expiresAt: NOW + 1 } });
  });

  test('from before the vault was restored asks once more', () => {
    const state = { restoredAt: NOW - 500 };
    expect(decided({ rules: [rule('a')] }, request(), stateOf(state)).reason).toBe('restored');
    expect(
      decided({ rules: [rule('a')] }, request(), stateOf({ ...state, confirmedAt: () => NOW - 500 })).verdict,
    ).toBe('PERMIT');
  });

  test('does not go with a claim that it masks, nor with one that holds it', () => {
    const of = { rules: [rule('a', { claims: '*', obligations: { mask: ['address.street'] } })] };
    const told = (claims: readonly string[], claim = 'age_over_21') =>
      decided(of, request({ claim, context: { claims } })).reason;
    expect(told(['age_over_21'])).toBe('permitted');
    expect(told(['age_over_21', 'address.street.number'])).toBe('obligation');
    expect(told(['age_over_21', 'address'])).toBe('obligation');
    expect(told([], 'address.street')).toBe('obligation');
    expect(decided(of).reason).toBe('no_rule');
  });

  test('whose attribute is missing or of another type does not apply', () => {
    const of = { rules: [rule('a', { when: [{ not: { attribute: 'resource.tier', op: 'equals', value: 3 } }] })] };
    expect(decided(of, request({ properties: { tier: 1 } })).verdict).toBe('PERMIT');
    expect(decided(of, request({ properties: {} })).verdict).toBe('ANOMALY');
    expect(decided(of, request({ properties: { tier: '1' } })).verdict).toBe('ANOMALY');
    expect(decided(of, request({ properties: { tier: Number.NaN } })).verdict).toBe('ANOMALY');
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMPTY_POLICY_HASH, policyHash } from '../../../../lib/audit/index.ts';
import { SignetError } from '../../../../lib/core/index.ts';
import type { PolicySet } from '../../../../lib/policy/engine/index.ts';
import { compilePolicy, policyHashOf, readPolicySet, readRule } from '../../../../lib/policy/engine/index.ts';
import { anyPolicySet, leastRole } from '../../../fixtures/policy/any-policy.ts';
import { rule } from '../../../fixtures/policy/rules.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 100);

/** The field that a refusal names. */
function refusedField(read: () => unknown): string | undefined {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof SignetError && thrown.reason === 'bad_request') return thrown.field;
    throw thrown;
  }
  return undefined;
}

const whenOf = (...when: readonly unknown[]) => ({ ...rule('a'), when });
const attribute = (name: string, op: string, value: unknown) => ({ attribute: name, op, value });
const nested = (depth: number): object =>
  depth === 0 ? attribute('context.present', 'equals', true) : { not: nested(depth - 1) };

describe('a rule', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(anyPolicySet(), (set) => {
        for (const one of set.rules) {
          const { obligations = {}, ...rest } = readRule(JSON.parse(JSON.stringify(one)));
          const { obligations: written = {}, ...others } = one;
          expect({ ...rest, obligations }).toEqual({ ...others, obligations: written });
        }
      }),
      { numRuns },
    );
  });

  test.each([
    ['rule', 'a text'],
    ['rule', null],
    ['rule.id', { ...rule('a'), id: '' }],
    ['rule.id', { ...rule('a'), id: 'a b' }],
    ['rule.id', { ...rule('a'), id: 'a'.repeat(65) }],
    ['rule.effect', { ...rule('a'), effect: 'allow' }],
    ['rule.extra', { ...rule('a'), extra: 1 }],
    ['rule.action', { ...rule('a'), action: 'Prove it' }],
    ['rule.locked', { ...rule('a'), locked: undefined }],
    ['rule.note', { ...rule('a'), note: 'a'.repeat(121) }],
    ['rule.note', { ...rule('a'), note: '\ud800' }],
    ['rule.made.at', { ...rule('a'), made: { at: -1, by: 'person' } }],
    ['rule.made.by', { ...rule('a'), made: { at: 1, by: 'site' } }],
    ['rule.claims', { ...rule('a'), claims: [] }],
    ['rule.claims', { ...rule('a'), claims: ['email', 'email'] }],
    ['rule.claims', { ...rule('a'), claims: 'email' }],
    ['rule.claims[1]', { ...rule('a'), claims: ['email', 'birthDate'] }],
    ['rule.claims[0]', { ...rule('a'), claims: ['address..street'] }],
    ['rule.claims[0]', { ...rule('a'), claims: ['*'] }],
    ['rule.subject', { ...rule('a'), subject: {} }],
    ['rule.subject', { ...rule('a'), subject: 'everybody' }],
    ['rule.subject.any', { ...rule('a'), subject: { any: false } }],
    ['rule.subject.domain', { ...rule('a'), subject: { site: 'https://shop.example', domain: 'shop.example' } }],
    ['rule.subject.site', { ...rule('a'), subject: { site: 'https://shop.example/path' } }],
    ['rule.subject.site', { ...rule('a'), subject: { site: 'http://shop.example' } }],
    ['rule.subject.site', { ...rule('a'), subject: { site: 'null' } }],
    ['rule.subject.agent', { ...rule('a'), subject: { agent: '' } }],
    ['rule.subject.domain', { ...rule('a'), subject: { domain: 'Shop.example' } }],
    ['rule.subject.domain', { ...rule('a'), subject: { domain: 'shop.example:443' } }],
    ['rule.subject.domain', { ...rule('a'), subject: { domain: 'shop.example.' } }],
    ['rule.subject.domain', { ...rule('a'), subject: { domain: 'bücher.example' } }],
    ['rule.subject.domain', { ...rule('a'), subject: { domain: 'a@shop.example' } }],
    ['rule.subject.domain', { ...rule('a'), subject: { domain: '127.1' } }],
    ['rule.subject.role', { ...rule('a'), subject: { role: 'king' } }],
    ['rule.until', { ...rule('a'), from: 5, until: 5 }],
    ['rule.until', { ...rule('a'), until: Number.NaN }],
    ['rule.from', { ...rule('a'), from: 2 ** 53 }],
    ['rule.obligations.max_uses', { ...rule('a'), obligations: { max_uses: 0 } }],
    ['rule.obligations.mask', { ...rule('a'), obligations: { mask: [] } }],
    ['rule.obligations.forever', { ...rule('a'), obligations: { forever: true } }],
    ['rule.obligations', { ...rule('a'), effect: 'deny', obligations: { max_uses: 1 } }],
  ])('is refused, naming %s', (field, value) => {
    expect(refusedField(() => readRule(value))).toBe(field);
  });

  test.each([
    ['attribute', attribute('context.colour', 'equals', 'red')],
    ['attribute', attribute('constructor', 'equals', 'red')],
    ['op', attribute('context.present', 'at_least', 1)],
    ['op', attribute('context.amount', 'at_most', 100)],
    ['op', attribute('context.purpose', 'role_at_least', 'commerce')],
    ['op', attribute('resource.tier', 'matches', '.*')],
    ['value', attribute('context.present', 'equals', 'true')],
    ['value', attribute('resource.tier', 'equals', '1')],
    ['value', attribute('resource.tier', 'at_most', Number.NaN)],
    ['value', attribute('context.time', 'at_most', 2 ** 53)],
    ['value', attribute('context.time', 'at_most', Infinity)],
    ['value', attribute('resource.tier', 'at_most', 1.5)],
    ['value', attribute('resource.tier', 'at_least', 4)],
    ['value[1]', attribute('context.minute', 'between', [0, 1440])],
    ['value', attribute('context.minute', 'between', [60, 30])],
    ['value[2]', attribute('context.minute', 'between', [1, 2, 3])],
    ['value', attribute('resource.format', 'one_of', [])],
    ['value', attribute('resource.format', 'none_of', ['bbs', 'bbs'])],
    ['value[1]', attribute('resource.format', 'one_of', ['bbs', 7])],
    ['value', attribute('context.purpose', 'starts_with', '')],
    ['value', attribute('subject.type', 'equals', 'Site')],
    ['value', attribute('subject.host', 'in_domain', 'shop.example/')],
    ['value', attribute('subject.host', 'equals', '*.shop.example')],
    ['value', attribute('subject.role', 'role_at_least', 'king')],
    ['value.currency', attribute('context.amount', 'amount_at_most', { minor: 100, currency: 'usd' })],
    ['value.minor', attribute('context.amount', 'amount_at_most', { minor: -1, currency: 'USD' })],
    ['value', { attribute: 'context.present', op: 'equals' }],
    ['all', { all: [] }],
    ['any', { any: [] }],
    ['any[1].value', { any: [attribute('resource.tier', 'equals', 1), attribute('resource.tier', 'equals', 9)] }],
    ['not.op', { not: attribute('resource.tier', 'starts_with', 'a') }],
    ['count.at_most', { count: { at_most: 0, seconds: 60 } }],
    ['count.seconds', { count: { at_most: 1, seconds: Number.NaN } }],
    ['spend.at_most', { spend: { at_most: 0.5, currency: 'USD', seconds: 60 } }],
  ])('with a bad condition is refused, naming its %s', (field, condition) => {
    const good = attribute('context.present', 'equals', true);
    expect(refusedField(() => readRule(whenOf(good, good, condition)))).toBe(`rule.when[2].${field}`);
    const set = { v: 1, rules: [whenOf(condition)] };
    expect(refusedField(() => readPolicySet(set))).toBe(`policy.rules[0].when[0].${field}`);
    // A set that never was read, whatever its type says, cannot decide either.
    expect(refusedField(() => compilePolicy(set as PolicySet, { leastRole }))).toContain('policy.rules[0].when[0]');
  });

  test('is refused where it is nested deeper than eight, or has more than 32 conditions', () => {
    expect(readRule(whenOf(nested(7))).when).toHaveLength(1);
    expect(refusedField(() => readRule(whenOf(nested(8))))).toBe(`rule.when[0]${'.not'.repeat(8)}`);
    const many = (length: number) => Array.from({ length }, () => attribute('context.present', 'equals', true));
    expect(readRule(whenOf(...many(32))).when).toHaveLength(32);
    expect(refusedField(() => readRule(whenOf(...many(33))))).toBe('rule.when[32]');
    expect(refusedField(() => readRule(whenOf({ any: many(33) })))).toBe('rule.when[0].any[32]');
  });

  test('may not be about a public suffix, where those are known', () => {
    const options = { isPublicSuffix: (host: string) => host === 'example' };
    const about = { ...rule('a'), subject: { domain: 'example' } };
    expect(readRule(about).subject).toEqual({ domain: 'example' });
    expect(refusedField(() => readRule(about, 'rule', options))).toBe('rule.subject.domain');
    const within = whenOf(attribute('subject.host', 'in_domain', 'example'));
    expect(refusedField(() => readRule(within, 'rule', options))).toBe('rule.when[0].value');
    expect(readRule({ ...rule('a'), subject: { domain: 'shop.example' } }, 'rule', options).id).toBe('a');
  });

  test.each(['deny', 'ask'])('that is to %s cannot count uses, which it never has: it would never fire', (effect) => {
    const count = { count: { at_most: 3, seconds: 60 } };
    expect(refusedField(() => readRule({ ...whenOf({ not: count }), effect }))).toBe('rule.when[0].not');
  });
});

describe('a policy set', () => {
  test('is read in one order, whatever order it comes in', () => {
    const roles = [
      { subject: 'b.example', by: 'domain', role: 'commerce' },
      { subject: 'a.example', by: 'domain', role: 'medical' },
    ];
    const set = readPolicySet({ v: 1, rules: [rule('b'), rule('a')], roles, claim_roles: {} });
    expect(set.rules.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(set.roles?.map(({ subject }) => subject)).toEqual(['a.example', 'b.example']);
    expect(set).not.toHaveProperty('claim_roles');
  });

  test.each([
    ['policy.v', { v: 2, rules: [] }],
    ['policy.rules', { v: 1 }],
    ['policy.rules[1].id', { v: 1, rules: [rule('a'), rule('a')] }],
    ['policy.more', { v: 1, rules: [], more: [] }],
    ['policy.roles[0].role', { v: 1, rules: [], roles: [{ subject: 'a.example', by: 'domain', role: 'king' }] }],
    ['policy.roles[0].subject', { v: 1, rules: [], roles: [{ subject: 'A.example', by: 'domain', role: 'public' }] }],
    ['policy.claim_roles.Email', { v: 1, rules: [], claim_roles: { Email: 'public' } }],
  ])('is refused, naming %s', (field, value) => {
    expect(refusedField(() => readPolicySet(value))).toBe(field);
  });

  test('refuses two roles of one kind for one subject', () => {
    const given = { subject: 'https://a.example', by: 'credential', role: 'commerce' };
    const roles = [given, { ...given, role: 'medical' }];
    expect(refusedField(() => readPolicySet({ v: 1, rules: [], roles }))).toBe('policy.roles[1].subject');
  });

  test('has the hash that the log writes', () => {
    expect(policyHashOf(readPolicySet({ v: 1, rules: [], roles: [], claim_roles: {} }))).toBe(EMPTY_POLICY_HASH);
    fc.assert(
      fc.property(anyPolicySet(), (set) => {
        const read = readPolicySet(set);
        expect(policyHashOf(read)).toBe(policyHash(read));
        expect(compilePolicy(set, { leastRole }).hash).toBe(policyHash(read));
      }),
      { numRuns },
    );
  });
});

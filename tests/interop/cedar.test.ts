import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompiledPolicy, PolicyRequest, PolicySet, Rule } from '../../lib/policy/engine/index.ts';
import {
  cedarSchema,
  compilePolicy,
  decide,
  FRESH_STATE,
  hostOf,
  roleOf,
  toCedar,
} from '../../lib/policy/engine/index.ts';
import { anyPolicySet, anyRequest, leastRole } from '../fixtures/policy/any-policy.ts';

/** Policy sets; each meets so many requests. */
const numRuns = Number(process.env['SIGNET_RUNS'] ?? 20);
/** Cedar reads a policy set in about a tenth of a second. */
const timeout = 60_000 + numRuns * 1_000;
const REQUESTS = 6;

/** What Cedar says of requests about one policy set that we exported. */
class CedarOracle {
  /** The one that Cedar has read. */
  static #schema: string | undefined;
  readonly #policy: CompiledPolicy;

  constructor(policy: CompiledPolicy) {
    this.#policy = policy;
    const schema = cedarSchema(policy.set);
    if (schema !== CedarOracle.#schema) expect(cedar.preparseSchema('signet', schema)).toEqual({ type: 'success' });
    CedarOracle.#schema = schema;
    expect(cedar.preparsePolicySet('signet', { staticPolicies: toCedar(policy.set) })).toEqual({ type: 'success' });
  }

  allows({ subject, action, resource, context }: PolicyRequest): boolean {
    const { set, leastRoles } = this.#policy;
    const principal = { type: subject.type === 'site' ? 'Site' : 'Agent', id: subject.id };
    const claim = { type: 'Claim', id: resource.id };
    const said = subject.properties['host'];
    const host = subject.type === 'site' ? hostOf(subject.id) : typeof said === 'string' ? said : undefined;
    const { role } = roleOf(set, subject.id, host);
    const least = leastRoles.of({ subject, action, resource, context });
    const answer = cedar.statefulIsAuthorized({
      principal,
      action: { type: 'Action', id: action.name },
      resource: claim,
      context: { ...plain(context), settled: true, action: action.name },
      preparsedSchemaName: 'signet',
      validateRequest: true,
      preparsedPolicySetId: 'signet',
      entities: [
        {
          uid: principal,
          parents: [],
          attrs: { type: subject.type, id: subject.id, role, ...(host === undefined ? {} : { host }) },
        },
        {
          uid: claim,
          parents: [],
          attrs: { ...plain(resource.properties), type: 'claim', id: resource.id, least_role: least },
        },
      ],
    });
    if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
    expect(answer.response.diagnostics.errors).toEqual([]);
    return answer.response.decision === 'allow';
  }
}

const plain = (attributes: PolicyRequest['context']) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]),
  );

const requests = fc.array(anyRequest({ complete: true }), { minLength: REQUESTS, maxLength: REQUESTS });
const permits = (policy: CompiledPolicy, request: PolicyRequest): boolean =>
  decide(policy, request, FRESH_STATE, { askable: true }).verdict === 'PERMIT';
const compile = (set: PolicySet) => compilePolicy(set, { leastRole });

/** A permit for everybody and everything. */
const EVERYBODY = {
  id: 'everybody',
  effect: 'permit',
  subject: { any: true },
  action: '*',
  claims: '*',
  locked: false,
  made: { at: 0, by: 'person' },
} as const;

describe('Cedar, given the exported policies', { timeout }, () => {
  test('permits what Signet permits and nothing else, where all attributes are there', () => {
    let permitted = 0;
    fc.assert(
      fc.property(anyPolicySet({ stateless: true }), fc.boolean(), requests, (some, generous, asked) => {
        const set = generous ? { ...some, rules: [...some.rules, { ...EVERYBODY, when: [] }] } : some;
        const policy = compile(set);
        const oracle = new CedarOracle(policy);
        for (const request of asked) {
          const ours = permits(policy, request);
          expect(oracle.allows(request)).toBe(ours);
          if (ours) permitted += 1;
        }
      }),
      { numRuns },
    );
    expect(permitted).toBeGreaterThan(0);
  });

  test('agrees where attributes are missing, too: no forbid is skipped', () => {
    const lacking = anyRequest({ complete: true }).chain((request) =>
      fc
        .record({
          context: fc.subarray(Object.entries(request.context)),
          properties: fc.subarray(Object.entries(request.resource.properties)),
        })
        .map(({ context, properties }) => ({
          ...request,
          context: Object.fromEntries(context),
          resource: { ...request.resource, properties: Object.fromEntries(properties) },
        })),
    );
    const some = fc.array(lacking, { minLength: REQUESTS, maxLength: REQUESTS });
    fc.assert(
      fc.property(anyPolicySet({ stateless: true }), some, (set, asked) => {
        const policy = compile(set);
        const oracle = new CedarOracle(policy);
        for (const request of asked) expect(oracle.allows(request)).toBe(permits(policy, request));
      }),
      { numRuns },
    );
  });

  test('never permits what Signet does not, where rules count and remember', () => {
    fc.assert(
      fc.property(anyPolicySet(), requests, (set, asked) => {
        const policy = compile(set);
        const oracle = new CedarOracle(policy);
        for (const request of asked) if (oracle.allows(request)) expect(permits(policy, request)).toBe(true);
      }),
      { numRuns },
    );
  });

  test('permits nothing before it is told that what was before is settled', () => {
    const rule: Rule = { ...EVERYBODY, when: [] };
    const text = toCedar({ v: 1, rules: [rule] });
    const call = (context: cedar.Context) =>
      cedar.isAuthorized({
        principal: { type: 'Site', id: 'https://shop.example' },
        action: { type: 'Action', id: 'prove' },
        resource: { type: 'Claim', id: 'age_over_21' },
        context,
        policies: { staticPolicies: text },
        entities: [
          { uid: { type: 'Site', id: 'https://shop.example' }, parents: [], attrs: { role: 'identity' } },
          { uid: { type: 'Claim', id: 'age_over_21' }, parents: [], attrs: { least_role: 'public' } },
        ],
      });
    expect(call({ settled: true })).toMatchObject({ response: { decision: 'allow' } });
    expect(call({ settled: false })).toMatchObject({ response: { decision: 'deny' } });
    expect(call({})).toMatchObject({ response: { decision: 'deny' } });
  });

  test('reads every text that a rule can hold as that text', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((one) => one.isWellFormed());
    const tricky = fc.oneof(
      text,
      fc.constantFrom('"};permit(principal,action,resource);//', '\n}', '\\', '*', '\u2028', '\0'),
    );
    fc.assert(
      fc.property(tricky, tricky, tricky, (note, start, purpose) => {
        const when = [{ attribute: 'context.purpose', op: 'starts_with', value: start }] as const;
        const rule: Rule = { ...EVERYBODY, note, when };
        const policy = compilePolicy({ v: 1, rules: [rule] }, { leastRole: () => 'public' });
        const oracle = new CedarOracle(policy);
        const request: PolicyRequest = {
          subject: { type: 'site', id: 'https://shop.example', properties: {} },
          action: { name: 'prove' },
          resource: { type: 'claim', id: 'age_over_21', properties: {} },
          context: { purpose: `${start}${purpose}` },
        };
        expect(oracle.allows(request)).toBe(true);
        expect(oracle.allows({ ...request, context: { purpose: `-${start}` } })).toBe(`-${start}`.startsWith(start));
        const parts = cedar.policySetTextToParts(toCedar(policy.set));
        expect(parts.type === 'success' && parts.policies.length).toBe(2);
      }),
      { numRuns: Math.min(numRuns, 500) },
    );
  });
});

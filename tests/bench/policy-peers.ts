import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { parse } from '@marcbachmann/cel-js';
import jsonLogic, { type RulesLogic } from 'json-logic-js';
import type { Effect, PolicyRequest, PolicySet, Rule } from '../../lib/policy/engine/index.ts';
import { toCedar } from '../../lib/policy/engine/index.ts';

/**
 * The same twenty rules for every engine. Each asks for an action, two claims, a tier and how the purpose begins; only
 * the last, for exactly one site, matches, so that all have to be looked at, and a deny or ask would have gone before it.
 */
interface Asked {
  readonly id: string;
  readonly effect: Effect;
  readonly claims: readonly [string, string];
  readonly tier: number;
  readonly purpose: string;
  readonly site?: string;
}

export const SITE = 'https://shop.example';
const EFFECTS = ['deny', 'ask', 'permit'] as const;

export const TWENTY: readonly Asked[] = [
  ...Array.from({ length: 19 }, (_, place): Asked => ({
    id: `rule-${String(place).padStart(2, '0')}`,
    effect: EFFECTS[place % 3] ?? 'deny',
    claims: place % 2 === 0 ? ['email', 'age_over_21'] : ['email', 'birth_date'],
    tier: 2,
    purpose: `to ask ${place}`,
  })),
  { id: 'rule-19', effect: 'permit', claims: ['email', 'age_over_21'], tier: 1, purpose: 'to sell', site: SITE },
];

export const REQUEST: PolicyRequest = {
  subject: { type: 'site', id: SITE, properties: { host: 'shop.example' } },
  action: { name: 'prove' },
  resource: { type: 'claim', id: 'age_over_21', properties: { tier: 1, format: 'dc+sd-jwt' } },
  context: { time: 1_800_000_000_000, minute: 600, weekday: 3, present: true, purpose: 'to sell wine' },
};

const ruleOf = ({ id, effect, claims, tier, purpose, site }: Asked): Rule => ({
  id,
  effect,
  subject: site === undefined ? { any: true } : { site },
  action: 'prove',
  claims,
  when: [
    { attribute: 'resource.tier', op: 'at_most', value: tier },
    { attribute: 'context.purpose', op: 'starts_with', value: purpose },
  ],
  locked: false,
  made: { at: 0, by: 'person' },
});

export const TWENTY_RULES: PolicySet = { v: 1, rules: TWENTY.map(ruleOf) };

/** Deny goes before ask, ask before permit, as in ours. */
function combined(matched: readonly Effect[]): Effect | undefined {
  if (matched.includes('deny')) return 'deny';
  return matched.includes('ask') ? 'ask' : matched[0];
}

/** Says what came of the request. Each was given the rules before, in the form that is fastest for it. */
export type Peer = () => Effect | undefined;

export function celPeer(): Peer {
  const rules = TWENTY.map(({ effect, claims, tier, purpose, site }) => {
    const claim = claims.map((name) => `(claim == "${name}" || claim.startsWith("${name}."))`).join(' || ');
    const about = site === undefined ? '' : ` && site == "${site}"`;
    const text = `action == "prove" && (${claim})${about} && tier <= ${tier} && purpose.startsWith("${purpose}")`;
    return { effect, holds: parse(text) };
  });
  const facts = { action: 'prove', claim: 'age_over_21', site: SITE, tier: 1n, purpose: 'to sell wine' };
  return () => combined(rules.filter(({ holds }) => holds(facts) === true).map(({ effect }) => effect));
}

export function jsonLogicPeer(): Peer {
  const begins = (name: string, start: string): RulesLogic => ({
    '==': [{ substr: [{ var: name }, 0, start.length] }, start],
  });
  const rules = TWENTY.map(({ effect, claims, tier, purpose, site }) => {
    const about = claims.flatMap((name): RulesLogic[] => [
      { '==': [{ var: 'claim' }, name] },
      begins('claim', `${name}.`),
    ]);
    const parts: RulesLogic[] = [
      { '==': [{ var: 'action' }, 'prove'] },
      { or: about },
      ...(site === undefined ? [] : [{ '==': [{ var: 'site' }, site] } as RulesLogic]),
      { '<=': [{ var: 'tier' }, tier] },
      begins('purpose', purpose),
    ];
    return { effect, logic: { and: parts } };
  });
  const facts = { action: 'prove', claim: 'age_over_21', site: SITE, tier: 1, purpose: 'to sell wine' };
  return () =>
    combined(rules.filter(({ logic }) => jsonLogic.apply(logic, facts) === true).map(({ effect }) => effect));
}

/** Cedar combines by itself, and has no ask: it is a forbid in our export. */
export function cedarPeer(): Peer {
  cedar.preparsePolicySet('twenty', { staticPolicies: toCedar(TWENTY_RULES) });
  const principal = { type: 'Site', id: SITE };
  const resource = { type: 'Claim', id: 'age_over_21' };
  const call: cedar.StatefulAuthorizationCall = {
    principal,
    action: { type: 'Action', id: 'prove' },
    resource,
    context: { action: 'prove', purpose: 'to sell wine', settled: true },
    preparsedPolicySetId: 'twenty',
    entities: [
      { uid: principal, parents: [], attrs: { type: 'site', id: SITE, role: 'public' } },
      { uid: resource, parents: [], attrs: { type: 'claim', id: 'age_over_21', tier: 1, least_role: 'public' } },
    ],
  };
  return () => {
    const answer = cedar.statefulIsAuthorized(call);
    return answer.type === 'success' && answer.response.decision === 'allow' ? 'permit' : undefined;
  };
}

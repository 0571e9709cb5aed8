import type { Origin } from '../../core/index.ts';
import { SignetError, assertField, canonicalJson } from '../../core/index.ts';
import { SELF_ISSUER } from '../../credentials/index.ts';
import type { GrantOrder } from '../../messaging/contract.ts';
import type { ProofPlan } from '../../proofs/index.ts';
import type { Condition, PolicySet, Rule } from '../../policy/index.ts';

/** What a rule that comes of an answer in the consent window has in common with others. */
const fromConsent = (site: Origin, at: number) =>
  ({ id: crypto.randomUUID(), subject: { site }, locked: false, made: { at, by: 'consent' } }) as const;

const OWN_WORD = { attribute: 'resource.issuer', op: 'equals', value: SELF_ISSUER } as const satisfies Condition;

/** Whether a permit is for the person's own word by name. */
export const permitsOwnWord = ({ when }: Rule): boolean =>
  when.some(
    (one) =>
      'attribute' in one && one.attribute === OWN_WORD.attribute && canonicalJson(one) === canonicalJson(OWN_WORD),
  );

/**
 * "Always for this site": a permit for exactly this site, for these claims, in the format they went out in; for the
 * person's own word where that went out.
 * @param at milliseconds since the epoch
 * @throws SignetError bad_request naming the field
 */
export function grantRule(order: GrantOrder, plan: ProofPlan, site: Origin, at: number): Rule {
  const shown = new Set(plan.claims.map(({ claim }) => claim));
  const format = plan.claims[0]?.format;
  assertField(
    order.claims.length > 0 && order.claims.every((claim) => shown.has(claim)),
    'always.claims',
    'This can be allowed for what is shown alone.',
  );
  assertField(plan.compartments.length === 0, 'always', 'What lies in a compartment is asked for every time.');
  assertField(order.until === undefined || order.until > at, 'always.until', 'This end is over already.');
  if (format === undefined) throw new SignetError('internal', 'A plan that shows something has a format.');
  const rate: readonly Condition[] =
    order.rate === undefined ? [] : [{ count: { at_most: order.rate.times, seconds: order.rate.seconds } }];
  const ownWord: readonly Condition[] = plan.claims.every(({ issuer }) => issuer === SELF_ISSUER) ? [OWN_WORD] : [];
  return {
    ...fromConsent(site, at),
    effect: 'permit',
    action: 'prove',
    claims: [...new Set(order.claims)].sort(),
    when: [{ attribute: 'resource.format', op: 'equals', value: format }, ...ownWord, ...rate],
    ...(order.until === undefined ? {} : { until: order.until }),
    ...(order.maxUses === undefined ? {} : { obligations: { max_uses: order.maxUses } }),
  };
}

/** What a site is never to ask again: claims by `claimKey`, tokens by their kind, or whatever it asks. */
export type WhatNever = 'everything' | { readonly prove: readonly string[] } | { readonly spend: readonly string[] };

/** "Never for this site": a denial of these. */
export const neverRule = (what: WhatNever, site: Origin, at: number): Rule => ({
  ...fromConsent(site, at),
  effect: 'deny',
  ...(what === 'everything'
    ? { action: '*', claims: '*' as const }
    : 'prove' in what
      ? { action: 'prove', claims: what.prove }
      : { action: 'spend', claims: what.spend }),
  when: [],
});

/** The set with a rule in the place of the one of its id, or beside the others. */
export const withRule = (set: PolicySet, rule: Rule): PolicySet => ({
  ...set,
  rules: [...set.rules.filter(({ id }) => id !== rule.id), rule].sort((a, b) => (a.id < b.id ? -1 : 1)),
});

/** The set without some rules. */
export const withoutRules = (set: PolicySet, ids: ReadonlySet<string>): PolicySet => ({
  ...set,
  rules: set.rules.filter(({ id }) => !ids.has(id)),
});

/** The set with a permission of the person's; one for the same, which they gave in the window before, goes. */
export function withGrant(set: PolicySet, grant: Rule): PolicySet {
  const about = aboutOf(grant);
  const former = set.rules.filter(
    (rule) => rule.effect === 'permit' && rule.made.by === 'consent' && !rule.locked && aboutOf(rule) === about,
  );
  return withRule(withoutRules(set, new Set(former.map(({ id }) => id))), grant);
}

/** Who and what a rule is about, whatever its limits. */
const aboutOf = ({ subject, action, claims, when }: Rule): string =>
  canonicalJson([subject, action, claims, when.filter((condition) => 'attribute' in condition)]);

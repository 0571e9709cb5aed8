import {
  allCertain,
  ALWAYS,
  cedarCondition,
  cedarDomain,
  cedarRole,
  type Certainty,
  whenPresent,
} from './cedar-condition.ts';
import { cedarPrefix, cedarString } from './cedar-text.ts';
import { holdersOf } from './covers.ts';
import { ROLES } from './role.ts';
import type { PolicySet, Rule, RuleSubject } from './rule.ts';

/**
 * The shape of requests for `toCedar`, as a Cedar schema. Types matter: Cedar skips a policy that fails, a forbid too,
 * where Signet asks the person.
 */
export function cedarSchema({ rules }: PolicySet): string {
  const named = rules.map(({ action }) => action).filter((action) => action !== '*');
  const actions = [...new Set(['prove', 'receive', ...named])].sort();
  return `entity Site, Agent = {
  type: String, id: String, host?: String, role?: String,
};
entity Claim = {
  type: String, id: String, tier?: Long, format?: String, credential_type?: String, issuer?: String,
  least_role?: String,
};
action ${actions.map(cedarString).join(', ')} appliesTo {
  principal: [Site, Agent], resource: [Claim],
  context: {
    settled?: Bool, action?: String, time?: Long, minute?: Long, weekday?: Long, present?: Bool, purpose?: String,
    claims?: Set<String>, amount?: Long, currency?: String, audience?: String,
  },
};`;
}

const HEADER = `// Policies of a Signet wallet, for other software to read and check.
//
// "allow" here is PERMIT there. Everything else is "deny" here, be it DENY or a question to the person: Cedar does not
// ask. The annotation @effect says which a forbid was.
//
// What has to be given: principal.id is the origin or the agent's id, principal.host the host without port and last
// dot, principal.role the effective role, resource.id the claim's key, resource.least_role the least role of that
// claim, context.action the action's name. A forbid applies where an attribute that it needs is missing, a permit
// does not.
//
// What Cedar cannot carry:
// - What was before: bounds that were told, and a vault that was restored. context.settled has to be true, and may be
//   only where neither is in the way.
// - Counts, spending, uses, asking again, masks: a permit with one of them stands below as a comment, and permits
//   nothing.
// - Values of a wrong type: Cedar skips a policy that meets one, a forbid too. Validate requests by this schema:
//`;

const asComment = (text: string): string =>
  text
    .split('\n')
    .map((line) => `//   ${line}`)
    .join('\n');

const SETTLED = `@id("signet_settled")
forbid (principal, action, resource)
unless { context has settled && context.settled };`;

/**
 * The rules as Cedar policies, for people who want to check them with other software. Never permits what Signet does
 * not: what Cedar cannot say is left out where it would permit, and its header says so.
 * @param set as `readPolicySet` gives it
 */
export function toCedar(set: PolicySet): string {
  return `${[`${HEADER}\n${asComment(cedarSchema(set))}`, SETTLED, ...set.rules.map(cedarPolicy)].join('\n\n')}\n`;
}

function cedarPolicy(rule: Rule): string {
  const conditions = rule.when.map(cedarCondition).filter((condition) => condition !== undefined);
  if (rule.effect !== 'permit') return policyText(rule, 'forbid', `!${certaintyOf(rule, conditions).no}`);
  const left = unsaid(rule, conditions.length);
  if (left.length > 0) return `// permit ${cedarString(rule.id)} is left out: ${left.join(', ')}.`;
  const parts = [certaintyOf(rule, conditions).yes, ...presenceOf(rule), ...roleGate(rule)];
  return policyText(rule, 'permit', parts.join('\n  && '));
}

/** What of a permit Cedar cannot carry. */
function unsaid({ when, obligations = {} }: Rule, carried: number): readonly string[] {
  const owed = (['max_uses', 'ask_again_after', 'mask'] as const).filter((name) => obligations[name] !== undefined);
  return carried === when.length ? owed : ['a count or an amount within a time', ...owed];
}

function policyText(rule: Rule, effect: 'permit' | 'forbid', when: string): string {
  const notes = [
    `@id(${cedarString(rule.id)})`,
    `@effect(${cedarString(rule.effect)})`,
    ...(rule.locked ? ['@locked("true")'] : []),
    ...(rule.note === undefined ? [] : [`@note(${cedarString(rule.note)})`]),
    ...(rule.obligations?.expires_in === undefined ? [] : [`@expires_in("${rule.obligations.expires_in}")`]),
  ];
  return `${notes.join('\n')}\n${effect} (${cedarScope(rule)})\nwhen {\n  ${when}\n};`;
}

/** What is certain of every request stands in the scope, where Cedar indexes it. */
function cedarScope({ subject, action }: Rule): string {
  const actions = action === '*' ? 'action' : `action == Action::${cedarString(action)}`;
  return `${cedarPrincipal(subject)}, ${actions}, resource`;
}

function cedarPrincipal(subject: RuleSubject): string {
  if ('site' in subject) return `principal == Site::${cedarString(subject.site)}`;
  if ('agent' in subject) return `principal == Agent::${cedarString(subject.agent)}`;
  if ('domain' in subject) return 'principal is Site';
  if ('kind' in subject) return subject.kind === 'site' ? 'principal is Site' : 'principal is Agent';
  return 'principal';
}

function certaintyOf(rule: Rule, conditions: readonly Certainty[]): Certainty {
  return allCertain([ofSubject(rule.subject), ofClaims(rule), ofTime(rule), ...conditions]);
}

function ofSubject(subject: RuleSubject): Certainty {
  if ('domain' in subject) return whenPresent(['subject.host'], cedarDomain('principal.host', subject.domain));
  if ('role' in subject) return whenPresent(['subject.role'], cedarRole('principal.role', subject.role));
  return ALWAYS;
}

function ofClaims({ claims, effect }: Rule): Certainty {
  if (claims === '*') return ALWAYS;
  const met = [...new Set([...claims, ...(effect === 'permit' ? [] : claims.flatMap(holdersOf))])];
  const nested = claims.map((name) => ` || resource.id like ${cedarPrefix(`${name}.`)}`);
  return whenPresent(['resource.id'], `([${met.map(cedarString).join(', ')}].contains(resource.id)${nested.join('')})`);
}

function ofTime({ from = 0, until }: Rule): Certainty {
  if (from === 0 && until === undefined) return ALWAYS;
  const { yes, no } = whenPresent(
    ['context.time'],
    until === undefined ? `context.time >= ${from}` : `(context.time >= ${from} && context.time < ${until})`,
  );
  return { yes: `(${yes} && context.time >= 0)`, no: `(${no} && context.time >= 0)` };
}

const presenceOf = ({ obligations }: Rule): readonly string[] =>
  obligations?.require_presence === true ? ['(context has present && context.present)'] : [];

/** What was saved for exactly one subject and its claims settles what roles leave open. */
function roleGate({ subject, claims }: Rule): readonly string[] {
  if (claims !== '*' && ('site' in subject || 'agent' in subject)) return [];
  const cases = ROLES.map(
    (least) => `(resource.least_role == ${cedarString(least)} && ${cedarRole('principal.role', least)})`,
  );
  return [`principal has role && resource has least_role && (\n    ${cases.join('\n    || ')}\n  )`];
}

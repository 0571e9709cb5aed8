import * as v from 'valibot';
import { assertField } from '../../core/index.ts';
import { claimName, filledText, readDomain } from './fields.ts';
import { parseField } from './parse-field.ts';
import type { ReadOptions } from './read-options.ts';
import { readRule } from './read-rule.ts';
import { ROLES, type Role } from './role.ts';
import type { PolicySet, RoleGiven, Rule } from './rule.ts';

const MAX_ROLES = 10_000;

const frame = v.strictObject({
  v: v.literal(1),
  rules: v.array(v.unknown()),
  roles: v.exactOptional(v.pipe(v.array(v.unknown()), v.maxLength(MAX_ROLES, `names more than ${MAX_ROLES}`))),
  claim_roles: v.exactOptional(v.record(v.string(), v.picklist(ROLES))),
});

const given = v.strictObject({
  subject: filledText(300),
  by: v.picklist(['explicit', 'credential', 'domain']),
  role: v.picklist(ROLES),
});

/**
 * A policy set in data from outside: rules sorted by id, roles by kind and subject, empty members left out.
 * @throws SignetError bad_request naming the exact field, for two rules of one id too
 */
export function readPolicySet(value: unknown, options: ReadOptions = {}): PolicySet {
  const set = parseField(frame, value, 'policy');
  const rules = readRules(set.rules, options);
  const roles = readRoles(set.roles ?? [], options);
  const claimRoles = readClaimRoles(set.claim_roles ?? {});
  return {
    v: 1,
    rules,
    ...(roles.length === 0 ? {} : { roles }),
    ...(Object.keys(claimRoles).length === 0 ? {} : { claim_roles: claimRoles }),
  };
}

function readRules(values: readonly unknown[], options: ReadOptions): readonly Rule[] {
  const seen = new Set<string>();
  const rules = values.map((value, index) => {
    const field = `policy.rules[${index}]`;
    const rule = readRule(value, field, options);
    assertField(!seen.has(rule.id), `${field}.id`, `${field}.id is another rule’s too.`);
    seen.add(rule.id);
    return rule;
  });
  return rules.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function readRoles(values: readonly unknown[], options: ReadOptions): readonly RoleGiven[] {
  const seen = new Set<string>();
  const roles = values.map((value, index) => {
    const field = `policy.roles[${index}]`;
    const role = parseField(given, value, field);
    if (role.by === 'domain') readDomain(role.subject, `${field}.subject`, options);
    assertField(!seen.has(keyOf(role)), `${field}.subject`, `${field}.subject was given a role in this way already.`);
    seen.add(keyOf(role));
    return role;
  });
  return roles.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

const keyOf = ({ by, subject }: RoleGiven): string => `${by} ${subject}`;

function readClaimRoles(roles: Readonly<Record<string, Role>>): Readonly<Record<string, Role>> {
  for (const claim of Object.keys(roles)) parseField(claimName, claim, `policy.claim_roles.${claim}`);
  return roles;
}

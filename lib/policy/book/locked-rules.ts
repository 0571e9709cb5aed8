import { SignetError, canonicalJson } from '../../core/index.ts';
import type { Condition, PolicySet, Rule } from '../engine/index.ts';

/**
 * A locked rule stays as it is.
 * @param unlock ids of those that the person unlocked
 * @throws SignetError bad_request, field `rules.<id>`
 */
export function assertLockedStand(before: PolicySet, after: PolicySet, unlock: readonly string[] = []): void {
  const next = new Map(after.rules.map((rule) => [rule.id, rule]));
  for (const rule of lockedOf(before)) {
    if (unlock.includes(rule.id)) continue;
    const stays = next.get(rule.id);
    if (stays === undefined) throw locked(rule, 'would go');
    if (canonicalJson(stays) !== canonicalJson(rule)) throw locked(rule, 'would change');
  }
}

/**
 * An import neither drops nor changes a locked rule, nor gives roles anew to which one goes.
 * @throws SignetError bad_request, field `rules.<id>`
 */
export function assertImportable(now: PolicySet, imported: PolicySet): void {
  assertLockedStand(now, imported);
  const bound = lockedOf(now).find(goesByRoles);
  if (bound === undefined || canonicalJson(now.roles ?? []) === canonicalJson(imported.roles ?? [])) return;
  throw locked(bound, 'goes by the roles of sites, and those would change');
}

/** An earlier set, with what is locked now as it is now. */
export function withLockedOf(now: PolicySet, earlier: PolicySet): PolicySet {
  const locked = lockedOf(now);
  const ids = new Set(locked.map(({ id }) => id));
  const rules = [...earlier.rules.filter(({ id }) => !ids.has(id)), ...locked];
  const { roles, ...rest } = earlier;
  const standing = locked.some(goesByRoles) ? now.roles : roles;
  return { ...rest, rules, ...(standing === undefined ? {} : { roles: standing }) };
}

const lockedOf = ({ rules }: PolicySet): readonly Rule[] => rules.filter((rule) => rule.locked);

const goesByRoles = ({ subject, when }: Rule): boolean => 'role' in subject || when.some(asksForRole);

function asksForRole(condition: Condition): boolean {
  if ('all' in condition) return condition.all.some(asksForRole);
  if ('any' in condition) return condition.any.some(asksForRole);
  if ('not' in condition) return asksForRole(condition.not);
  return 'attribute' in condition && condition.attribute === 'subject.role';
}

const locked = ({ id, note }: Rule, what: string): SignetError =>
  new SignetError('bad_request', `The rule “${note ?? id}” is locked and ${what}. Unlock it first.`, {
    field: `rules.${id}`,
  });

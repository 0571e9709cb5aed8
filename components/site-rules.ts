import type { RuleView, SiteView } from '../lib/messaging/index.ts';
import type { Role, RuleSubject } from '../lib/policy/index.ts';
import { contains } from '../lib/policy/index.ts';

/** Whether a site is not listened to now. */
export const isMuted = ({ mutedUntil }: Pick<SiteView, 'mutedUntil'>, now: number): boolean =>
  mutedUntil !== undefined && mutedUntil > now;

/** Whether a rule about more than one subject is about this site too. */
export function reaches(subject: RuleSubject, site: Pick<SiteView, 'subject' | 'role'>): boolean {
  if ('any' in subject) return true;
  if ('kind' in subject) return subject.kind === 'site';
  if ('role' in subject) return contains(site.role, subject.role);
  if (!('domain' in subject)) return false;
  const host = URL.parse(site.subject)?.hostname ?? '';
  return host === subject.domain || host.endsWith(`.${subject.domain}`);
}

/** The rules in force for a site: its own, as it lists them, and those that are about more sites than this one. */
export function rulesOf(site: SiteView, rules: readonly RuleView[]) {
  const byIds = (ids: readonly string[]) => rules.filter(({ rule }) => ids.includes(rule.id));
  return {
    permits: byIds(site.permits),
    denials: byIds(site.denials),
    wider: rules.filter(({ rule, ended }) => !ended && reaches(rule.subject, site)),
  };
}

/** A claim with the least role that it is usual for. */
export interface LeastRole {
  readonly claim: string;
  readonly label: string;
  readonly least: Role;
}

/** The least roles in force: the person's own go before the defaults. */
export const leastRoles = (
  defaults: readonly LeastRole[],
  own: Readonly<Record<string, Role>> = {},
): readonly LeastRole[] => defaults.map((known) => ({ ...known, least: own[known.claim] ?? known.least }));

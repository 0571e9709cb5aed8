import type { RuleView, SiteView } from '../lib/messaging/index.ts';
import type { Role, RoleGiven, RuleSubject } from '../lib/policy/index.ts';
import { contains } from '../lib/policy/index.ts';

/** Whether a site is not listened to now. */
export const isMuted = ({ mutedUntil }: Pick<SiteView, 'mutedUntil'>, now: number): boolean =>
  mutedUntil !== undefined && mutedUntil > now;

/** Whether a rule about more than one subject is about this site too. */
export function reaches(subject: RuleSubject, site: Pick<SiteView, 'subject' | 'role'>): boolean {
  if ('any' in subject) return true;
  if ('kind' in subject) return subject.kind === 'site';
  if ('role' in subject) return contains(site.role, subject.role);
  return 'domain' in subject && isWithin(site.subject, subject.domain);
}

/** The domain by which a site has its role: the narrowest that the person spoke of. */
export const domainOf = (site: string, roles: readonly RoleGiven[] = []): string | undefined =>
  roles
    .filter(({ by, subject }) => by === 'domain' && isWithin(site, subject))
    .map(({ subject }) => subject)
    .sort((a, b) => b.length - a.length)[0];

function isWithin(site: string, domain: string): boolean {
  const host = URL.parse(site)?.hostname ?? '';
  return host === domain || host.endsWith(`.${domain}`);
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

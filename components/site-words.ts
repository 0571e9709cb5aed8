import type { RuleView, SiteView } from '../lib/messaging/index.ts';
import type { MessageKey } from '../lib/platform/index.ts';
import { t } from '../lib/platform/index.ts';
import type { Role, RuleSubject } from '../lib/policy/index.ts';
import { contains } from '../lib/policy/index.ts';
import { claimsPhrase } from './audit-sentence.tsx';
import { claimWords } from './claim-words.ts';
import { countWords } from './count-words.ts';
import { clockFormat, dateAndTimeWords, dayOf } from './time-words.ts';

/** What a site counts as, in a word or two. */
export const ROLE_NAMES = {
  public: 'site_role_public',
  commerce: 'site_role_commerce',
  financial: 'site_role_financial',
  medical: 'site_role_medical',
  identity: 'site_role_identity',
  trusted_agent: 'site_role_trusted_agent',
} as const satisfies Record<Role, MessageKey>;

const FORMS: Readonly<Record<string, MessageKey>> = {
  'dc+sd-jwt': 'site_form_sd_jwt',
  bulletproof: 'site_form_range',
  bbs: 'site_form_bbs',
  'bbs+': 'site_form_bbs',
};

/** In which form something was shown: "as the issuer signed it"; a form without words keeps its name. */
export function formWords(format: string): string {
  const key = Object.hasOwn(FORMS, format) ? FORMS[format] : undefined;
  return key === undefined ? format : t(key);
}

type Named = Pick<SiteView['learned'][number], 'claim' | 'label'>;

/** The name of a claim that has words: the one of standards where it has them, else its label. */
const nameOf = ({ claim, label }: Named): string => (claimWords(claim).key === 'claim_other' ? label : claim);

/** What was learned as one phrase, at most so many things by name: "that you are over 21, your name and 2 more". */
export function learnedPhrase(learned: readonly Named[], most = Infinity): string {
  const names = [...new Set(learned.map(nameOf))];
  if (names.length <= most + 1) return claimsPhrase(names);
  return claimsPhrase(names.slice(0, most), t('site_more', countWords(names.length - most)));
}

/** Until when, as short as it is clear: "14:05" today, else with the day. */
export const untilWords = (time: number, now: number): string =>
  dayOf(time) === dayOf(now) ? clockFormat().format(time) : dateAndTimeWords(time);

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

/** Named things in a list before the rest is counted. */
const USUAL_NAMED = 6;

/** A claim with the least role that it is usual for. */
export type LeastRole = Named & { readonly least: Role };

/** The least roles in force: the person's own go before the defaults. */
export const leastRoles = (
  defaults: readonly LeastRole[],
  own: Readonly<Record<string, Role>> = {},
): readonly LeastRole[] => defaults.map((known) => ({ ...known, least: own[known.claim] ?? known.least }));

/** What is usual for a role to ask, in words. */
export function usualWords(role: Role, least: readonly LeastRole[]): string {
  const usual = least.filter((known) => contains(role, known.least));
  return usual.length === 0 ? t('site_role_usual_none') : t('site_role_usual', learnedPhrase(usual, USUAL_NAMED));
}

/** What is usual for a role beyond what is usual for those that it contains, in words. */
export function roleDetail(role: Role, least: readonly LeastRole[]): string {
  const added = least.filter((known) => known.least === role);
  const words = added.length === 0 ? t('site_role_nothing_more') : learnedPhrase(added, USUAL_NAMED);
  return role === 'public' ? usualWords(role, least) : t(ROLE_DETAILS[role], words);
}

const ROLE_DETAILS = {
  commerce: 'site_role_detail_commerce',
  financial: 'site_role_detail_shop_and',
  medical: 'site_role_detail_shop_and',
  identity: 'site_role_detail_identity',
  trusted_agent: 'site_role_detail_trusted',
} as const satisfies Record<Exclude<Role, 'public'>, MessageKey>;

/** What the claims that the vault or the catalogue knows are called. */
export const namesOf = (known: readonly Named[]): ReadonlyMap<string, string> =>
  new Map(known.map(({ claim, label }) => [claim, label]));

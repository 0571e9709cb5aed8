import type { SiteView } from '../lib/messaging/index.ts';
import type { MessageKey } from '../lib/platform/index.ts';
import { t } from '../lib/platform/index.ts';
import type { Role } from '../lib/policy/index.ts';
import { contains } from '../lib/policy/index.ts';
import { claimsPhrase } from './audit-sentence.tsx';
import { claimWords } from './claim-words.ts';
import { countWords } from './count-words.ts';
import type { LeastRole } from './site-rules.ts';
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

/** Named things in a list before the rest is counted. */
const USUAL_NAMED = 6;

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

import { displayText } from '../../lib/core/index.ts';
import { t } from '../../lib/platform/index.ts';
import type { RuleSubject } from '../../lib/policy/engine/index.ts';

/** An origin without what goes without saying: "shop.example.com", "http://localhost:8080". */
export function originWords(origin: string): string {
  return displayText(origin.replace(/^https:\/\//, ''), 120) || t('rule_unnamed');
}

/**
 * Whoever a rule is about, as the subject of "… may learn …": "shops", "any site of example.com".
 * @param name of the site, domain or agent, where it is about one
 */
export function subjectWords(subject: RuleSubject, name: string): string {
  if ('site' in subject) return name;
  if ('agent' in subject) return t('rule_who_agent', name);
  if ('domain' in subject) return t('rule_who_domain', name);
  if ('role' in subject) return t(`rule_who_${subject.role}`);
  if ('kind' in subject) return t(`rule_who_any_${subject.kind}`);
  return t('rule_who_public');
}

/** The same where nobody of them may: "no site of example.com". Undefined where "may never" says it better. */
export function nobodyWords(subject: RuleSubject, name: string): string | undefined {
  if ('domain' in subject) return t('rule_none_domain', name);
  if ('kind' in subject) return t(`rule_none_${subject.kind}`);
  if ('any' in subject || ('role' in subject && subject.role === 'public')) return t('rule_none');
  return undefined;
}

/** The site, domain or agent that a rule is about; empty where it is about more than one. */
export function nameIn(subject: RuleSubject): string {
  if ('site' in subject) return subject.site;
  if ('domain' in subject) return subject.domain;
  return 'agent' in subject ? subject.agent : '';
}

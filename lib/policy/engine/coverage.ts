import { covers } from './covers.ts';
import { hostOf, isWithin } from './host.ts';
import { contains } from './role.ts';
import type { Rule, RuleSubject } from './rule.ts';

/** Whether every subject that `inner` is about is one that `outer` is about. */
export function isSubjectCovered(inner: RuleSubject, outer: RuleSubject): boolean {
  if ('any' in outer) return true;
  if ('kind' in outer) return kindOf(inner) === outer.kind;
  if ('role' in outer) return outer.role === 'public' || ('role' in inner && contains(inner.role, outer.role));
  if ('site' in outer) return 'site' in inner && inner.site === outer.site;
  if ('agent' in outer) return 'agent' in inner && inner.agent === outer.agent;
  const host = 'site' in inner ? hostOf(inner.site) : 'domain' in inner ? inner.domain : undefined;
  return host !== undefined && isWithin(host, outer.domain);
}

function kindOf(subject: RuleSubject): 'site' | 'agent' | undefined {
  if ('kind' in subject) return subject.kind;
  if ('agent' in subject) return 'agent';
  return 'site' in subject || 'domain' in subject ? 'site' : undefined;
}

/** Whether every claim that `inner` names is one that `outer` names or that is nested in one. */
export function claimsCovered(inner: Rule['claims'], outer: Rule['claims']): boolean {
  if (outer === '*') return true;
  return inner !== '*' && inner.every((claim) => outer.some((name) => covers(name, claim)));
}

import type { Test } from './facts.ts';
import { within } from './host.ts';
import { NO, truthOf, UNKNOWN } from './kleene.ts';
import { contains } from './role.ts';
import type { RuleSubject } from './rule.ts';

/** Whether a rule is about the subject that asks. Undefined for a rule about everybody. */
export function subjectTest(subject: RuleSubject): Test | undefined {
  if ('any' in subject) return undefined;
  if ('site' in subject) return exactTest('site', subject.site);
  if ('agent' in subject) return exactTest('agent', subject.agent);
  if ('domain' in subject) return domainTest(subject.domain);
  if ('kind' in subject) return ({ request }) => truthOf(request.subject.type === subject.kind);
  return (facts) => truthOf(contains(facts.role, subject.role));
}

function exactTest(type: 'site' | 'agent', id: string): Test {
  return ({ request }) => truthOf(request.subject.id === id && request.subject.type === type);
}

function domainTest(domain: string): Test {
  const isWithin = within(domain);
  return ({ request, host }) => {
    if (request.subject.type !== 'site') return NO;
    return host === undefined ? UNKNOWN : truthOf(isWithin(host));
  };
}

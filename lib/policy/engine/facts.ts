import { hostOf } from './host.ts';
import type { PolicyRequest, PolicyState } from './request.ts';
import type { Role } from './role.ts';
import type { EffectiveRole } from './role-of.ts';
import type { Truth } from './kleene.ts';

/** A request as the tests of rules see it. */
export interface Facts {
  readonly request: PolicyRequest;
  readonly state: PolicyState;
  /** Without port and last dot. */
  readonly host: string | undefined;
  /** Names that hold the claim: `address` for `address.locality`. */
  readonly holders: readonly string[];
  readonly role: Role;
  readonly by: EffectiveRole['by'];
  /** Why the last test that could not be answered failed, where no attribute is to blame. */
  failure: string | undefined;
}

/** One question about a request; never changes anything but `failure`. */
export type Test = (facts: Facts) => Truth;

/** The host of a subject: of a site, what its origin says. */
export function hostOfSubject({ subject }: PolicyRequest): string | undefined {
  const own = subject.type === 'site' ? hostOf(subject.id) : undefined;
  if (own !== undefined) return own;
  const { host } = subject.properties;
  return typeof host === 'string' && host !== '' ? host : undefined;
}

import type { RolesInForce } from './request.ts';
import type { Role } from './role.ts';
import type { PolicySet } from './rule.ts';

/**
 * The effective role of a subject: given by the person, else by a credential it showed, else by its domain (the
 * nearest one above it), else public.
 * @param subjectId an origin or an agent's id
 * @param host of a site; default: that of the origin
 */
export function roleOf(
  set: PolicySet,
  subjectId: string,
  host?: string,
): { readonly role: Role; readonly by: RolesInForce['by'] } {
  throw new Error(`not yet ${set.v} ${subjectId} ${host ?? ''}`);
}

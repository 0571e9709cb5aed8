import { domainsOf, hostOf } from './host.ts';
import type { RolesInForce } from './request.ts';
import type { Role } from './role.ts';
import type { PolicySet } from './rule.ts';

export interface EffectiveRole {
  readonly role: Role;
  readonly by: RolesInForce['by'];
}

const PUBLIC: EffectiveRole = { role: 'public', by: 'default' };

/** The roles of a policy set, by whom they are of. */
export class RoleBook {
  readonly #explicit = new Map<string, EffectiveRole>();
  readonly #credential = new Map<string, EffectiveRole>();
  readonly #domain = new Map<string, EffectiveRole>();

  constructor({ roles = [] }: PolicySet) {
    const books = { explicit: this.#explicit, credential: this.#credential, domain: this.#domain };
    for (const { subject, by, role } of roles) books[by].set(subject, { role, by });
  }

  of(subjectId: string, host: string | undefined): EffectiveRole {
    const own = this.#explicit.get(subjectId) ?? this.#credential.get(subjectId);
    if (own !== undefined || host === undefined || this.#domain.size === 0) return own ?? PUBLIC;
    for (const domain of domainsOf(host)) {
      const found = this.#domain.get(domain);
      if (found !== undefined) return found;
    }
    return PUBLIC;
  }
}

/**
 * The effective role of a subject: given by the person, else by a credential it showed, else by its domain (the
 * nearest one above it), else public.
 * @param subjectId an origin or an agent's id
 * @param host of a site; default: that of the origin
 */
export const roleOf = (set: PolicySet, subjectId: string, host = hostOf(subjectId)): EffectiveRole =>
  new RoleBook(set).of(subjectId, host);

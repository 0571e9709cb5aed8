import { isWhole } from './attribute-reader.ts';
import type { PolicyRequest } from './request.ts';
import type { Role } from './role.ts';
import type { PolicySet } from './rule.ts';

/** The least role of a claim where the person changed nothing. `tier`: 1 to 3, if known. */
export type LeastRole = (claim: string, tier: number | undefined) => Role;

/** Sites choose the names they ask for: what is remembered of them is bounded. */
const MAX_REMEMBERED = 512;

/** The least roles of claims: as the person changed them, for the claim or the nearest that holds it, else by default. */
export class LeastRoles {
  readonly #changed: ReadonlyMap<string, Role>;
  readonly #byDefault: LeastRole;
  readonly #remembered = new Map<string, readonly [number | undefined, Role]>();

  constructor({ claim_roles = {} }: PolicySet, byDefault: LeastRole) {
    this.#changed = new Map(Object.entries(claim_roles));
    this.#byDefault = byDefault;
  }

  of({ resource }: PolicyRequest): Role {
    const tier = isWhole(resource.properties['tier']) ? resource.properties['tier'] : undefined;
    const known = this.#remembered.get(resource.id);
    if (known?.[0] === tier && known !== undefined) return known[1];
    const role = this.#changedRole(resource.id) ?? this.#byDefault(resource.id, tier);
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(resource.id, [tier, role]);
    return role;
  }

  #changedRole(claim: string): Role | undefined {
    if (this.#changed.size === 0) return undefined;
    for (let name = claim; ; name = name.slice(0, name.lastIndexOf('.'))) {
      const role = this.#changed.get(name);
      if (role !== undefined || !name.includes('.')) return role;
    }
  }
}

import type { Members } from '../foreign-verifier.ts';
import { ALWAYS_SHOWN, must } from '../foreign-verifier.ts';
import { decode, sha256 } from './jose.ts';

/** What stands in an array in the place of an element that was kept back: others keep their places. */
export const KEPT_BACK = Symbol('kept back');

export interface Unhidden {
  readonly claims: Members;
  /** Where each disclosure stands. */
  readonly places: readonly (readonly (string | number)[])[];
}

/**
 * Puts disclosures where their digests stand; every one has its place, and only one (RFC 9901 §7.1).
 * @param payload of the issuer's JWT
 * @param encoded the disclosures
 * @throws Error where one has no place, or may not be there
 */
export async function unhidden(payload: Members, encoded: readonly string[]): Promise<Unhidden> {
  must(payload['_sd_alg'] === undefined || payload['_sd_alg'] === 'sha-256', 'another hash');
  const byDigest = new Map<string, readonly unknown[]>();
  for (const one of encoded) {
    const digest = await sha256(one);
    must(!byDigest.has(digest), 'a disclosure that stands there twice');
    byDigest.set(digest, JSON.parse(decode(one).toString()) as readonly unknown[]); // its length is looked at where it is used
  }
  const opening = new Opening(byDigest);
  const claims = opening.object(payload, []);
  must(byDigest.size === 0, 'a disclosure that nothing refers to');
  return { claims, places: opening.places };
}

class Opening {
  readonly places: (readonly (string | number)[])[] = [];
  readonly #digests = new Set<unknown>();
  readonly #byDigest: Map<string, readonly unknown[]>;

  /** @param byDigest disclosures that were not put into their places yet */
  constructor(byDigest: Map<string, readonly unknown[]>) {
    this.#byDigest = byDigest;
  }

  object({ _sd: hidden = [], ...rest }: Members, at: readonly (string | number)[]): Members {
    const result: Members = {};
    for (const [name, inner] of Object.entries(rest)) result[name] = this.#open(inner, [...at, name]);
    must(Array.isArray(hidden), '_sd is no array');
    for (const digest of hidden as unknown[]) {
      const found = this.#take(digest);
      if (found === undefined) continue; // kept back, or a decoy
      const [, name, inner] = found;
      must(found.length === 3 && typeof name === 'string', 'not a disclosure of a member');
      must(name !== '_sd' && name !== '...' && !(name in result), 'a name that may not be disclosed');
      must(at.length > 0 || !ALWAYS_SHOWN.has(name), `${name} was hidden`);
      this.places.push([...at, name]);
      result[name] = this.#open(inner, [...at, name]);
    }
    return result;
  }

  #open(value: unknown, at: readonly (string | number)[]): unknown {
    if (Array.isArray(value)) return value.map((element, i) => this.#element(element, [...at, i]));
    if (typeof value !== 'object' || value === null) return value;
    return this.object(value as Members, at); // neither null nor an array
  }

  #element(value: unknown, at: readonly (string | number)[]): unknown {
    const hidden = typeof value === 'object' && value !== null ? (value as Members)['...'] : undefined; // any object
    if (hidden === undefined) return this.#open(value, at);
    const found = this.#take(hidden);
    if (found === undefined) return KEPT_BACK;
    must(found.length === 2, 'not a disclosure of an element');
    this.places.push(at);
    return this.#open(found[1], at);
  }

  #take(digest: unknown): readonly unknown[] | undefined {
    must(typeof digest === 'string' && !this.#digests.has(digest), 'a digest that stands there twice');
    this.#digests.add(digest);
    const found = this.#byDigest.get(digest);
    this.#byDigest.delete(digest);
    return found;
  }
}

/** A value without the places of what was kept back. */
export function withoutGaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((element) => element !== KEPT_BACK).map(withoutGaps);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutGaps(inner)]));
}

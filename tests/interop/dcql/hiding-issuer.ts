import type { Json, JsonObject } from '../../../lib/core/index.ts';
import { disclose } from '../../fixtures/credentials/test-issuer.ts';
import type { Place } from './claims-pointer.ts';

/** A disclosure, and where what it discloses stands. */
export interface Hidden {
  readonly path: readonly (string | number)[];
  readonly encoded: string;
}

export interface HiddenClaims {
  /** As it is signed. */
  readonly payload: JsonObject;
  readonly hidden: readonly Hidden[];
}

/** Claims as an issuer signs them that hides each part or not, as it is told part by part. */
export async function hideParts(claims: JsonObject, hides: readonly boolean[]): Promise<HiddenClaims> {
  const hidden: Hidden[] = [];
  let next = 0;
  const isHidden = (): boolean => hides[next++ % hides.length] ?? true;

  async function signed(value: Json, path: Hidden['path']): Promise<Json> {
    if (Array.isArray(value)) {
      const elements: Json[] = [];
      for (const [at, element] of (value as readonly Json[]).entries()) {
        // Array.isArray loses the element type
        const inner = await signed(element, [...path, at]);
        elements.push(isHidden() ? { '...': await hide([...path, at], inner) } : inner);
      }
      return elements;
    }
    return typeof value === 'object' && value !== null ? object(value as JsonObject, path) : value; // no array is left
  }

  async function object(value: JsonObject, path: Hidden['path']): Promise<JsonObject> {
    const open: Record<string, Json> = {};
    const digests: string[] = [];
    for (const [name, part] of Object.entries(value)) {
      const inner = await signed(part, [...path, name]);
      if (isHidden()) digests.push(await hide([...path, name], inner, name));
      else open[name] = inner;
    }
    return digests.length === 0 ? open : { ...open, _sd: digests.sort() };
  }

  async function hide(path: Hidden['path'], value: Json, name?: string): Promise<string> {
    const made = name === undefined ? await disclose(value) : await disclose(name, value);
    hidden.push({ path, encoded: made.encoded });
    return made.digest;
  }

  return { payload: await object(claims, []), hidden };
}

/** The disclosures that showing these places takes: of all that they lie in, and of all that lies in them. */
export const disclosuresFor = (hidden: readonly Hidden[], places: readonly Place[]): ReadonlySet<string> =>
  new Set(
    hidden.filter(({ path }) => places.some((place) => areNested(path, place.path))).map(({ encoded }) => encoded),
  );

const areNested = (a: Hidden['path'], b: Hidden['path']): boolean => {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length).every((step, i) => step === b[i]);
};

/** The values without parts that are seen with these disclosures, and their places. */
export function seenWith(claims: JsonObject, hidden: readonly Hidden[], shown: ReadonlySet<string>): readonly Place[] {
  const isSeen = (path: Hidden['path']): boolean =>
    hidden.every((one) => shown.has(one.encoded) || !one.path.every((step, i) => step === path[i]));
  return leavesOf(claims, []).filter(({ path }) => isSeen(path));
}

function leavesOf(value: Json, path: Hidden['path']): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  const parts: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? [...(value as readonly Json[]).entries()] // Array.isArray loses the element type
    : Object.entries(value as JsonObject); // what is no array is an object
  return parts.length === 0 ? [{ path, value }] : parts.flatMap(([step, part]) => leavesOf(part, [...path, step]));
}

import type { Json } from '../../core/index.ts';
import { isJsonObject } from '../../core/index.ts';

/** A claims path pointer (OpenID4VP 1.0 §7): a member's name, an array's index, or null for every element. */
export type ClaimPath = readonly (string | number | null)[];

/** The place of one value: a claims path pointer without wildcards. */
export type ConcretePath = readonly (string | number)[];

/**
 * Where the elements of arrays stood as they were signed, where some of them are hidden: by `pathKey` of the array, one
 * index for each element that is left. An index in a pointer counts those that are hidden too.
 */
export type SignedPlaces = ReadonlyMap<string, readonly number[]>;

/**
 * The places a claims path pointer selects in processed claims, in document order; none where processing it is an error:
 * where it selects nothing, and where any of the elements it has come to is not of the kind that its next step asks for
 * (OpenID4VP 1.0 §7.1.1).
 * @param claims the processed payload of a credential
 */
export function selectPaths(
  claims: Json,
  pointer: ClaimPath,
  signedPlaces: SignedPlaces = new Map(),
): readonly ConcretePath[] {
  let selected: readonly { readonly path: ConcretePath; readonly value: Json }[] = [{ path: [], value: claims }];
  for (const step of pointer) {
    const isFit = typeof step === 'string' ? isJsonObject : Array.isArray;
    if (!selected.every(({ value }) => isFit(value))) return [];
    selected = selected.flatMap(({ path, value }) =>
      children(value, shownStep(step, path, signedPlaces)).map(([key, child]) => ({
        path: [...path, key],
        value: child,
      })),
    );
  }
  return selected.map(({ path }) => path);
}

/** The step among what is shown for a step among what was signed; -1, where nothing is, for an element that is hidden. */
function shownStep(step: ClaimPath[number], path: ConcretePath, signedPlaces: SignedPlaces): ClaimPath[number] {
  if (typeof step !== 'number' || signedPlaces.size === 0) return step;
  return signedPlaces.get(pathKey(path))?.indexOf(step) ?? step;
}

function children(value: Json, step: string | number | null): readonly (readonly [string | number, Json])[] {
  if (typeof step === 'string') {
    const member = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    return member === undefined ? [] : [[step, member]];
  }
  if (!Array.isArray(value)) return [];
  const elements = value as readonly Json[]; // Array.isArray loses the readonly element type
  if (step === null) return elements.map((element, index) => [index, element]);
  const element = elements[step];
  return element === undefined ? [] : [[step, element]];
}

/** The value at a place, or undefined where there is none. */
export function valueAt(claims: Json, path: ConcretePath): Json | undefined {
  let value: Json | undefined = claims;
  for (const step of path) {
    if (value === undefined) return undefined;
    value = children(value, step)[0]?.[1];
  }
  return value;
}

/** One string per path, distinct for distinct paths; also their sorting order. */
export const pathKey = (path: ClaimPath): string => JSON.stringify(path);

/** Whether `path` is `ancestor` or lies below it. */
export const isWithin = (path: ConcretePath, ancestor: ConcretePath): boolean =>
  ancestor.length <= path.length && ancestor.every((step, i) => step === path[i]);

/** Whether one of two places contains the other, or they are the same. */
export const areNested = (a: ConcretePath, b: ConcretePath): boolean => isWithin(a, b) || isWithin(b, a);

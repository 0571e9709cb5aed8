import type { Json } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { ClaimRequest, DcqlClaim } from '../../provider/types.ts';
import type { ClaimPath, ConcretePath } from './claim-path.ts';
import { selectPaths, valueAt } from './claim-path.ts';

/** One thing that is asked, in the terms both sides match by. */
export interface ClaimTerm {
  /** As it was asked: a claim's name, or a path's steps joined by dots. */
  readonly name: string;
  /** Places where it may stand, in order of preference; the first that fits answers it. */
  readonly paths: readonly ClaimPath[];
  /** Accepted values; absent: any. */
  readonly values?: readonly (string | number | boolean)[];
}

const AGE_OVER = /^age_over_(\d{1,3})$/;

/**
 * The terms of a page's or service's claim request (design §6): `age_over_N` is the claim of that name or
 * `age_equal_or_over`/`N`, and must be true unless other values are accepted.
 * @throws SignetError unsupported for ranges, which this format cannot prove; bad_request on an empty name or values
 */
export function claimTermOf(request: ClaimRequest): ClaimTerm {
  if (typeof request === 'string') return namedTerm(request, undefined);
  if ('age_at_least' in request || 'gte' in request || 'lte' in request) {
    throw new SignetError('unsupported', 'Ranges cannot be proven in this format.', { field: 'claims' });
  }
  return namedTerm(request.name, 'values' in request ? request.values : undefined);
}

/** The terms of a DCQL claims query (OpenID4VP 1.0 §6.3). */
export function claimTermOfDcql({ path, values }: DcqlClaim): ClaimTerm {
  const term = { name: path.map((step) => step ?? '*').join('.'), paths: [path] };
  return values === undefined ? term : { ...term, values };
}

function namedTerm(name: string, values: ClaimTerm['values']): ClaimTerm {
  if (name === '' || values?.length === 0) {
    throw new SignetError('bad_request', 'A claim needs a name, and values where there are any.', { field: 'claims' });
  }
  const age = AGE_OVER.exec(name)?.[1];
  if (age !== undefined) return { name, paths: [[name], ['age_equal_or_over', age]], values: values ?? [true] };
  return values === undefined ? { name, paths: [[name]] } : { name, paths: [[name]], values };
}

/**
 * Where processed claims answer a term: the places of the first path that selects anything the term accepts, or none.
 * Elements a wildcard selects count only where their value is accepted (OpenID4VP 1.0 §6.4.1).
 */
export function answersTo(claims: Json, term: ClaimTerm): readonly ConcretePath[] {
  for (const path of term.paths) {
    const places = selectPaths(claims, path).filter((place) => isAccepted(valueAt(claims, place), term));
    if (places.length > 0) return places;
  }
  return [];
}

/** Whether a value is one that the term accepts; types are compared too, so "1" is not 1. */
export function isAccepted(value: Json | undefined, { values }: ClaimTerm): boolean {
  return value !== undefined && (values === undefined || values.some((accepted) => accepted === value));
}

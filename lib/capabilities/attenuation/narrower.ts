import { canonicalJson } from '../../core/index.ts';
import type { CapabilityClaims, CapabilityTerms } from '../token/index.ts';
import { momentOf } from '../token/index.ts';

/** The first claim in which a child allows more than its parent, and how. */
export interface Widening {
  /** As in `spl.max_amount`. */
  readonly field: string;
  readonly problem: string;
}

/**
 * Where a child would allow more than its parent. A policy of a child is never compared: the parent's has to permit as
 * well.
 */
export function wideningOf(parent: CapabilityClaims, child: CapabilityClaims): Widening | undefined {
  return wideningOfFrame(parent, child) ?? wideningOfTerms(parent.spl, child.spl);
}

const wider = (field: string, problem: string): Widening => ({ field, problem });

function wideningOfFrame(parent: CapabilityClaims, child: CapabilityClaims): Widening | undefined {
  if (parent.sealed === true) return wider('sealed', 'forbids it: a sealed token cannot be narrowed');
  if (child.aud !== parent.aud) return wider('aud', 'is not the audience of the parent');
  if (!(momentOf(child.iat) >= momentOf(parent.iat))) return wider('iat', 'is before the parent was issued');
  if (!(momentOf(child.nbf) >= momentOf(parent.nbf))) return wider('nbf', 'is before the start of the parent');
  if (!(momentOf(child.exp) <= momentOf(parent.exp))) return wider('exp', 'is after the end of the parent');
  return undefined;
}

/** Terms that cannot be less or more, but only be kept. */
const KEPT = ['currency', 'purpose', 'budget_chain', 'merkle_root', 'leaves'] as const;

function wideningOfTerms(parent: CapabilityTerms, child: CapabilityTerms): Widening | undefined {
  const changed = KEPT.find((name) => canonicalJson(parent[name] ?? null) !== canonicalJson(child[name] ?? null));
  if (changed !== undefined) return wider(`spl.${changed}`, 'is not what the parent has');
  if (!isSubset(child.permissions, parent.permissions)) {
    return wider('spl.permissions', 'name what the parent does not permit');
  }
  if (!isWithin(child.max_amount, parent.max_amount)) return wider('spl.max_amount', 'is over that of the parent');
  if (parent.one_time && !child.one_time) return wider('spl.one_time', 'must stay true');
  if (parent.merchant !== undefined && child.merchant !== parent.merchant) {
    return wider('spl.merchant', 'is not the merchant of the parent');
  }
  return undefined;
}

function isSubset(child: readonly string[] | undefined, parent: readonly string[] | undefined): boolean {
  if (parent === undefined) return true;
  return child?.every((permission) => parent.includes(permission)) === true;
}

/** Without a sum no money moves, which is less than any sum; a sum needs one to be within. */
const isWithin = (child: number | undefined, parent: number | undefined): boolean =>
  child === undefined ? parent === undefined : parent !== undefined && child <= parent;

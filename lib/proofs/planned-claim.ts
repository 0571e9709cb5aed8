import type { ClaimTier } from '../credentials/index.ts';
import { claimKey, issuerId } from '../credentials/index.ts';
import type { Format } from '../provider/types.ts';
import type { Match } from './matched.ts';
import { seenClaims } from './seen-claims.ts';

/** One thing that a plan would show, as rules see it. */
export interface PlannedClaim {
  /** Its name in rules, by `claimKey`. */
  readonly claim: string;
  /** In words for people. */
  readonly label: string;
  /** The most private of what is shown under this name. */
  readonly tier: ClaimTier;
  /** The `vct` of the credential that it is of. */
  readonly credentialType: string;
  /** Its `iss`, or `self`. */
  readonly issuer: string;
  readonly format: Format;
  /** For a derived yes/no: which. Absent where there are several that differ. */
  readonly answer?: boolean;
}

/**
 * That a credential of this type is held at all: what a credential tells that shows no claim. No claim about a person
 * has this name.
 */
export const TYPE_CLAIM = 'vct';

/** The claims that a match shows, one for each name in rules; never none: what shows no claim shows its type. */
export function plannedClaims(match: Pick<Match, 'record' | 'rows' | 'ranges' | 'format'>): readonly PlannedClaim[] {
  const { record, format } = match;
  const common = { credentialType: record.vct, issuer: issuerId(record), format };
  const found = seenClaims(match).map(({ path, label, tier, value }): PlannedClaim => {
    const claim = { claim: claimKey(path), label, tier, ...common };
    return tier === 1 && typeof value === 'boolean' ? { ...claim, answer: value } : claim;
  });
  return found.length === 0
    ? [{ claim: TYPE_CLAIM, label: 'kind of credential', tier: 2, ...common }]
    : oneForEachName(found);
}

/** The claims of several matches, those of one name, type and issuer as one. */
export function oneForEachName(claims: readonly PlannedClaim[]): readonly PlannedClaim[] {
  const byName = new Map<string, PlannedClaim>();
  for (const claim of claims) {
    const name = JSON.stringify([claim.claim, claim.credentialType, claim.issuer]);
    const known = byName.get(name);
    byName.set(name, known === undefined ? claim : merged(known, claim));
  }
  return [...byName.values()];
}

function merged(a: PlannedClaim, b: PlannedClaim): PlannedClaim {
  const { answer, ...common } = a.tier >= b.tier ? a : b;
  return answer === undefined || a.answer !== b.answer ? common : { ...common, answer };
}

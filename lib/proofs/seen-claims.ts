import { revealedBy } from '../credentials/index.ts';
import type { CredentialClaim } from '../credentials/index.ts';
import type { Match } from './matched.ts';
import { provenClaims } from './range-plan.ts';

/**
 * Everything that a verifier learns from a match: the claims that it shows, and what it proves about numbers as claims
 * of their own. Commitments are none: by themselves they tell nothing.
 */
export const seenClaims = ({
  record,
  rows,
  ranges,
}: Pick<Match, 'record' | 'rows' | 'ranges'>): readonly CredentialClaim[] => [
  ...revealedBy(record.claims, rows).filter(({ commits }) => commits === undefined),
  ...ranges.flatMap(provenClaims),
];

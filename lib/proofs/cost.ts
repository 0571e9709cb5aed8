import type { CredentialRecord } from '../credentials/index.ts';
import { isUsedUp } from '../credentials/index.ts';
import type { Match } from './matched.ts';
import { seenClaims } from './seen-claims.ts';

/**
 * What is given away by what a match shows: values that are not a derived yes/no weigh most, then everything seen. What
 * shows a part of what another shows gives away less.
 */
export function disclosureCost(match: Pick<Match, 'record' | 'rows' | 'ranges'>): number {
  const seen = seenClaims(match);
  return seen.filter(({ tier }) => tier > 1).length * 10_000 + seen.length * 10;
}

/** That one holds a credential of this type at all: less than anything it says. */
const HOLDING = 5;

/**
 * What a match gives away: what it shows, that there is such a credential, and then a copy that was, or may have been, shown before; or the key that a
 * person has at this site, which is the same each time.
 */
export const costOf = (match: Match): number => disclosureCost(match) + HOLDING + (isKnownAgain(match.record) ? 1 : 0);

const isKnownAgain = (record: CredentialRecord): boolean => wasShown(record) || record.format === 'self';

/** Whether showing the next copy can be linked to an earlier time: it was shown, or may have been before a restore. */
export const wasShown = ({ lastReused, maybeUsed }: CredentialRecord): boolean => lastReused || maybeUsed === true;

/** Whether showing it uses up the last copy that nobody has seen: from then on its answers can be linked. */
export const usesLastCopy = (record: CredentialRecord): boolean =>
  isUsedUp(record) && record.instances.length === 1 && !wasShown(record);

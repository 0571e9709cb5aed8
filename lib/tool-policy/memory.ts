import type { Decimal } from './decimal.ts';
import { ZERO } from './decimal.ts';

/**
 * What a decision may know of before. Each answer is undefined where it cannot be told, because what was kept is lost or
 * damaged: that is never the same as nothing.
 */
export interface Memory {
  /** What was allowed to be spent since the count began. @param category folded; '' for all of them */
  spent(category: string): Decimal | undefined;
  /** Whether one of the last so many allowed calls has one of these terms, in any case, in its tool or detail. */
  hasRecent(terms: readonly string[], within: number): boolean | undefined;
  hasCredential(name: string): boolean | undefined;
}

/** Where nothing is kept: nothing was spent, done before, or entrusted. */
export const NO_MEMORY: Memory = {
  spent: () => ZERO,
  hasRecent: () => false,
  hasCredential: () => false,
};

/** Where what was kept cannot be read. */
export const LOST_MEMORY: Memory = {
  spent: () => undefined,
  hasRecent: () => undefined,
  hasCredential: () => undefined,
};

/** `a|b` as its terms; empty ones would be found in everything and are left out. */
export const termsIn = (text: string): readonly string[] =>
  text
    .split('|')
    .map((term) => term.trim())
    .filter((term) => term !== '');

import type { Json, JsonObject } from '../core/index.ts';
import { displayText } from '../core/index.ts';
import { ageLimitOf, revealedBy, summariseClaims, valueAt } from '../credentials/index.ts';
import type { CredentialClaim } from '../credentials/index.ts';
import type { Match } from './match.ts';

/** One thing a verifier learns. */
export interface Fact {
  readonly label: string;
  /** Absent for a derived yes/no that is true: its label says it. */
  readonly value?: string;
  readonly derived: boolean;
}

/** What showing a match tells: everything that is seen, and the labels of everything that is not. */
export interface DisclosureView {
  readonly learn: readonly Fact[];
  readonly hidden: readonly string[];
}

/** @param seen the claims as the verifier will see them */
export function viewDisclosure({ record, rows }: Match, seen: JsonObject): DisclosureView {
  const revealed = revealedBy(record.claims, rows);
  const isTold = toldBy(revealed);
  const hidden = summariseClaims(record.claims.filter((claim) => !revealed.includes(claim) && !isTold(claim)));
  return { learn: factsOf(revealed, seen), hidden: [...new Set(hidden.map(({ label }) => label))] };
}

/** Who learns "over 21" has learned "over 18", and who learns "not over 21" that it is not over 65. */
function toldBy(revealed: readonly CredentialClaim[]): (claim: CredentialClaim) => boolean {
  const limits = revealed.flatMap(({ path, value }) => {
    const limit = ageLimitOf(path);
    return limit === undefined || typeof value !== 'boolean' ? [] : [{ limit, reached: value }];
  });
  return ({ path }) => {
    const own = ageLimitOf(path);
    return own !== undefined && limits.some(({ limit, reached }) => (reached ? own <= limit : own >= limit));
  };
}

function factsOf(revealed: readonly CredentialClaim[], seen: JsonObject): readonly Fact[] {
  const alignment = new Map<string, number>();
  return revealed.map((claim) => factOf(claim, valueAt(seen, shownPath(claim, alignment))));
}

/** Elements that stay hidden leave no gap: the n-th shown element of an array is its n-th in what is seen. */
function shownPath(claim: CredentialClaim, alignment: Map<string, number>): CredentialClaim['path'] {
  const element = claim.path.findIndex((step) => typeof step === 'number');
  if (element === -1) return claim.path;
  const array = JSON.stringify(claim.path.slice(0, element));
  const original = `${array}/${String(claim.path[element])}`;
  const shown = alignment.get(original) ?? alignment.get(array) ?? 0;
  if (!alignment.has(original)) {
    alignment.set(original, shown);
    alignment.set(array, shown + 1);
  }
  return [...claim.path.slice(0, element), shown, ...claim.path.slice(element + 1)];
}

function factOf({ label, tier }: CredentialClaim, value: Json | undefined): Fact {
  const derived = tier === 1 && typeof value === 'boolean';
  return derived && value ? { label, derived } : { label, value: inWords(value), derived };
}

function inWords(value: Json | undefined): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  return displayText(typeof value === 'string' ? value : JSON.stringify(value ?? null), 200);
}

import type { Json, JsonObject } from '../core/index.ts';
import { displayText } from '../core/index.ts';
import { ageTestOf, claimKey, revealedBy, summariseClaims, valueAt } from '../credentials/index.ts';
import type { CredentialClaim, CredentialRecord } from '../credentials/index.ts';
import { openableRows } from './holding.ts';
import type { Match } from './matched.ts';
import { seenClaims } from './seen-claims.ts';
import { seenValues } from './seen-values.ts';

/** One thing a verifier learns. */
export interface Fact {
  /** The claim's name in rules. */
  readonly claim: string;
  readonly label: string;
  /** Absent for a derived yes/no that is true: its label says it; and for what lies in a compartment, still closed. */
  readonly value?: string;
  readonly derived: boolean;
}

/** What showing a match tells: everything that is seen, and the labels of everything that is not. */
export interface DisclosureView {
  readonly learn: readonly Fact[];
  readonly hidden: readonly string[];
}

/** @param seen the claims as the verifier will see them, but for what lies in a compartment */
export function viewDisclosure(match: Match, seen: JsonObject): DisclosureView {
  const { record, rows } = match;
  const revealed = seenClaims(match);
  const isTold = toldBy(revealed);
  const hidden = summariseClaims(record.claims.filter((claim) => !revealed.includes(claim) && !isTold(claim)));
  const isOpen = openedBy(record, rows);
  const labels = [...hidden.map(({ label }) => label), ...(record.unsaid ?? [])];
  return { learn: factsOf(revealed, valuesIn(match, seen), isOpen), hidden: [...new Set(labels)] };
}

/** Who learns "over 21" has learned "over 18", and who learns "not over 21", or "under 21", that it is not over 65. */
function toldBy(revealed: readonly CredentialClaim[]): (claim: CredentialClaim) => boolean {
  const limits = revealed.flatMap(({ path, value }) => {
    const test = ageTestOf(path);
    if (test === undefined || typeof value !== 'boolean') return [];
    return [{ limit: Number(test.limit), reached: (test.side === 'over') === value }];
  });
  return ({ path }) => {
    const test = ageTestOf(path);
    const own = Number(test?.limit); // NaN, and so told by nothing, where it is about no age
    return limits.some(({ limit, reached }) => (reached ? own <= limit : own >= limit));
  };
}

type IsOpen = (claim: CredentialClaim) => boolean;

/** Whether planning has seen a claim: it lies in no compartment, nor is it nested in what does. */
function openedBy(record: CredentialRecord, rows: readonly number[]): IsOpen {
  const openable = openableRows(record, rows);
  return (claim) => claim.tier !== 3 && claim.rows.every((row) => openable.includes(row));
}

/** What is seen of each claim. Only an SD-JWT takes its claims apart, and leaves out what it does not show. */
function valuesIn({ record, rows }: Match, seen: JsonObject): (claim: CredentialClaim) => Json | undefined {
  if (record.format !== undefined) return ({ path }) => valueAt(seen, path);
  const values = seenValues(revealedBy(record.claims, rows).filter(openedBy(record, rows)), seen);
  return (claim) => values.get(claim);
}

function factsOf(
  revealed: readonly CredentialClaim[],
  seenOf: (claim: CredentialClaim) => Json | undefined,
  isOpen: IsOpen,
): readonly Fact[] {
  return revealed.map((claim) => {
    const value = seenOf(claim) ?? claim.value;
    return isOpen(claim) || value !== undefined
      ? factOf(claim, value)
      : { claim: claimKey(claim.path), label: claim.label, derived: false };
  });
}

function factOf({ path, label, tier }: CredentialClaim, value: Json | undefined): Fact {
  const claim = claimKey(path);
  const derived = tier === 1 && typeof value === 'boolean';
  return derived && value ? { claim, label, derived } : { claim, label, value: inWords(value), derived };
}

function inWords(value: Json | undefined): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  return displayText(typeof value === 'string' ? value : JSON.stringify(value ?? null), 200);
}

import type { Json } from '../core/index.ts';
import {
  CLOCK_SKEW,
  answersTo,
  compartmentsOfRows,
  outlineClaims,
  rowsFor,
  selectPaths,
  valueAt,
} from '../credentials/index.ts';
import type { ClaimCompartment, ClaimTerm, ConcretePath, CredentialRecord } from '../credentials/index.ts';
import type { VaultReader } from '../vault/index.ts';
import { revealRows } from './holding.ts';
import type { WantedCredential } from './query.ts';

/** A credential that satisfies what is wanted, and the rows of it that must be shown for that. */
export interface Match {
  readonly wanted: WantedCredential;
  readonly record: CredentialRecord;
  /** Ascending; the fewest that answer every term. */
  readonly rows: readonly number[];
  /** Compartments that have to be opened to show them. */
  readonly compartments: readonly ClaimCompartment[];
  /** Terms that name the values they accept, where the value lies in a compartment: compared once that is open. */
  readonly unchecked: readonly ClaimTerm[];
}

/** Whether a credential is of an accepted type and issuer, and in time. @param seconds since the epoch */
export function isEligible(record: CredentialRecord, wanted: WantedCredential, seconds: number): boolean {
  if (wanted.types !== undefined && !wanted.types.includes(record.vct)) return false;
  if (wanted.issuers !== undefined && !wanted.issuers.includes(record.issuer.origin)) return false;
  if (record.expiresAt !== undefined && record.expiresAt + CLOCK_SKEW <= seconds) return false;
  return record.notBefore === undefined || record.notBefore - CLOCK_SKEW <= seconds;
}

/**
 * How a credential answers what is wanted, by the alternative that shows the fewest rows; undefined when it does
 * not. A value is opened only where a term names the values it accepts and the value is not known at Tier 1.
 */
export async function matchCredential(
  reader: VaultReader,
  record: CredentialRecord,
  wanted: WantedCredential,
): Promise<Match | undefined> {
  const answers: Match[] = [];
  for (const terms of wanted.alternatives) {
    const answer = await answerAll(reader, record, terms);
    if (answer === undefined) continue;
    const rows = rowsFor(record.claims, answer.places);
    const compartments = compartmentsOfRows(record, rows);
    answers.push({ wanted, record, rows, compartments, unchecked: answer.unchecked });
  }
  return answers.sort((a, b) => a.rows.length - b.rows.length)[0];
}

interface Answer {
  readonly places: readonly ConcretePath[];
  readonly unchecked: readonly ClaimTerm[];
}

async function answerAll(
  reader: VaultReader,
  record: CredentialRecord,
  terms: readonly ClaimTerm[],
): Promise<Answer | undefined> {
  const places: ConcretePath[] = [];
  const unchecked: ClaimTerm[] = [];
  for (const term of terms) {
    const closed = isClosed(record, term);
    const asked = closed ? { name: term.name, paths: term.paths } : term;
    const answered = answersTo(await valuesFor(reader, record, asked), asked);
    if (answered.length === 0) return undefined;
    places.push(...answered);
    if (closed) unchecked.push(term);
  }
  return { places, unchecked };
}

/** Whether a term names values, and a claim that may hold one lies in a compartment: planning opens none. */
function isClosed(record: CredentialRecord, { values, paths }: ClaimTerm): boolean {
  if (values === undefined) return false;
  const outline = outlineClaims(record.claims);
  const unknown = paths
    .flatMap((path) => selectPaths(outline, path))
    .filter((place) => valueAt(outline, place) === null);
  const rows = rowsFor(record.claims, unknown.map(wholeArray));
  return unknown.length > 0 && compartmentsOfRows(record, rows).length > 0;
}

/** The credential's claims with the values a term needs to compare: opened only where they are not known already. */
async function valuesFor(reader: VaultReader, record: CredentialRecord, term: ClaimTerm): Promise<Json> {
  const outline = outlineClaims(record.claims);
  if (term.values === undefined) return outline;
  const places = term.paths.flatMap((path) => selectPaths(outline, path));
  const unknown = places.filter((place) => valueAt(outline, place) === null);
  if (unknown.length === 0) return outline;
  return revealRows(reader, record, rowsFor(record.claims, unknown.map(wholeArray)));
}

/** An element's place means the same only among all its siblings: its array is opened as a whole. */
function wholeArray(place: ConcretePath): ConcretePath {
  const element = place.findIndex((step) => typeof step === 'number');
  return element === -1 ? place : place.slice(0, element);
}

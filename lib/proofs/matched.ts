import type { ClaimCompartment, ClaimTerm, CredentialRecord } from '../credentials/index.ts';
import type { Format } from '../provider/types.ts';
import type { WantedCredential } from './query.ts';
import type { PlannedRange } from './range-plan.ts';

/** A credential that satisfies what is wanted, and the rows of it that must be shown for that. */
export interface Match {
  readonly wanted: WantedCredential;
  readonly record: CredentialRecord;
  readonly format: Format;
  /** What it answers: one alternative of what is wanted, and the extras that are included. */
  readonly terms: readonly ClaimTerm[];
  /** Ascending; the fewest that answer every term. */
  readonly rows: readonly number[];
  /** What it proves about committed numbers; the rows of their commitments are among `rows`. */
  readonly ranges: readonly PlannedRange[];
  /** Compartments that have to be opened to show them. */
  readonly compartments: readonly ClaimCompartment[];
  /** Terms that name the values they accept, where the value lies in a compartment: compared once that is open. */
  readonly unchecked: readonly ClaimTerm[];
  /** What it could show beyond that, in the order it was asked. */
  readonly extras: readonly ClaimExtra[];
}

/** A claim of a fuller claim set, which the credential could answer too: the person may take it in. */
export interface ClaimExtra {
  /** Names it in its query. */
  readonly id: string;
  /** In words: what is seen with it that is not seen without. */
  readonly labels: readonly string[];
  readonly answer: TermAnswer;
  /** It goes with the proof: it was taken in, or lies with something that was. */
  readonly included: boolean;
}

/** Where a credential answers a term. */
export interface TermAnswer {
  readonly term: ClaimTerm;
  readonly rows: readonly number[];
  /** The value lies in a compartment, and is not compared yet. */
  readonly unchecked: boolean;
  /** Where it is answered by a proof about a number. */
  readonly range?: PlannedRange;
}

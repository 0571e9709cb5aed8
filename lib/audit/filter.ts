import type { Holds } from './summary.ts';
import type { AuditDecision, AuditEntry } from './verifying/index.ts';

/** What to look for in the log; everything given must match. Texts are compared without case, as parts of the whole. */
export interface AuditFilter {
  /** Site or issuer. */
  readonly site?: string;
  readonly kinds?: readonly string[];
  /** Part of a claim's name, as people write it or as standards do: `birth date` finds `birth_date` and `birthdate`. */
  readonly claim?: string;
  readonly decision?: AuditDecision;
  /** Inclusive, milliseconds since the epoch. */
  readonly from?: number;
  readonly to?: number;
}

/** Tells entries that match a filter, and runs of entries in which none can. */
export class EntryMatcher {
  readonly #filter: AuditFilter;
  readonly #site: string;
  readonly #claim: string;

  constructor(filter: AuditFilter) {
    this.#filter = filter;
    this.#site = fold(filter.site ?? '');
    this.#claim = foldName(filter.claim ?? '');
  }

  /** Whether it asks for anything at all. */
  get isOpen(): boolean {
    return Object.values(this.#filter).every((part) => part === undefined || part === '');
  }

  matches({ kind, subject, claims, decision, time }: AuditEntry): boolean {
    const { kinds, decision: wanted, from = 0, to = Infinity } = this.#filter;
    if (time < from || time > to) return false;
    if (kinds !== undefined && !kinds.includes(kind)) return false;
    if (wanted !== undefined && wanted !== decision) return false;
    return this.#isSite([subject]) && this.#isClaim(claims);
  }

  /** Whether a match may be among entries of which this is known. */
  mayBeIn(holds: Holds | undefined): boolean {
    if (holds === undefined) return true;
    const { kinds, decision, from = 0, to = Infinity } = this.#filter;
    if (holds.to < from || holds.from > to) return false;
    if (kinds !== undefined && !kinds.some((kind) => holds.kinds.includes(kind))) return false;
    if (decision !== undefined && !holds.decisions.includes(decision)) return false;
    return (
      (holds.subjects === undefined || this.#isSite(holds.subjects)) &&
      (holds.claims === undefined || this.#isClaim(holds.claims))
    );
  }

  #isSite(subjects: readonly string[]): boolean {
    return this.#site === '' || subjects.some((subject) => fold(subject).includes(this.#site));
  }

  #isClaim(claims: readonly string[]): boolean {
    return this.#claim === '' || claims.some((claim) => foldName(claim).includes(this.#claim));
  }
}

const fold = (text: string): string => text.toLowerCase();

/** What is between the words of a name says nothing. */
const foldName = (name: string): string => fold(name).replaceAll(/[\s._/-]+/g, '');

import { dateInUtc, formatDate } from '../core/index.ts';
import type { Json } from '../core/index.ts';
import { claimKey, claimLabel, getOpening, readCommitted, valueAt } from '../credentials/index.ts';
import type {
  ClaimTerm,
  CommittedBits,
  CredentialClaim,
  CredentialRecord,
  RangeQuestion,
} from '../credentials/index.ts';
import type { VaultReader } from '../vault/index.ts';
import { revealRows } from './holding.ts';
import type { RangeStatement } from './range/index.ts';
import { statementFits, statementHolds } from './range/index.ts';

/** A fact about a committed number that the presentation is to prove. */
export interface PlannedRange {
  readonly term: ClaimTerm;
  /** Of the commitment's disclosure. */
  readonly row: number;
  /** Where the commitment stands. */
  readonly path: readonly string[];
  readonly statement: RangeStatement;
  readonly bits: CommittedBits;
}

/**
 * How a committed number of a credential answers a term; undefined where there is none, where its opening is gone, and
 * where the answer would be no: a site that is told nothing cannot tell these apart. Opens the number.
 * @param now milliseconds since the epoch
 */
export async function planRange(
  reader: VaultReader,
  record: CredentialRecord,
  term: ClaimTerm,
  now: number,
): Promise<PlannedRange | undefined> {
  const claim = commitmentIn(record, term);
  const [row, ...others] = claim?.rows ?? [];
  const [instance] = record.instances;
  if (claim === undefined || row === undefined || others.length > 0 || instance === undefined) return undefined;
  const path = claim.path.filter((step) => typeof step === 'string');
  const committed = readCommitted(valueAt(await revealRows(reader, record, [row]), claim.path));
  const statement = statementOf(term.range?.question, now);
  if (committed === undefined || statement === undefined) return undefined;
  if (!statementFits(statement, committed)) return undefined;
  const opening = await getOpening(reader, record.id, instance, row);
  if (opening === undefined) return undefined;
  opening.blinding.dispose();
  return statementHolds(statement, opening.value) ? { term, row, path, statement, bits: committed.bits } : undefined;
}

const commitmentIn = ({ claims }: CredentialRecord, { range }: ClaimTerm): CredentialClaim | undefined =>
  range?.paths
    .map((wanted) => claims.find(({ path, commits }) => commits !== undefined && isSame(path, wanted)))
    .find((claim) => claim !== undefined);

const isSame = (path: readonly Json[], wanted: readonly Json[]): boolean =>
  path.length === wanted.length && path.every((step, i) => step === wanted[i]);

/** How far the verifier's day may lie from the day that it is here in UTC (design §6), in milliseconds. */
const DAY = 86_400_000;

/** What is stated, as of today where the verifier names no day; undefined for a day that is neither today nor beside it. */
function statementOf(question: RangeQuestion | undefined, now: number): RangeStatement | undefined {
  if (question === undefined) return undefined;
  if ('age_at_least' in question) {
    const [yesterday, today, tomorrow] = [now - DAY, now, now + DAY].map((time) => formatDate(dateInUtc(time)));
    const day = question.as_of ?? today;
    return day !== undefined && [yesterday, today, tomorrow].includes(day)
      ? { age_at_least: question.age_at_least, as_of: day }
      : undefined;
  }
  const { gte, lte } = question;
  if (gte !== undefined) return lte === undefined ? { gte } : { gte, lte };
  return lte === undefined ? undefined : { lte };
}

/**
 * What a verifier learns from a proof about a number, as claims that are true: an age reached is that age's claim, a
 * bound of an integer a claim of its own for each side.
 */
export function provenClaims({ term, statement, path }: PlannedRange): readonly CredentialClaim[] {
  if ('age_at_least' in statement) {
    const name = `age_over_${statement.age_at_least}`;
    return [{ path: [name], label: claimLabel([name]), tier: 1, rows: [], value: true }];
  }
  const named = 'age_at_least' in (term.range?.question ?? {}) ? path.join('.') : term.name;
  return Object.entries(statement).map(([side, bound]) => {
    const words = side === 'gte' ? 'at least' : 'at most';
    return {
      path: [`${claimKey([named])}_${words.replace(' ', '_')}_${bound}`],
      label: `${claimLabel([named])}: ${words} ${bound.toLocaleString('en')}`,
      tier: 1,
      rows: [],
      value: true,
    };
  });
}

/** The answer to a term as the page gets it: what was proven. */
export const rangeAnswer = ({ term, statement }: PlannedRange): Json =>
  term.paths.length > 0 ? true : { ...statement };

import type { Json } from '../../core/index.ts';
import { SignetError, isCalendarDate, isJsonObject } from '../../core/index.ts';
import type { CommittedNumber } from '../../credentials/commitment/index.ts';
import { cutoffDay, fitsIn } from '../../credentials/commitment/index.ts';

/** What is said of a committed number, as it stands in the key-binding JWT. */
export type RangeStatement =
  /** Of a date: born early enough to have reached the age on the day `as_of` (YYYY-MM-DD). */
  | { readonly age_at_least: number; readonly as_of: string }
  /** Of an integer; bounds are safe integers from 0 on, and belong to what they bound. */
  | { readonly gte: number }
  | { readonly lte: number }
  | { readonly gte: number; readonly lte: number };

const MAX_AGE = 150;

/**
 * Reads a statement: exactly the members of one of the forms, an age from 1 to 150, a date that the calendar has, safe
 * integers from 0 on, `gte` not above `lte`.
 * @throws SignetError bad_request naming `statement`
 */
export function readStatement(json: Json | undefined): RangeStatement {
  if (!isJsonObject(json)) return refuse('bad_request', 'A statement is an object.');
  const { age_at_least, as_of, gte, lte } = json;
  switch (Object.keys(json).sort().join()) {
    case 'age_at_least,as_of':
      if (!isBound(age_at_least) || age_at_least < 1 || age_at_least > MAX_AGE) break;
      if (typeof as_of !== 'string' || !isCalendarDate(as_of)) break;
      return { age_at_least, as_of };
    case 'gte':
      if (!isBound(gte)) break;
      return { gte };
    case 'lte':
      if (!isBound(lte)) break;
      return { lte };
    case 'gte,lte':
      if (!isBound(gte) || !isBound(lte) || gte > lte) break;
      return { gte, lte };
  }
  return refuse('bad_request', 'A statement is an age on a day, or bounds that are integers.');
}

/** −0 is spelt as 0 and is another number. */
const isBound = (value: Json | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);

function refuse(reason: 'bad_request' | 'unsupported', why: string): never {
  throw new SignetError(reason, why, { field: 'statement' });
}

/**
 * Throws unless a statement can be proven of such a number: an age of a date, bounds of an integer, and all within the
 * number's bits. A bound beyond them says either nothing or what cannot be.
 * @throws SignetError unsupported naming `statement`
 */
export function assertStatementFits(statement: RangeStatement, { kind, bits }: CommittedNumber): void {
  if ('age_at_least' in statement !== (kind === 'date')) {
    refuse('unsupported', 'Ages are proven of dates, and bounds of integers.');
  }
  if (!differencesOf(statement).every(({ bound }) => fitsIn(bound, bits))) {
    refuse('unsupported', 'The bound is beyond what this number can be.');
  }
}

/** As `assertStatementFits`, for who decides by it. */
export const statementFits = (
  statement: RangeStatement,
  { kind, bits }: Pick<CommittedNumber, 'kind' | 'bits'>,
): boolean =>
  'age_at_least' in statement === (kind === 'date') &&
  differencesOf(statement).every(({ bound }) => fitsIn(bound, bits));

/** Whether a statement is true of a value; of a date, the value is its days since 1900-01-01. */
export const statementHolds = (statement: RangeStatement, value: bigint): boolean =>
  differencesOf(statement).every(({ side, bound }) => (side === 'above' ? value >= bound : value <= bound));

/** How far a number is from a bound, which must not be negative. */
export interface Difference {
  /** `above`: number − bound; `below`: bound − number. */
  readonly side: 'above' | 'below';
  readonly bound: bigint;
}

/** The one or two differences that a statement comes down to. @throws SignetError bad_request for an impossible date */
export function differencesOf(statement: RangeStatement): readonly Difference[] {
  if ('age_at_least' in statement) {
    return [{ side: 'below', bound: cutoffDay(statement.age_at_least, statement.as_of) }];
  }
  const { gte, lte } = { gte: undefined, lte: undefined, ...statement };
  return [
    ...(gte === undefined ? [] : [{ side: 'above' as const, bound: BigInt(gte) }]),
    ...(lte === undefined ? [] : [{ side: 'below' as const, bound: BigInt(lte) }]),
  ];
}

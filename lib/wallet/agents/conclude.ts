import type { Query } from '../../agents/index.ts';
import { isCalendarDate } from '../../core/index.ts';
import { leastRoleOf } from '../../policy/index.ts';
import type { Role } from '../../policy/index.ts';
import type { Fact } from './facts.ts';

/** What follows from what the vault knows: never the value itself. */
export type Conclusion =
  | { readonly kind: 'yes_no'; readonly answer: boolean }
  | { readonly kind: 'count'; readonly count: number }
  /** `from` inclusive, `below` exclusive. */
  | { readonly kind: 'range'; readonly from?: number; readonly below?: number }
  /** `of`: what sort of data it is. `place`: which of the named ones, the first being 1; 0 is none of them. */
  | { readonly kind: 'category'; readonly of: Role }
  | { readonly kind: 'category'; readonly place: number };

/** A question about what one fact says. */
export type ValueQuery = Exclude<Query, { readonly op: 'has' | 'count' }>;

/**
 * What follows from a fact.
 * @param now milliseconds since the epoch
 * @returns undefined where the question does not fit what it is
 */
export function conclude(query: ValueQuery, fact: Fact, now: number): Conclusion | undefined {
  switch (query.op) {
    case 'equals':
      return equals(query.value, fact);
    case 'at_least':
      return compared(fact, (number) => number >= query.bound);
    case 'at_most':
      return compared(fact, (number) => number <= query.bound);
    case 'between':
      return compared(fact, (number) => number >= query.from && number <= query.to);
    case 'age_at_least':
      return hasReached(fact, query.years, now);
    case 'category':
      return categoryOf(fact, query.among);
  }
}

const yesNo = (answer: boolean): Conclusion => ({ kind: 'yes_no', answer });

function equals(wanted: string | number | boolean, { type, value }: Fact): Conclusion | undefined {
  if (value === undefined) return undefined;
  if (type === 'number') return typeof wanted === 'number' ? yesNo(Number(value) === wanted) : undefined;
  if (type === 'yes_no') return typeof wanted === 'boolean' ? yesNo(value === wanted) : undefined;
  return typeof wanted === 'string' ? yesNo(plain(String(value)) === plain(wanted)) : undefined;
}

/** As people compare texts. */
const plain = (text: string): string => text.normalize('NFKC').trim().toLowerCase();

function compared({ type, value }: Fact, holds: (number: number) => boolean): Conclusion | undefined {
  return type === 'number' && value !== undefined ? yesNo(holds(Number(value))) : undefined;
}

function hasReached({ type, value }: Fact, years: number, now: number): Conclusion | undefined {
  if (type !== 'date' || typeof value !== 'string' || !isCalendarDate(value)) return undefined;
  return yesNo(ageOn(value, new Date(now)) >= years);
}

/** Full years, by the date in UTC; whoever was born on 29 February has their day on 1 March in common years (design §6). */
function ageOn(born: string, today: Date): number {
  const [year = 0, month = 0, day = 0] = born.split('-').map(Number);
  const birthday = Date.UTC(today.getUTCFullYear(), month - 1, day); // 29 February is 1 March where there is none
  return today.getUTCFullYear() - year - (today.getTime() < birthday ? 1 : 0);
}

function categoryOf(fact: Fact, among: readonly number[] | readonly string[]): Conclusion | undefined {
  if (among.length === 0) return { kind: 'category', of: leastRoleOf(fact.key, fact.tier) };
  const texts = among.filter((one) => typeof one === 'string');
  return texts.length > 0 ? placeAmong(fact, texts) : rangeAmong(fact, among.map(Number));
}

function placeAmong({ type, value }: Fact, among: readonly string[]): Conclusion | undefined {
  if (type !== 'text' || value === undefined) return undefined;
  return { kind: 'category', place: among.findIndex((one) => plain(one) === plain(String(value))) + 1 };
}

/** @param bounds rising */
function rangeAmong({ type, value }: Fact, bounds: readonly number[]): Conclusion | undefined {
  if (type !== 'number' || value === undefined) return undefined;
  const number = Number(value);
  const from = bounds.findLast((bound) => bound <= number);
  const below = bounds.find((bound) => bound > number);
  return { kind: 'range', ...(from === undefined ? {} : { from }), ...(below === undefined ? {} : { below }) };
}

import { ALLOWED_AGES, isRoundBound } from '../core/index.ts';
import { ageTestOf } from '../credentials/index.ts';
import type { BoundConflict } from './engine/index.ts';

/** A claim that says on which side of a number the person is. */
export interface Bound {
  /** What the number is of: `age`. Bounds of one family narrow each other. */
  readonly family: string;
  /** On which side of the bound a yes is: at or above it, at or below it, below it. */
  readonly op: 'gte' | 'lte' | 'lt';
  /** An integer; years for an age. */
  readonly bound: number;
}

/** An answer about a bound, as far as it is known: `answer` is absent where it lies closed. */
export interface BoundAnswer {
  /** By `claimKey`. */
  readonly claim: string;
  readonly answer?: boolean;
}

/** A bound that a site was told about. */
export interface ToldBound extends BoundAnswer {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** How long what a site was told counts against the next bound (design §8): 180 days, in milliseconds. */
export const BOUND_MEMORY = 180 * 86_400_000;

const AGE = 'age';

/** A number that is at least, or at most, another: what a range proof tells. */
const AT_BOUND = /^(.+)_at_(least|most)_(\d{1,16})$/;

/** The bound that a claim is about; undefined where it is about none. @param claim by `claimKey` */
export function boundIn(claim: string): Bound | undefined {
  const test = ageTestOf([claim]);
  if (test === undefined) return numberBoundIn(claim);
  return { family: AGE, op: test.side === 'over' ? 'gte' : 'lt', bound: Number(test.limit) };
}

function numberBoundIn(claim: string): Bound | undefined {
  const [, family, side, bound] = AT_BOUND.exec(claim) ?? [];
  if (family === undefined) return undefined;
  return { family, op: side === 'least' ? 'gte' : 'lte', bound: Number(bound) };
}

/** Whether a bound is one that may be asked and answered under a rule: for ages a short list, else two digits. */
export const isAllowedBound = ({ family, bound }: Bound): boolean =>
  family === AGE ? ALLOWED_AGES.includes(bound) : isRoundBound(bound);

/**
 * Why no rule answers a claim by itself (design §8): its bound is not an allowed one (`told` is empty), or a second,
 * different bound on the same number was told within 180 days, or is asked with it. What follows from what was told
 * tells nothing new, so it is no conflict. Never looks at what the answer would be.
 * @param told what this site was told, of whatever age and family
 * @param asked by `claimKey`
 * @param now milliseconds since the epoch
 * @param beside the other claims of the same answer
 */
export function conflictWith(
  told: readonly ToldBound[],
  asked: string,
  now: number,
  beside: readonly string[] = [],
): BoundConflict | undefined {
  const bound = boundIn(asked);
  if (bound === undefined) return undefined;
  if (!isAllowedBound(bound)) return { claim: bound.family, told: [] };
  const fresh = told.filter(({ at }) => now - at < BOUND_MEMORY);
  const known = fresh.flatMap(thresholdTold).filter(({ family }) => family === bound.family);
  const threshold = thresholdOf(bound);
  if (known.some((one) => follows(threshold, one))) return undefined;
  const others = [...fresh.map(({ claim }) => claim), ...beside].filter((claim) => {
    const other = boundIn(claim);
    return other?.family === bound.family && thresholdOf(other) !== threshold;
  });
  return others.length === 0 ? undefined : { claim: bound.family, told: [...new Set(others)].sort() };
}

/** A range of integers: `from` inclusive, `below` exclusive. */
export interface ToldRange {
  readonly from?: number;
  readonly below?: number;
}

/**
 * What answers about one number tell together: over 18 and not over 21 is from 18 and below 21. Where answers of
 * different times contradict each other, the number has grown since: the highest that was reached stands.
 * @param answers of one family; claims about no bound, and answers that are not known, say nothing
 */
export function tellTogether(answers: readonly BoundAnswer[]): ToldRange {
  const known = answers.flatMap(thresholdTold);
  const reached = known.filter(({ isReached }) => isReached === true).map(({ threshold }) => threshold);
  const from = Math.max(...reached);
  const missed = known.filter(({ isReached }) => isReached === false).map(({ threshold }) => threshold);
  const below = Math.min(...missed.filter((threshold) => threshold > from));
  return { ...(Number.isFinite(from) ? { from } : {}), ...(Number.isFinite(below) ? { below } : {}) };
}

/** Whether the number has reached a threshold, as far as an answer says. */
interface Threshold {
  readonly family: string;
  readonly threshold: number;
  readonly isReached: boolean | undefined;
}

/** Every bound splits the integers in two: the smallest of the upper part. */
const thresholdOf = ({ op, bound }: Bound): number => (op === 'lte' ? bound + 1 : bound);

function thresholdTold({ claim, answer }: BoundAnswer): readonly Threshold[] {
  const bound = boundIn(claim);
  if (bound === undefined) return [];
  const isReached = answer === undefined ? undefined : (bound.op === 'gte') === answer;
  return [{ family: bound.family, threshold: thresholdOf(bound), isReached }];
}

/** Whether who knows an answer about one threshold knows that about `asked` too. */
function follows(asked: number, { threshold, isReached }: Threshold): boolean {
  if (asked === threshold) return true;
  if (isReached === undefined) return false;
  return isReached ? asked < threshold : asked > threshold;
}

import type { Bytes, JsonObject } from '../../../core/index.ts';
import { assertField, fromBase64url, isJsonObject, parseOrigin, toBase64url } from '../../../core/index.ts';
import { LINK_LENGTH } from './chain-link.ts';

/** The most units that a budget may have. */
export const MAX_BUDGET_LENGTH = 2 ** 16;

/** What a token's signature says of its budget. Whoever verifies units takes these from there and nowhere else. */
export interface BudgetTerms {
  /** The last value of the chain, 32 bytes: worth nothing, and every unit leads to it. */
  readonly commitment: Bytes;
  /** What one unit is worth: whole minor units of `currency`, at least 1. */
  readonly unit: number;
  /** ISO 4217. */
  readonly currency: string;
  /** How many units there are: 1 to `MAX_BUDGET_LENGTH`. */
  readonly length: number;
  /** The one origin that may take them: two merchants could each take the same unit. */
  readonly audience: string;
}

const NAMES: readonly string[] = ['commitment', 'unit', 'currency', 'length', 'audience'];

/** Terms as a token's claim: the commitment in base64url. */
export const budgetClaim = ({ commitment, unit, currency, length, audience }: BudgetTerms): JsonObject => ({
  ...{ commitment: toBase64url(commitment), unit, currency, length, audience },
});

/**
 * Terms, from a claim of any shape.
 * @throws SignetError bad_request, naming the member, where money is no whole number, and for a whole that is more
 *   than can be added up
 */
export function readBudgetTerms(value: unknown): BudgetTerms {
  assertField(isJsonObject(value) && Object.keys(value).length === NAMES.length, 'budget', 'These are no terms.');
  assertField(
    NAMES.every((name) => Object.hasOwn(value, name)),
    'budget',
    'Something is missing in these terms.',
  );
  const { commitment, unit, currency, length, audience } = value;
  assertField(typeof commitment === 'string' && commitment.length === 43, 'commitment', 'A commitment has 32 bytes.');
  assertField(isCount(unit), 'unit', 'A unit is worth a whole number of minor units.');
  assertField(isCount(length) && length <= MAX_BUDGET_LENGTH, 'length', `At most ${MAX_BUDGET_LENGTH} units.`);
  assertField(Number.isSafeInteger(unit * length), 'unit', 'The whole is more than can be added up.');
  assertField(typeof currency === 'string' && /^[A-Z]{3}$/.test(currency), 'currency', 'This is no currency.');
  assertField(typeof audience === 'string' && audience.length <= 256, 'audience', 'A budget names one origin.');
  const bytes = fromBase64url(commitment);
  assertField(bytes.length === LINK_LENGTH, 'commitment', 'A commitment has 32 bytes.');
  return { commitment: bytes, unit, currency, length, audience: parseOrigin(audience, 'audience') };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 1;

/**
 * How many units pay an amount: exactly, for there is no change.
 * @param amount minor units of the terms' currency
 * @throws SignetError bad_request for an amount that is no whole number of units, or is nothing
 */
export function unitsFor({ unit }: Pick<BudgetTerms, 'unit'>, amount: number): number {
  assertField(isCount(amount) && amount % unit === 0, 'amount', 'The amount is no whole number of units.');
  return amount / unit;
}

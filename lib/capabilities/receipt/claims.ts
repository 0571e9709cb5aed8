import * as v from 'valibot';
import { currency, minorUnits, name, origin, purpose } from '../fields.ts';

/** What every receipt names: the token, by its root, and the merchant, by its origin in the token. */
interface ReceiptOf {
  readonly jti: string;
  readonly audience: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A merchant took so much and gave this for it. */
export interface PaidClaims extends ReceiptOf {
  readonly type: 'paid';
  /** Minor units of `currency`; 0 where nothing was charged. */
  readonly amount: number;
  /** What was bought, in the merchant's words: 1 to 140 characters. */
  readonly items: string;
}

/** A merchant did not take so much, and never will. */
export interface UnusedClaims extends ReceiptOf {
  readonly type: 'unused';
  /** Minor units of `currency`, at least 1. */
  readonly unused: number;
}

/** What a merchant signs about a token. */
export type ReceiptClaims = PaidClaims | UnusedClaims;

const shared = {
  jti: name,
  audience: origin,
  currency,
  at: v.pipe(v.number(), v.safeInteger('must be whole milliseconds'), v.minValue(0)),
} as const;

export const receiptSchema: v.GenericSchema<unknown, ReceiptClaims> = v.variant('type', [
  v.strictObject({ type: v.literal('paid'), ...shared, amount: minorUnits, items: purpose }),
  v.strictObject({
    type: v.literal('unused'),
    ...shared,
    unused: v.pipe(minorUnits, v.minValue(1, 'must be at least 1')),
  }),
]);

import * as v from 'valibot';
import type { JsonObject } from '../../core/index.ts';
import { displayText, SignetError, toMajorUnits, toMinorUnits } from '../../core/index.ts';
import { identifier, read } from '../openid4vci/reading.ts';

/** What a transaction says, by its type. */
export type TransactionDetails =
  | {
      readonly type: 'signet.payment';
      /** Smallest units of the currency, at least 1. */
      readonly amount: number;
      /** ISO 4217. */
      readonly currency: string;
      /** To whom, in the verifier's words, as they may be shown. */
      readonly payee: string;
    }
  | {
      readonly type: 'signet.text';
      /** What is agreed to, in the verifier's words, as they may be shown: one paragraph. */
      readonly text: string;
    };

/** Reads what a type has beside the members that all have. */
type ReadDetails = (own: JsonObject, field: string) => TransactionDetails;

/** Every type of transaction that Signet knows. Whatever is not here is refused: nobody agrees to what is not shown. */
const TRANSACTION_TYPES: ReadonlyMap<string, ReadDetails> = new Map<string, ReadDetails>([
  ['signet.payment', readPayment],
  ['signet.text', readText],
]);

/**
 * Reads what a transaction is about.
 * @param own its members beside `type`, `credential_ids` and `transaction_data_hashes_alg`
 * @param field names it in errors
 * @throws SignetError unsupported for a type that Signet does not know; bad_request for an unknown or missing member or
 *   a wrong value, naming it
 */
export function readTransactionDetails(type: string, own: JsonObject, field: string): TransactionDetails {
  const readDetails = TRANSACTION_TYPES.get(type);
  if (readDetails !== undefined) return readDetails(own, field);
  throw new SignetError('unsupported', 'The verifier asks for a kind of agreement that Signet cannot show.', {
    field: `${field}.type`,
  });
}

const Payment = v.strictObject({
  amount: v.union([v.pipe(v.number(), v.safeInteger()), identifier(24)], 'must be an amount'),
  currency: identifier(3),
  payee: shownAsItIs(160),
});

/** `amount` is in major units, as everywhere at the edge: 12 and "12.00" are twelve dollars. */
function readPayment(own: JsonObject, field: string): TransactionDetails {
  const { amount, currency, payee } = read(Payment, own, field, 'bad_request');
  const minor = toMinorUnits(amount, currency, `${field}.amount`);
  if (minor > 0) return { type: 'signet.payment', amount: minor, currency, payee };
  throw new SignetError('bad_request', `${field}.amount must be more than nothing.`, { field: `${field}.amount` });
}

const Text = v.strictObject({ text: shownAsItIs(2000) });

function readText(own: JsonObject, field: string): TransactionDetails {
  return { type: 'signet.text', text: read(Text, own, field, 'bad_request').text };
}

/** Text that is shown character for character: what is agreed to is what was seen. */
function shownAsItIs(maxLength: number) {
  return v.pipe(
    identifier(maxLength),
    v.check((text) => displayText(text, maxLength) === text, 'must be plain text in one paragraph'),
  );
}

/**
 * A transaction in one sentence of English: `Pay $12.00 to Example Shop`, or the text itself.
 */
export function transactionWords(details: TransactionDetails): string {
  switch (details.type) {
    case 'signet.payment':
      return `Pay ${moneyWords(details.amount, details.currency)} to ${details.payee}`;
    case 'signet.text':
      return details.text;
  }
}

function moneyWords(minor: number, currency: string): string {
  // As text: a float would round large amounts. The type knows numbers alone in text's place.
  const amount = toMajorUnits(minor, currency) as Intl.StringNumericLiteral;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount);
}

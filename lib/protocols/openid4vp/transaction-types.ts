/** What a transaction says, by its type. */
export type TransactionDetails =
  | {
      readonly type: 'signet.payment';
      /** Smallest units of the currency. */
      readonly amount: number;
      /** ISO 4217. */
      readonly currency: string;
      /** To whom, in the verifier's words, cleaned for display. */
      readonly payee: string;
    }
  | {
      readonly type: 'signet.text';
      /** What is agreed to, in the verifier's words, cleaned for display. */
      readonly text: string;
    };

import { QUERY_ID } from './foreign-verifier.ts';

/** A payment that a wallet may show, of README's members. */
export const PAYMENT = {
  ...{ type: 'signet.payment', credential_ids: [QUERY_ID] },
  ...{ amount: '12.00', currency: 'USD', payee: 'Corner Shop' },
};

/** Words to be agreed to. */
export const WORDS = {
  ...{ type: 'signet.text', credential_ids: [QUERY_ID] },
  text: 'I take the bicycle back by Sunday evening.',
};

type Because = 'unknown' | 'wrong';

/** Transactions that nobody can agree to, and whether the wallet has not heard of them or they are wrong. */
export const HOSTILE_TRANSACTIONS: readonly (readonly [string, object, Because])[] = [
  ['of an unknown type', { type: 'org.example.unheard-of', credential_ids: [QUERY_ID] }, 'unknown'],
  ['about a credential that is not asked for', { ...PAYMENT, credential_ids: ['other'] }, 'wrong'],
  ['about no credential', { ...PAYMENT, credential_ids: [] }, 'wrong'],
  ['of no type', { credential_ids: [QUERY_ID] }, 'wrong'],
  ['of no amount', { ...PAYMENT, amount: undefined }, 'wrong'],
  ['that says more than its type has', { ...WORDS, small_print: 'And the house.' }, 'wrong'],
  ['in words without end', { ...WORDS, text: 'x'.repeat(2001) }, 'wrong'],
  ['to be hashed as nobody can', { ...PAYMENT, transaction_data_hashes_alg: ['md5'] }, 'wrong'],
];

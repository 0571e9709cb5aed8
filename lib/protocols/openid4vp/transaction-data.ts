import type { TransactionDetails } from './transaction-types.ts';

/** A transaction that the person is to agree to by presenting (§5.1, §8.4). */
export interface TransactionData {
  /** Ids of DCQL credentials, one of which authorizes it. */
  readonly credentialIds: readonly string[];
  /** base64url as it came: this text is what is hashed. */
  readonly encoded: string;
  readonly details: TransactionDetails;
}

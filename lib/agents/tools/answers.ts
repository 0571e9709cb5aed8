import type { Json } from '../../core/index.ts';

/** Where the log of the vault says the same: what a client can hold the wallet to later. */
export interface Receipt {
  /** The number of the log's entry. */
  readonly sequence: number;
  /** RFC 6962 leaf hash of it, base64. */
  readonly leaf: string;
  /** The last C2SP checkpoint that was signed, if there is one; it may be of before the entry. */
  readonly checkpoint?: string;
}

/**
 * What a tool answers: the same for every one of them. No raw value of Tier 2 or 3 is in any.
 * `pending`: the person is asked in the wallet; `check_status` tells what came of it. Nothing stays pending after
 * `expires_at`: it is denied then.
 */
export type ToolAnswer =
  | { readonly status: 'done'; readonly result: Json; readonly receipt?: Receipt }
  | {
      readonly status: 'pending';
      readonly request_id: string;
      /** Milliseconds since the epoch. */
      readonly expires_at: number;
      readonly poll_after_ms: number;
      readonly receipt?: Receipt;
    }
  | { readonly status: 'denied'; readonly message: string; readonly receipt?: Receipt };

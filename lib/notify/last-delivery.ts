import * as v from 'valibot';
import { canonicalJsonBytes } from '../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../vault/index.ts';
import { parseRecord } from '../vault/index.ts';
import type { Outcome } from './breaker.ts';

const LastSchema = v.strictObject({
  v: v.literal(1),
  /** Milliseconds since the epoch. */
  at: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  outcome: v.picklist(['delivered', 'gone', 'redirected', 'failed']),
});

/** What came of the last attempt to post anything to the webhook that is set. */
export type LastDelivery = Omit<v.InferOutput<typeof LastSchema>, 'v'>;

const LAST: Address = { label: 'sys/notify/last', index: 0 };

/** @returns undefined where nothing was posted yet. @throws SignetError vault_damaged */
export async function readLastDelivery(reader: VaultReader): Promise<LastDelivery | undefined> {
  const bytes = await reader.get(LAST, 1);
  if (bytes === undefined) return undefined;
  const { at, outcome } = parseRecord(LastSchema, bytes, 'The last delivery cannot be read: a newer Signet wrote it.');
  return { at, outcome };
}

export const putLastDelivery = (tx: VaultTx, outcome: Outcome['kind'], at: number): void =>
  tx.put(LAST, 1, canonicalJsonBytes({ v: 1, at, outcome }));

/** The address is another one: what came of the old one says nothing. */
export const forgetLastDelivery = (tx: VaultTx): Promise<void> => tx.delete(LAST);

import * as v from 'valibot';
import { canonicalJsonBytes } from '../../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../../vault/index.ts';
import { parseRecord } from '../../../vault/index.ts';
import { tagOf } from './tag.ts';

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const ReleasedSchema = v.strictObject({
  v: v.literal(1),
  audience: v.string(),
  currency: v.string(),
  amount: whole,
  at: whole,
  /** Base64url of the Ed25519 key by which the merchant may say that something was unused. */
  merchant: v.exactOptional(v.string()),
  /** Minor units that came back. */
  returned: v.exactOptional(whole),
});

/** A token that was counted when it was released: `at` in milliseconds since the epoch, amounts in minor units. */
export type Released = Readonly<v.InferOutput<typeof ReleasedSchema>>;

const releasedAt = (jti: string): Address => ({ label: `sys/spending/token/${tagOf(jti)}`, index: 0 });

/** What was counted for a token; undefined where it was never released. @throws SignetError vault_damaged */
export async function readReleased(reader: VaultReader, jti: string): Promise<Released | undefined> {
  const bytes = await reader.get(releasedAt(jti), 1);
  if (bytes === undefined) return undefined;
  return parseRecord(ReleasedSchema, bytes, 'A released token cannot be read: a newer Signet wrote it.');
}

export const putReleased = (tx: VaultTx, jti: string, released: Released): void =>
  tx.put(releasedAt(jti), 1, canonicalJsonBytes(released));

/** Deletes what is known of a token: what it took stays counted, and nothing comes back from it any more. */
export const forgetReleased = (tx: VaultTx, jti: string): Promise<void> => tx.delete(releasedAt(jti));

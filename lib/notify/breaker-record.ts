import * as v from 'valibot';
import { canonicalJsonBytes } from '../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../vault/index.ts';
import { parseRecord } from '../vault/index.ts';
import type { Breaker } from './breaker.ts';
import { CLOSED } from './breaker.ts';

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const BreakerSchema = v.variant('state', [
  v.strictObject({ state: v.literal('closed'), failures: whole }),
  v.strictObject({ state: v.literal('open'), until: whole, trips: whole }),
  v.strictObject({ state: v.literal('half_open'), until: whole, trips: whole }),
  v.strictObject({ state: v.literal('gone') }),
]);
const RecordSchema = v.strictObject({ v: v.literal(1), breaker: BreakerSchema });

const BREAKER: Address = { label: 'sys/notify/breaker', index: 0 };

/**
 * The breaker of the webhook that is set; closed where nothing is known of it. It is a record of the vault and not of a store of single
 * values, because only a transaction lets one of two workers have the probe.
 * @throws SignetError vault_damaged
 */
export async function readBreaker(reader: VaultReader): Promise<Breaker> {
  const bytes = await reader.get(BREAKER, 1);
  if (bytes === undefined) return CLOSED;
  return parseRecord(RecordSchema, bytes, 'The webhook’s state cannot be read: a newer Signet wrote it.').breaker;
}

/** Writes nothing where a closed breaker stays as it was, which is nearly always. */
export async function putBreaker(tx: VaultTx, breaker: Breaker): Promise<void> {
  const before = await readBreaker(tx);
  if (before.state === 'closed' && breaker.state === 'closed' && before.failures === breaker.failures) return;
  tx.put(BREAKER, 1, canonicalJsonBytes({ v: 1, breaker }));
}

/** The person set the address anew, or wants it tried again. */
export const forgetBreaker = (tx: VaultTx): Promise<void> => tx.delete(BREAKER);

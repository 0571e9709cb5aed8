import * as v from 'valibot';
import { SignetError, fromUtf8 } from '../core/index.ts';
import type { VaultTx } from '../vault/index.ts';
import { append } from './append.ts';
import type { LogState } from './log-state.ts';
import { emptyState } from './log-state.ts';
import { V1_HEAD, v1EntryAddress } from './places.ts';
import { writeState } from './records.ts';
import { keep } from './segment.ts';

const HeadSchema = v.object({ seq: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });

/**
 * Takes over a log that schema 1 kept entry by entry: each comes along as it stands, to the byte, and what is missing
 * stays missing, for verifying to name. All in the transaction that found it.
 * @param time of the checkpoints that are signed on the way, in milliseconds since the epoch
 * @throws SignetError vault_damaged when nothing says how many entries there are
 */
export async function adoptV1(tx: VaultTx, time: number): Promise<LogState> {
  const count = await countV1(tx);
  let state = emptyState();
  for (let seq = 0; seq < count; seq++) {
    const bytes = await tx.get(v1EntryAddress(seq), 1);
    state = await append(tx, state, keep(bytes ?? new Uint8Array()), time);
    await tx.delete(v1EntryAddress(seq));
  }
  await tx.delete(V1_HEAD);
  writeState(tx, state);
  return state;
}

async function countV1(tx: VaultTx): Promise<number> {
  const head = await tx.get(V1_HEAD, 1);
  try {
    return head === undefined ? 0 : v.parse(HeadSchema, JSON.parse(fromUtf8(head))).seq + 1;
  } catch (cause) {
    throw new SignetError('vault_damaged', 'The end of the log cannot be read.', { cause });
  }
}

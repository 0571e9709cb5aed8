import { randomBytes, toBase64url } from '../core/index.ts';
import type { VaultReader, VaultTx } from '../vault/index.ts';
import { adoptV1 } from './adopt-v1.ts';
import { append } from './append.ts';
import type { TimedDraft } from './entry.ts';
import { completeDraft } from './entry.ts';
import type { LogState } from './log-state.ts';
import { V1_HEAD } from './places.ts';
import { sweepBlock } from './prune.ts';
import { readState, writeState } from './records.ts';
import type { AuditEntry } from './verifying/index.ts';

/** Whether the log is still as schema 1 kept it. */
export async function isV1(vault: VaultReader): Promise<boolean> {
  return (await vault.logState()).length === 0 && (await vault.tierOf(V1_HEAD)) !== undefined;
}

/** Where the log stands, in a transaction: one of schema 1 is taken over first. */
export async function stateIn(tx: VaultTx, time: number): Promise<LogState> {
  return (await isV1(tx)) ? adoptV1(tx, time) : readState(tx);
}

/**
 * Adds an entry to the end of the log, within a transaction.
 * @param policy hash of the policy set in force, base64url
 * @throws SignetError bad_request when a text in it is not well-formed; vault_damaged
 */
export async function appendEntry(tx: VaultTx, draft: TimedDraft, policy: string): Promise<AuditEntry> {
  const before = await stateIn(tx, draft.time);
  const entry: AuditEntry = {
    v: 1,
    salt: toBase64url(randomBytes(16)),
    prev: before.last,
    seq: before.tree.size,
    policy,
    ...completeDraft(draft),
  };
  const state = await append(tx, before, entry, draft.time);
  // What a prune that was cut short left behind goes with the next entries, block by block.
  writeState(tx, await sweepBlock(tx, state));
  return entry;
}

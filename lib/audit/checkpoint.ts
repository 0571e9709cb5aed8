import { SignetError, equalBytes, utf8 } from '../core/index.ts';
import type { VaultTx } from '../vault/index.ts';
import type { LogState } from './log-state.ts';
import { CHECKPOINT } from './places.ts';
import { readCheckpoint } from './records.ts';
import { signFor, verifierKeyFor } from './signing-key.ts';
import { openCheckpoint } from './verifying/index.ts';

/**
 * A checkpoint over the whole log, kept as the last one signed. One that says the same stays, with its own time.
 * @param time in milliseconds since the epoch
 * @returns its text
 */
export async function checkpointIn(tx: VaultTx, { tree }: LogState, time: number): Promise<string> {
  const stated = { size: tree.size, root: tree.root(), time };
  const signed = await readCheckpoint(tx);
  if (signed !== undefined && saysSame(tx, signed, stated)) return signed;
  const text = signFor(tx.keys.audit, stated);
  tx.put(CHECKPOINT, 1, utf8(text));
  return text;
}

function saysSame(tx: VaultTx, text: string, stated: Parameters<typeof signFor>[1]): boolean {
  try {
    const { size, root } = openCheckpoint(text, verifierKeyFor(tx.keys.audit));
    return size === stated.size && equalBytes(root, stated.root);
  } catch (error) {
    if (SignetError.from(error).reason !== 'bad_request') throw error;
    return false; // not one of ours: a new one takes its place
  }
}

import * as v from 'valibot';
import type { Bytes } from '../../../core/index.ts';
import { canonicalJsonBytes } from '../../../core/index.ts';
import type { Address, OpenVault, VaultReader, VaultTx } from '../../../vault/index.ts';
import { parseRecord } from '../../../vault/index.ts';
import { isOvertaken } from '../../look-again.ts';
import { MAX_BUDGET_LENGTH } from '../verifying/index.ts';
import type { SpentIndexStore } from './spent-index.ts';

const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(MAX_BUDGET_LENGTH));
const SpentSchema = v.strictObject({ v: v.literal(1), index });

const spentAt = (budget: string): Address => ({ label: `sys/budget/${budget}`, index: 0 });

/** How far budgets are spent, in the vault: an older row put back is noticed there. */
export const vaultIndexStore = (vault: OpenVault): SpentIndexStore => ({
  read: (budget) => readSpentIndex(vault, budget),
  advance: (budget, from, to) => advanceIn(vault, budget, { from, to }),
});

/** The last index of a budget that may have been released; 0 when none was. @throws SignetError vault_damaged */
export async function readSpentIndex(reader: VaultReader, budget: string): Promise<number> {
  const bytes = await reader.get(spentAt(budget), 1);
  return bytes === undefined
    ? 0
    : parseRecord(SpentSchema, bytes, 'A budget cannot be read: a newer Signet wrote it.').index;
}

/** Deletes what is known of a budget: it goes with its token, once that has expired. */
export const forgetBudget = (tx: VaultTx, budget: string): Promise<void> => tx.delete(spentAt(budget));

/** That another worker wrote something else is no reason to give up, so the caller looks again. */
async function advanceIn(
  vault: OpenVault,
  budget: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<boolean> {
  try {
    await vault.compareAndSwap(spentAt(budget), 1, from === 0 ? undefined : record(from), record(to));
    return true;
  } catch (error) {
    if (await isOvertaken(error, () => readSpentIndex(vault, budget))) return false;
    throw error;
  }
}

const record = (at: number): Bytes => canonicalJsonBytes({ v: 1, index: at });

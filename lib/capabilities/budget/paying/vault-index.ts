import * as v from 'valibot';
import { SignetError, canonicalJsonBytes } from '../../../core/index.ts';
import type { Address, OpenVault, VaultReader, VaultTx } from '../../../vault/index.ts';
import { parseRecord, restoredAt } from '../../../vault/index.ts';
import { MAX_BUDGET_LENGTH } from '../verifying/index.ts';
import type { SpentIndexStore } from './spent-index.ts';

const SpentSchema = v.strictObject({
  v: v.literal(1),
  index: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(MAX_BUDGET_LENGTH)),
  /** When the budget was opened: milliseconds since the epoch. */
  at: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

type Spent = Readonly<v.InferOutput<typeof SpentSchema>>;

const spentAt = (budget: string): Address => ({ label: `sys/budget/${budget}`, index: 0 });

/** How far budgets are spent, in the vault: an older row put back is noticed there. */
export const vaultIndexStore = (vault: OpenVault): SpentIndexStore => ({
  read: (budget) => readSpentIndex(vault, budget),
  advance: (budget, from, to) => advanceIn(vault, budget, { from, to }),
});

/**
 * Begins a budget, in the transaction that releases its token: nothing of it is spent.
 * @param at milliseconds since the epoch
 * @throws SignetError changed when there is such a budget already
 */
export const openBudget = (tx: VaultTx, budget: string, at: number): Promise<void> =>
  tx.insertUnique(spentAt(budget), 1, canonicalJsonBytes({ v: 1, index: 0, at }));

/**
 * The last index of a budget that may have been released; 0 when none was.
 * @throws SignetError `not_found` where no such budget was opened; `consumed` for one of before the vault was restored
 *   from a backup, for nobody knows how far it was spent then; `vault_damaged`
 */
export const readSpentIndex = async (reader: VaultReader, budget: string): Promise<number> =>
  (await readSpent(reader, budget)).index;

/** Deletes what is known of a budget: it goes with its token, and nothing is released from it any more. */
export const forgetBudget = (tx: VaultTx, budget: string): Promise<void> => tx.delete(spentAt(budget));

async function readSpent(reader: VaultReader, budget: string): Promise<Spent> {
  const bytes = await reader.get(spentAt(budget), 1);
  if (bytes === undefined) throw new SignetError('not_found', 'There is no such budget. Nothing was released.');
  const spent = parseRecord(SpentSchema, bytes, 'A budget cannot be read: a newer Signet wrote it.');
  const restored = await restoredAt(reader);
  if (restored === undefined || spent.at > restored) return spent;
  throw new SignetError('consumed', 'A backup was put back since this budget began: it counts as spent.');
}

/**
 * Replaces how far a budget is spent, in the transaction that lets the units out.
 * @throws SignetError `changed` when `from` does not stand any more; else as `readSpentIndex`
 */
export async function advanceSpentIndex(
  tx: VaultTx,
  budget: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  const spent = await readSpent(tx, budget);
  if (spent.index !== from) {
    throw new SignetError('changed', 'This budget is being spent elsewhere. Nothing was released.');
  }
  tx.put(spentAt(budget), 1, canonicalJsonBytes({ ...spent, index: to }));
}

/** That another worker wrote something else is no reason to give up, so the caller looks again. */
async function advanceIn(
  vault: OpenVault,
  budget: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<boolean> {
  try {
    await vault.transact((tx) => advanceSpentIndex(tx, budget, { from, to }));
    return true;
  } catch (error) {
    if (SignetError.from(error).reason === 'changed') return false;
    throw error;
  }
}

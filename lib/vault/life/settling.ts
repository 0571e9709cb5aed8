import type { Found } from './boot.ts';
import { findVault } from './boot.ts';
import { clearErased } from './compartments.ts';
import { eraseKeys, finishClearing } from './erase.ts';
import type { KeeperRoom } from './keeper-room.ts';
import { sweepMove } from './move.ts';
import { settleMove } from './moving-stores.ts';
import type { VaultStores } from '../blind-db/open-vault.ts';

/** What there is once nothing is left half done. */
export type Settled = Exclude<Found, { kind: 'clearing' }>;

/** Looks at what there is, and first finishes, or undoes, what a worker left when it died. Takes no key. */
export async function settle(stores: VaultStores): Promise<Settled> {
  const found = await findVault(stores);
  if (found.kind === 'clearing') {
    await finishClearing(stores, found);
    return { kind: 'none' };
  }
  await settleMove(stores);
  return found;
}

/** Clears, while the vault is open, the rows of erased compartments and of what a move left. */
export async function sweep({ options, live }: KeeperRoom): Promise<void> {
  const vault = await live.current();
  if (vault === undefined || vault.readOnly !== undefined) return;
  await clearErased(vault);
  await sweepMove(options, vault);
}

/** Erases the vault, readable or not: whatever opens it goes first, and that is looked at. Its rows stay for `settle`. */
export async function eraseVault({ options, live, attempts }: KeeperRoom): Promise<void> {
  live.close();
  await eraseKeys(options);
  await live.forget();
  await attempts.clear();
}

import { assertVault } from './boot.ts';
import { isFull } from '../damage.ts';
import { SCHEMA } from '../keys/header.ts';
import type { KeeperRoom } from './keeper-room.ts';
import { keysOf } from './keeper-room.ts';
import type { Opener } from '../keys/opener.ts';
import type { Settled } from './settling.ts';

/**
 * Opens the vault: for good, or for reading alone where a newer Signet wrote it or the disk has no room for the
 * session (see `OpenVault.readOnly`). Where it is open already the opener is checked, and the lock put off.
 * @throws SignetError `wrong_password`, `wait`, `no_vault`, `vault_damaged`, `read_only`; `storage_failed` when there
 *   is no room to bring a vault of an older schema up to date
 */
export async function unlockVault({ check, live, notes }: KeeperRoom, settled: Settled, opener: Opener): Promise<void> {
  const found = assertVault(settled);
  using opened = await check.open(found, opener);
  if ((await live.current()) !== undefined) {
    await live.touch();
    return;
  }
  const open = async (readOnly?: 'newer' | 'full') => live.openRows(await keysOf(opened, found), found, readOnly);
  try {
    if (found.readOnly) await live.hold(await open('newer'));
    else await live.enterExisting(await open(), (tx) => notes.append(tx, 'vault.unlocked'));
  } catch (error) {
    if (!isFull(error) || found.header.schema !== SCHEMA) throw error;
    await live.hold(await open('full'));
  }
}

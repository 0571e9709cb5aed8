import type { Bytes } from '../../core/index.ts';
import { fromUtf8 } from '../../core/index.ts';
import type { VaultStores } from '../blind-db/open-vault.ts';
import { MIRROR_KEY } from '../places.ts';

/** Keeps the copy of the header in storage.local up to date. It opens nothing that the header does not. */
export async function mirrorHeader({ local }: Pick<VaultStores, 'local'>, header: Bytes): Promise<void> {
  const text = fromUtf8(header);
  if ((await local.get(MIRROR_KEY)) !== text) await local.set(MIRROR_KEY, text);
}

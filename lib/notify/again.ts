import { SignetError } from '../core/index.ts';
import type { OpenVault, VaultTx } from '../vault/index.ts';

/** How often another worker over the same vault may be quicker. */
const MAX_TRIES = 200;

/**
 * A transaction, and again from the start where another worker wrote meanwhile.
 * @throws SignetError as `OpenVault.transact`; `changed` where others kept being quicker
 */
export async function transactAgain<T>(vault: OpenVault, work: (tx: VaultTx) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await vault.transact(work);
    } catch (error) {
      if (SignetError.from(error).reason !== 'changed' || tries === MAX_TRIES) throw error;
    }
  }
}

import { SignetError } from '../core/index.ts';

/**
 * Whether a failed transaction is worth another try: another worker over the same vault wrote meanwhile. It may also
 * have moved rows that this one was about to read, which inside a transaction looks like damage; a read outside of one
 * knows the difference, and brings the vault up to date.
 * @param look reads outside of a transaction what the transaction reads
 * @throws SignetError vault_damaged where `look` finds damage too
 */
export async function isOvertaken(error: unknown, look: () => Promise<unknown>): Promise<boolean> {
  const { reason } = SignetError.from(error);
  if (reason === 'vault_damaged') await look();
  return reason === 'changed' || reason === 'vault_damaged';
}

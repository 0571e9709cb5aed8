import { AuditLog } from '../../audit/index.ts';
import type { Services } from '../services.ts';

/**
 * The log of the open vault, whose entries name the policy in force: the one way in which a story writes.
 * @throws SignetError locked, no_vault, vault_damaged
 */
export async function openLog({ keeper, book, clock }: Pick<Services, 'keeper' | 'book' | 'clock'>): Promise<AuditLog> {
  const vault = await keeper.open();
  return new AuditLog(vault, { clock, policy: await book.hash(vault) });
}

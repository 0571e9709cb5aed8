import { AuditLog } from '../../audit/index.ts';
import type { OpenVault } from '../../vault/index.ts';
import type { Services } from '../services.ts';

/**
 * The log of the open vault, whose entries name the policy in force: the one way in which a story writes.
 * @throws SignetError locked, no_vault, vault_damaged
 */
export async function openLog(services: Pick<Services, 'keeper' | 'book' | 'clock'>): Promise<AuditLog> {
  return logOf(await services.keeper.open(), services);
}

/** As `openLog`, of a vault that was opened a moment ago. @throws SignetError locked, vault_damaged */
export async function logOf(vault: OpenVault, { book, clock }: Pick<Services, 'book' | 'clock'>): Promise<AuditLog> {
  return new AuditLog(vault, { clock, policy: await book.hash(vault.recent) });
}

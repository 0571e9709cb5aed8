import { AuditLog } from '../audit/index.ts';
import type { Services } from './services.ts';

/** The log of the open vault: the one way in which a story writes. @throws SignetError locked, no_vault, vault_damaged */
export async function openLog({ keeper, clock }: Services): Promise<AuditLog> {
  return new AuditLog(await keeper.open(), { clock });
}

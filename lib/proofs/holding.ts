import type { JsonObject } from '../core/index.ts';
import { openInstance, parseSdJwt } from '../credentials/index.ts';
import type { CredentialRecord } from '../credentials/index.ts';
import type { VaultReader } from '../vault/index.ts';

/**
 * The claims that a credential would show with the given rows, values included. Opens those rows and no other; the
 * instance stays unused and its holder key is dropped unused.
 * @throws SignetError vault_damaged when a part of it is missing
 */
export async function revealRows(
  reader: VaultReader,
  record: CredentialRecord,
  rows: readonly number[],
): Promise<JsonObject> {
  const { issuerJwt, disclosures, holderKey } = await openInstance(reader, record.id, rows);
  holderKey.dispose();
  return parseSdJwt(`${[issuerJwt, ...disclosures].join('~')}~`).claims;
}

import type { JsonObject } from '../core/index.ts';
import { compartmentsOfRows, parseSdJwt, revealBbs, revealInstance, revealSelf } from '../credentials/index.ts';
import type { CredentialRecord } from '../credentials/index.ts';
import type { VaultReader } from '../vault/index.ts';

/** The rows among the given ones that planning may open: not those in compartments, nor what is nested in them. */
export function openableRows(record: CredentialRecord, rows: readonly number[]): readonly number[] {
  const isClosed = (row: number): boolean => compartmentsOfRows(record, [row]).length > 0;
  const open = record.claims.filter((claim) => !claim.rows.some(isClosed)).flatMap((claim) => claim.rows);
  return rows.filter((row) => open.includes(row));
}

/**
 * The claims that a credential would show with the given rows, values included, as far as they can be seen without
 * opening a compartment. Opens those rows and no other; the instance stays unused, and its holder key unseen.
 * @throws SignetError vault_damaged when a part of it is missing
 */
export async function revealRows(
  reader: VaultReader,
  record: CredentialRecord,
  rows: readonly number[],
): Promise<JsonObject> {
  if (record.format === 'self') return revealSelf(record, rows);
  if (record.format !== undefined) return revealBbs(reader, record, rows);
  if (compartmentsOfRows(record, []).length > 0) return {}; // the issuer-signed part itself is in a compartment
  const openable = openableRows(record, rows);
  const { issuerJwt, disclosures } = await revealInstance(reader, record.id, openable);
  return parseSdJwt(`${[issuerJwt, ...disclosures].join('~')}~`).claims;
}

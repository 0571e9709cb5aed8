import type { JsonObject } from '../core/index.ts';
import {
  compartmentsOfRows,
  isWithin,
  issuerId,
  lostRows,
  outlineClaims,
  parseSdJwt,
  revealBbs,
  revealInstance,
  revealSelf,
  showableClaims,
} from '../credentials/index.ts';
import type { CredentialClaim, CredentialRecord } from '../credentials/index.ts';
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

/**
 * The shape of what a credential says, to match pointers against: what is not known without opening it stands as null.
 * What its issuer says of the credential itself is in it: it is always sent, and a verifier may ask for it like for
 * anything else.
 */
export function outlineOf(record: CredentialRecord): JsonObject {
  const { claims, format, vct, vctIntegrity, issuedAt, notBefore, expiresAt, hasStatus } = record;
  const said = outlineClaims(claims);
  if (format === 'bbs' || format === 'bbs+') return said;
  return {
    ...said,
    ...{ iss: issuerId(record), vct, cnf: { jwk: { kty: 'EC', crv: 'P-256', x: null, y: null } } },
    ...(vctIntegrity === undefined ? {} : { 'vct#integrity': vctIntegrity }),
    ...(issuedAt === undefined ? {} : { iat: issuedAt }),
    ...(notBefore === undefined ? {} : { nbf: notBefore }),
    ...(expiresAt === undefined ? {} : { exp: expiresAt }),
    ...(hasStatus ? { status: { status_list: { idx: null, uri: null } } } : {}),
  };
}

/**
 * Whether these rows of a credential are all there. Asked only where its rows are what can be lost of it: not of what
 * lies in compartments, nor of a credential that is kept as one.
 */
export const isThere = async (
  reader: VaultReader,
  record: CredentialRecord,
  rows: readonly number[],
): Promise<boolean> =>
  record.format === undefined &&
  (record.sealed ?? []).length === 0 &&
  (await lostRows(reader, record, rows)).length === 0;

/**
 * A credential with what is left of it (see `showableClaims`). An array that has lost an element is lost: nobody could
 * say any more which element an index means.
 */
export async function leftOf(reader: VaultReader, record: CredentialRecord): Promise<CredentialRecord> {
  if (record.format === 'self') return record; // stored nowhere, so nothing of it is lost
  const left = await showableClaims(reader, record);
  if (left.length === record.claims.length) return record;
  const lost = record.claims.filter((claim) => !left.includes(claim)).flatMap(arrayAround);
  return { ...record, claims: left.filter(({ path }) => !lost.some((array) => isWithin(path, array))) };
}

function arrayAround({ path }: CredentialClaim): readonly CredentialClaim['path'][] {
  const element = path.findIndex((step) => typeof step === 'number');
  return element === -1 ? [] : [path.slice(0, element)];
}

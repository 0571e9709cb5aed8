import type { Bytes } from '../core/index.ts';
import { SecretBytes, SignetError, concatBytes, fromBase64url, toBase64url } from '../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../vault/index.ts';
import type { CommittedBits, Opening } from './commitment/index.ts';
import type { CommittedClaim } from './committed-claim.ts';
import { committedClaims } from './committed-claim.ts';
import type { CredentialRecord } from './credential-record.ts';
import type { WireOpening } from './issuing/issued-copy.ts';
import type { SdJwt } from './verifying/index.ts';

/** An opening that came with a copy, and the commitment that it is said to open. Dispose its blinding. */
export interface ArrivedOpening extends Opening {
  readonly claim: CommittedClaim;
}

/** What is asked of those who know the curve: whether all of these open. Everything is text, and secret. */
export interface OpeningToCheck {
  /** base64url of the compressed point. */
  readonly point: string;
  readonly bits: CommittedBits;
  /** Decimal. */
  readonly value: string;
  /** base64url of 32 bytes. */
  readonly blinding: string;
}

/** Answers whether every opening opens its commitment. The curve is behind it, not in the worker. */
export type CheckOpenings = (checks: readonly OpeningToCheck[]) => Promise<boolean>;

const VALUE_LENGTH = 8;
const BLINDING_LENGTH = 32;
const ROW_LIMIT = 1024;

/**
 * Puts the openings that came with a copy to the commitments in it, by name. Whether they open them is not looked at.
 * @param openings by the name of the committed claim, as they came
 * @throws SignetError credential_refused, naming the claim, for an opening of nothing, or of more than the bits hold
 */
export function matchOpenings(
  sdJwt: SdJwt,
  openings: Readonly<Record<string, WireOpening>>,
): readonly ArrivedOpening[] {
  const claims = new Map(committedClaims(sdJwt).map((claim) => [claim.name, claim]));
  const matched = Object.entries(openings).map(([name, opening]) => ({
    ...opening,
    claim: holding(claims, name, opening),
  }));
  return matched.map(({ claim, value, blinding }) => ({
    claim,
    value: BigInt(value),
    blinding: SecretBytes.take(fromBase64url(blinding)),
  }));
}

function holding(claims: ReadonlyMap<string, CommittedClaim>, name: string, { value }: WireOpening): CommittedClaim {
  const claim = claims.get(name);
  if (claim === undefined) throw refused(name, 'The issuer sent an opening of something that is not committed to.');
  if (BigInt(value) >> BigInt(claim.bits) === 0n) return claim;
  throw refused(name, 'The issuer committed to a number that is larger than it says.');
}

const refused = (name: string, message: string): SignetError =>
  new SignetError('credential_refused', message, { field: `signet_openings.${name}` });

/**
 * Lets whoever knows the curve look at what came.
 * @throws SignetError credential_refused when one of them opens nothing; what `check` throws
 */
export async function assertOpen(openings: readonly ArrivedOpening[], check: CheckOpenings): Promise<void> {
  if (openings.length === 0) return;
  const checks = openings.map(({ claim: { point, bits }, value, blinding }) => ({
    ...{ point, bits, value: String(value) },
    blinding: toBase64url(blinding.expose()),
  }));
  if (await check(checks)) return;
  throw new SignetError(
    'credential_refused',
    'The issuer sent numbers that are not the ones it signed. Nothing was stored.',
    { field: 'signet_openings' },
  );
}

/**
 * Stores the openings of one instance, each a Tier 2 record of its own: 32 bytes of blinding, then the value as eight
 * little-endian bytes. Of a credential that has this instance.
 */
export function putOpenings(tx: VaultTx, id: string, instance: number, openings: readonly ArrivedOpening[]): void {
  for (const { claim, value, blinding } of openings) {
    const bytes = concatBytes(blinding.expose(), le64Of(value));
    tx.put(openingAt(id, instance, claim.row), 2, bytes);
    bytes.fill(0);
  }
}

/**
 * The opening of a committed claim of one instance; undefined where none came, or a password reset took it (design §4).
 * @param row of the commitment's disclosure, as in `committedClaims`
 * @throws SignetError vault_damaged
 */
export async function getOpening(
  reader: VaultReader,
  id: string,
  instance: number,
  row: number,
): Promise<Opening | undefined> {
  const bytes = await reader.get(openingAt(id, instance, row), 2);
  if (bytes === undefined) return undefined;
  if (bytes.length !== BLINDING_LENGTH + VALUE_LENGTH) {
    throw new SignetError('vault_damaged', 'A part of this credential cannot be read.');
  }
  const value = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(BLINDING_LENGTH, true);
  const blinding = SecretBytes.take(bytes.slice(0, BLINDING_LENGTH));
  bytes.fill(0);
  return { value, blinding };
}

/** Whether there is an opening of a committed claim: whether facts about its number can be proven. Opens nothing. */
export const hasOpening = async (reader: VaultReader, id: string, instance: number, row: number): Promise<boolean> =>
  (await reader.tierOf(openingAt(id, instance, row))) !== undefined;

/** Deletes the openings of one instance, which goes. */
export async function deleteOpenings(
  tx: VaultTx,
  { id, rowTiers }: Pick<CredentialRecord, 'id' | 'rowTiers'>,
  instance: number,
): Promise<void> {
  for (const row of rowTiers.keys()) {
    const address = openingAt(id, instance, row);
    if ((await tx.tierOf(address)) !== undefined) await tx.delete(address);
  }
}

const openingAt = (id: string, instance: number, row: number): Address => ({
  label: `data/credential/${id}/opening`,
  index: instance * ROW_LIMIT + row,
});

function le64Of(value: bigint): Bytes {
  const bytes = new Uint8Array(VALUE_LENGTH);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

import { canonicalJsonBytes, fromBase64, fromUtf8, toBase64 } from '../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import type { CredentialRecord } from '../credential-record.ts';
import { listCredentials, putRecord } from '../credential-record.ts';
import type { Certificate } from '../verifying/index.ts';
import { parseCertificate } from '../verifying/index.ts';
import type { Voucher } from './vouching.ts';
import { anchorsFor, whoVouches } from './vouching.ts';

const chainAt = (id: string): Address => ({ label: `data/credential/${id}/chain`, index: 0 });

/** Keeps the certificates that a credential's issuer signed it under, the leaf first. Of none, nothing is kept. */
export function keepChain(tx: VaultTx, id: string, chain: readonly Certificate[]): void {
  if (chain.length > 0) tx.put(chainAt(id), 1, canonicalJsonBytes(chain.map(({ der }) => toBase64(der))));
}

export const dropChain = (tx: VaultTx, id: string): Promise<void> => tx.delete(chainAt(id));

/** The certificates that a credential's issuer signed it under, the leaf first; undefined where it came by none. */
export async function keptChain(
  reader: VaultReader,
  id: string,
): Promise<readonly [Certificate, ...Certificate[]] | undefined> {
  const bytes = await reader.get(chainAt(id), 1);
  if (bytes === undefined) return undefined;
  const encoded = JSON.parse(fromUtf8(bytes)) as readonly string[]; // our own bytes, authenticated by the vault
  const [leaf, ...others] = encoded.map((one) => parseCertificate(fromBase64(one), 'certificate'));
  return leaf === undefined ? undefined : [leaf, ...others];
}

/**
 * What is kept about a credential, with who vouches for its issuer now. Its signature was checked with the leaf's key,
 * and the leaf found to name the issuer, when it was received.
 * @param now milliseconds since the epoch
 */
export async function vouchedAnew(
  reader: VaultReader,
  record: CredentialRecord,
  now: number,
): Promise<CredentialRecord> {
  const chain = await keptChain(reader, record.id);
  const voucher = chain === undefined ? undefined : await voucherOf(reader, chain, record.vct, now);
  const { voucher: before, ...issuer } = record.issuer;
  if (record.issuer.vouched === (voucher !== undefined) && before === voucher?.name) return record;
  const known = voucher === undefined ? { vouched: false } : { vouched: true, voucher: voucher.name };
  return { ...record, issuer: { ...issuer, ...known } };
}

async function voucherOf(
  reader: VaultReader,
  chain: readonly [Certificate, ...Certificate[]],
  type: string,
  now: number,
): Promise<Voucher | undefined> {
  return whoVouches(chain, await anchorsFor(reader, { for: 'issuers', type }), now);
}

/** Looks anew who vouches for the issuers of all credentials: after whom the person trusts has changed. */
export async function vouchAnew(tx: VaultTx, now: number): Promise<void> {
  for (const record of await listCredentials(tx)) {
    const looked = await vouchedAnew(tx, record, now);
    if (looked !== record) putRecord(tx, looked);
  }
}

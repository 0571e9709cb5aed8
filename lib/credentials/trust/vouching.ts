import type { VaultReader } from '../../vault/index.ts';
import type { Certificate } from '../verifying/index.ts';
import { anchorOf } from '../verifying/index.ts';
import { listOwnAnchors } from './anchor-store.ts';
import { listTrustLists } from './list-store.ts';
import type { TrustAnchor, VouchingQuestion } from './trust-anchor.ts';
import { vouches } from './trust-anchor.ts';

/**
 * The certificates that the person, or a trust list they took in, names for a purpose. Asks nobody.
 * @throws SignetError vault_damaged
 */
export async function trustAnchors(reader: VaultReader, question: VouchingQuestion): Promise<readonly Certificate[]> {
  return (await anchorsFor(reader, question)).map(({ certificate }) => certificate);
}

/** An anchor, and the list it is on, where it is on one. */
export interface Voucher extends TrustAnchor {
  readonly list?: string;
}

/** As `trustAnchors`, with their names; the person's own stand first. */
export async function anchorsFor(reader: VaultReader, question: VouchingQuestion): Promise<readonly Voucher[]> {
  const listed = (await listTrustLists(reader)).flatMap(({ name, anchors }) =>
    anchors.map((anchor) => ({ ...anchor, list: name })),
  );
  const all: readonly Voucher[] = [...(await listOwnAnchors(reader)), ...listed];
  return all.filter((anchor) => vouches(anchor, question));
}

/**
 * Who of these vouches for the leaf of a chain, by the rules of `validateChain`; undefined where nobody does. That the
 * leaf's key made a signature, and whom the leaf names, are the caller's to check.
 * @param now milliseconds since the epoch
 */
export async function whoVouches(
  chain: readonly [Certificate, ...Certificate[]],
  vouchers: readonly Voucher[],
  now: number,
): Promise<Voucher | undefined> {
  const anchor = await anchorOf(
    chain,
    vouchers.map(({ certificate }) => certificate),
    now,
  );
  return vouchers.find(({ certificate }) => certificate === anchor);
}

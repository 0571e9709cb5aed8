import * as v from 'valibot';
import { SignetError, canonicalJsonBytes, displayText, fromBase64, toBase64 } from '../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import { parseRecord } from '../../vault/index.ts';
import { parseCertificate } from '../verifying/index.ts';
import type { TrustAnchor } from './trust-anchor.ts';
import { VOUCHES_FOR, certificateId } from './trust-anchor.ts';

/** How many certificates the person may trust by their own hand. */
export const MAX_OWN_ANCHORS = 64;
const MAX_NAME = 80;

const StoredSchema = v.strictObject({
  v: v.literal(1),
  anchors: v.pipe(
    v.array(
      v.strictObject({
        certificate: v.string(),
        name: v.string(),
        vouchesFor: v.array(v.picklist(VOUCHES_FOR)),
        since: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
      }),
    ),
    v.maxLength(MAX_OWN_ANCHORS),
  ),
});

/** An anchor that the person put there. `since`: milliseconds since the epoch. */
export interface OwnAnchor extends TrustAnchor {
  readonly id: string;
  readonly since: number;
}

const PLACE: Address = { label: 'sys/trust/anchors', index: 0 };

/** The anchors that the person put there, oldest first. @throws SignetError vault_damaged */
export async function listOwnAnchors(reader: VaultReader): Promise<readonly OwnAnchor[]> {
  const bytes = await reader.get(PLACE, 1);
  if (bytes === undefined) return [];
  const { anchors } = parseRecord(StoredSchema, bytes, 'Whom you trust cannot be read: a newer Signet wrote it.');
  return anchors.map(({ certificate: encoded, ...anchor }) => {
    const certificate = parseCertificate(fromBase64(encoded), 'certificate');
    return { ...anchor, certificate, id: certificateId(certificate) };
  });
}

/** Puts an anchor there, in place of one with the same certificate. @throws SignetError too_many */
export async function putOwnAnchor(tx: VaultTx, added: Omit<OwnAnchor, 'id' | 'types'>): Promise<void> {
  const id = certificateId(added.certificate);
  const others = (await listOwnAnchors(tx)).filter((anchor) => anchor.id !== id);
  if (others.length >= MAX_OWN_ANCHORS) {
    throw new SignetError('too_many', `You trust ${MAX_OWN_ANCHORS} certificates already. Remove one first.`);
  }
  put(tx, [...others, { ...added, name: displayText(added.name, MAX_NAME) }]);
}

/** Takes an anchor away. @returns what it was @throws SignetError not_found */
export async function removeOwnAnchor(tx: VaultTx, id: string): Promise<OwnAnchor> {
  const all = await listOwnAnchors(tx);
  const removed = all.find((anchor) => anchor.id === id);
  if (removed === undefined) {
    throw new SignetError('not_found', 'This certificate is not among those you trust.', { field: 'id' });
  }
  put(
    tx,
    all.filter((anchor) => anchor !== removed),
  );
  return removed;
}

function put(tx: VaultTx, anchors: readonly Omit<OwnAnchor, 'id'>[]): void {
  const stored = anchors.map(({ certificate, name, vouchesFor, since }) => ({
    ...{ name, vouchesFor, since },
    certificate: toBase64(certificate.der),
  }));
  tx.put(PLACE, 1, canonicalJsonBytes({ v: 1, anchors: stored }));
}

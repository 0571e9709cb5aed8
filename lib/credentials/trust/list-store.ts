import * as v from 'valibot';
import { SignetError, canonicalJsonBytes, fromBase64, randomBytes, toBase64, toBase64url } from '../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import { Collection, MAX_RECORD_LENGTH, parseRecord } from '../../vault/index.ts';
import type { PublicJwk } from '../verifying/index.ts';
import { jwkThumbprint, parseCertificate, readPublicJwk } from '../verifying/index.ts';
import type { TrustAnchor } from './trust-anchor.ts';
import { VOUCHES_FOR } from './trust-anchor.ts';
import type { TrustList } from './trust-list.ts';

/** How many lists the person may take in, and how many certificates they may bring together. */
export const MAX_TRUST_LISTS = 16;
export const MAX_LISTED_ANCHORS = 512;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const StoredSchema = v.strictObject({
  v: v.literal(1),
  name: v.string(),
  address: v.exactOptional(v.string()),
  signer: v.exactOptional(v.record(v.string(), v.string())),
  issuedAt: v.exactOptional(v.number()),
  since: whole,
  lookedAt: whole,
  anchors: v.array(
    v.strictObject({
      certificate: v.string(),
      name: v.string(),
      vouchesFor: v.array(v.picklist(VOUCHES_FOR)),
      types: v.exactOptional(v.array(v.string())),
    }),
  ),
});

/** A trust list that the person took in. Times in milliseconds since the epoch, `issuedAt` in seconds. */
export interface KeptList {
  readonly id: string;
  readonly name: string;
  /** Where it can be looked at again. */
  readonly address?: string;
  /** The key it was signed with when it was taken in: a newer one has to be signed with the same. */
  readonly signer?: PublicJwk;
  readonly issuedAt?: number;
  readonly since: number;
  readonly lookedAt: number;
  readonly anchors: readonly TrustAnchor[];
}

const LISTS = new Collection('sys/trust/lists');
const listAt = (id: string): Address => ({ label: `sys/trust/list/${id}`, index: 0 });

/** The lists that the person took in, oldest first. @throws SignetError vault_damaged */
export async function listTrustLists(reader: VaultReader): Promise<readonly KeptList[]> {
  const lists: KeptList[] = [];
  for (const id of await LISTS.list(reader)) lists.push(await getTrustList(reader, id));
  return lists;
}

/** @throws SignetError not_found */
export async function getTrustList(reader: VaultReader, id: string): Promise<KeptList> {
  const bytes = await reader.get(listAt(id), 1);
  if (bytes === undefined) throw new SignetError('not_found', 'This list is no longer there.', { field: 'id' });
  const stored = parseRecord(StoredSchema, bytes, 'A trust list cannot be read: a newer Signet wrote it.');
  const { name, since, lookedAt, address, issuedAt, anchors } = stored;
  const signer = readPublicJwk(stored.signer);
  return {
    ...{ id, name, since, lookedAt },
    ...(address === undefined ? {} : { address }),
    ...(signer === undefined ? {} : { signer }),
    ...(issuedAt === undefined ? {} : { issuedAt }),
    anchors: anchors.map(({ certificate, ...anchor }) => ({
      ...anchor,
      certificate: parseCertificate(fromBase64(certificate), 'certificate'),
    })),
  };
}

/** What the person takes in, and where from. */
export interface TakenList {
  readonly list: TrustList;
  /** https, where it can be looked at again. */
  readonly address?: string;
}

/** Keeps a list that is new. @returns its id @throws SignetError `too_many`; `bad_request`, field `list` */
export async function addTrustList(tx: VaultTx, taken: TakenList, now: number): Promise<string> {
  const others = await listTrustLists(tx);
  if (others.length >= MAX_TRUST_LISTS)
    throw tooMany(`You have ${MAX_TRUST_LISTS} trust lists already. Remove one first.`);
  assertRoom(others, taken.list);
  const id = toBase64url(randomBytes(16));
  put(tx, { ...keptAs(taken), id, since: now, lookedAt: now });
  await LISTS.add(tx, id);
  return id;
}

/**
 * Puts a newer list in the place of one that is kept.
 * @throws SignetError `not_found`, `too_many`; `bad_request`, field `list` or `signature`, see `assertSucceeds`
 */
export async function replaceTrustList(tx: VaultTx, id: string, taken: TakenList, now: number): Promise<void> {
  const kept = await getTrustList(tx, id);
  assertSucceeds(kept, taken.list);
  const others = (await listTrustLists(tx)).filter((other) => other.id !== id);
  assertRoom(others, taken.list);
  const { address = kept.address } = taken;
  put(tx, {
    ...keptAs({ list: taken.list, ...(address === undefined ? {} : { address }) }),
    id,
    since: kept.since,
    lookedAt: now,
  });
}

/**
 * That a list may follow one that is kept: signed by the same key where that was signed, and not older.
 * @throws SignetError bad_request, field `signature` or `list`
 */
export function assertSucceeds(kept: Pick<KeptList, 'signer' | 'issuedAt'>, next: TrustList): void {
  if (kept.signer !== undefined && !isSameKey(kept.signer, next.signer)) {
    const how = next.signer === undefined ? 'is not signed any more' : 'is signed by another key';
    throw new SignetError('bad_request', `This list ${how} than the one you took in. The old one stays.`, {
      field: 'signature',
    });
  }
  if (kept.issuedAt !== undefined && (next.issuedAt ?? 0) < kept.issuedAt) {
    throw new SignetError('bad_request', 'This list is older than the one you took in. That one stays.', {
      field: 'list',
    });
  }
}

const isSameKey = (a: PublicJwk, b: PublicJwk | undefined): boolean =>
  b !== undefined && jwkThumbprint(a) === jwkThumbprint(b);

/** Takes a list away. @returns what it was @throws SignetError not_found */
export async function removeTrustList(tx: VaultTx, id: string): Promise<KeptList> {
  const removed = await getTrustList(tx, id);
  await tx.delete(listAt(id));
  await LISTS.remove(tx, id);
  return removed;
}

const keptAs = ({ list, address }: TakenList): Omit<KeptList, 'id' | 'since' | 'lookedAt'> => {
  const { name, anchors, signer, issuedAt } = list;
  return {
    name,
    anchors,
    ...(address === undefined ? {} : { address }),
    ...(signer === undefined ? {} : { signer }),
    ...(issuedAt === undefined ? {} : { issuedAt }),
  };
};

function assertRoom(others: readonly KeptList[], { anchors }: TrustList): void {
  const total = others.reduce((sum, list) => sum + list.anchors.length, anchors.length);
  if (total > MAX_LISTED_ANCHORS) {
    throw tooMany(`Your lists would bring ${total} certificates; Signet keeps at most ${MAX_LISTED_ANCHORS}.`);
  }
}

const tooMany = (message: string): SignetError => new SignetError('too_many', message, { field: 'list' });

function put(tx: VaultTx, { id, anchors, signer, ...list }: KeptList): void {
  const bytes = canonicalJsonBytes({
    ...list,
    v: 1,
    ...(signer === undefined ? {} : { signer: membersOf(signer) }),
    anchors: anchors.map(({ certificate, ...anchor }) => ({ ...anchor, certificate: toBase64(certificate.der) })),
  });
  if (bytes.length > MAX_RECORD_LENGTH) throw tooMany('This list is too long to be kept.');
  tx.put(listAt(id), 1, bytes);
}

/** A key by itself, without the name that its list gives it. */
const membersOf = ({ kty, crv, x, y }: PublicJwk) => ({ kty, crv, x, y });

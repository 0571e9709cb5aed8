import type { Json, Origin } from '../core/index.ts';
import {
  SecretBytes,
  SignetError,
  canonicalJsonBytes,
  concatBytes,
  fromUtf8,
  randomBytes,
  toBase64url,
} from '../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../vault/index.ts';
import { Collection } from '../vault/index.ts';
import type { ClaimCompartment } from './claim-catalogue.ts';
import { listCredentials } from './credential-record.ts';
import type { TieFacts } from './issuance-tie.ts';
import { releaseTie } from './issuance-tie.ts';

/**
 * A credential that an issuer has promised and not delivered yet (OpenID4VCI 1.0 §9), at Tier 1: it is asked for again
 * while the vault is open, however often that was locked, or the browser ended, in between.
 */
export interface PromisedCredential {
  readonly id: string;
  readonly issuer: Origin;
  readonly issuerName: string;
  /** The issuer's name for it, cleaned for display. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly promisedAt: number;
  /** When the issuer is asked next; absent when it is asked no more by itself. */
  readonly askAt?: number;
  readonly lastAskedAt?: number;
  /** How often it was asked since it was promised. */
  readonly tries: number;
  /**
   * `waiting`: the issuer works on it. `opener`: it is there, or its claims are known to go into compartments, so that
   * the person has to be there when it is taken. `failed`: it will not come; `message` says why, for people.
   */
  readonly state: 'waiting' | 'opener' | 'failed';
  readonly message?: string;
  /** Compartments that what is announced goes into. */
  readonly compartments: readonly ClaimCompartment[];
  /** The credential whose copies it is to replace; absent for a new one. */
  readonly renews?: string;
  /** What was offered, and what the issuer promised it by. Plain JSON, for whoever speaks the protocol. */
  readonly offered: Json;
  readonly deferral: Json;
  readonly tie: TieFacts;
}

const LIST = new Collection('data/promises');
const KEY_LENGTH = 32;

const promiseAt = (id: string): Address => ({ label: `data/promise/${id}`, index: 0 });
/** The private halves of the keys that its copies will be bound to: raw, one after the other, never in a string. */
const keysAt = (id: string): Address => ({ label: `data/promise/${id}/keys`, index: 0 });

/** Writes down what was promised. @param keys holder keys, which stay the caller's to dispose @returns it, with its id */
export async function addPromise(
  tx: VaultTx,
  added: Omit<PromisedCredential, 'id'>,
  keys: readonly SecretBytes[],
): Promise<PromisedCredential> {
  const promised = { ...added, id: toBase64url(randomBytes(16)) };
  putPromise(tx, promised);
  const bytes = concatBytes(...keys.map((key) => key.expose()));
  tx.put(keysAt(promised.id), 1, bytes);
  bytes.fill(0);
  await LIST.add(tx, promised.id);
  return promised;
}

/** Writes over what is kept of a promise that is there. */
export function putPromise(tx: VaultTx, promised: PromisedCredential): void {
  const bytes = canonicalJsonBytes(promised);
  tx.put(promiseAt(promised.id), 1, bytes);
  bytes.fill(0);
}

/** What was promised and has not come, oldest first. */
export async function listPromises(reader: VaultReader): Promise<readonly PromisedCredential[]> {
  return Promise.all((await LIST.list(reader)).map((id) => getPromise(reader, id)));
}

/** @throws SignetError not_found */
export async function getPromise(reader: VaultReader, id: string): Promise<PromisedCredential> {
  const bytes = await reader.get(promiseAt(id), 1);
  if (bytes === undefined) throw new SignetError('not_found', 'This is no longer waited for.', { field: 'id' });
  return JSON.parse(fromUtf8(bytes)) as PromisedCredential; // our own bytes, authenticated by the vault
}

/** The keys that its copies will be bound to. Dispose them. @throws SignetError vault_damaged */
export async function readPromisedKeys(reader: VaultReader, id: string): Promise<readonly SecretBytes[]> {
  const bytes = await reader.get(keysAt(id), 1);
  if (bytes === undefined || bytes.length % KEY_LENGTH !== 0) {
    throw new SignetError('vault_damaged', 'The keys of a promised credential are missing.');
  }
  const count = bytes.length / KEY_LENGTH;
  const keys = Array.from({ length: count }, (_, i) =>
    SecretBytes.take(bytes.slice(i * KEY_LENGTH, (i + 1) * KEY_LENGTH)),
  );
  bytes.fill(0);
  return keys;
}

/** Forgets a promise with its keys, and its tie where no credential hangs on that. @throws SignetError not_found */
export async function removePromise(tx: VaultTx, id: string): Promise<PromisedCredential> {
  const promised = await getPromise(tx, id);
  await tx.delete(promiseAt(id));
  await tx.delete(keysAt(id));
  await LIST.remove(tx, id);
  await releaseTie(tx, promised.tie.issuance, [...(await listPromises(tx)), ...(await listCredentials(tx))]);
  return promised;
}

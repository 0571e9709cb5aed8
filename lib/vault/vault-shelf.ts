import type { Bytes } from '../core/index.ts';
import { SignetError, equalBytes, fromUtf8, toBase64, utf8 } from '../core/index.ts';
import { damaged } from './damage.ts';
import type { Header } from './header.ts';
import { decodeHeader } from './header.ts';
import { ANCHOR_KEY, HEADER_KEY, MIRROR_KEY } from './places.ts';
import type { Write } from './storage-backend.ts';
import type { VaultStores } from './open-vault.ts';

/** Stands in the header's place from the moment a vault is erased until its last row is gone. */
const TOMBSTONE = utf8('{"erased":true}');

/** What stands where a vault would. */
export type Found =
  | { readonly kind: 'none' }
  | { readonly kind: 'vault'; readonly bytes: Bytes; readonly header: Header }
  /** `bytes`: the unreadable header, if there is one. */
  | { readonly kind: 'damaged'; readonly problem: string; readonly bytes: Bytes | undefined }
  | { readonly kind: 'erasing' };

/** Looks at what is stored, with no key. */
export async function findVault({ backend, local }: VaultStores): Promise<Found> {
  const bytes = await backend.get('meta', HEADER_KEY);
  if (bytes === undefined) return findWithoutHeader({ backend, local });
  if (equalBytes(bytes, TOMBSTONE)) return { kind: 'erasing' };
  try {
    return { kind: 'vault', bytes, header: decodeHeader(bytes) };
  } catch (error) {
    return { kind: 'damaged', problem: SignetError.from(error).message, bytes };
  }
}

async function findWithoutHeader({ backend, local }: VaultStores): Promise<Found> {
  if ((await backend.count('records')) > 0) {
    return { kind: 'damaged', problem: 'The vault’s header is missing, but its records are there.', bytes: undefined };
  }
  if ((await local.get(MIRROR_KEY)) !== undefined) {
    return { kind: 'damaged', problem: 'There was a vault here, but the browser lost its rows.', bytes: undefined };
  }
  return { kind: 'none' };
}

/** The vault that is there. @throws SignetError no_vault, vault_damaged */
export function assertVault(found: Found): Extract<Found, { kind: 'vault' }> {
  switch (found.kind) {
    case 'vault':
      return found;
    case 'damaged':
      throw damaged(found.problem);
    case 'none':
    case 'erasing':
      throw new SignetError('no_vault', 'There is no vault yet.');
  }
}

/** Puts the tombstone in the header's place and takes every wrap with it: from here on nothing opens the rows. */
export async function beginErasing({ backend }: VaultStores): Promise<void> {
  await backend.batch([{ store: 'meta', key: HEADER_KEY, value: TOMBSTONE }], []);
}

/** Removes what is left of an erased vault; harmless when repeated. The tombstone goes with the last row. */
export async function finishErasing({ backend, local }: VaultStores): Promise<void> {
  await local.remove(MIRROR_KEY);
  await local.remove(ANCHOR_KEY);
  const writes: Write[] = [];
  for (const [key] of await backend.entries('records')) writes.push({ store: 'records', key, value: undefined });
  for (const [key] of await backend.entries('requests')) writes.push({ store: 'requests', key, value: undefined });
  for (const [key] of await backend.entries('meta')) writes.push({ store: 'meta', key, value: undefined });
  await backend.batch(writes, [{ store: 'meta', key: HEADER_KEY, value: TOMBSTONE }]);
}

/** Keeps the copy of the header in storage.local up to date. It opens nothing that the header does not. */
export async function mirrorHeader({ local }: VaultStores, header: Bytes): Promise<void> {
  const text = fromUtf8(header);
  if ((await local.get(MIRROR_KEY)) !== text) await local.set(MIRROR_KEY, text);
}

/** What a recovery screen can say about a vault that does not open. */
export interface RecoveryReport {
  /** What is wrong, in words; empty when nothing is known to be. */
  readonly problem: string;
  /** Whether the header can be read. */
  readonly header: boolean;
  /** How many rows there are. */
  readonly records: number;
}

export async function reportOnVault(stores: VaultStores): Promise<RecoveryReport> {
  const found = await findVault(stores);
  return {
    problem: found.kind === 'damaged' ? found.problem : '',
    header: found.kind === 'vault',
    records: await stores.backend.count('records'),
  };
}

/** Every row as it is stored, still sealed, as JSON with base64 keys of records and base64 values. */
export async function dumpRows({ backend, local }: VaultStores): Promise<string> {
  const records = (await backend.entries('records')).map(([key, value]) => [toBase64(key), toBase64(value)] as const);
  const meta = (await backend.entries('meta')).map(([key, value]) => [key, toBase64(value)] as const);
  const mirror = (await local.get(MIRROR_KEY)) ?? null;
  const anchor = (await local.get(ANCHOR_KEY)) ?? null;
  return JSON.stringify({ format: 'signet-raw-rows', v: 1, records, meta, mirror, anchor }, undefined, 1);
}

import type { Bytes } from '../../core/index.ts';
import { SignetError, equalBytes, utf8 } from '../../core/index.ts';
import { damaged, noVault } from '../damage.ts';
import type { Header, HeaderReading } from '../keys/header.ts';
import { readHeader } from '../keys/header.ts';
import type { VaultStores } from '../blind-db/open-vault.ts';
import { HEADER_KEY, MIRROR_KEY } from '../places.ts';

/** Stands in the header's place from the moment a vault is erased until its last row is gone. */
export const ERASED = utf8('{"erased":true}');

/** Stands in the header's place while a backup is put back: the last transaction of a restore writes the header. */
export const RESTORING = utf8('{"restoring":true}');

/** A vault that its header says how to open. */
export interface FoundVault {
  readonly kind: 'vault';
  /** The header to go by. */
  readonly bytes: Bytes;
  readonly header: Header;
  /** What stands in the header's place: not these bytes where they come from the mirror. */
  readonly stored: Bytes | undefined;
  readonly recovered: boolean;
  /** A newer Signet wrote it, and lets this one read. */
  readonly readOnly: boolean;
}

/** A vault whose header is of no use. */
export interface FoundDamage {
  readonly kind: 'damaged';
  /** What happened, what was not lost, what to do: for people. */
  readonly problem: string;
  readonly stored: Bytes | undefined;
}

/** What stands where a vault would. */
export type Found =
  | { readonly kind: 'none' }
  | FoundVault
  | FoundDamage
  /** A newer Signet wrote it, and says that this one cannot read it. */
  | { readonly kind: 'newer' }
  /** What is left of an erased vault, or of a restore that died, still has to go. */
  | { readonly kind: 'clearing'; readonly stored: Bytes };

/** What the decision is taken from. */
export interface BootFacts {
  /** What stands in the header's place. */
  readonly main: Bytes | undefined;
  /** The copy in storage.local. */
  readonly mirror: Bytes | undefined;
  /** Whether there is any row. Looked at where there is no main copy. */
  readonly rows: boolean;
}

/**
 * The boot decision table: what there is, told without a key.
 *
 * | main copy of the header  | rows | mirror     | decision                                                          |
 * |--------------------------|------|------------|-------------------------------------------------------------------|
 * | marker erased, restoring | any  | any        | clearing: what is left goes, then there is none                   |
 * | good                     | any  | any        | vault                                                             |
 * | newer, reads ≤ ours      | any  | any        | vault, read-only: nothing is written, not even the session's entry |
 * | newer, reads > ours      | any  | any        | newer                                                             |
 * | unreadable               | any  | usable     | as the mirror says: checked against the root once keys are there  |
 * | unreadable               | any  | none, or unreadable | damaged: the words still bring it back                   |
 * | missing                  | some | usable     | as the mirror says, likewise                                      |
 * | missing                  | some | none, or unreadable | damaged: the words still bring it back                   |
 * | missing                  | none | there      | damaged: the browser evicted the rows; a backup or the words       |
 * | missing                  | none | none       | none                                                              |
 *
 * Told later, with keys: a header that is not the root's (older, swapped, altered) is damage; a full disk opens
 * read-only and in memory alone; a move that died is undone or finished (`move.ts`).
 */
export function decideBoot({ main, mirror, rows }: BootFacts): Found {
  if (main !== undefined && isMarker(main)) return { kind: 'clearing', stored: main };
  const found = main === undefined ? undefined : foundBy(readHeader(main), main, main);
  if (found !== undefined) return found;
  if (main === undefined && !rows) return mirror === undefined ? { kind: 'none' } : damage(EVICTED, main);
  const copy = mirror === undefined ? undefined : foundBy(readHeader(mirror), mirror, main);
  return copy ?? damage(main === undefined ? HEADER_MISSING : HEADER_UNREADABLE, main);
}

const EVICTED =
  'There was a vault here, but the browser removed its rows. A backup brings it back; the words alone bring back its keys.';
const HEADER_MISSING = 'The vault’s header is missing, but its records are there. Its words open it again.';
const HEADER_UNREADABLE = 'The vault’s header cannot be read. Its records are there: its words open it again.';

const isMarker = (bytes: Bytes): boolean => equalBytes(bytes, ERASED) || equalBytes(bytes, RESTORING);

const damage = (problem: string, stored: Bytes | undefined): FoundDamage => ({ kind: 'damaged', problem, stored });

function foundBy(reading: HeaderReading, bytes: Bytes, stored: Bytes | undefined): Found | undefined {
  const recovered = bytes !== stored;
  switch (reading.kind) {
    case 'readable':
      return { kind: 'vault', bytes, header: reading.header, stored, recovered, readOnly: false };
    case 'newer':
      if (reading.header === undefined) return { kind: 'newer' };
      return { kind: 'vault', bytes, header: reading.header, stored, recovered, readOnly: true };
    case 'unreadable':
      return undefined;
  }
}

/** Looks at what is stored, with no key, and decides. @throws SignetError storage_failed */
export async function findVault({ backend, local }: VaultStores): Promise<Found> {
  const main = await backend.get('meta', HEADER_KEY);
  const rows = main === undefined && (await backend.page('records', { limit: 1 })).length > 0;
  const mirror = await local.get(MIRROR_KEY);
  return decideBoot({ main, mirror: mirror === undefined ? undefined : mirrorBytes(mirror), rows });
}

/** A mirror that is no text is none of ours: no header reads like it. */
const mirrorBytes = (mirror: unknown): Bytes => utf8(typeof mirror === 'string' ? mirror.toWellFormed() : '');

/** The vault that is there. @throws SignetError `no_vault`, `vault_damaged`, `read_only` when only a newer one may */
export function assertVault(found: Found): FoundVault {
  switch (found.kind) {
    case 'vault':
      return found;
    case 'damaged':
      throw damaged(found.problem);
    case 'newer':
      throw new SignetError('read_only', 'A newer Signet wrote this vault. Nothing is lost: update Signet to open it.');
    case 'none':
    case 'clearing':
      throw noVault();
  }
}

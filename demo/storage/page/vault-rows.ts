import type { Bytes } from '../../../lib/core/index.ts';
import { SecretBytes, equalBytes, fromUtf8, randomBytes, utf8 } from '../../../lib/core/index.ts';
import type { Address } from '../../../lib/vault/blind-db/address.ts';
import { openRow, sealRow } from '../../../lib/vault/blind-db/envelope.ts';
import type { PhraseKeys } from '../../../lib/vault/keys/key-tree.ts';
import { deriveVaultKeys, rootOfPhrase } from '../../../lib/vault/keys/key-tree.ts';
import { entropyOfPhrase, phraseOfEntropy } from '../../../lib/vault/keys/phrase.ts';
import { recordId } from '../../../lib/vault/blind-db/record-id.ts';
import { fromRows, toRows } from '../../../lib/vault/blind-db/rows.ts';

/** A row as the database has it, and the number that the vault knows it by. */
export interface StoredRow {
  readonly serial: number;
  readonly id: Bytes;
  readonly value: Bytes;
}

/** What a record says once it is open. */
export interface OpenedRecord {
  readonly label: string;
  readonly index: number;
  readonly value: string;
}

/** Twenty-four fresh words. */
export function freshWords(): string {
  using entropy = SecretBytes.take(randomBytes(32));
  return phraseOfEntropy(entropy);
}

/** The keys that follow from the words. @throws SignetError bad_request when they are no phrase */
export async function keysOfWords(words: string): Promise<PhraseKeys> {
  using entropy = entropyOfPhrase(words);
  using root = await rootOfPhrase(phraseOfEntropy(entropy));
  return deriveVaultKeys(root);
}

/** The id that follows from a name. */
export const idOf = ({ addressing }: PhraseKeys, address: Address): Bytes => recordId(addressing, address);

/** The rows of a value, as a vault writes them. @param serial the number of the first row: never used before */
export const rowsOf = (keys: PhraseKeys, address: Address, value: string, serial: number): readonly StoredRow[] =>
  toRows(address, utf8(value)).map((plaintext, part) => {
    const number = serial + part;
    const rowId = idOfRow(keys, number);
    return { serial: number, id: rowId, value: sealRow(keys.sealing, { rowId, serial: number }, plaintext) };
  });

/** Whether these keys lead to where the rows lie at all. */
export const leadsTo = (keys: PhraseKeys, rows: readonly StoredRow[]): boolean =>
  rows.every(({ serial, id }) => equalBytes(idOfRow(keys, serial), id));

/** The record in rows that somebody hands over, or undefined when they do not open with these keys. */
export async function openRows({ sealing }: PhraseKeys, rows: readonly StoredRow[]): Promise<OpenedRecord | undefined> {
  const plaintexts = await Promise.all(
    rows.map(({ serial, id, value }) => openRow(sealing, { rowId: id, serial }, value)),
  );
  const found = plaintexts.filter((plaintext) => plaintext !== undefined);
  const record = found.length === rows.length ? fromRows(found) : undefined;
  return record && { ...record.address, value: fromUtf8(record.bytes) };
}

const idOfRow = (keys: PhraseKeys, serial: number): Bytes => idOf(keys, { label: 'sys/row', index: serial });

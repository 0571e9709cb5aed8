import type { Bytes, SecretBytes } from '../core/index.ts';
import { concatBytes, le64 } from '../core/index.ts';
import { deriveRecordKey } from './key-tree.ts';
import { pad, unpad } from './padding.ts';
import { openBox, sealBox } from './sealed-box.ts';

const FORMAT_VERSION = Uint8Array.of(1);

/** Which version of which record this is: all of it is authenticated, none of it is stored in the row. */
export interface RecordVersion {
  /** 32 bytes. */
  readonly recordId: Bytes;
  /** The counter of the transaction that sealed it: no two versions of a record ever share one. */
  readonly generation: number;
}

const additionalData = ({ recordId, generation }: RecordVersion): Bytes =>
  concatBytes(FORMAT_VERSION, recordId, le64(generation));

/**
 * Seals a record (design §4): format version ‖ nonce ‖ AES-256-GCM under the record's own key, padded to a size
 * class, with format version ‖ record id ‖ generation as additional data.
 * @throws SignetError bad_request when the plaintext is too long
 */
export function sealRecord(tierKey: SecretBytes, version: RecordVersion, plaintext: Uint8Array): Bytes {
  using key = deriveRecordKey(tierKey, version.recordId);
  const padded = pad(plaintext);
  const blob = concatBytes(FORMAT_VERSION, sealBox(key, additionalData(version), padded));
  padded.fill(0);
  return blob;
}

/** The plaintext of a sealed record, or undefined when it is not this version of this record under this key. */
export function openRecord(tierKey: SecretBytes, version: RecordVersion, blob: Uint8Array): Bytes | undefined {
  if (blob[0] !== FORMAT_VERSION[0]) return undefined;
  using key = deriveRecordKey(tierKey, version.recordId);
  const padded = openBox(key, additionalData(version), blob.subarray(1));
  return padded === undefined ? undefined : unpad(padded);
}

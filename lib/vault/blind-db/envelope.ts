import type { Bytes, SecretBytes } from '../../core/index.ts';
import { concatBytes, le64 } from '../../core/index.ts';
import { deriveRecordKey } from '../keys/key-tree.ts';
import { sealBox } from '../keys/sealed-box.ts';

/** The first byte of every row, decoys too. */
export const ROW_FORMAT = 2;

/** Every row is this long, in bytes: nobody learns from a length what a row holds. */
export const ROW_LENGTH = 1280;

/** Bytes of plaintext in a row: all but the format, a 12-byte nonce and a 16-byte tag. */
export const ROW_CAPACITY = ROW_LENGTH - 1 - 12 - 16;

const FORMAT = Uint8Array.of(ROW_FORMAT);

/** Which row this is: all of it is authenticated, none of it is stored in the row. */
export interface RowVersion {
  /** 32 bytes. */
  readonly rowId: Bytes;
  /** The row's number among all that this vault ever wrote: its generation (design §4). */
  readonly serial: number;
}

const additionalData = ({ rowId, serial }: RowVersion): Bytes => concatBytes(FORMAT, rowId, le64(serial));

/**
 * Seals a row (design §4): format ‖ nonce ‖ AES-256-GCM under the row's own key, with format ‖ row id ‖ le64(serial)
 * as additional data.
 * @param plaintext ROW_CAPACITY bytes
 */
export function sealRow(tierKey: SecretBytes, version: RowVersion, plaintext: Uint8Array): Bytes {
  using key = deriveRecordKey(tierKey, version.rowId);
  return concatBytes(FORMAT, sealBox(key, additionalData(version), plaintext));
}

/**
 * The plaintext of a sealed row, or undefined when it is not this row under this key. By WebCrypto: the processor's own
 * AES, off this thread, for rows that are read many at a time.
 * @param blob not to be changed before this is done
 */
export async function openRow(tierKey: SecretBytes, version: RowVersion, blob: Bytes): Promise<Bytes | undefined> {
  if (blob.length !== ROW_LENGTH || blob[0] !== ROW_FORMAT) return undefined;
  using raw = deriveRecordKey(tierKey, version.rowId);
  const key = await crypto.subtle.importKey('raw', raw.expose(), 'AES-GCM', false, ['decrypt']);
  const [iv, box] = [blob.subarray(1, 13), blob.subarray(13)];
  try {
    const parameters = { name: 'AES-GCM', iv, additionalData: additionalData(version) };
    return new Uint8Array(await crypto.subtle.decrypt(parameters, key, box));
  } catch {
    return undefined; // one failure for all that does not authenticate, as in `openBox`
  }
}

import type { Bytes } from '../../core/index.ts';
import { SignetError, concatBytes, fromUtf8, le64, utf8 } from '../../core/index.ts';
import type { Address } from './address.ts';
import { ROW_CAPACITY } from './envelope.ts';

/** The longest record, in bytes. */
export const MAX_RECORD_LENGTH = 1_048_572;

const MAX_LABEL_LENGTH = 1024;
/** le16(length of the label), le64(index) and le32(length of the bytes). */
const HEAD_LENGTH = 2 + 8 + 4;

/** A record and the address it is kept under: with it, a vault's owner can list what there is. */
export interface NamedRecord {
  readonly address: Address;
  readonly bytes: Bytes;
}

/**
 * The plaintexts of the rows that a record takes: le16(length of the label) ‖ label ‖ le64(index) ‖ le32(length of
 * the bytes) ‖ bytes ‖ zeros, cut into pieces of ROW_CAPACITY bytes.
 * @throws SignetError `bad_request` above MAX_RECORD_LENGTH, `internal` for a label of more than 1024 bytes
 */
export function toRows({ label, index }: Address, bytes: Uint8Array): readonly Bytes[] {
  if (bytes.length > MAX_RECORD_LENGTH) throw new SignetError('bad_request', 'This is too large for one record.');
  const name = utf8(label);
  if (name.length > MAX_LABEL_LENGTH) throw new SignetError('internal', 'This label is too long.');
  const joined = new Uint8Array(ROW_CAPACITY * Math.ceil((HEAD_LENGTH + name.length + bytes.length) / ROW_CAPACITY));
  const lengths = new DataView(joined.buffer);
  lengths.setUint16(0, name.length, true);
  joined.set(concatBytes(name, le64(index)), 2);
  lengths.setUint32(2 + name.length + 8, bytes.length, true);
  joined.set(bytes, HEAD_LENGTH + name.length);
  return Array.from({ length: joined.length / ROW_CAPACITY }, (_, part) =>
    joined.slice(part * ROW_CAPACITY, (part + 1) * ROW_CAPACITY),
  );
}

/** The record in the plaintexts of its rows, or undefined when they hold none. */
export function fromRows(rows: readonly Bytes[]): NamedRecord | undefined {
  const joined = concatBytes(...rows);
  if (joined.length < ROW_CAPACITY) return undefined;
  const numbers = new DataView(joined.buffer);
  const afterLabel = 2 + numbers.getUint16(0, true);
  if (afterLabel > 2 + MAX_LABEL_LENGTH) return undefined;
  const start = afterLabel + 8 + 4;
  const end = start + numbers.getUint32(afterLabel + 8, true);
  if (rows.length !== Math.ceil(end / ROW_CAPACITY)) return undefined;
  // the vault itself wrote it, of an Address
  const label = fromUtf8(joined.subarray(2, afterLabel)) as Address['label'];
  return { address: { label, index: Number(numbers.getBigUint64(afterLabel, true)) }, bytes: joined.slice(start, end) };
}

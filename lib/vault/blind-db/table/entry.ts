import type { Bytes } from '../../../core/index.ts';
import type { Tier } from '../address.ts';
import type { RowSpan } from '../blind-store.ts';
import { DIGEST_LENGTH } from '../blind-store.ts';
import { damaged } from '../../damage.ts';
import type { FieldReader, FieldWriter } from './fields.ts';

/** Length of a name id. */
export const NAME_LENGTH = 32;

/** Length of an encoded entry, in bytes. */
export const ENTRY_LENGTH = NAME_LENGTH + 6 + 2 + 1 + 1 + DIGEST_LENGTH;

const GONE = 0;
const NOTHING = new Uint8Array(DIGEST_LENGTH);

/** Where a live record is. */
export interface RecordEntry extends RowSpan {
  /** The id of the record's name. */
  readonly name: Bytes;
  readonly tier: Tier;
}

/** A change of the table that its tree does not know yet: an entry that is new, or one that is gone. */
export type PendingChange = { readonly name: Bytes; readonly entry: RecordEntry | undefined };

/** name id (32) ‖ serial (6) ‖ parts (2) ‖ tier (1) ‖ flags (1) ‖ digest (16); tier 0: there is none any more. */
export function writeChange(out: FieldWriter, { name, entry }: PendingChange): void {
  out.raw(name).u48(entry?.serial ?? 0);
  out.u16(entry?.parts ?? 0).u8(entry?.tier ?? GONE);
  out.u8(entry?.twins === true ? 1 : 0).raw(entry?.digest ?? NOTHING);
}

export function readChange(from: FieldReader): PendingChange {
  const name = from.raw(NAME_LENGTH);
  const [serial, parts, tier, flags] = [from.u48(), from.u16(), from.u8(), from.u8()];
  const digest = from.raw(DIGEST_LENGTH);
  if (tier === GONE) return { name, entry: undefined };
  if (tier !== 1 && tier !== 2 && tier !== 3) throw damaged('The vault’s table of records cannot be read.');
  return { name, entry: { name, serial, parts, tier, twins: flags === 1, digest } };
}

/** Negative, zero or positive, as the first bytes are lower, the same or higher. */
export function compareBytes(a: Uint8Array, b: Uint8Array, length: number): number {
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

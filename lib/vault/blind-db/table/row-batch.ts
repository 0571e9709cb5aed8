import type { Bytes } from '../../../core/index.ts';
import type { Tier } from '../address.ts';
import type { BlindStore, RowSpan } from '../blind-store.ts';
import { digestOf } from '../blind-store.ts';
import { decoyRow, shuffled } from '../decoys.ts';
import type { Write } from '../storage-backend.ts';

/**
 * The rows that one commit writes and deletes. A row is never overwritten: what changes is written under the next
 * number and deleted under its old one, and with each row goes its twin.
 */
export class RowBatch {
  readonly #store: BlindStore;
  readonly #twins: boolean;
  readonly #writes: Write[] = [];
  #serial: number;
  #growth = 0;
  #written = 0;

  /** @param twins whether rows written now get a decoy each @param serial the first number that was never used */
  constructor(store: BlindStore, { twins, serial }: { readonly twins: boolean; readonly serial: number }) {
    this.#store = store;
    this.#twins = twins;
    this.#serial = serial;
  }

  /** The first number that is not used by this batch either. */
  get nextSerial(): number {
    return this.#serial;
  }

  /** How many rows there are more (or fewer) when this batch is written, twins counted. */
  get growth(): number {
    return this.#growth;
  }

  /** How many rows this batch writes, twins not counted. */
  get written(): number {
    return this.#written;
  }

  add(tier: Tier, plaintexts: readonly Bytes[]): RowSpan {
    const serial = this.#serial;
    this.#serial += plaintexts.length;
    const sealed = plaintexts.map((plaintext, part) => this.#store.seal(tier, serial + part, plaintext));
    const digest = digestOf(sealed.map(({ blob }) => blob));
    const span: RowSpan = { serial, parts: sealed.length, twins: this.#twins, digest };
    for (const { id, blob } of sealed) this.#write(id, blob);
    for (const id of this.#store.twinIds(span)) this.#write(id, decoyRow());
    this.#written += sealed.length;
    return span;
  }

  drop(span: RowSpan): void {
    for (const key of [...this.#store.rowIds(span), ...this.#store.twinIds(span)]) {
      this.#writes.push({ store: 'records', key, value: undefined });
      this.#growth -= 1;
    }
  }

  /** In an order that tells rows from twins as little as anything else does. */
  writes(): readonly Write[] {
    return shuffled(this.#writes);
  }

  #write(key: Bytes, value: Bytes): void {
    this.#writes.push({ store: 'records', key, value });
    this.#growth += 1;
  }
}

import type { Bytes } from '../core/index.ts';
import { SignetError, assertField, toHex } from '../core/index.ts';
import type { Address, Tier } from './address.ts';
import type { BlindStore } from './blind-store.ts';
import { headerDigest } from './header.ts';
import { MAX_RECORD_LENGTH } from './padding.ts';
import { HEADER_KEY } from './places.ts';
import type { Change, RecordTable, RootFacts } from './record-table.ts';
import { isTableLabel } from './record-table.ts';
import type { SideExpectation, SideWrite } from './vault-tx.ts';

/** What a transaction wants written, and nothing written yet. */
export class StagedChanges {
  readonly #store: BlindStore;
  readonly #table: RecordTable;
  readonly #changes = new Map<string, Change>();
  readonly sideWrites: SideWrite[] = [];
  readonly sideExpectations: SideExpectation[] = [];
  logHead: Bytes | undefined;

  constructor(store: BlindStore, table: RecordTable) {
    this.#store = store;
    this.#table = table;
  }

  get changes(): readonly Change[] {
    return [...this.#changes.values()];
  }

  /** What the root has to say anew. A new header is bound into it, so that an older one put back is seen. */
  get news(): Partial<Pick<RootFacts, 'header' | 'logHead'>> {
    const header = this.sideWrites.findLast(({ store, key }) => store === 'meta' && key === HEADER_KEY)?.value;
    return {
      ...(header === undefined ? {} : { header: headerDigest(header) }),
      ...(this.logHead === undefined ? {} : { logHead: this.logHead }),
    };
  }

  get(address: Address): Change | undefined {
    return this.#changes.get(toHex(this.#locate(address)));
  }

  put(address: Address, tier: Tier, bytes: Uint8Array): void {
    assertField(bytes.length <= MAX_RECORD_LENGTH, 'value', 'This is too large for one record.');
    const id = this.#locate(address);
    this.#changes.set(toHex(id), { id, tier, bytes: Uint8Array.from(bytes) });
  }

  async delete(address: Address): Promise<void> {
    const id = this.#locate(address);
    const entry = await this.#table.entry(id);
    if (entry === undefined) this.#changes.delete(toHex(id));
    else this.#changes.set(toHex(id), { id, tier: entry.tier, bytes: undefined });
  }

  async deleteTier(tier: Tier): Promise<void> {
    for (const id of await this.#table.idsOfTier(tier)) this.#changes.set(toHex(id), { id, tier, bytes: undefined });
  }

  #locate(address: Address): Bytes {
    if (isTableLabel(address.label)) throw new SignetError('internal', 'This label belongs to the record table.');
    return this.#store.locate(address);
  }
}

/** @throws SignetError internal when a record is asked for at a tier that is not its own */
export function assertTier(actual: Tier, asked: Tier): void {
  if (actual !== asked) throw new SignetError('internal', 'This record is of another tier.');
}

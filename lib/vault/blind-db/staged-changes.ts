import type { Bytes } from '../../core/index.ts';
import { SignetError, toHex } from '../../core/index.ts';
import type { Address, Tier } from './address.ts';
import type { BlindStore } from './blind-store.ts';
import { headerDigest } from '../keys/header.ts';
import { HEADER_KEY } from '../places.ts';
import { toRows } from './rows.ts';
import type { RecordChange, RecordTable, RootNews } from './table/index.ts';
import { MAX_LOG_STATE, ROOT_KEY } from './table/index.ts';
import type { LogMark, SideExpectation, SideWrite } from './vault-tx.ts';
import { entriesOf } from './walk.ts';

const HEAD_LENGTH = 32;

/** A record to write, or to delete where `bytes` is undefined. */
interface StagedRecord extends RecordChange {
  readonly bytes: Bytes | undefined;
}

/** What a transaction wants written, and nothing written yet. */
export class StagedChanges {
  readonly #store: BlindStore;
  readonly #table: RecordTable;
  readonly #changes = new Map<string, StagedRecord>();
  readonly #sideWrites: SideWrite[] = [];
  readonly sideExpectations: SideExpectation[] = [];
  #log: LogMark | undefined;
  decoys: boolean | undefined;

  constructor(store: BlindStore, table: RecordTable) {
    this.#store = store;
    this.#table = table;
  }

  get changes(): readonly RecordChange[] {
    return [...this.#changes.values()];
  }

  get sideWrites(): readonly SideWrite[] {
    return this.#sideWrites;
  }

  /** What the root has to say anew. A new header is bound into it, so that an older one put back is seen. */
  get news(): RootNews {
    const header = this.#sideWrites.findLast(({ store, key }) => store === 'meta' && key === HEADER_KEY)?.value;
    return {
      ...(header === undefined ? {} : { header: headerDigest(header) }),
      ...(this.#log === undefined ? {} : { logHead: this.#log.head, logState: this.#log.state }),
      ...(this.decoys === undefined ? {} : { decoys: this.decoys }),
    };
  }

  get logState(): Bytes {
    return (this.#log?.state ?? this.#table.facts.logState).slice();
  }

  get logTail(): Bytes | undefined {
    return (this.#log === undefined ? this.#table.logTail : this.#log.tail)?.slice();
  }

  get(address: Address): { readonly tier: Tier; readonly bytes: Bytes | undefined } | undefined {
    return this.#changes.get(toHex(this.#store.nameOf(address)));
  }

  async tierOf(address: Address): Promise<Tier | undefined> {
    const change = this.get(address);
    if (change !== undefined) return change.bytes === undefined ? undefined : change.tier;
    return (await this.#table.entry(this.#store.nameOf(address)))?.tier;
  }

  put(address: Address, tier: Tier, bytes: Uint8Array): void {
    const name = this.#store.nameOf(address);
    this.#changes.set(toHex(name), { name, tier, rows: toRows(address, bytes), bytes: Uint8Array.from(bytes) });
  }

  async insertUnique(address: Address, tier: Tier, bytes: Uint8Array): Promise<void> {
    if ((await this.tierOf(address)) !== undefined) throw new SignetError('changed', 'There is such a record already.');
    this.put(address, tier, bytes);
  }

  async delete(address: Address): Promise<void> {
    const name = this.#store.nameOf(address);
    const entry = await this.#table.entry(name);
    if (entry === undefined) this.#changes.delete(toHex(name));
    else this.#delete(name, entry.tier);
  }

  async deleteTier(tier: Tier): Promise<void> {
    for await (const entry of entriesOf(this.#table)) if (entry.tier === tier) this.#delete(entry.name, tier);
  }

  raw(write: SideWrite): void {
    if (write.store === 'meta' && write.key === ROOT_KEY) throw new SignetError('internal', 'The root is the vault’s.');
    this.#sideWrites.push(write);
  }

  setLog({ head, state, tail }: LogMark): void {
    if (head.length !== HEAD_LENGTH || state.length > MAX_LOG_STATE) {
      throw new SignetError('internal', 'This is not what the root keeps of a log.');
    }
    this.#log = { head: head.slice(), state: state.slice(), ...(tail && { tail: tail.slice() }) };
  }

  #delete(name: Bytes, tier: Tier): void {
    this.#changes.set(toHex(name), { name, tier, rows: undefined, bytes: undefined });
  }
}

/** @throws SignetError internal when a record is asked for at a tier that is not its own */
export function assertTier(actual: Tier, asked: Tier): void {
  if (actual !== asked) throw new SignetError('internal', 'This record is of another tier.');
}

import type { Clock } from '../../core/index.ts';
import { assertField } from '../../core/index.ts';
import { ExpiryQueue } from './expiry-queue.ts';
import type { LedgerEntry, LedgerStore } from './ledger-store.ts';

/** Entries in memory: bounded, and forgotten when the process ends. */
export class MemoryLedgerStore implements LedgerStore {
  readonly #capacity: number;
  readonly #clock: Clock;
  readonly #entries = new Map<string, LedgerEntry>();
  readonly #queue = new ExpiryQueue();

  /** @param options.capacity entries, at least 1. @throws SignetError bad_request for another */
  constructor({ capacity, clock }: { readonly capacity: number; readonly clock: Clock }) {
    assertField(Number.isSafeInteger(capacity) && capacity >= 1, 'capacity', 'A ledger has room for one use at least.');
    this.#capacity = capacity;
    this.#clock = clock;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  read(jti: string): Promise<LedgerEntry | undefined> {
    return Promise.resolve(this.#entries.get(jti));
  }

  /** Decides and writes without waiting in between, so nothing comes between the two. */
  write(jti: string, entry: LedgerEntry): Promise<'written' | 'changed' | 'full'> {
    this.#forget();
    const before = this.#entries.get(jti);
    if ((before?.revision ?? 0) !== entry.revision - 1) return Promise.resolve('changed');
    if (before === undefined && this.#entries.size >= this.#capacity) return Promise.resolve('full');
    this.#entries.set(jti, entry);
    if (before === undefined) this.#queue.add(jti, entry.keepUntil);
    return Promise.resolve('written');
  }

  #forget(): void {
    const now = this.#clock();
    for (let jti = this.#queue.takeBefore(now); jti !== undefined; jti = this.#queue.takeBefore(now)) {
      const entry = this.#entries.get(jti);
      if (entry !== undefined && entry.keepUntil >= now) this.#queue.add(jti, entry.keepUntil);
      else this.#entries.delete(jti);
    }
  }
}

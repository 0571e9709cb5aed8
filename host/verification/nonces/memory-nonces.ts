import type { Clock } from '../../../lib/core/index.ts';
import { MemoryReplayStore } from '../../../lib/sdk/index.ts';
import type { NonceStore } from './nonce-store.ts';

/** Nonces in memory, for one process: it forgets those that are out of time, and when full it takes no more. */
export class MemoryNonces implements NonceStore {
  readonly completeSince: number;
  readonly #store: MemoryReplayStore;

  /**
   * @param capacity nonces, some 150 bytes each
   * @param isFresh no nonce was answered by an earlier process
   */
  constructor(options: { readonly capacity: number; readonly isFresh: boolean; readonly clock: Clock }) {
    const { capacity, isFresh, clock } = options;
    this.completeSince = isFresh ? 0 : clock();
    this.#store = new MemoryReplayStore({ capacity, clock });
  }

  remember(id: string, until: number): Promise<'new' | 'seen' | 'full'> {
    return this.#store.remember(id, until);
  }

  isReady(): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

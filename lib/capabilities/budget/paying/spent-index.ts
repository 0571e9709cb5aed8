/**
 * Where the payer keeps how far each budget is spent. A place that forgets would spend units twice, so it must outlive
 * the worker, and belongs where older states put back are noticed.
 */
export interface SpentIndexStore {
  /** The last index that may have been released; 0 when none was. */
  read(budget: string): Promise<number>;
  /**
   * Replaces `from` by `to` if `from` still stands; durable when it resolves.
   * @returns whether it did: false when something else was written meanwhile
   */
  advance(budget: string, from: number, to: number): Promise<boolean>;
}

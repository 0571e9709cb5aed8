/** What is known of the uses of one token. */
export interface LedgerEntry {
  /** 1 when it is written first, and one more each time. */
  readonly revision: number;
  /** Minor units that all uses took. */
  readonly spent: number;
  /** The last index of its budget; 0 without one. */
  readonly index: number;
  /** Set once it was used as a one-time token. */
  readonly closed: boolean;
  /** Milliseconds since the epoch: kept up to here, and a store may forget it after. */
  readonly keepUntil: number;
}

/**
 * Where entries are kept: the seam for a merchant's own database. Several processes may share one. SQL: `INSERT … ON
 * CONFLICT DO NOTHING` for revision 1, else `UPDATE … WHERE jti = ? AND revision = ?`, and look at the number of rows.
 * Redis: the same comparison in a script, with `PEXPIREAT`.
 */
export interface LedgerStore {
  /** The entry of a token, as it was last written. */
  read(jti: string): Promise<LedgerEntry | undefined>;
  /**
   * Writes an entry if the one that stands has the revision before it (for revision 1: if there is none). Durable
   * when it resolves.
   * @returns `changed` when another stands; `full` when there is no room for a new one. Nothing is written then.
   */
  write(jti: string, entry: LedgerEntry): Promise<'written' | 'changed' | 'full'>;
}

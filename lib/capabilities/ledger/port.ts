/**
 * One use of a capability, as it is to be counted. Everything but `amount` and `index` is the root token's, whatever a
 * token narrowed from it says: a child has its parent's uses, not its own.
 */
export interface ConsumptionUse {
  /** The root token's. */
  readonly jti: string;
  /** What this use takes: minor units, 0 where no money moves. */
  readonly amount: number;
  /**
   * What all uses together may take: minor units; undefined for no limit. With a budget: what its units up to `index`
   * are worth, if that is less, so that no unit is counted in two uses.
   */
  readonly limit: number | undefined;
  /** Whether there may be one use alone. */
  readonly oneTime: boolean;
  /** Units of the budget that are spent with this use, counted from the commitment, at least 1. */
  readonly index?: number;
  /** The root token's `iat`: milliseconds since the epoch. */
  readonly issuedAt: number;
  /** The root token's `exp`: milliseconds since the epoch. */
  readonly expires: number;
}

/** Where a merchant counts what was used. Whoever delivers before `consume` has said `ok` may deliver twice. */
export interface ConsumptionLedger {
  /**
   * Counts a use: durable, as far as the ledger is, when it resolves. Anything but `ok` leaves what was counted as it
   * was, and means no.
   *
   * `used`: a one-time token was used before, or this very unit was · `over`: more than `limit` in all · `rollback`: an
   * earlier unit than the last · `full`: no room, and nothing that is still valid is forgotten to make some ·
   * `too_old`: uses of such a token may have been forgotten, or it is past its time.
   * @throws SignetError bad_request for amounts, indices or times that are no whole numbers; whatever the store throws
   */
  consume(use: ConsumptionUse): Promise<'ok' | 'used' | 'over' | 'rollback' | 'full' | 'too_old'>;
}

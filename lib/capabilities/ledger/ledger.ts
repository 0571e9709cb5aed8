import type { Clock } from '../../core/index.ts';
import { SignetError, assertField, systemClock } from '../../core/index.ts';
import { countUse } from './count-use.ts';
import type { LedgerStore } from './ledger-store.ts';
import { MemoryLedgerStore } from './memory-store.ts';
import type { ConsumptionLedger, ConsumptionUse } from './port.ts';

/** How often another use of the same token may be quicker. */
const MAX_TRIES = 1000;
const MAX_JTI_LENGTH = 256;
/** Milliseconds: what `checkAuthority` allows other clocks. */
const DEFAULT_SKEW = 30_000;
/** Some 300 bytes each. */
const DEFAULT_CAPACITY = 65_536;

export interface LedgerOptions {
  /** Milliseconds that other clocks may be off, default 30,000: uses are kept so much longer than their tokens are good for. */
  readonly skew?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
  /**
   * Milliseconds since the epoch: every use of a token issued from here on is in the store; tokens issued before are
   * refused. 0 for a store that never forgot, or for an origin that never took a token before.
   */
  readonly completeSince: number;
}

/**
 * A ledger over a store, which may be shared and slow: each use is written by comparing and swapping before it is
 * acknowledged, so of any number at once no more than allowed succeed.
 */
export function ledgerOver(
  store: LedgerStore,
  { skew = DEFAULT_SKEW, clock = systemClock, completeSince }: LedgerOptions,
): ConsumptionLedger {
  assertField(isWhole(skew), 'skew', 'A skew is a whole number of milliseconds.');
  assertField(isWhole(completeSince), 'completeSince', 'A time is a whole number of milliseconds.');
  return {
    async consume(use) {
      assertUse(use);
      const keepUntil = use.expires + skew;
      const isTooOld = () => use.issuedAt < completeSince || clock() > keepUntil;
      if (isTooOld()) return 'too_old';
      const outcome = await swapIn(store, use, keepUntil);
      // The store may have forgotten the token while it was asked: then what it said of it means nothing.
      return isTooOld() ? 'too_old' : outcome;
    },
  };
}

/**
 * A ledger in the memory of one process. It knows nothing of before it started, so it refuses tokens that could have
 * been used then: all that were issued before it started, or so shortly after that a clock which is `skew` fast could
 * have dated them. A merchant who cannot refuse those keeps uses in a database: `ledgerOver`.
 * @param options.capacity tokens that are remembered at once, default 65,536; when full, further ones are refused
 * @param options.completeSince where this origin took no tokens before it started: 0 takes them from the first moment
 */
export function memoryLedger({
  capacity = DEFAULT_CAPACITY,
  skew = DEFAULT_SKEW,
  clock = systemClock,
  completeSince,
}: Omit<LedgerOptions, 'completeSince'> & {
  readonly capacity?: number;
  readonly completeSince?: number;
} = {}): ConsumptionLedger {
  const forward = onlyForward(clock);
  const store = new MemoryLedgerStore({ capacity, clock: forward });
  return ledgerOver(store, { skew, clock: forward, completeSince: completeSince ?? forward() + skew });
}

async function swapIn(store: LedgerStore, use: ConsumptionUse, keepUntil: number) {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const counted = countUse(await store.read(use.jti), use, keepUntil);
    if ('refused' in counted) return counted.refused;
    const written = await store.write(use.jti, counted.next);
    if (written === 'written') return 'ok';
    if (written === 'full') return 'full';
  }
  throw new SignetError('changed', 'This token is being used elsewhere. The use was not counted.');
}

/** A clock that is put back must not make forgotten tokens good again. */
function onlyForward(clock: Clock): Clock {
  let latest = 0;
  return () => (latest = Math.max(latest, clock()));
}

function assertUse({ jti, amount, limit, index, issuedAt, expires }: ConsumptionUse): void {
  assertField(typeof jti === 'string' && jti !== '' && jti.length <= MAX_JTI_LENGTH, 'jti', 'A token has an id.');
  assertField(isWhole(amount), 'amount', 'An amount is a whole number of minor units.');
  assertField(limit === undefined || isWhole(limit), 'limit', 'A limit is a whole number of minor units.');
  assertField(index === undefined || (isWhole(index) && index >= 1), 'index', 'The units of a budget begin with 1.');
  assertField(isWhole(issuedAt) && isWhole(expires), 'expires', 'A time is a whole number of milliseconds.');
}

const isWhole = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

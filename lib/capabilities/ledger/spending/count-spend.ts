import type { Bytes } from '../../../core/index.ts';
import { SignetError, assertField, parseOrigin, toBase64url } from '../../../core/index.ts';
import type { VaultReader, VaultTx } from '../../../vault/index.ts';
import { restoredAt } from '../../../vault/index.ts';
import { putReleased, readReleased } from './released.ts';
import type { SpendLimit } from './spend-limit.ts';
import { readLimits } from './spend-limit.ts';
import type { Periods, Scope } from './totals.ts';
import { addToSums, periodsOf, sumsIn } from './totals.ts';

/** A token that is about to be released. */
export interface Spend {
  /** The token's own id: one token is counted once. */
  readonly jti: string;
  /** The origin that may take from it. */
  readonly audience: string;
  /** ISO 4217. */
  readonly currency: string;
  /** All that could ever be taken with it: minor units. */
  readonly amount: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Ed25519, 32 bytes: whose "unused" gives something back. Without it nothing comes back. */
  readonly merchantPublicKey?: Bytes;
}

/** A limit and what stands against it: minor units. */
export interface LimitStanding {
  readonly limit: SpendLimit;
  readonly spent: number;
  readonly left: number;
  /**
   * Whether more may have been spent than is counted, because a backup was put back within the day or the month: the
   * limit counts as full until that has passed, or the person saves the limits once more.
   */
  readonly restored: boolean;
}

/** Where it is no: the limit that leaves least. */
export type SpendDecision = { readonly allowed: true } | ({ readonly allowed: false } & LimitStanding);

/**
 * Decides whether a token may be released, and counts it in full if so: decision and count are one transaction, the
 * caller's, which may also hold the grant and the entry in the log. Release the token once it has been committed.
 * Where it was denied nothing is staged. Without a limit in its currency, everything is allowed: whether to ask the
 * person is not decided here.
 * @throws SignetError `bad_request` for an amount that is no whole number of minor units; `consumed` for a token that
 *   was counted before
 */
export async function countSpend(tx: VaultTx, spend: Spend): Promise<SpendDecision> {
  assertSpend(spend);
  if ((await readReleased(tx, spend.jti)) !== undefined) {
    throw new SignetError('consumed', 'This token was released before. It was not counted again.');
  }
  const short = shortest(await limitsFor(tx, spend), spend.amount);
  if (short !== undefined) return { allowed: false, ...short };
  for (const scope of scopesOf(spend)) await addToSums(tx, scope, periodsOf(spend.at), spend.amount);
  const { jti, audience, currency, amount, at, merchantPublicKey } = spend;
  const merchant = merchantPublicKey === undefined ? {} : { merchant: toBase64url(merchantPublicKey) };
  putReleased(tx, jti, { v: 1, audience, currency, amount, at, ...merchant });
  return { allowed: true };
}

/** How the limits stand that a token of a currency for an origin would meet. */
export async function limitsFor(
  reader: VaultReader,
  { audience, currency, at }: Pick<Spend, 'audience' | 'currency' | 'at'>,
): Promise<readonly LimitStanding[]> {
  return standingsAt(reader, at, (limit) => limit.currency === currency && (limit.audience ?? audience) === audience);
}

/** How all limits stand. @param at milliseconds since the epoch */
export const everyLimit = (reader: VaultReader, at: number): Promise<readonly LimitStanding[]> =>
  standingsAt(reader, at, () => true);

async function standingsAt(
  reader: VaultReader,
  at: number,
  isMeant: (limit: SpendLimit) => boolean,
): Promise<readonly LimitStanding[]> {
  const periods = periodsOf(at);
  const saved = await readLimits(reader);
  const restored = await restoredAt(reader);
  const unknown = restored === undefined || saved.at > restored ? undefined : periodsOf(restored);
  const standings: LimitStanding[] = [];
  for (const limit of saved.limits.filter(isMeant)) {
    const { currency, audience } = limit;
    standings.push(standingOf(limit, await sumsIn(reader, { currency, audience }, periods), { periods, unknown }));
  }
  return standings;
}

/** @param options.unknown the periods up to which nobody knows what was spent */
function standingOf(
  limit: SpendLimit,
  sums: Readonly<Record<keyof Periods, number>>,
  { periods, unknown }: { readonly periods: Periods; readonly unknown: Periods | undefined },
): LimitStanding {
  const { per, amount } = limit;
  if (per === 'token') return { limit, spent: 0, left: amount, restored: false };
  const restored = unknown !== undefined && periods[per] <= unknown[per];
  return { limit, spent: sums[per], left: restored ? 0 : Math.max(0, amount - sums[per]), restored };
}

/** The sums that a token counts in. */
export const scopesOf = ({ currency, audience }: Pick<Spend, 'currency' | 'audience'>): readonly Scope[] => [
  { currency, audience: undefined },
  { currency, audience },
];

const shortest = (standings: readonly LimitStanding[], amount: number): LimitStanding | undefined =>
  standings.filter(({ left }) => left < amount).sort((a, b) => a.left - b.left)[0];

function assertSpend({ jti, audience, currency, amount, at, merchantPublicKey }: Spend): void {
  assertField(jti !== '', 'jti', 'A token has an id.');
  parseOrigin(audience, 'audience');
  assertField(/^[A-Z]{3}$/.test(currency), 'currency', 'A currency is three capital letters.');
  assertField(Number.isSafeInteger(amount) && amount >= 0, 'amount', 'An amount is a whole number of minor units.');
  const isTime = Number.isSafeInteger(at) && at >= 0 && at < MAX_TIME;
  assertField(isTime, 'at', 'A time is a whole number of milliseconds.');
  assertField(
    merchantPublicKey === undefined || merchantPublicKey.length === 32,
    'merchantPublicKey',
    'A key has 32 bytes.',
  );
}

/** The year 10000, of which no date has the form that the sums are kept under. */
const MAX_TIME = Date.UTC(10_000, 0);

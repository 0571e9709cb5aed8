import * as v from 'valibot';
import { assertField, canonicalJsonBytes, dateInUtc, formatDate } from '../../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../../vault/index.ts';
import { parseRecord } from '../../../vault/index.ts';
import { tagOf } from './tag.ts';

/** So many of the latest days and months are kept. */
const DAYS = 62;
const MONTHS = 24;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const SumsSchema = v.array(v.strictTuple([v.string(), whole]));
const TotalsSchema = v.strictObject({ v: v.literal(1), days: SumsSchema, months: SumsSchema });

/** Minor units by day (`YYYY-MM-DD`) and by month (`YYYY-MM`), in the order of the calendar. */
interface Totals {
  readonly days: Sums;
  readonly months: Sums;
}

type Sums = readonly (readonly [string, number])[];

/** Whose sums: those of a currency, for one origin or (undefined) for all together. */
export interface Scope {
  readonly currency: string;
  readonly audience: string | undefined;
}

/** The day and the month that a time falls into, by its date in UTC. */
export interface Periods {
  readonly day: string;
  readonly month: string;
}

/** @param at milliseconds since the epoch */
export function periodsOf(at: number): Periods {
  const day = formatDate(dateInUtc(at));
  return { day, month: day.slice(0, 7) };
}

const totalsAt = ({ currency, audience }: Scope): Address => ({
  label: audience === undefined ? `sys/spending/${currency}` : `sys/spending/${currency}/${tagOf(audience)}`,
  index: 0,
});

/** What was counted in a day and its month: minor units. */
export async function sumsIn(
  reader: VaultReader,
  scope: Scope,
  { day, month }: Periods,
): Promise<{ readonly day: number; readonly month: number }> {
  const { days, months } = await readTotals(reader, scope);
  return { day: sumOf(days, day), month: sumOf(months, month) };
}

/**
 * Adds to a day and its month.
 * @param amount minor units, 0 or more
 * @throws SignetError bad_request where that cannot be added up, or is of a day of which nothing is known any more
 */
export async function addToSums(tx: VaultTx, scope: Scope, { day, month }: Periods, amount: number): Promise<void> {
  const { days, months } = await readTotals(tx, scope);
  putTotals(tx, scope, { days: added(days, day, amount, DAYS), months: added(months, month, amount, MONTHS) });
}

/** Takes from a day and its month what was added to them; harmless where nothing is known of them any more. */
export async function takeFromSums(tx: VaultTx, scope: Scope, { day, month }: Periods, amount: number): Promise<void> {
  const { days, months } = await readTotals(tx, scope);
  putTotals(tx, scope, { days: lessened(days, day, amount), months: lessened(months, month, amount) });
}

/** A day before all that are kept is refused: it would be forgotten as soon as it was counted. */
function added(sums: Sums, period: string, amount: number, most: number): Sums {
  const sum = sumOf(sums, period) + amount;
  assertField(Number.isSafeInteger(sum), 'amount', 'This is no amount that can be added up.');
  const others = sums.filter(([other]) => other !== period);
  const all = [...others, [period, sum] as const].sort(([a], [b]) => (a < b ? -1 : 1)).slice(-most);
  assertField(
    all.some(([other]) => other === period),
    'at',
    'This is too long ago to be counted: is the clock right?',
  );
  return all;
}

const lessened = (sums: Sums, period: string, amount: number): Sums =>
  sums.map(([other, sum]) => [other, other === period ? Math.max(0, sum - amount) : sum]);

const sumOf = (sums: Sums, period: string): number => sums.find(([other]) => other === period)?.[1] ?? 0;

async function readTotals(reader: VaultReader, scope: Scope): Promise<Totals> {
  const bytes = await reader.get(totalsAt(scope), 1);
  return bytes === undefined
    ? { days: [], months: [] }
    : parseRecord(TotalsSchema, bytes, 'What was spent cannot be read: a newer Signet wrote it.');
}

const putTotals = (tx: VaultTx, scope: Scope, totals: Totals): void =>
  tx.put(totalsAt(scope), 1, canonicalJsonBytes({ v: 1, ...totals }));

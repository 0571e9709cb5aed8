import * as v from 'valibot';
import { SignetError, assertField, canonicalJsonBytes } from '../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import { Collection, parseRecord } from '../../vault/index.ts';
import type { PolicySet } from '../engine/index.ts';
import { subjectTag } from './subject-tag.ts';
import { windowsOf } from './windows.ts';

/** What was spent under a rule: minor units of a currency (ISO 4217). */
export interface Spent {
  readonly minor: number;
  readonly currency: string;
}

export interface Use {
  readonly ruleId: string;
  /** The origin, or the agent's id. */
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly amount?: Spent;
  /** `max_uses` of the permit: a use beyond it is refused. */
  readonly maxUses?: number;
}

export interface UsesSoFar {
  readonly uses: number;
  readonly lastUsedAt?: number;
}

/** Single uses are kept for as long as the longest window of any rule, and at least so long: milliseconds. */
const KEPT_FOR = 31 * 86_400_000;
const MAX_EVENTS = 2000;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const EventSchema = v.union([v.strictTuple([whole]), v.strictTuple([whole, whole, v.string()])]);
const SubjectUsesSchema = v.strictObject({
  v: v.literal(1),
  uses: whole,
  firstAt: whole,
  lastAt: whole,
  /** Minor units spent in all, by currency. */
  spent: v.record(v.string(), whole),
  /** Every use at or after this is in `events`. */
  knownSince: whole,
  /** When, and what was spent: minor units and currency. */
  events: v.array(EventSchema),
});
const RuleUsesSchema = v.strictObject({ v: v.literal(1), uses: whole, lastAt: whole });
const KeptSchema = v.strictObject({ v: v.literal(1), keptFor: whole });
const ConfirmedSchema = v.strictObject({ v: v.literal(1), rules: v.array(v.strictTuple([v.string(), whole])) });

/** What one subject did under one rule. */
export type SubjectUses = Readonly<v.InferOutput<typeof SubjectUsesSchema>>;

const KEPT: Address = { label: 'sys/policy/uses-kept', index: 0 };
const CONFIRMED: Address = { label: 'sys/policy/confirmed', index: 0 };
const ruleAt = (ruleId: string): Address => ({ label: `sys/policy/uses/${ruleId}`, index: 0 });
const pairAt = (ruleId: string, tag: string): Address => ({ label: `sys/policy/uses/${ruleId}/${tag}`, index: 0 });
const usersLabel = (ruleId: string): Address['label'] => `sys/policy/used-by/${ruleId}`;
const usersOf = (ruleId: string): Collection => new Collection(usersLabel(ruleId));

const NEWER = 'The uses of a rule cannot be read: a newer Signet wrote them.';

/**
 * Counts a use, in the transaction that answers; once per rule and answer, however many claims it permitted.
 * @throws SignetError `changed` when `maxUses` were used already; `bad_request` for an amount that is no whole number
 *   of minor units, or more than can be added up
 */
export async function countUse(tx: VaultTx, { ruleId, subject, at, amount, maxUses }: Use): Promise<void> {
  const tag = subjectTag(subject);
  const before = await readPair(tx, ruleId, tag);
  if (maxUses !== undefined && (before?.uses ?? 0) >= maxUses) {
    throw new SignetError('changed', 'This permission was used up meanwhile. Nothing was sent.');
  }
  const keptFor = await readKeptFor(tx);
  tx.put(pairAt(ruleId, tag), 1, canonicalJsonBytes(addUse(before, { at, amount, keptFor })));
  if (before === undefined) await usersOf(ruleId).add(tx, tag);
  const sum = await readSum(tx, ruleId);
  const lastAt = Math.max(sum?.lastAt ?? 0, at);
  tx.put(ruleAt(ruleId), 1, canonicalJsonBytes({ v: 1, uses: (sum?.uses ?? 0) + 1, lastAt }));
}

/** Keeps single uses for as long as any rule of a set looks back, from now on. */
export async function keepUsesFor(tx: VaultTx, { rules }: PolicySet): Promise<void> {
  const keptFor = rules.flatMap(windowsOf).reduce((longest, window) => Math.max(longest, window), KEPT_FOR);
  if (keptFor !== (await readKeptFor(tx))) tx.put(KEPT, 1, canonicalJsonBytes({ v: 1, keptFor }));
}

async function readKeptFor(reader: VaultReader): Promise<number> {
  const bytes = await reader.get(KEPT, 1);
  return bytes === undefined ? KEPT_FOR : parseRecord(KeptSchema, bytes, NEWER).keptFor;
}

interface NewUse {
  readonly at: number;
  readonly amount: Spent | undefined;
  /** Milliseconds. */
  readonly keptFor: number;
}

function addUse(before: SubjectUses | undefined, { at, amount, keptFor }: NewUse): SubjectUses {
  const all = [...(before?.events ?? []), eventOf(at, amount)];
  const isKept = ([when]: (typeof all)[number], i: number) => when >= at - keptFor && i >= all.length - MAX_EVENTS;
  const dropped = all.filter((event, i) => !isKept(event, i));
  return {
    v: 1,
    uses: (before?.uses ?? 0) + 1,
    firstAt: Math.min(before?.firstAt ?? at, at),
    lastAt: Math.max(before?.lastAt ?? at, at),
    spent: addAmount(before?.spent ?? {}, amount),
    knownSince: Math.max(before?.knownSince ?? 0, ...dropped.map(([when]) => when + 1)),
    events: all.filter(isKept),
  };
}

const eventOf = (at: number, amount: Spent | undefined): SubjectUses['events'][number] =>
  amount === undefined ? [at] : [at, amount.minor, amount.currency];

function addAmount(spent: SubjectUses['spent'], amount: Spent | undefined): SubjectUses['spent'] {
  if (amount === undefined) return spent;
  const { minor, currency } = amount;
  const sum = (spent[currency] ?? 0) + minor;
  const isSum = Number.isSafeInteger(minor) && minor >= 0 && Number.isSafeInteger(sum);
  assertField(isSum && /^[A-Z]{3}$/.test(currency), 'amount', 'This is no amount that can be added up.');
  return { ...spent, [currency]: sum };
}

/**
 * Uses at or after `since`; undefined where that is not known, because single uses of then are no longer kept.
 * @param since milliseconds since the epoch; 0: in all
 */
export function usesSince(pair: SubjectUses | undefined, since: number): number | undefined {
  if (pair === undefined) return 0;
  if (since <= pair.firstAt) return pair.uses;
  if (since < pair.knownSince) return undefined;
  return pair.events.filter(([at]) => at >= since).length;
}

/** Minor units spent at or after `since`, likewise. */
export function spentSince(pair: SubjectUses | undefined, currency: string, since: number): number | undefined {
  if (pair === undefined) return 0;
  if (since <= pair.firstAt) return Object.hasOwn(pair.spent, currency) ? pair.spent[currency] : 0;
  if (since < pair.knownSince) return undefined;
  const amounts = pair.events.map(([at, minor, of]) => (at >= since && of === currency ? (minor ?? 0) : 0));
  return amounts.reduce((sum, minor) => sum + minor, 0);
}

async function readPair(reader: VaultReader, ruleId: string, tag: string): Promise<SubjectUses | undefined> {
  const bytes = await reader.get(pairAt(ruleId, tag), 1);
  return bytes === undefined ? undefined : parseRecord(SubjectUsesSchema, bytes, NEWER);
}

async function readSum(reader: VaultReader, ruleId: string) {
  const bytes = await reader.get(ruleAt(ruleId), 1);
  return bytes === undefined ? undefined : parseRecord(RuleUsesSchema, bytes, NEWER);
}

/** What a subject did under a rule, or undefined when it never used it. @throws SignetError vault_damaged */
export const usesBy = (reader: VaultReader, ruleId: string, subject: string): Promise<SubjectUses | undefined> =>
  readPair(reader, ruleId, subjectTag(subject));

/** Uses of a rule, by everybody or by one subject. */
export async function usesOf(reader: VaultReader, ruleId: string, subject?: string): Promise<UsesSoFar> {
  const found = subject === undefined ? await readSum(reader, ruleId) : await usesBy(reader, ruleId, subject);
  return found === undefined ? { uses: 0 } : { uses: found.uses, lastUsedAt: found.lastAt };
}

/** Deletes what is known of the uses of a rule: it goes with the rule. */
export async function forgetUses(tx: VaultTx, ruleId: string): Promise<void> {
  const users = usersOf(ruleId);
  for (const tag of await users.list(tx)) {
    await tx.delete(pairAt(ruleId, tag));
    await users.remove(tx, tag);
  }
  await tx.delete({ label: usersLabel(ruleId), index: 0 });
  await tx.delete(ruleAt(ruleId));
  const confirmed = new Map(await readConfirmed(tx));
  if (confirmed.delete(ruleId)) putConfirmed(tx, confirmed);
}

/** When the person last said yes to rules, where that was after they were made: milliseconds, by id. */
export async function readConfirmed(reader: VaultReader): Promise<ReadonlyMap<string, number>> {
  const bytes = await reader.get(CONFIRMED, 1);
  return new Map(bytes === undefined ? [] : parseRecord(ConfirmedSchema, bytes, NEWER).rules);
}

/** The person said yes to these rules once more: what is to be asked again after a time counts from `at`. */
export async function confirmRules(tx: VaultTx, ruleIds: readonly string[], at: number): Promise<void> {
  if (ruleIds.length === 0) return;
  const confirmed = await readConfirmed(tx);
  putConfirmed(tx, new Map([...confirmed, ...ruleIds.map((id) => [id, at] as const)]));
}

const putConfirmed = (tx: VaultTx, at: ReadonlyMap<string, number>): void =>
  tx.put(CONFIRMED, 1, canonicalJsonBytes({ v: 1, rules: [...at] }));

import type { VaultReader } from '../../vault/index.ts';
import { restoredAt } from '../../vault/index.ts';
import { conflictWith } from '../bounds.ts';
import type { CompiledPolicy, PolicyState, Rule } from '../engine/index.ts';
import { hostOf, isWithin } from '../engine/index.ts';
import { toldTo } from './told-bounds.ts';
import type { SubjectUses } from './uses.ts';
import { readConfirmed, spentSince, usesBy, usesSince } from './uses.ts';
import { dependsOnUses, negatesWindows } from './windows.ts';

/** What decisions about one subject depend on beside rules and requests, loaded once. */
export interface Standing {
  /**
   * The state for one claim: a snapshot, whatever is written afterwards.
   * @param claim by `claimKey`
   * @param beside the other claims of the same answer
   */
  of(claim: string, beside?: readonly string[]): PolicyState;
}

export interface StandingOf {
  readonly policy: CompiledPolicy;
  readonly subject: string;
  /** Who is behind the subject: what one subject of an operator was told, all know. Default: the subject alone. */
  readonly operator?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Loads what is known of a subject: uses of the rules that count, when rules were confirmed, bounds told, a restore.
 * Within a transaction it is what that transaction sees.
 * @throws SignetError vault_damaged
 */
export async function loadStanding(
  reader: VaultReader,
  { policy, subject, operator = subject, now }: StandingOf,
): Promise<Standing> {
  const restored = await restoredAt(reader);
  const confirmed = await readConfirmed(reader);
  const told = await toldTo(reader, operator);
  const ledger = new Ledger(subject, restored, await loadUses(reader, policy, subject));
  return {
    of: (claim, beside = []) => {
      const bound = conflictWith(told, claim, now, beside);
      return {
        uses: (rule, by, since) => ledger.uses(rule, by, since),
        spent: (rule, by, currency, since) => ledger.spent(rule, by, currency, since),
        confirmedAt: (rule) => confirmed.get(rule),
        ...(restored === undefined ? {} : { restoredAt: restored }),
        ...(bound === undefined ? {} : { bound }),
      };
    },
  };
}

/** The state for one claim. @see loadStanding */
export async function stateFor(
  reader: VaultReader,
  { claim, beside, ...of }: StandingOf & { readonly claim: string; readonly beside?: readonly string[] },
): Promise<PolicyState> {
  return (await loadStanding(reader, of)).of(claim, beside);
}

/** A rule that counts, and what the subject did under it. */
interface Counted {
  readonly rule: Rule;
  readonly pair: SubjectUses | undefined;
}

async function loadUses(
  reader: VaultReader,
  { set }: CompiledPolicy,
  subject: string,
): Promise<ReadonlyMap<string, Counted>> {
  const rules = set.rules.filter((rule) => dependsOnUses(rule) && mayBeAbout(rule, subject));
  const pairs = rules.map(async (rule) => [rule.id, { rule, pair: await usesBy(reader, rule.id, subject) }] as const);
  return new Map(await Promise.all(pairs));
}

function mayBeAbout({ subject: about }: Rule, subject: string): boolean {
  if ('site' in about) return about.site === subject;
  if ('agent' in about) return about.agent === subject;
  if (!('domain' in about)) return true;
  const host = hostOf(subject);
  return host !== undefined && isWithin(host, about.domain);
}

/** More than any limit. */
const FULL = Number.MAX_SAFE_INTEGER;

/**
 * Uses of one subject. A window that began before a restore counts as full until it has passed: in the state that
 * went, the rule may have been used more.
 */
class Ledger {
  readonly #subject: string;
  readonly #restoredAt: number | undefined;
  readonly #counted: ReadonlyMap<string, Counted>;

  constructor(subject: string, restored: number | undefined, counted: ReadonlyMap<string, Counted>) {
    this.#subject = subject;
    this.#restoredAt = restored;
    this.#counted = counted;
  }

  uses(ruleId: string, subject: string, since: number): number | undefined {
    return this.#counting({ ruleId, subject, since }, (pair) => usesSince(pair, since));
  }

  spent(ruleId: string, subject: string, currency: string, since: number): number | undefined {
    return this.#counting({ ruleId, subject, since }, (pair) => spentSince(pair, currency, since));
  }

  #counting(
    { ruleId, subject, since }: { readonly ruleId: string; readonly subject: string; readonly since: number },
    count: (pair: SubjectUses | undefined) => number | undefined,
  ): number | undefined {
    const counted = this.#counted.get(ruleId);
    if (counted === undefined || subject !== this.#subject) return undefined;
    const { rule, pair } = counted;
    if (since <= 0 || !this.#isUncertain(rule, since)) return count(pair);
    return negatesWindows(rule) ? undefined : FULL; // under a `not`, full would be the wider answer
  }

  /** A rule that was made after the restore was not there to be used in what went. */
  #isUncertain({ made }: Rule, since: number): boolean {
    return this.#restoredAt !== undefined && made.at <= this.#restoredAt && since < this.#restoredAt;
  }
}

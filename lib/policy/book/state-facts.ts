import * as v from 'valibot';
import type { PolicyState } from '../engine/index.ts';

const time = v.number();
const answer = v.nullable(v.number());

/** What a state said to one decision: enough to decide the same again. null: it did not know. */
export const StateFactsSchema = v.strictObject({
  /** Rule, subject, since; and how often. */
  uses: v.array(v.strictTuple([v.string(), v.string(), time, answer])),
  /** Rule, subject, currency, since; and how much, in minor units. */
  spent: v.array(v.strictTuple([v.string(), v.string(), v.string(), time, answer])),
  /** Rule; and when the person last said yes to it. */
  confirmed: v.array(v.strictTuple([v.string(), answer])),
  restoredAt: v.exactOptional(time),
  bound: v.exactOptional(v.strictObject({ claim: v.string(), told: v.array(v.string()) })),
});

export type StateFacts = Readonly<v.InferOutput<typeof StateFactsSchema>>;

/** A state that writes down what it was asked, and what it said. */
export class RecordingState implements PolicyState {
  readonly restoredAt?: number;
  readonly bound?: NonNullable<PolicyState['bound']>;
  readonly #state: PolicyState;
  readonly #uses = new Map<string, StateFacts['uses'][number]>();
  readonly #spent = new Map<string, StateFacts['spent'][number]>();
  readonly #confirmed = new Map<string, number | null>();

  constructor(state: PolicyState) {
    this.#state = state;
    if (state.restoredAt !== undefined) this.restoredAt = state.restoredAt;
    if (state.bound !== undefined) this.bound = state.bound;
  }

  uses(ruleId: string, subject: string, since: number): number | undefined {
    const uses = this.#state.uses(ruleId, subject, since);
    this.#uses.set(`${ruleId} ${since} ${subject}`, [ruleId, subject, since, uses ?? null]);
    return uses;
  }

  spent(ruleId: string, subject: string, currency: string, since: number): number | undefined {
    const minor = this.#state.spent(ruleId, subject, currency, since);
    const what = `${ruleId} ${since} ${currency} ${subject}`;
    this.#spent.set(what, [ruleId, subject, currency, since, minor ?? null]);
    return minor;
  }

  confirmedAt(ruleId: string): number | undefined {
    const at = this.#state.confirmedAt(ruleId);
    this.#confirmed.set(ruleId, at ?? null);
    return at;
  }

  get facts(): StateFacts {
    return {
      uses: [...this.#uses.values()],
      spent: [...this.#spent.values()],
      confirmed: [...this.#confirmed],
      ...(this.restoredAt === undefined ? {} : { restoredAt: this.restoredAt }),
      ...(this.bound === undefined ? {} : { bound: { claim: this.bound.claim, told: [...this.bound.told] } }),
    };
  }
}

/**
 * The state that facts were written down of.
 * @param unasked what it says where it was not asked: `unknown` decides as strictly as can be, `unused` as where a rule
 *   is tried that was not there
 */
export function stateOf(facts: StateFacts, unasked: 'unknown' | 'unused' = 'unknown'): PolicyState {
  const none = unasked === 'unused' ? 0 : undefined;
  const said = (found: number | null | undefined): number | undefined =>
    found === undefined ? none : (found ?? undefined);
  return {
    uses: (ruleId, subject, since) =>
      said(facts.uses.find(([rule, by, from]) => rule === ruleId && by === subject && from === since)?.[3]),
    spent: (ruleId, subject, currency, since) =>
      said(
        facts.spent.find(
          ([rule, by, of, from]) => rule === ruleId && by === subject && of === currency && from === since,
        )?.[4],
      ),
    confirmedAt: (ruleId) => facts.confirmed.find(([rule]) => rule === ruleId)?.[1] ?? undefined,
    ...(facts.restoredAt === undefined ? {} : { restoredAt: facts.restoredAt }),
    ...(facts.bound === undefined ? {} : { bound: facts.bound }),
  };
}

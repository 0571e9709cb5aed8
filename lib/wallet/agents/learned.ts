import * as v from 'valibot';
import { canonicalJson, canonicalJsonBytes } from '../../core/index.ts';
import { BOUND_MEMORY, noteTold } from '../../policy/index.ts';
import type { BoundAnswer } from '../../policy/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import { parseRecord } from '../../vault/index.ts';
import type { Conclusion, ValueQuery } from './conclude.ts';
import type { Fact } from './facts.ts';

/** What an agent learns by a conclusion, in the terms in which bounds are remembered (design §8). */
export interface Learned {
  /** By `claimKey`; with the answer to each, as far as the conclusion says it. */
  readonly bounds: readonly BoundAnswer[];
  /** A question that is about no bound, as itself: of one name only one is free. */
  readonly guess?: string;
}

const BIRTH_DATE = 'birth_date';

/** What a question would tell of a fact. Ages of the person are bounds of one family, whoever asks in which way. */
export function learnedBy(query: ValueQuery, { key, type }: Fact, conclusion: Conclusion): Learned {
  const atLeast = (bound: number, answer?: boolean): BoundAnswer => told(`${key}_at_least_${bound}`, answer);
  const atMost = (bound: number, answer?: boolean): BoundAnswer => told(`${key}_at_most_${bound}`, answer);
  const answer = conclusion.kind === 'yes_no' ? conclusion.answer : undefined;
  switch (query.op) {
    case 'at_least':
      return { bounds: [atLeast(query.bound, answer)] };
    case 'at_most':
      return { bounds: [atMost(query.bound, answer)] };
    case 'between':
      return { bounds: [atLeast(query.from, yes(answer)), atMost(query.to, yes(answer))] };
    case 'age_at_least':
      return { bounds: [told(ageClaim(key, query.years), answer)] };
    case 'equals':
      return type === 'number' && typeof query.value === 'number' && query.value >= 0
        ? { bounds: [atLeast(query.value, yes(answer)), atMost(query.value, yes(answer))] }
        : { bounds: [], guess: canonicalJson([query.op, query.value]) };
    case 'category':
      return learnedByCategory(query.among, conclusion, atLeast);
  }
}

function learnedByCategory(
  among: readonly (number | string)[],
  conclusion: Conclusion,
  atLeast: (bound: number, answer?: boolean) => BoundAnswer,
): Learned {
  if (among.length === 0) return { bounds: [] };
  if (conclusion.kind !== 'range') return { bounds: [], guess: canonicalJson(['category', ...among]) };
  const { from } = conclusion;
  return { bounds: among.map((bound) => atLeast(Number(bound), from !== undefined && from >= Number(bound))) };
}

const ageClaim = (key: string, years: number): string =>
  key === BIRTH_DATE ? `age_over_${years}` : `${key}_age_at_least_${years}`;

const told = (claim: string, answer: boolean | undefined): BoundAnswer =>
  answer === undefined ? { claim } : { claim, answer };

/** A no to two bounds together does not say which of them it is about. */
const yes = (answer: boolean | undefined): boolean | undefined => (answer === true ? true : undefined);

/** Guesses of an agent that are remembered. */
const MAX_GUESSES = 64;
const GuessesSchema = v.strictObject({
  v: v.literal(1),
  guesses: v.array(v.strictObject({ key: v.string(), guess: v.string(), at: v.pipe(v.number(), v.safeInteger()) })),
});
type Guesses = v.InferOutput<typeof GuessesSchema>['guesses'];

const guessesAt = (agent: string): Address => ({ label: `sys/agent-guesses/${agent}`, index: 0 });

async function guessesOf(reader: VaultReader, agent: string, now: number): Promise<Guesses> {
  const bytes = await reader.get(guessesAt(agent), 1);
  if (bytes === undefined) return [];
  const { guesses } = parseRecord(GuessesSchema, bytes, 'What an agent asked before cannot be read.');
  return guesses.filter(({ at }) => now - at < BOUND_MEMORY);
}

/**
 * Guesses at one name that were made before and differ from this one; where as many are remembered as can be, there may
 * have been some.
 */
export async function otherGuesses(
  reader: VaultReader,
  { agent, key, guess }: { readonly agent: string; readonly key: string; readonly guess: string | undefined },
  now: number,
): Promise<readonly string[]> {
  if (guess === undefined) return [];
  const guesses = await guessesOf(reader, agent, now);
  if (guesses.some((one) => one.key === key && one.guess === guess)) return [];
  const others = guesses.filter((one) => one.key === key).map((one) => one.guess);
  return others.length === 0 && guesses.length >= MAX_GUESSES ? ['…'] : others;
}

/** Notes, in the transaction that tells it, what an agent learns. @param at milliseconds since the epoch */
export async function noteLearnedByAgent(
  tx: VaultTx,
  { agent, key, learned }: { readonly agent: string; readonly key: string; readonly learned: Learned },
  at: number,
): Promise<void> {
  await noteTold(tx, agent, learned.bounds, at);
  const { guess } = learned;
  if (guess === undefined) return;
  const others = (await guessesOf(tx, agent, at)).filter((one) => one.key !== key || one.guess !== guess);
  const guesses = [...others, { key, guess, at }].slice(-MAX_GUESSES);
  tx.put(guessesAt(agent), 1, canonicalJsonBytes({ v: 1, guesses }));
}

/** Lists of ids, of which one has to be met as a whole. */
export type Options = readonly (readonly string[])[];

/** Steps of looking for the least, at most. A verifier that asks for more combinations gets an answer, and a small one. */
const MAX_STEPS = 20_000;

interface Answer {
  readonly ids: readonly string[];
  readonly cost: number;
}

/**
 * The ids that meet one option of every set and cost least together, an id that several sets share once; of those that
 * cost the same the verifier's earlier options. Undefined when a set cannot be met.
 * @param costOf what answering an id costs; undefined where it cannot be answered
 * @param given ids that are answered anyway, at no cost
 */
export function leastOf(
  sets: readonly Options[],
  costOf: (id: string) => number | undefined,
  given: readonly string[] = [],
): readonly string[] | undefined {
  const start: Answer = { ids: given, cost: 0 };
  const met = sets.map((options) => options.filter((ids) => ids.every((id) => costOf(id) !== undefined)));
  const quick = met.reduce<Answer | undefined>((answer, options) => answer && cheapest(options, answer, costOf), start);
  if (quick === undefined) return undefined;
  const search = new Search(met, costOf, quick);
  search.from(start, 0);
  return search.best.ids;
}

/** The answer with the ids of an option added. */
function extended(answer: Answer, ids: readonly string[], costOf: (id: string) => number | undefined): Answer {
  const added = [...new Set(ids)].filter((id) => !answer.ids.includes(id));
  const cost = added.reduce((sum, id) => sum + (costOf(id) ?? 0), answer.cost);
  return { ids: [...answer.ids, ...added], cost };
}

/** One set after another, each by what is cheapest then: an answer, if not always the least. */
const cheapest = (options: Options, answer: Answer, costOf: (id: string) => number | undefined): Answer | undefined =>
  options.map((ids) => extended(answer, ids, costOf)).toSorted((a, b) => a.cost - b.cost)[0];

/** Depth first, in the verifier's order, leaving what costs as much as the best already found. */
class Search {
  best: Answer;
  readonly #sets: readonly Options[];
  readonly #costOf: (id: string) => number | undefined;
  #isOwn = false;
  #steps = 0;

  constructor(sets: readonly Options[], costOf: (id: string) => number | undefined, quick: Answer) {
    this.#sets = sets;
    this.#costOf = costOf;
    this.best = quick;
  }

  from(answer: Answer, depth: number): void {
    this.#steps += 1;
    if (this.#steps > MAX_STEPS || answer.cost > this.best.cost) return;
    if (this.#isOwn && answer.cost === this.best.cost) return;
    const options = this.#sets[depth];
    if (options === undefined) {
      this.best = answer;
      this.#isOwn = true;
      return;
    }
    for (const ids of options) this.from(extended(answer, ids, this.#costOf), depth + 1);
  }
}

import type { DcqlQuery } from '../../provider/types.ts';

/** Whether credentials answer a query (OpenID4VP 1.0 §6.4.2). */
export type Satisfaction = 'satisfied' | 'missing' | 'beyond';

/** A query has so many combinations at most that are told apart: more than a person could be asked about. */
const MAX_CHOICES = 4096;

/**
 * Compares the ids that were answered with what the query asks for: all of it, or one option of each credential set
 * that is required and of any that are not. `beyond` where it is answered, and with more than any such choice holds.
 */
export function satisfactionOf(
  { credentials, credential_sets: sets }: DcqlQuery,
  ids: readonly string[],
): Satisfaction {
  const answered = new Set(ids);
  const asked = sets ?? [{ options: [credentials.map(({ id }) => id)] }];
  const possible = asked.map(({ options, required = true }) => ({
    options: options.filter((option) => option.every((id) => answered.has(id))),
    required,
  }));
  if (answered.size === 0 || possible.some(({ options, required }) => required && options.length === 0)) {
    return 'missing';
  }
  let choices: ReadonlyMap<string, ReadonlySet<string>> = new Map([['', new Set()]]);
  for (const { options, required } of possible) {
    choices = combined(choices, required ? options : [[], ...options]);
    if (choices.size > MAX_CHOICES) return isCovered(answered, possible) ? 'satisfied' : 'beyond';
  }
  return [...choices.values()].some(({ size }) => size === answered.size) ? 'satisfied' : 'beyond';
}

/** Whether each id is in some option that was answered: all that is looked at of a query with too many choices. */
const isCovered = (
  answered: ReadonlySet<string>,
  sets: readonly { readonly options: readonly (readonly string[])[] }[],
) => new Set(sets.flatMap(({ options }) => options.flat())).size === answered.size;

/** Each choice with each option added: as many as there are sets of ids at most, which a query has few of. */
function combined(
  choices: ReadonlyMap<string, ReadonlySet<string>>,
  options: readonly (readonly string[])[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const next = new Map<string, ReadonlySet<string>>();
  for (const choice of choices.values()) {
    for (const option of options) {
      const union = new Set([...choice, ...option]);
      next.set([...union].sort().join(' '), union);
    }
  }
  return next;
}

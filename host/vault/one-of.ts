import { UsageError } from '../command.ts';

/** The one of these that was given. @throws UsageError when it is none */
export function oneOf<const Choice extends string>(
  choices: readonly Choice[],
  given: string | undefined,
  option: string,
): Choice {
  const found = choices.find((choice) => choice === given);
  if (found === undefined) throw new UsageError(`--${option} is one of ${choices.join(', ')}.`);
  return found;
}

import { ageFact } from '../../components/claim-words.ts';
import { t } from '../../lib/platform/index.ts';

/** What a plain yes says about the person: "You are over 21"; any other label begins with a capital. */
export function factWords(label: string): string {
  const age = ageFact(label);
  return age === null ? labelWords(label) : t(age.key, ...age.substitutions);
}

/** A label by itself, where its value stands beside it or is not known: "Over 21". */
export function labelWords(label: string): string {
  const [first = '', ...rest] = Array.from(label);
  return first.toLocaleUpperCase() + rest.join('');
}

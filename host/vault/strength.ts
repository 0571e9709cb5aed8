import { loadStrength } from '../../components/password-strength.ts';

const WORDS = ['Very weak', 'Weak', 'Fair', 'Strong', 'Very strong'] as const;

/** How long a password would hold, as the extension judges it, in a sentence. Loads a dictionary. */
export async function strengthOf(password: string): Promise<string> {
  const { score } = (await loadStrength())(password);
  const advice = score < 3 ? ' A word or two more that do not belong together would help.' : '';
  return `${WORDS[score]}.${advice}`;
}

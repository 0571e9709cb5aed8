import type { MessageKey } from '../lib/platform/index.ts';

export const MIN_PASSWORD_LENGTH = 10;

/** What an attacker who holds the vault's file would make of a password. */
export interface Strength {
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** Why it is weak, and what would help; keys of messages. */
  readonly advice: readonly MessageKey[];
}

export type MeasureStrength = (password: string) => Strength;

/** Advice by the names zxcvbn-ts gives its feedback; what is not here has nothing to add. */
const ADVICE: Readonly<Record<string, MessageKey>> = {
  straightRow: 'advice_keyboard',
  keyPattern: 'advice_keyboard',
  simpleRepeat: 'advice_repeat',
  extendedRepeat: 'advice_repeat',
  sequences: 'advice_sequence',
  recentYears: 'advice_dates',
  dates: 'advice_dates',
  topTen: 'advice_common',
  topHundred: 'advice_common',
  common: 'advice_common',
  similarToCommon: 'advice_similar',
  wordByItself: 'advice_word',
};

/**
 * Loads the estimator with its dictionary (hundreds of kilobytes): only where a password is being chosen.
 * @returns a function that scores a password from 0, guessed at once, to 4
 */
export async function loadStrength(): Promise<MeasureStrength> {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ]);
  const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, useLevenshteinDistance: true });
  return (password) => {
    const { score, feedback } = estimator.check(password, ['signet']);
    const warning = feedback.warning === null ? undefined : ADVICE[feedback.warning];
    const advice: MessageKey[] = warning === undefined ? [] : [warning];
    return { score, advice: score < 3 ? [...advice, 'advice_words'] : advice };
  };
}

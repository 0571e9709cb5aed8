/** What is wrong with a phrase someone typed or pasted, said by position where it can be. */
export type PhraseCheck =
  | { readonly state: 'empty' }
  | { readonly state: 'right'; readonly phrase: string }
  /** Words that are not in the list, by 1-based position. */
  | { readonly state: 'unknown'; readonly words: readonly { readonly position: number; readonly word: string }[] }
  | { readonly state: 'count'; readonly count: number }
  | { readonly state: 'checksum' };

export type CheckPhrase = (text: string) => PhraseCheck;

export const PHRASE_LENGTH = 24;

/** The words in what was pasted: numbers, commas and line breaks between them do not matter. */
export const splitPhrase = (text: string): string[] =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');

/** Loads the word list (BIP39, English) with the check of the phrase's checksum. */
export async function loadPhraseCheck(): Promise<CheckPhrase> {
  const [{ validateMnemonic }, { wordlist }] = await Promise.all([
    import('@scure/bip39'),
    import('@scure/bip39/wordlists/english.js'),
  ]);
  const known = new Set(wordlist);
  return (text) => {
    const words = splitPhrase(text);
    if (words.length === 0) return { state: 'empty' };
    const unknown = words.flatMap((word, index) => (known.has(word) ? [] : [{ position: index + 1, word }]));
    if (unknown.length > 0) return { state: 'unknown', words: unknown };
    if (words.length !== PHRASE_LENGTH) return { state: 'count', count: words.length };
    const phrase = words.join(' ');
    return validateMnemonic(phrase, wordlist) ? { state: 'right', phrase } : { state: 'checksum' };
  };
}

/** Three different positions, 1-based and in order, to ask back. */
export function positionsToAsk(random: (count: number) => Uint32Array): readonly number[] {
  const positions = new Set<number>();
  while (positions.size < 3)
    for (const value of random(3)) if (positions.size < 3) positions.add((value % PHRASE_LENGTH) + 1);
  return [...positions].sort((a, b) => a - b);
}

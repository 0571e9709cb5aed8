/** How many words: 77 bits, which a passphrase that guards a file for years should have. */
const WORDS = 7;

/** BIP39 lists 2,048 words, so 11 bits of a random number choose one without favour. */
const WORD_MASK = 2047;

/**
 * A passphrase of seven words that nobody chose.
 * @param random fresh random numbers of 32 bits
 */
export async function suggestPassphrase(random: (count: number) => Uint32Array): Promise<string> {
  const { wordlist } = await import('@scure/bip39/wordlists/english.js');
  return Array.from(random(WORDS), (number) => wordlist[number & WORD_MASK]).join(' ');
}

import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { SecretBytes, SignetError, assertField } from '../../core/index.ts';

/** How many words a phrase has. */
export const PHRASE_LENGTH = 24;

const KNOWN_WORDS: ReadonlySet<string> = new Set(wordlist);

/** The 24 words (BIP39, English) of 32 bytes of entropy, joined by single spaces. */
export const phraseOfEntropy = (entropy: SecretBytes): string => entropyToMnemonic(entropy.expose(), wordlist);

/**
 * Reads words as a person pastes them: any white space, any case, commas and "1." numbering between them.
 * @returns the entropy, 32 bytes
 * @throws SignetError bad_request, field `phrase`: which word is not in the list, how many words there are, or that
 *   the checksum failed
 */
export function entropyOfPhrase(text: string): SecretBytes {
  const words = splitWords(text);
  const unknown = words.findIndex((word) => !KNOWN_WORDS.has(word));
  if (unknown !== -1) {
    throw new SignetError(
      'bad_request',
      `Word ${unknown + 1}, “${words[unknown] ?? ''}”, is not in the list of words.`,
      {
        field: 'phrase',
      },
    );
  }
  assertField(words.length === PHRASE_LENGTH, 'phrase', `A phrase has 24 words; these are ${words.length}.`);
  try {
    return SecretBytes.take(Uint8Array.from(mnemonicToEntropy(words.join(' '), wordlist)));
  } catch (cause) {
    throw new SignetError(
      'bad_request',
      'Every word is in the list, but together they are no phrase: the checksum failed. A word is wrong or two are swapped.',
      { field: 'phrase', cause },
    );
  }
}

/** At most this much of a pasted text is looked at: 24 words with numbering fit many times. */
const MAX_PASTE = 2_000;

function splitWords(text: string): string[] {
  assertField(text.length <= MAX_PASTE, 'phrase', 'This is too long to be a phrase.');
  return text
    .normalize('NFKD')
    .toLowerCase()
    .split(/[\s,;.:]+/u)
    .filter((word) => word !== '' && !/^\d{1,2}\)?$/u.test(word));
}

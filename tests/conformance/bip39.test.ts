import { mnemonicToSeedWebcrypto } from '@scure/bip39';
import { expect, test } from 'vitest';
import { SecretBytes, fromHex, toHex } from '../../lib/core/index.ts';
import { entropyOfPhrase, phraseOfEntropy } from '../../lib/vault/keys/phrase.ts';
import { collectVectors, describeVectors, readVectorJson } from './vectors.ts';

type Vector = readonly [entropy: string, phrase: string, seed: string, xprv: string];

const isOurs = ([entropy]: Vector): boolean => entropy.length === 64;

describeVectors('BIP39', () => {
  const english = collectVectors(readEnglish);

  test('has vectors of 24 words', () => {
    expect(english.filter(isOurs).length).toBeGreaterThan(5);
  });

  test.each(english.filter(isOurs))('entropy %s is its phrase, and the other way round', (entropy, phrase) => {
    expect(phraseOfEntropy(SecretBytes.take(fromHex(entropy)))).toBe(phrase);
    expect(toHex(entropyOfPhrase(phrase).expose())).toBe(entropy);
  });

  test.each(english)('the seed of %s is the vector’s', async (_entropy, phrase, seed) => {
    expect(toHex(await mnemonicToSeedWebcrypto(phrase, 'TREZOR'))).toBe(seed);
  });

  test.each(english.filter((vector) => !isOurs(vector)))(
    '%s is refused: Signet’s phrases have 24 words',
    (_entropy, phrase) => {
      expect(() => entropyOfPhrase(phrase)).toThrow('24 words');
    },
  );
});

function readEnglish(): readonly Vector[] {
  const { english } = readVectorJson('bip39', 'vectors.json') as { english: Vector[] }; // the shape of the published file
  return english;
}

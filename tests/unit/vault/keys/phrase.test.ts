import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SecretBytes, toHex } from '../../../../lib/core/index.ts';
import { entropyOfPhrase, phraseOfEntropy } from '../../../../lib/vault/keys/phrase.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 50);
const entropies = fc.uint8Array({ minLength: 32, maxLength: 32 });
const phraseOf = (entropy: Uint8Array): string => phraseOfEntropy(SecretBytes.take(Uint8Array.from(entropy)));
const read = (text: string): string => toHex(entropyOfPhrase(text).expose());
const valid = `${'abandon '.repeat(23)}art`;

describe('a pasted phrase', () => {
  test('is read whatever stands between the words', () => {
    const numbered = valid.split(' ').map((word, i) => `${i + 1}. ${word}`);
    for (const text of [
      valid,
      valid.toUpperCase(),
      `\n ${valid.replaceAll(' ', '\t\n')} `,
      numbered.join('\n'),
      valid.replaceAll(' ', ', '),
    ]) {
      expect(read(text)).toBe('00'.repeat(32));
    }
  });

  test('every entropy comes back from its phrase', () => {
    fc.assert(
      fc.property(entropies, (entropy) => {
        expect(read(phraseOf(entropy))).toBe(toHex(entropy));
      }),
      { numRuns },
    );
  });

  test('names the word that is not in the list, and its position', () => {
    const words = valid.split(' ').with(6, 'abandom').join(' ');
    expect(() => entropyOfPhrase(words)).toThrow(/Word 7, “abandom”/);
  });

  test.each([0, 1, 12, 23, 25])('of %i words says how many there are', (count) => {
    const words = Array.from({ length: count }, () => 'abandon').join(' ');
    expect(() => entropyOfPhrase(words)).toThrow(`these are ${count}`);
  });

  test('whose checksum fails says so', () => {
    expect(() => entropyOfPhrase('abandon '.repeat(24))).toThrow('checksum failed');
  });

  test('of any text is read or refused with the field, never anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
        expect(() => entropyOfPhrase(text)).toThrow(
          expect.objectContaining({ reason: 'bad_request', field: 'phrase' }) as Error,
        );
      }),
      { numRuns },
    );
  });
});

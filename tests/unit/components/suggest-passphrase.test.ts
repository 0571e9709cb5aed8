import { wordlist } from '@scure/bip39/wordlists/english.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { suggestPassphrase } from '../../../components/suggest-passphrase.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 100);

test('a suggested passphrase is seven words of the list, whatever the random numbers are', async () => {
  const numbers = fc.uint32Array({ minLength: 7, maxLength: 7 });
  await fc.assert(
    fc.asyncProperty(numbers, async (random) => {
      const words = (await suggestPassphrase(() => random)).split(' ');
      expect(words).toEqual(Array.from(random, (number) => wordlist[number % 2048]));
    }),
    { numRuns: RUNS },
  );
});

test('it asks for as many random numbers as it has words, and for none twice', async () => {
  const asked: number[] = [];
  await suggestPassphrase((count) => {
    asked.push(count);
    return new Uint32Array(count);
  });
  expect(asked).toEqual([7]);
});

test('each word of the list is as likely as any other: all 2,048 are reached', async () => {
  const reached = new Set<string>();
  for (let first = 0; first < 2048; first += 7) {
    const numbers = Uint32Array.from({ length: 7 }, (_, at) => first + at);
    for (const word of (await suggestPassphrase(() => numbers)).split(' ')) reached.add(word);
  }
  expect(reached.size).toBe(2048);
});

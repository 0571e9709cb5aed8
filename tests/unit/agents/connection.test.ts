import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agentIdOf, answersChallenge, signChallenge } from '../../../lib/agents/index.ts';
import { SecretBytes, toBase64url } from '../../../lib/core/index.ts';

const seed = SecretBytes.take(ed25519.utils.randomSecretKey());
const publicKey = toBase64url(ed25519.getPublicKey(seed.expose()));
const challenge = { extension: 'a'.repeat(32), connection: 'one', nonce: toBase64url(new Uint8Array(32).fill(7)) };

describe('an answer to a challenge', () => {
  test('shows who holds the key', () => {
    expect(answersChallenge(challenge, publicKey, signChallenge(challenge, seed))).toBe(true);
  });

  test.each([
    ['another extension', { ...challenge, extension: 'b'.repeat(32) }],
    ['another connection', { ...challenge, connection: 'two' }],
    ['another nonce', { ...challenge, nonce: toBase64url(new Uint8Array(32)) }],
    ['parts that run into each other', { ...challenge, extension: `${challenge.extension}o`, connection: 'ne' }],
  ])('is not good for %s', (_, other) => {
    expect(answersChallenge(other, publicKey, signChallenge(challenge, seed))).toBe(false);
  });

  test('of somebody else is none', () => {
    const stranger = SecretBytes.take(ed25519.utils.randomSecretKey());
    expect(answersChallenge(challenge, publicKey, signChallenge(challenge, stranger))).toBe(false);
  });

  test('that is no signature, or under what is no key, is refused without an error', () => {
    const property = fc.property(fc.string(), fc.string(), (key, signature) => {
      expect(answersChallenge(challenge, key, signature)).toBe(false);
      expect(answersChallenge(challenge, publicKey, signature)).toBe(false);
    });
    fc.assert(property, { numRuns: 200 });
  });

  test('under a key of small order, which signs everything, is refused', () => {
    const zero = toBase64url(Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0)));
    const signature = new Uint8Array(64);
    signature[0] = 1;
    expect(answersChallenge(challenge, zero, toBase64url(signature))).toBe(false);
  });
});

test('an agent is called by its key', () => {
  expect(agentIdOf(publicKey)).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(agentIdOf(toBase64url(ed25519.getPublicKey(ed25519.utils.randomSecretKey())))).not.toBe(agentIdOf(publicKey));
});

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { secretKeyToPublicKey } from '@digitalbazaar/bbs-signatures';
import { expand_message_xmd } from '@noble/curves/abstract/hash-to-curve.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { SecretBytes, fromHex, toHex } from '../../lib/core/index.ts';
import { loadSuite } from '../../lib/credentials/bbs/index.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/bbs/ietf');

interface SignatureFixture {
  readonly caseName: string;
  readonly signerKeyPair: { readonly secretKey: string; readonly publicKey: string };
  readonly header: string;
  readonly messages: readonly string[];
  readonly signature: string;
  readonly result: { readonly valid: boolean };
}

interface ProofFixture {
  readonly caseName: string;
  readonly signerPublicKey: string;
  readonly signature: string;
  readonly header: string;
  readonly presentationHeader: string;
  readonly messages: readonly string[];
  readonly disclosedIndexes: readonly number[];
  readonly proof: string;
  readonly result: { readonly valid: boolean };
}

const read = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(FOLDER, ...path), 'utf8'));

const all = (folder: string): readonly unknown[] =>
  readdirSync(join(FOLDER, folder))
    .sort()
    .map((file) => read(folder, file));

// The shapes are the draft's, see SOURCE.md.
const signatures = all('signature') as readonly SignatureFixture[];
const proofs = all('proof') as readonly ProofFixture[];
const { keyPair } = read('keypair.json') as { readonly keyPair: SignatureFixture['signerKeyPair'] };
const randomness = read('mockedRng.json') as { readonly seed: string; readonly dst: string };
const suite = await loadSuite('bbs');

const isValid = ({ result }: { readonly result: { readonly valid: boolean } }): boolean => result.valid;

/** What the draft puts in the place of randomness (§8.1), drawn in portions as the platform's generator is. */
function mockRandomness(count: number): void {
  const { seed, dst } = randomness;
  const stream = expand_message_xmd(fromHex(seed), fromHex(dst), count * 48, sha256);
  const portions = Array.from({ length: count }, (_, i) => stream.subarray(i * 48, (i + 1) * 48));
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    const portion = portions.shift();
    if (portion === undefined || !(array instanceof Uint8Array)) throw new Error('More was drawn than expected.');
    array.set(portion);
    return array;
  });
}

describe('the IETF draft’s fixtures for its SHA-256 suite', () => {
  afterEach(() => vi.restoreAllMocks());

  test('are all here', () => {
    expect([signatures.length, proofs.length]).toEqual([10, 15]);
    expect([signatures.filter(isValid).length, proofs.filter(isValid).length]).toEqual([3, 5]);
  });

  test('key pair: the secret key gives the public key', async () => {
    const ciphersuite = 'BLS12-381-SHA-256';
    const publicKey = await secretKeyToPublicKey({ secretKey: fromHex(keyPair.secretKey), ciphersuite });
    expect(toHex(publicKey)).toBe(keyPair.publicKey);
  });

  test.each(signatures)('$caseName', async ({ signerKeyPair, header, messages, signature, result }) => {
    const isHeld = await suite.verify({
      publicKey: fromHex(signerKeyPair.publicKey),
      header: fromHex(header),
      messages: messages.map(fromHex),
      signature: fromHex(signature),
    });
    expect(isHeld).toBe(result.valid);
  });

  test.each(signatures.filter(isValid))('$caseName: made to the byte', async (fixture) => {
    const { publicKey, secretKey } = fixture.signerKeyPair;
    const made = await suite.sign(
      { publicKey: fromHex(publicKey), secretKey: SecretBytes.take(fromHex(secretKey)) },
      { header: fromHex(fixture.header), messages: fixture.messages.map(fromHex) },
    );
    expect(toHex(made)).toBe(fixture.signature);
  });

  test.each(proofs)('$caseName', async (fixture) => {
    const messages = fixture.messages.map(fromHex);
    const isHeld = await suite.verifyProof({
      publicKey: fromHex(fixture.signerPublicKey),
      header: fromHex(fixture.header),
      count: messages.length,
      disclosed: fixture.disclosedIndexes.map((index) => ({ index, message: messages[index] ?? new Uint8Array() })),
      nonce: fromHex(fixture.presentationHeader),
      proof: fromHex(fixture.proof),
    });
    expect(isHeld).toBe(fixture.result.valid);
  });

  test.each(proofs.filter(isValid))('$caseName: derived to the byte from the draft’s randomness', async (fixture) => {
    mockRandomness(5 + fixture.messages.length - fixture.disclosedIndexes.length);
    const derived = await suite.deriveProof({
      publicKey: fromHex(fixture.signerPublicKey),
      header: fromHex(fixture.header),
      messages: fixture.messages.map(fromHex),
      signature: fromHex(fixture.signature),
      disclosed: fixture.disclosedIndexes,
      nonce: fromHex(fixture.presentationHeader),
    });
    expect(toHex(derived)).toBe(fixture.proof);
  });
});

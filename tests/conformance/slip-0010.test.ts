import { ed25519 } from '@noble/curves/ed25519.js';
import { expect, test } from 'vitest';
import { SecretBytes, fromHex, toHex } from '../../lib/core/index.ts';
import { slip10MasterKey } from '../../lib/vault/keys/key-tree.ts';
import { collectVectors, describeVectors, readVectorJson } from './vectors.ts';

interface Vector {
  readonly vector: number;
  readonly curve: string;
  readonly seed: string;
  readonly chains: readonly { readonly path: string; readonly private: string; readonly public: string }[];
}

describeVectors('SLIP-0010 on ed25519', () => {
  const masters = collectVectors(readMasters);

  test('has vectors', () => {
    expect(masters.length).toBeGreaterThan(1);
  });

  test.each(masters)('the master key of seed $seed is the vector’s', ({ seed, private: secret, public: published }) => {
    const key = slip10MasterKey(SecretBytes.take(fromHex(seed))).expose();
    expect(toHex(key)).toBe(secret);
    expect(`00${toHex(ed25519.getPublicKey(key))}`).toBe(published);
  });
});

function readMasters() {
  // the shape of the published file
  const { vectors } = readVectorJson('slip-0010', 'slip10_vectors.json') as { vectors: Vector[] };
  return vectors
    .filter(({ curve }) => curve === 'ed25519')
    .flatMap(({ seed, chains }) => chains.filter(({ path }) => path === 'm').map((chain) => ({ seed, ...chain })));
}

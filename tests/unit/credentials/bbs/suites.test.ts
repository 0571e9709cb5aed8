import { beforeAll, describe, expect, test } from 'vitest';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import type { Bytes } from '../../../../lib/core/index.ts';
import { SecretBytes, concatBytes, utf8 } from '../../../../lib/core/index.ts';
import type { BbsProof, BbsSignature, BbsSuite } from '../../../../lib/credentials/bbs/index.ts';
import { loadSuite } from '../../../../lib/credentials/bbs/index.ts';
import { SUITES } from '../../../fixtures/bbs/club.ts';

const HEADER = utf8('header');
const MESSAGES = ['a', 'b', 'c', 'd'].map(utf8);
const NONCE = utf8('nonce');
const SHOWN = [1, 3];

/** The order of the groups, big-endian: the smallest number that is no scalar. */
const ORDER = bls12_381.fields.Fr.toBytes(bls12_381.fields.Fr.ORDER - 1n).map((byte, i) =>
  i === 31 ? byte + 1 : byte,
);

/** A point of the curve of public keys that is not in the group. */
function strayPoint(): Bytes {
  const { Fp2 } = bls12_381.fields;
  for (let i = 1n; ; i++) {
    const x = Fp2.create({ c0: i, c1: 0n });
    const y = squareRoot(Fp2.add(Fp2.mul(Fp2.sqr(x), x), Fp2.create({ c0: 4n, c1: 4n })));
    if (y === undefined || new bls12_381.G2.Point(x, y, Fp2.ONE).isTorsionFree()) continue;
    const bytes = new Uint8Array(96);
    bytes[95] = Number(i);
    bytes[0] = 0x80;
    return bytes;
  }
}

function squareRoot(square: Parameters<typeof bls12_381.fields.Fp2.sqrt>[0]) {
  try {
    return bls12_381.fields.Fp2.sqrt(square);
  } catch {
    return undefined;
  }
}

const altered = (bytes: Uint8Array, at: number, by = 1): Bytes =>
  Uint8Array.from(bytes, (byte, i) => (i === (at + bytes.length) % bytes.length ? byte ^ by : byte));

const with32 = (bytes: Uint8Array, at: number, scalar: Uint8Array): Bytes => {
  const copy = Uint8Array.from(bytes);
  copy.set(scalar, at);
  return copy;
};

describe.each(SUITES)('the suite %s', (name) => {
  let [suite, signature, proof]: [BbsSuite?, BbsSignature?, BbsProof?] = [];
  const made = () => {
    if (suite === undefined || signature === undefined || proof === undefined) throw new Error('nothing was made');
    return { suite, signature, proof };
  };

  beforeAll(async () => {
    suite = await loadSuite(name);
    const keyPair = await suite.generateKeyPair(SecretBytes.take(new Uint8Array(32).fill(5)));
    const signed = { header: HEADER, messages: MESSAGES };
    signature = { ...signed, publicKey: keyPair.publicKey, signature: await suite.sign(keyPair, signed) };
    proof = {
      publicKey: keyPair.publicKey,
      header: HEADER,
      count: MESSAGES.length,
      disclosed: SHOWN.map((index) => ({ index, message: MESSAGES[index] ?? HEADER })),
      nonce: NONCE,
      proof: await suite.deriveProof({ ...signature, disclosed: SHOWN, nonce: NONCE }),
    };
  });

  test('verifies what it made', async () => {
    const { suite, signature, proof } = made();
    expect(await suite.verify(signature)).toBe(true);
    expect(await suite.verifyProof(proof)).toBe(true);
  });

  test.each<[string, (signature: BbsSignature) => Partial<BbsSignature>]>([
    ['another header', () => ({ header: utf8('other') })],
    ['an altered message', () => ({ messages: MESSAGES.with(0, utf8('z')) })],
    ['a message more', () => ({ messages: [...MESSAGES, utf8('e')] })],
    ['a message less', () => ({ messages: MESSAGES.slice(0, -1) })],
    ['other order', () => ({ messages: MESSAGES.toReversed() })],
    ['an altered signature', ({ signature }) => ({ signature: altered(signature, -1) })],
    ['a byte more behind the signature', ({ signature }) => ({ signature: concatBytes(signature, new Uint8Array(1)) })],
    ['a scalar of 0', ({ signature }) => ({ signature: with32(signature, signature.length - 32, new Uint8Array(32)) })],
    ['a scalar too large', ({ signature }) => ({ signature: with32(signature, signature.length - 32, ORDER) })],
    ['no signature', () => ({ signature: new Uint8Array() })],
    ['no message', () => ({ messages: [] })],
    ['129 messages', () => ({ messages: Array.from({ length: 129 }, () => HEADER) })],
    ['a key outside the group', () => ({ publicKey: strayPoint() })],
    ['the neutral key', () => ({ publicKey: altered(new Uint8Array(96), 0, 0xc0) })],
    ['a key too short', ({ publicKey }) => ({ publicKey: publicKey.subarray(1) })],
  ])('refuses a signature with %s', async (_, change) => {
    const { suite, signature } = made();
    expect(await suite.verify({ ...signature, ...change(signature) })).toBe(false);
  });

  test.each<[string, (proof: BbsProof) => { readonly [K in keyof BbsProof]?: BbsProof[K] | undefined }]>([
    ['another header', () => ({ header: utf8('other') })],
    ['another nonce', () => ({ nonce: utf8('other') })],
    ['an altered message', ({ disclosed: [one] }) => ({ disclosed: one && [one, { index: 3, message: HEADER }] })],
    ['a message less', ({ disclosed }) => ({ disclosed: disclosed.slice(1) })],
    [
      'a message at another place',
      ({ disclosed: [one, two] }) => ({ disclosed: one && two && [{ ...one, index: 0 }, two] }),
    ],
    ['messages in other order', ({ disclosed }) => ({ disclosed: disclosed.toReversed() })],
    ['a message twice', ({ disclosed: [one] }) => ({ disclosed: one && [one, one] })],
    ['a place that is not there', ({ disclosed: [one] }) => ({ disclosed: one && [one, { ...one, index: 4 }] })],
    [
      'a broken place',
      ({ disclosed: [one] }) => ({
        disclosed: one && [
          { ...one, index: 0.5 },
          { ...one, index: 3 },
        ],
      }),
    ],
    ['more messages signed', () => ({ count: 5 })],
    ['fewer messages signed', () => ({ count: 3 })],
    ['a first byte altered', ({ proof }) => ({ proof: altered(proof, 0) })],
    ['a point altered', ({ proof }) => ({ proof: altered(proof, 40) })],
    ['a last byte altered', ({ proof }) => ({ proof: altered(proof, -1) })],
    ['a byte more behind it', ({ proof }) => ({ proof: concatBytes(proof, new Uint8Array(1)) })],
    ['a scalar more behind it', ({ proof }) => ({ proof: concatBytes(proof, new Uint8Array(32).fill(1)) })],
    ['a scalar less', ({ proof }) => ({ proof: proof.subarray(0, -32) })],
    ['a scalar of 0', ({ proof }) => ({ proof: with32(proof, proof.length - 32, new Uint8Array(32)) })],
    ['a scalar too large', ({ proof }) => ({ proof: with32(proof, proof.length - 32, ORDER) })],
    ['nothing in it', () => ({ proof: new Uint8Array() })],
    ['a key outside the group', () => ({ publicKey: strayPoint() })],
  ])('refuses a proof with %s', async (_, change) => {
    const { suite, proof } = made();
    expect(await suite.verifyProof({ ...proof, ...change(proof) } as BbsProof)).toBe(false); // each change is of its kind
  });

  test('refuses to disclose what is not there, or in disorder', async () => {
    const { suite, signature } = made();
    for (const disclosed of [[4], [-1], [0.5], [1, 1], [3, 1]]) {
      await expect(suite.deriveProof({ ...signature, disclosed, nonce: NONCE })).rejects.toThrow('ascending order');
    }
  });

  test('refuses to sign no message, and more than 128', async () => {
    const { suite, signature } = made();
    const keyPair = {
      publicKey: Uint8Array.from(signature.publicKey),
      secretKey: SecretBytes.take(new Uint8Array(32)),
    };
    for (const length of [0, 129]) {
      const messages = Array.from({ length }, () => HEADER);
      await expect(suite.sign(keyPair, { header: HEADER, messages })).rejects.toThrow('1 to 128');
    }
  });

  test('refuses a seed that is not 32 bytes', async () => {
    const { suite } = made();
    await expect(suite.generateKeyPair(SecretBytes.take(new Uint8Array(31)))).rejects.toThrow('32 bytes');
  });
});

test('what one suite made is nothing to the other', async () => {
  const [ietf, legacy] = [await loadSuite('bbs'), await loadSuite('bbs+')];
  const keyPair = await ietf.generateKeyPair(SecretBytes.take(new Uint8Array(32).fill(5)));
  const signed = { header: HEADER, messages: MESSAGES };
  const signature = await ietf.sign(keyPair, signed);
  expect(await legacy.verify({ ...signed, publicKey: keyPair.publicKey, signature })).toBe(false);
  expect(
    await ietf.verify({ ...signed, publicKey: keyPair.publicKey, signature: await legacy.sign(keyPair, signed) }),
  ).toBe(false);
});

import { ed25519 } from '@noble/curves/ed25519.js';
import { expect, test } from 'vitest';
import { publishedEnvelope, verifyPublishedToken } from '../../lib/capabilities/index.ts';
import { fromHex, toHex, utf8 } from '../../lib/core/index.ts';
import { collectVectors, describeVectors, readVectorJson } from './vectors.ts';

interface Vectors {
  readonly cases: readonly { readonly name: string; readonly message: string; readonly expected: boolean }[];
  readonly private_key_hex: string;
  readonly public_key_hex: string;
  readonly signature_hex: string;
  readonly message: string;
}

// the shape of the published file
const read = (): Vectors => readVectorJson('spl', 'ed25519_vectors.json') as Vectors;

/** A token of this policy that is signed with the vectors' key. */
function mint({ private_key_hex, public_key_hex }: Vectors, policy: string): Record<string, unknown> {
  const signature = toHex(ed25519.sign(publishedEnvelope({ policy, sealed: false }), fromHex(private_key_hex)));
  return { version: '0.2.0', policy, sealed: false, public_key: public_key_hex, signature };
}

describeVectors('the published SPL signatures', () => {
  const cases = collectVectors(() => read().cases);

  test('are two, one that holds and one that does not', () => {
    expect(cases.map(({ expected }) => expected)).toEqual([true, false]);
  });

  test.each(cases)('$name is as published', ({ message, expected }) => {
    const { signature_hex, public_key_hex } = read();
    const isSigned = ed25519.verify(fromHex(signature_hex), utf8(message), fromHex(public_key_hex), { zip215: false });
    expect(isSigned).toBe(expected);
  });

  test.each(cases)(
    'a token that is minted with their key says $expected of the policy in $name',
    ({ message, expected }) => {
      const vectors = read();
      const token = { ...mint(vectors, vectors.message), policy: message };
      const verdict = verifyPublishedToken(JSON.stringify(token), [vectors.public_key_hex], 0);
      expect(verdict.valid).toBe(expected);
    },
  );

  test('over a policy alone is no signature of a token: what is signed is the envelope', () => {
    const vectors = read();
    const token = { ...mint(vectors, vectors.message), signature: vectors.signature_hex };
    expect(verifyPublishedToken(JSON.stringify(token), [vectors.public_key_hex], 0)).toMatchObject({
      reason: 'bad_signature',
    });
  });
});

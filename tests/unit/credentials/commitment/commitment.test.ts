import { ristretto255 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../lib/core/index.ts';
import { SecretBytes, fromHex, toBase64url, toHex } from '../../../../lib/core/index.ts';
import type { CommittedNumber } from '../../../../lib/credentials/commitment/index.ts';
import {
  BLINDING_BASE,
  GROUP_ORDER,
  commit,
  newBlinding,
  opensTo,
  readCommitment,
  readOpening,
  writeCommitment,
  writeOpening,
  writePoint,
  writeScalar,
} from '../../../../lib/credentials/commitment/index.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 30);

const refusal = (field: string) => expect.objectContaining({ reason: 'bad_request', field }) as object;
const blindingOf = (scalar: bigint) => SecretBytes.take(writeScalar(scalar));

describe('a commitment', () => {
  test('is v·B + r·B̃ with the bases of dalek', () => {
    // From PedersenGens::default of dalek's bulletproofs: B is the basepoint, B̃ is hashed from it.
    expect(toHex(writePoint(BLINDING_BASE))).toBe('8c9240b456a9e6dc65c377a1048d745f94a08cdb7f44cbcd7b46f34048871134');
    const { Point } = ristretto255;
    const expected = Point.BASE.multiplyUnsafe(7n).add(BLINDING_BASE.multiplyUnsafe(11n));
    expect(commit(7n, blindingOf(11n))).toEqual(writePoint(expected));
    expect(commit(0n, blindingOf(11n))).toEqual(writePoint(BLINDING_BASE.multiplyUnsafe(11n)));
  });

  test('is to a value from 0 to below 2^64, under a canonical blinding that is not zero', () => {
    const blinding = newBlinding();
    for (const value of [-1n, 2n ** 64n]) expect(() => commit(value, blinding)).toThrow(refusal('value'));
    expect(() => commit(1n, blindingOf(0n))).toThrow(refusal('blinding'));
    expect(() => commit(1n, SecretBytes.take(new Uint8Array(31)))).toThrow(refusal('blinding'));
    expect(() => commit(1n, SecretBytes.take(new Uint8Array(32).fill(0xff)))).toThrow(refusal('blinding'));
    expect(commit(2n ** 64n - 1n, blinding)).toHaveLength(32);
  });

  test('opens to its value and blinding, and to nothing else', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), (value) => {
        const blinding = newBlinding();
        const commitment: CommittedNumber = { kind: 'integer', bits: 32, point: commit(value, blinding) };
        expect(opensTo(commitment, { value, blinding })).toBe(true);
        expect(opensTo(commitment, { value: value ^ 1n, blinding })).toBe(false);
        expect(opensTo(commitment, { value, blinding: newBlinding() })).toBe(false);
        expect(opensTo({ ...commitment, bits: 8 }, { value, blinding })).toBe(value < 256n);
      }),
      { numRuns: RUNS },
    );
  });

  test('to one value under two blindings is two points', () => {
    expect(commit(5n, newBlinding())).not.toEqual(commit(5n, newBlinding()));
  });

  test('draws a blinding again that is zero', () => {
    const draws = [new Uint8Array(64), new Uint8Array(64).fill(3)];
    expect(newBlinding(() => draws.shift() ?? new Uint8Array(64)).length).toBe(32);
    expect(draws).toHaveLength(0);
  });
});

describe('a commitment claim', () => {
  const point = commit(30_000n, newBlinding());
  const claim = writeCommitment({ kind: 'date', bits: 16, point });

  test('is read as it was written', () => {
    expect(readCommitment(claim)).toEqual({ kind: 'date', bits: 16, point });
  });

  const identity = toBase64url(new Uint8Array(32));
  const notCanonical = toBase64url(fromHex(`ed${'ff'.repeat(30)}7f`));
  const noPoint = toBase64url(fromHex('ff'.repeat(32)));
  test.each<[string, Json | undefined, string]>([
    ['nothing', undefined, 'commitment'],
    ['null', null, 'commitment'],
    ['a list', [claim], 'commitment'],
    ['the point alone', claim.value, 'commitment'],
    ['a member too many', { ...claim, opening: 1 }, 'commitment'],
    ['a member too few', { scheme: claim.scheme, kind: 'date', value: claim.value }, 'commitment'],
    ['another scheme', { ...claim, scheme: 'pedersen-secp256k1' }, 'scheme'],
    ['another kind', { ...claim, kind: 'text' }, 'kind'],
    ['24 bits', { ...claim, kind: 'integer', bits: 24 }, 'bits'],
    ['bits in words', { ...claim, bits: '16' }, 'bits'],
    ['a date in 32 bits', { ...claim, bits: 32 }, 'bits'],
    ['the identity', { ...claim, value: identity }, 'value'],
    ['a point that is not canonical', { ...claim, value: notCanonical }, 'value'],
    ['bytes that are no point', { ...claim, value: noPoint }, 'value'],
    ['31 bytes', { ...claim, value: toBase64url(point.slice(1)) }, 'value'],
    ['33 bytes', { ...claim, value: toBase64url(Uint8Array.of(...point, 0)) }, 'value'],
    ['padding', { ...claim, value: `${claim.value}=` }, 'value'],
    ['a number', { ...claim, value: 7 }, 'value'],
  ])('is refused with %s', (_, json, field) => {
    expect(() => readCommitment(json)).toThrow(refusal(field));
  });
});

describe('an opening', () => {
  const blinding = newBlinding();
  const opening = writeOpening({ value: 255n, blinding });

  test('is read as it was written', () => {
    const read = readOpening(opening, 8);
    expect([read.value, read.blinding.expose()]).toEqual([255n, blinding.expose()]);
    expect(readOpening({ ...opening, value: String(2n ** 64n - 1n) }, 64).value).toBe(2n ** 64n - 1n);
  });

  test('keeps its blinding from being printed or stored by accident', () => {
    expect(() => JSON.stringify(readOpening(opening, 8).blinding)).toThrow();
  });

  const beyond = (scalar: bigint): string =>
    toBase64url(Uint8Array.from({ length: 32 }, (_, i) => Number((scalar >> BigInt(8 * i)) & 255n)));
  test.each<[string, Json | undefined, string]>([
    ['nothing', undefined, 'opening'],
    ['a member too many', { ...opening, bits: 8 }, 'opening'],
    ['a member too few', { value: '1' }, 'opening'],
    ['a value of 2^bits', { ...opening, value: '256' }, 'value'],
    ['a negative value', { ...opening, value: '-1' }, 'value'],
    ['a value with a leading zero', { ...opening, value: '07' }, 'value'],
    ['a value with a sign', { ...opening, value: '+7' }, 'value'],
    ['a value in hexadecimal', { ...opening, value: '0x7' }, 'value'],
    ['an empty value', { ...opening, value: '' }, 'value'],
    ['a number for a value', { ...opening, value: 7 }, 'value'],
    ['a value without end', { ...opening, value: '9'.repeat(100_000) }, 'value'],
    ['no blinding', { ...opening, blinding: beyond(0n) }, 'blinding'],
    ['the order of the group', { ...opening, blinding: beyond(GROUP_ORDER) }, 'blinding'],
    ['a blinding beyond it', { ...opening, blinding: beyond(GROUP_ORDER + 1n) }, 'blinding'],
    ['a short blinding', { ...opening, blinding: opening.blinding.slice(2) }, 'blinding'],
  ])('is refused with %s', (_, json, field) => {
    expect(() => readOpening(json, 8)).toThrow(refusal(field));
  });
});

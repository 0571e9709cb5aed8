import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SignetError, toBase64url } from '../../../../lib/core/index.ts';
import { readOpenings } from '../../../../lib/protocols/openid4vci/index.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 200);
const FIELD = 'credential response.signet_openings';
const BLINDING = toBase64url(new Uint8Array(32).fill(7));
const GOOD = { value: '33008', blinding: BLINDING };

const refused = (field: string): unknown => expect.objectContaining({ reason: 'issuer_refused', field });

describe('openings beside credentials', () => {
  test('are read in the order of the credentials', () => {
    const openings = [{ birth_date_commitment: GOOD }, {}, { a_commitment: { ...GOOD, value: '0' } }];
    expect(readOpenings(openings, 3)).toEqual(openings);
  });

  test('are none where the issuer sends none', () => expect(readOpenings(undefined, 2)).toEqual([{}, {}]));

  test('hold numbers of up to 64 bits', () => {
    const largest = { a_commitment: { ...GOOD, value: String(2n ** 64n - 1n) } };
    expect(readOpenings([largest], 1)).toEqual([largest]);
  });

  test.each([0, 2, 3])('are refused for %i credentials where there is one', (count) => {
    const openings = Array.from({ length: count }, () => ({}));
    expect(() => readOpenings(openings, 1)).toThrow(refused(FIELD));
  });

  test.each<[string, unknown]>([
    ['an object', {}],
    ['null', null],
    ['text', 'none'],
  ])('are not %s', (_, value) => {
    expect(() => readOpenings(value, 1)).toThrow(refused(FIELD));
  });

  test.each<[string, unknown]>([
    ['a number that is no text', { ...GOOD, value: 33_008 }],
    ['a leading zero', { ...GOOD, value: '033008' }],
    ['a sign', { ...GOOD, value: '+1' }],
    ['a negative number', { ...GOOD, value: '-1' }],
    ['hexadecimal', { ...GOOD, value: '0x10' }],
    ['white space', { ...GOOD, value: ' 1' }],
    ['nothing', { ...GOOD, value: '' }],
    ['2^64', { ...GOOD, value: String(2n ** 64n) }],
    ['a number without end', { ...GOOD, value: '1'.repeat(21) }],
    ['a short blinding', { ...GOOD, blinding: toBase64url(new Uint8Array(31)) }],
    ['a long blinding', { ...GOOD, blinding: toBase64url(new Uint8Array(33)) }],
    ['a padded blinding', { ...GOOD, blinding: `${BLINDING}=` }],
    ['loose bits in a blinding', { ...GOOD, blinding: `${BLINDING.slice(0, -1)}d` }],
    ['a blinding in another alphabet', { ...GOOD, blinding: '+'.repeat(43) }],
    ['no blinding', { value: '1' }],
    ['more than that', { ...GOOD, point: 'x' }],
    ['a list', ['1', BLINDING]],
    ['null', null],
  ])('do not have %s', (_, opening) => {
    expect(() => readOpenings([{ birth_date_commitment: opening }], 1)).toThrow(
      expect.objectContaining({ reason: 'issuer_refused', field: expect.stringContaining(FIELD) as string }),
    );
  });

  test.each(['birth_date', '_commitment', 'commitment', `${'x'.repeat(100)}_commitment`, '\ud800_commitment'])(
    'are not of %j',
    (name) => {
      expect(() => readOpenings([{ [name]: GOOD }], 1)).toThrow(SignetError);
    },
  );

  test('are not many', () => {
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`n${i}_commitment`, GOOD]));
    expect(() => readOpenings([many], 1)).toThrow(SignetError);
  });

  test('are never in what is said of them', () => {
    const secret = toBase64url(new Uint8Array(33).fill(9));
    expect.assertions(2);
    try {
      readOpenings([{ birth_date_commitment: { value: '987654321x', blinding: secret } }], 1);
    } catch (thrown) {
      const { message } = SignetError.from(thrown);
      expect(message).not.toContain('987654321');
      expect(message).not.toContain(secret);
    }
  });

  test('whatever comes, they are read or refused by name', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          expect(readOpenings(value, 1)).toHaveLength(1);
        } catch (thrown) {
          expect(thrown).toMatchObject({ reason: 'issuer_refused' });
        }
      }),
      { numRuns },
    );
  });
});

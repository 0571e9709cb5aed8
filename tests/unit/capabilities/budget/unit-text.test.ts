import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Unit } from '../../../../lib/capabilities/budget/index.ts';
import { MAX_BUDGET_LENGTH, formatUnit, parseUnit } from '../../../../lib/capabilities/budget/index.ts';
import { toBase64url } from '../../../../lib/core/index.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 20);

const LINK = toBase64url(new Uint8Array(32).fill(0xa7));
const refusal = expect.objectContaining({ reason: 'bad_request', field: 'unit' }) as Error;
const anyUnit = fc.record({
  index: fc.integer({ min: 1, max: MAX_BUDGET_LENGTH }),
  link: fc.uint8Array({ minLength: 32, maxLength: 32 }),
});

describe('the text of a unit', () => {
  test.each([
    ['nothing', ''],
    ['a dot', '.'],
    ['a link alone', LINK],
    ['a link and a dot', `${LINK}.`],
    ['an index alone', '.7'],
    ['a link that was cut', `${LINK.slice(0, -1)}.7`],
    ['a link that is longer', `${LINK}A.7`],
    ['a link of 33 bytes', `${toBase64url(new Uint8Array(33))}.7`],
    ['a link with loose bits at its end', `${LINK.slice(0, -1)}d.7`],
    ['a padded link', `${LINK}=.7`],
    ['the other alphabet', `${'+/'.repeat(21)}A.7`],
    ['an index of nothing', `${LINK}.0`],
    ['a leading zero', `${LINK}.07`],
    ['a sign', `${LINK}.+7`],
    ['a negative index', `${LINK}.-7`],
    ['a fraction', `${LINK}.7.0`],
    ['an exponent', `${LINK}.7e1`],
    ['hexadecimal', `${LINK}.0x7`],
    ['an index beyond any budget', `${LINK}.65537`],
    ['an index that overflows', `${LINK}.${'9'.repeat(400)}`],
    ['a space before', ` ${LINK}.7`],
    ['a space after', `${LINK}.7 `],
    ['a newline after', `${LINK}.7\n`],
    ['a third part', `${LINK}.7.A`],
    ['digits of another script', `${LINK}.٧`],
    ['full-width digits', `${LINK}.７`],
    ['half a character', `${LINK}.7\uD800`],
    ['megabytes', `${LINK.repeat(50_000)}.7`],
  ])('is refused: %s', (_, text) => {
    expect(() => parseUnit(text)).toThrow(refusal);
  });

  test.each([[undefined], [null], [7], [{}], [[`${LINK}.7`]]])('is not %j', (value) => {
    expect(() => parseUnit(value as never)).toThrow(refusal); // what untyped callers pass
  });

  test.each<[string, Unit]>([
    ['the commitment', { index: 0, link: new Uint8Array(32) }],
    ['a place that no budget has', { index: MAX_BUDGET_LENGTH + 1, link: new Uint8Array(32) }],
    ['half a place', { index: 1.5, link: new Uint8Array(32) }],
    ['no number', { index: Number.NaN, link: new Uint8Array(32) }],
    ['a short link', { index: 1, link: new Uint8Array(31) }],
    ['a long link', { index: 1, link: new Uint8Array(33) }],
  ])('is not written for %s', (_, unit) => {
    expect(() => formatUnit(unit)).toThrow(refusal);
  });

  test('is a link, a dot and an index', () => {
    expect(formatUnit({ index: 7, link: new Uint8Array(32).fill(0xa7) })).toBe(`${LINK}.7`);
    expect(parseUnit(`${LINK}.65536`)).toEqual({ index: 65_536, link: new Uint8Array(32).fill(0xa7) });
  });

  test('is read back as what was written', () => {
    fc.assert(
      fc.property(anyUnit, ({ index, link }) => {
        const unit = { index, link: Uint8Array.from(link) };
        expect(parseUnit(formatUnit(unit))).toEqual(unit);
      }),
      { numRuns },
    );
  });

  test('has one spelling: whatever is read is written again as it came, and all else is refused', () => {
    const changed = fc
      .tuple(anyUnit, fc.nat(49), fc.nat(2), fc.string({ unit: 'binary', maxLength: 2 }))
      .map(([{ index, link }, at, cut, put]) => {
        const text = formatUnit({ index, link: Uint8Array.from(link) });
        return text.slice(0, at) + put + text.slice(at + cut);
      });
    fc.assert(
      fc.property(fc.oneof(changed, fc.string({ unit: 'binary' }), fc.string()), (text) => {
        let unit: Unit | undefined;
        try {
          unit = parseUnit(text);
        } catch (error) {
          expect(error).toMatchObject({ reason: 'bad_request', field: 'unit' });
        }
        if (unit !== undefined) expect(formatUnit(unit)).toBe(text);
      }),
      { numRuns: numRuns * 50 },
    );
  }, 600_000);
});

import { describe, expect, test } from 'vitest';
import { MAX_LEAF_LENGTH, readPermission } from '../../../../lib/capabilities/clauses/index.ts';
import { makeLeaf, readLeaf } from '../../../../lib/capabilities/clauses/leaf.ts';
import { canonicalJson, canonicalJsonBytes, fromUtf8, utf8 } from '../../../../lib/core/index.ts';
import { SHOP, permissionOf } from '../../../fixtures/capabilities/permissions.ts';

const whole = permissionOf({ policy: '(<= amount 100)', merchant: 'Shop', purpose: 'A gift' });

const refusalOf = (field: string) => expect.objectContaining({ reason: 'bad_request', field }) as Error;

describe('a permission', () => {
  test('is read with all that it can have, and with what it must have alone', () => {
    expect(readPermission(whole)).toEqual(whole);
    expect(readPermission({ audience: SHOP, action: 'enter' })).toEqual({ audience: SHOP, action: 'enter' });
  });

  test.each([
    ['a number with a fraction', 'amount', 150.5],
    ['a negative number', 'amount', -1],
    ['a number that is none', 'amount', Number.NaN],
    ['more than can be counted', 'amount', 2 ** 53],
    ['a text', 'amount', '15000'],
    ['nothing, said as null', 'amount', null],
    ['an empty text', 'amount', ''],
    ['a big integer', 'amount', 15_000n],
    ['small letters', 'currency', 'usd'],
    ['four letters', 'currency', 'USDT'],
    ['a list', 'currency', ['USD']],
    ['a host', 'audience', 'shop.example'],
    ['a path', 'audience', 'https://shop.example/'],
    ['another scheme', 'audience', 'ftp://shop.example'],
    ['an opaque origin', 'audience', 'null'],
    ['plain http', 'audience', 'http://shop.example'],
    ['a space', 'action', 'pay all'],
    ['a long name', 'action', 'a'.repeat(65)],
    ['a quote', 'action', 'pay"'],
    ['an empty text', 'action', ''],
    ['an empty text', 'policy', ''],
    ['a long text', 'purpose', 'a'.repeat(141)],
    ['half a character', 'merchant', '\uD800'],
    ['an object', 'policy', { and: [] }],
  ])('is refused with %s for its %s', (_, name, value) => {
    expect(() => readPermission({ ...whole, [name]: value })).toThrow(refusalOf(name));
  });

  test.each(['audience', 'action', 'amount', 'currency'] as const)('is refused without its %s', (name) => {
    const rest = Object.fromEntries(Object.entries(whole).filter(([other]) => other !== name));
    expect(() => readPermission(rest)).toThrow(refusalOf(name));
  });

  test('is refused with a member that has no meaning: it could be one that narrows', () => {
    expect(() => readPermission({ ...whole, one_time: true })).toThrow(refusalOf('one_time'));
    expect(() => readPermission(JSON.parse(`{"__proto__":1,"audience":"${SHOP}","action":"pay"}`))).toThrow(
      refusalOf('__proto__'),
    );
  });

  test('is read by its own members, not by what it inherits', () => {
    const heir: unknown = Object.create(whole);
    expect(() => readPermission(heir)).toThrow(refusalOf('audience'));
    expect(
      readPermission(
        Object.assign(Object.create({ amount: 1, currency: 'USD' }) as object, { audience: SHOP, action: 'pay' }),
      ),
    ).toEqual({ audience: SHOP, action: 'pay' });
  });

  test.each([null, undefined, [], 'text', 5])('is no %j', (value) => {
    expect(() => readPermission(value)).toThrow(refusalOf('permission'));
  });
});

describe('a leaf', () => {
  test('holds its permission and a salt of its own', () => {
    const [one, other] = [makeLeaf(whole), makeLeaf(whole)];
    expect(readLeaf(one)).toEqual(whole);
    expect(one).not.toEqual(other);
  });

  test('is never longer than 8 kB', () => {
    const policy = 'é'.repeat(4200);
    expect(() => makeLeaf(permissionOf({ policy }))).toThrow(refusalOf('permission'));
    expect(() => readLeaf(new Uint8Array(MAX_LEAF_LENGTH + 1).fill(32))).toThrow(refusalOf('leaf'));
  });

  const text = fromUtf8(makeLeaf(whole));
  const salt = /"salt":"([^"]+)"/.exec(text)?.[1] ?? '';

  test.each([
    ['a space', text.replace(':', ': ')],
    ['a newline at its end', `${text}\n`],
    ['a mark that stands before text', `\uFEFF${text}`],
    ['an amount twice', text.replace('"amount":15000', '"amount":1,"amount":15000')],
    ['an amount in another spelling', text.replace('15000', '1.5e4')],
    ['an amount with a fraction of nothing', text.replace('15000', '15000.0')],
    ['a name that is spelt with escapes', text.replace('"action"', '"\\u0061ction"')],
    ['another version', text.replace('"v":1', '"v":2')],
    ['another member', text.replace('"v":1', '"v":1,"w":1')],
    ['no salt', canonicalJson({ v: 1, permission: whole })],
    ['no permission', canonicalJson({ v: 1, salt })],
    ['a short salt', text.replace(salt, salt.slice(0, 20))],
    ['a salt that is a number', text.replace(`"${salt}"`, '16')],
    ['deep lists', '['.repeat(4000)],
    ['a list', '[]'],
    ['nothing', ''],
  ])('is refused with %s', (_, other) => {
    expect(() => readLeaf(utf8(other))).toThrow(expect.objectContaining({ reason: 'bad_request' }) as Error);
  });

  test('is refused when it is no text', () => {
    expect(() => readLeaf(Uint8Array.of(0xff, 0xfe))).toThrow(refusalOf('leaf'));
    expect(() => readLeaf(canonicalJsonBytes(null))).toThrow(refusalOf('leaf'));
  });
});

import { describe, expect, test } from 'vitest';
import { formatPolicy, MAX_SOURCE_BYTES, parsePolicy, PolicyError, quoteString } from '../../../lib/spl/index.ts';
import { list, literal, meaningOf, symbol } from '../../fixtures/spl/any-policy.ts';
import { decideBy } from '../../fixtures/spl/decide-by.ts';
import { GIFT_POLICY } from '../../fixtures/spl/gift.ts';

const format = (source: string): string => formatPolicy(parsePolicy(source));

describe('the canonical layout', () => {
  test.each([
    ['  ( and\n#t(or )"a\\u0041")', '(and #t (or) "aA")'],
    ['-5.0', '-5'],
    ['-0', '0'],
    ['007', '7'],
    ['"\\/\\u00e9\\u000a"', '"/é\\n"'],
    ['("and" #t)', '("and" #t)'],
    ['()', '()'],
  ])('of %j is %j', (source, text) => {
    expect(format(source)).toBe(text);
  });

  test('has a line for each argument of what does not fit one', () => {
    expect(format(GIFT_POLICY)).toBe(`(and
  (= (get req "actor_pub") "K_ai")
  (= (get req "action") "payments.create")
  (<= (get req "amount") 50)
  (member (get req "recipient") allowed_recipients)
  (= (get req "purpose") "giftcard")
  (<= (per-day-count "payments.create" (get req "day")) 1)
  (get req "device_attested")
  (dpop_ok?)
  (merkle_ok?
    (tuple
      (get req "actor_pub")
      (get req "action")
      (get req "recipient")
      50
      "giftcard"
      (get req "day")))
  (vrf_ok? (get req "day") (get req "amount")))`);
  });

  test('gives up where the text would be too long to be read again', () => {
    const line = '(= "abcdefgh" "abcdefgh")';
    const deep = `${'(not '.repeat(61)}(or${line.repeat(1_900)})${')'.repeat(61)}`;
    const text = format(deep);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_SOURCE_BYTES);
    expect(meaningOf(parsePolicy(text))).toEqual(meaningOf(parsePolicy(deep)));
    expect(format(text)).toBe(text);
  });

  test.each([
    ['a name with a space', symbol('a b')],
    ['a name with a parenthesis', list(symbol('and'), symbol('x) #t'))],
    ['an empty name', symbol('')],
    ['a name that is a number', symbol('-5')],
    ['a text that is too long', literal('x'.repeat(MAX_SOURCE_BYTES))],
  ])('is not given to %s', (_, tree) => {
    expect(() => formatPolicy(tree)).toThrow(PolicyError);
  });

  test('is not given to half of a character', () => {
    expect(() => formatPolicy(literal('\ud800'))).toThrow(expect.objectContaining({ reason: 'bad_request' }));
  });
});

describe('a text that is placed in a policy', () => {
  const INJECTIONS = [
    'shop.example") #t) (or (= "" "',
    'shop.example\\',
    'shop.example\\") #t',
    '\\u0022) #t',
    '"',
    'a\nb\tc\0',
    '\u2028\u202e',
  ];

  test.each(INJECTIONS)('stays one string: %j', (text) => {
    const policy = `(and (= (get req "audience") ${quoteString(text)}) (<= (get req "amount") 150))`;
    expect(decideBy(policy, { audience: text, amount: 100 }).allowed).toBe(true);
    expect(decideBy(policy, { audience: 'evil.example', amount: 100 }).allowed).toBe(false);
    expect(decideBy(policy, { audience: text, amount: 151 }).allowed).toBe(false);
  });

  test('would be policy if it stood between quotes as it is', () => {
    const purpose = '" ) #t (= "" "';
    const policyOf = (text: string): string => `(or (= (get req "purpose") ${text}))`;
    expect(decideBy(policyOf(`"${purpose}"`), { purpose: 'anything' }).allowed).toBe(true);
    expect(decideBy(policyOf(quoteString(purpose)), { purpose: 'anything' }).allowed).toBe(false);
    expect(decideBy(policyOf(quoteString(purpose)), { purpose }).allowed).toBe(true);
  });

  test('is refused when it is half of a character', () => {
    expect(() => quoteString('\udc00')).toThrow(expect.objectContaining({ reason: 'bad_request', field: 'policy' }));
  });
});

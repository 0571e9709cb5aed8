import '../policy/in-english.ts';
import { describe, expect, test } from 'vitest';
import { draftOf, limitIn } from '../../../../components/capability/limit-draft.ts';
import type { LimitDraft } from '../../../../components/capability/limit-draft.ts';
import { grantWords } from '../../../../components/capability/grant-words.ts';
import { afterWords, meaningWords } from '../../../../components/capability/limit-words.ts';
import type { LimitStandingView, LimitView } from '../../../../lib/messaging/index.ts';

const SHOP = 'https://shop.example.com';
const monthly: LimitView = { currency: 'USD', per: 'month', amount: '200.00' };
const standing = (limit: LimitView, left: string): LimitStandingView => ({
  limit,
  spent: '0.00',
  left,
  restored: false,
});

describe('a limit, once something is given away', () => {
  test.each<[LimitView, string]>([
    [monthly, 'After that, $50.00 of your $200.00 a month is left.'],
    [{ ...monthly, per: 'day' }, 'After that, $50.00 of your $200.00 a day is left.'],
    [{ ...monthly, audience: SHOP }, 'After that, $50.00 of your $200.00 a month for this site is left.'],
    [{ ...monthly, per: 'token' }, 'Within your limit of $200.00 each time.'],
    [{ ...monthly, per: 'token', audience: SHOP }, 'Within your limit of $200.00 each time for this site.'],
  ])('of %o says “%s”', (limit, words) => {
    expect(afterWords(standing(limit, '200.00'), '150.00')).toBe(words);
  });

  test('means what it says, at one site or at all together', () => {
    expect(meaningWords(monthly)).toBe(
      'Whatever would go over $200.00 a month, all sites together, is refused without asking you.',
    );
    expect(meaningWords({ ...monthly, audience: SHOP })).toContain(
      'over $200.00 a month at shop.example.com is refused',
    );
  });

  test('says that nothing is left where it is spent to the end', () => {
    expect(afterWords(standing(monthly, '150.00'), '150.00')).toContain('$0.00 of your $200.00');
  });
});

describe('a limit as it is typed', () => {
  const draft = (changes: Partial<LimitDraft> = {}): LimitDraft => ({
    ...draftOf(undefined),
    amount: '200',
    ...changes,
  });

  test('is what is saved', () => {
    expect(limitIn(draft(), [])).toEqual({ limit: monthly });
    expect(limitIn(draft({ currency: 'jpy', amount: '20000', per: 'day' }), [])).toEqual({
      limit: { currency: 'JPY', per: 'day', amount: '20000' },
    });
  });

  test.each([
    ['shop.example.com', SHOP],
    [' https://shop.example.com/cart?x=1 ', SHOP],
    ['https://shop.example.com:443', SHOP],
    ['http://localhost:8080', 'http://localhost:8080'],
  ])('for the site “%s” is for %s', (site, audience) => {
    expect(limitIn(draft({ site }), [])).toMatchObject({ limit: { audience } });
  });

  test.each<[string, Partial<LimitDraft>, string]>([
    ['no amount', { amount: '' }, 'amount'],
    ['nothing', { amount: '0.00' }, 'amount'],
    ['too many decimals', { amount: '1.999' }, 'amount'],
    ['decimals that the currency has not', { amount: '1.5', currency: 'JPY' }, 'amount'],
    ['no currency in use', { currency: 'XXX' }, 'currency'],
    ['half a currency', { currency: 'US' }, 'currency'],
    ['a site without protection', { site: 'http://shop.example.com' }, 'site'],
    ['a site that is none', { site: 'not a site' }, 'site'],
    ['a site with a name and a password', { site: 'https://user:secret@shop.example.com' }, 'site'],
    ['another scheme', { site: 'ftp://shop.example.com' }, 'site'],
    ['an opaque origin', { site: 'data:text/html,x' }, 'site'],
  ])('with %s is not saved, and the field is named', (_, changes, field) => {
    expect(limitIn(draft(changes), [])).toMatchObject({ field });
  });

  test('is not saved beside another of its kind, and is beside one of another', () => {
    expect(limitIn(draft({ amount: '300' }), [monthly])).toMatchObject({ field: 'all' });
    expect(limitIn(draft({ per: 'day' }), [monthly])).toHaveProperty('limit');
    expect(limitIn(draft({ site: SHOP }), [monthly])).toHaveProperty('limit');
    expect(limitIn(draft({ currency: 'EUR' }), [monthly])).toHaveProperty('limit');
  });

  test('comes back as it was when nothing is changed', () => {
    for (const limit of [monthly, { ...monthly, amount: '19.99', audience: SHOP }]) {
      expect(limitIn(draftOf(limit), [])).toEqual({ limit });
    }
  });
});

describe('what an authority lets a person do', () => {
  test.each([
    [
      { permissions: ['purchase'], amount: '200.00', currency: 'USD' },
      'Up to $200.00 each time, for “purchase”, anywhere',
    ],
    [
      { permissions: ['purchase', 'refund'], amount: '200.00', currency: 'USD', audiences: [SHOP] },
      'Up to $200.00 each time, for “purchase” and “refund”, at shop.example.com',
    ],
    [{ permissions: ['enrol'] }, '“enrol”, anywhere'],
    [
      { permissions: ['enrol'], audiences: [1, 2, 3, 4, 5, 6].map((n) => `https://s${n}.example`) },
      '“enrol”, at s1.example, s2.example, s3.example, s4.example, and 2 more',
    ],
  ])('%o is “%s”', (grant, words) => {
    expect(grantWords(grant)).toBe(words);
  });

  test('is not made to look otherwise by its words', () => {
    expect(grantWords({ permissions: ['a\u202eb\nc'] })).toBe('“a b c”, anywhere');
  });
});

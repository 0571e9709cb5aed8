import { beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../lib/core/index.ts';
import {
  canonicalJsonBytes,
  fromBase64url,
  fromUtf8,
  parseOrigin,
  toBase64url,
  utf8,
} from '../../../../lib/core/index.ts';
import type { BbsCredential, BbsExpectations } from '../../../../lib/credentials/bbs/index.ts';
import {
  bbsRequestHash,
  bindingBytes,
  presentBbs,
  readBbsPresentation,
  verifyBbsPresentation,
} from '../../../../lib/credentials/bbs/index.ts';
import { claimTermOf } from '../../../../lib/credentials/index.ts';
import type { Club } from '../../../fixtures/bbs/club.ts';
import { CARD, CLUB, ENDS, NONCE, SHOP, SUITES, expecting, openClub, showing } from '../../../fixtures/bbs/club.ts';

type Members = Record<string, unknown> & { header: Record<string, unknown>; disclosed: Record<string, unknown> };

/** The presentation with some of its JSON changed, spelled as it must be. */
function rewritten(text: string, change: (members: Members) => object): string {
  const members = JSON.parse(fromUtf8(fromBase64url(text))) as Members; // as the test made it
  return toBase64url(canonicalJsonBytes({ ...members, ...change(members) }));
}

const reasonOf = async (text: string, expected: BbsExpectations): Promise<string> => {
  const result = await verifyBbsPresentation(text, expected);
  return result.valid ? 'valid' : result.reason;
};

describe.each(SUITES)('a presentation with %s', (name) => {
  let [club, card, tier, full]: [Club?, BbsCredential?, string?, string?] = [];
  const made = () => {
    if (club === undefined || card === undefined || tier === undefined || full === undefined) throw new Error('none');
    return { club, card, tier, full };
  };

  beforeAll(async () => {
    club = await openClub(name);
    card = await club.card();
    tier = await showing(club, card, ['tier']);
    full = await showing(club, card, ['tier', 'since_year', 'member']);
  });

  test('shows what was asked and nothing else', async () => {
    const { club, card, tier } = made();
    expect(await verifyBbsPresentation(tier, expecting(club, ['tier']))).toEqual({
      valid: true,
      suite: name,
      header: card.header,
      disclosed: { tier: 'gold' },
      answers: { tier: 'gold' },
    });
  });

  test('shows everything where everything was asked, in any order, and nowhere else', async () => {
    const { club, full } = made();
    const all = expecting(club, ['since_year', 'member', 'tier']);
    expect(await verifyBbsPresentation(full, all)).toMatchObject({ valid: true });
    expect(await reasonOf(full, expecting(club, ['tier']))).toBe('over_disclosed');
  });

  test('can show nothing but that it is one of this type', async () => {
    const { club, card } = made();
    const nothing = await showing(club, card, []);
    expect(await verifyBbsPresentation(nothing, expecting(club, []))).toMatchObject({ valid: true, disclosed: {} });
  });

  test('holds for the origin, nonce and request that it was made for alone', async () => {
    const { club, tier } = made();
    const others: readonly Partial<BbsExpectations>[] = [
      { origin: parseOrigin('https://evil.example', 'origin') },
      { nonce: 'another' },
      { requestedTypes: [] },
    ];
    for (const other of others) expect(await reasonOf(tier, expecting(club, ['tier'], other))).toBe('bad_signature');
  });

  test('is bound to the names that were asked, not only to those that are shown', async () => {
    const { club, card } = made();
    const requestHash = bbsRequestHash(['tier', 'member'], [CARD]);
    const text = await presentBbs(card, club.key, ['tier'], { origin: SHOP, nonce: NONCE, requestHash });
    expect(await reasonOf(text, expecting(club, ['tier']))).toBe('bad_signature');
  });

  test.each<[string, string, (members: Members) => object]>([
    ['another value', 'bad_signature', () => ({ disclosed: { tier: 'silver' } })],
    ['a value of another type', 'bad_signature', () => ({ disclosed: { tier: ['gold'] } })],
    ['another claim shown', 'wrong_claim', () => ({ disclosed: { member: true } })],
    ['a claim more shown', 'over_disclosed', () => ({ disclosed: { tier: 'gold', member: true } })],
    ['a claim shown that the schema does not name', 'malformed', () => ({ disclosed: { tier: 'gold', level: 1 } })],
    ['nothing shown', 'wrong_claim', () => ({ disclosed: {} })],
    ['another type', 'wrong_type', ({ header }) => ({ header: { ...header, type: 'other' } })],
    ['another issuer', 'untrusted_issuer', ({ header }) => ({ header: { ...header, issuer: 'https://evil.example' } })],
    ['another end', 'bad_signature', ({ header }) => ({ header: { ...header, expires: ENDS + 604_800 } })],
    ['an end of its own', 'malformed', ({ header }) => ({ header: { ...header, expires: ENDS + 60 } })],
    [
      'a schema in other order',
      'bad_signature',
      ({ header }) => ({ header: { ...header, schema: ['tier', 'member', 'since_year'] } }),
    ],
    [
      'a schema with a name more',
      'bad_signature',
      ({ header }) => ({ header: { ...header, schema: ['member', 'tier', 'since_year', 'x'] } }),
    ],
    [
      'a schema with a name less',
      'bad_signature',
      ({ header }) => ({ header: { ...header, schema: ['member', 'tier'] } }),
    ],
    [
      'a schema with a name twice',
      'malformed',
      ({ header }) => ({ header: { ...header, schema: ['tier', 'tier', 'since_year'] } }),
    ],
    ['the other suite', 'untrusted_issuer', ({ suite }) => ({ suite: suite === 'bbs' ? 'bbs+' : 'bbs' })],
    ['an unknown suite', 'unsupported_format', () => ({ suite: 'bbs++' })],
    ['another version', 'unsupported_format', () => ({ v: 2 })],
    ['a member more', 'malformed', () => ({ extra: 1 })],
    ['a member less', 'malformed', () => ({ proof: undefined })],
    ['a proof that is none', 'bad_signature', () => ({ proof: 'AAAA' })],
    ['a proof that is a number', 'malformed', () => ({ proof: 1 })],
    [
      '129 names',
      'malformed',
      ({ header }) => ({ header: { ...header, schema: Array.from({ length: 129 }, (_, i) => `${i}`) } }),
    ],
  ])('with %s is %s', async (_, reason, change) => {
    const { club, tier } = made();
    expect(await reasonOf(rewritten(tier, change), expecting(club, ['tier']))).toBe(reason);
  });

  test('of the other suite is refused even where its issuer has keys of both', async () => {
    const { club, tier } = made();
    const swapped = rewritten(tier, ({ suite }) => ({ suite: suite === 'bbs' ? 'bbs+' : 'bbs' }));
    const keys = [club.key, { ...club.key, alg: name === 'bbs' ? ('BBS+2020' as const) : ('BBS' as const) }];
    const trusted = [{ issuer: CLUB, keys, types: [CARD] }];
    expect(await reasonOf(swapped, expecting(club, ['tier'], { trusted }))).toBe('bad_signature');
  });

  test('of another issuer’s key is refused, and found where one of several keys fits', async () => {
    const { club, tier } = made();
    const { key } = await openClub(name, 8);
    const trust = (keys: BbsExpectations['trusted'][number]['keys'], types = [CARD]) =>
      expecting(club, ['tier'], { trusted: [{ issuer: CLUB, keys, types }] });
    expect(await reasonOf(tier, trust([key]))).toBe('bad_signature');
    expect(await reasonOf(tier, trust([key, club.key]))).toBe('valid');
    expect(await reasonOf(tier, trust([club.key], ['other']))).toBe('wrong_type');
    expect(await reasonOf(tier, trust([]))).toBe('untrusted_issuer');
  });

  test('refuses to show what the credential does not have, or with a key of the other suite', async () => {
    const { club, card } = made();
    const binding = { origin: SHOP, nonce: NONCE, requestHash: bbsRequestHash([], []) };
    await expect(presentBbs(card, club.key, ['level'], binding)).rejects.toMatchObject({ field: 'disclose' });
    const other = { ...club.key, alg: name === 'bbs' ? ('BBS+2020' as const) : ('BBS' as const) };
    await expect(presentBbs(card, other, ['tier'], binding)).rejects.toMatchObject({ field: 'key' });
  });
});

describe('a presentation', () => {
  let [club, text]: [Club?, string?] = [];
  const made = () => {
    if (club === undefined || text === undefined) throw new Error('none');
    return { club, text, json: fromUtf8(fromBase64url(text)) };
  };

  beforeAll(async () => {
    club = await openClub('bbs');
    text = await showing(club, await club.card(), ['tier']);
  });

  test('is expired half a minute after its end, and not before', async () => {
    const { club, text } = made();
    expect(await reasonOf(text, expecting(club, ['tier'], { now: ENDS + 29 }))).toBe('valid');
    expect(await reasonOf(text, expecting(club, ['tier'], { now: ENDS + 30 }))).toBe('expired');
  });

  test('answers only with values that were accepted', async () => {
    const { club, text } = made();
    const asking = (values: readonly string[]): BbsExpectations =>
      expecting(club, [], { terms: [claimTermOf({ name: 'tier', values: [...values] })] });
    expect(await reasonOf(text, asking(['gold']))).toBe('valid');
    expect(await reasonOf(text, asking(['silver']))).toBe('wrong_claim');
  });

  test('has one spelling', async () => {
    const { club, json } = made();
    const spelled = (other: string): Promise<string> => reasonOf(toBase64url(utf8(other)), expecting(club, ['tier']));
    expect(await spelled(json.replace('{"disclosed"', '{ "disclosed"'))).toBe('malformed');
    expect(await spelled(json.replace('"tier":"gold"', '"tier":"silver","tier":"gold"'))).toBe('malformed');
    expect(await spelled(json.replace('"v":1', '"v":1.0'))).toBe('malformed');
    expect(await spelled(json.replace('"tier":"gold"', '"__proto__":1,"tier":"gold"'))).toBe('malformed');
    expect(await spelled(json.replace('gold', '\\u0067old'))).toBe('malformed');
  });

  test('that is none is malformed, whatever it is', async () => {
    const { club, text } = made();
    const bad = [
      '',
      'x',
      `${text}=`,
      text.slice(1),
      toBase64url(new Uint8Array([0xff])),
      'A'.repeat(300_000),
      toBase64url(utf8('null')),
    ];
    for (const other of bad) expect(await reasonOf(other, expecting(club, ['tier']))).toBe('malformed');
  });

  test('is read as it was written', () => {
    const { text } = made();
    const { suite, disclosed, proof } = readBbsPresentation(text);
    expect([suite, disclosed, proof.length]).toEqual(['bbs', { tier: 'gold' }, 3 * 48 + 6 * 32]);
  });

  test('may show claims whose names mean something to programs', async () => {
    const { club } = made();
    const card = await club.card([
      ['reason', 'loyal'],
      ['valid', false],
      ['constructor', 1],
    ]);
    const names = ['reason', 'valid', 'constructor'];
    const answers: JsonObject = { reason: 'loyal', valid: false, constructor: 1 };
    expect(await verifyBbsPresentation(await showing(club, card, names), expecting(club, names))).toMatchObject({
      answers,
    });
  });

  test('shows a claim whole: what lies within it cannot be had without the rest', async () => {
    const { club } = made();
    const card = await club.card([['club', { branch: 'north', level: 2 }]]);
    const terms = [{ name: 'club.branch', paths: [['club', 'branch']] }];
    const text = await showing(club, card, ['club']);
    expect(await reasonOf(text, expecting(club, [], { terms }))).toBe('over_disclosed');
  });
});

describe('what a presentation is bound to', () => {
  test('differs with origin, nonce and request, and with where one ends and the next begins', () => {
    const prints = [
      bindingBytes({ origin: 'a', nonce: 'b', requestHash: 'c' }),
      bindingBytes({ origin: 'ab', nonce: '', requestHash: 'c' }),
      bindingBytes({ origin: 'a', nonce: 'bc', requestHash: '' }),
      bindingBytes({ origin: 'a","b', nonce: '', requestHash: 'c' }),
    ];
    expect(new Set(prints.map(toBase64url)).size).toBe(4);
    expect(prints[0]).toHaveLength(32);
  });

  test('is the same request in any order, and another with another name or type', () => {
    const hash = bbsRequestHash(['b', 'a'], ['y', 'x']);
    expect(bbsRequestHash(['a', 'b', 'a'], ['x', 'y'])).toBe(hash);
    expect(bbsRequestHash(['a'], ['x', 'y'])).not.toBe(hash);
    expect(bbsRequestHash(['a', 'b'], ['x'])).not.toBe(hash);
    expect(bbsRequestHash(['a', 'b', 'x'], ['y'])).not.toBe(hash);
  });
});

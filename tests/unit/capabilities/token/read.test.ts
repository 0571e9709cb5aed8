import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MAX_TOKEN_LENGTH,
  capabilityHash,
  capabilityOutOfTime,
  isCapabilitySigned,
  readCapability,
} from '../../../../lib/capabilities/index.ts';
import { SignetError, canonicalJson, toBase64url, utf8 } from '../../../../lib/core/index.ts';
import {
  AGENT,
  NOW,
  OTHER_SHOP,
  SHOP,
  WALLET,
  claimsIn,
  forge,
  forgeClaims,
  issue,
} from '../../../fixtures/capabilities.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 200);

/** The field that a token is refused for, or undefined where it is read. */
function refusedFor(token: string): string | undefined {
  try {
    readCapability(token);
    return undefined;
  } catch (error) {
    if (error instanceof SignetError && error.reason === 'bad_request') return error.field;
    throw error;
  }
}

describe('a capability token', () => {
  test('is read as it was made, and signed by its issuer', async () => {
    const token = await issue();
    const capability = readCapability(token);
    expect(capability.claims).toEqual(claimsIn(token));
    expect(await isCapabilitySigned(capability)).toBe(true);
  });

  test('is at most 1 kB without the text of a policy', async () => {
    expect((await issue()).length).toBeLessThanOrEqual(1024);
  });

  test.each([
    ['the holder’s key stripped', { cnf: undefined, exp: '2026-11-28T12:01:00Z' }],
    ['another key in place of the holder’s', { cnf: { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) } } }],
    ['another audience', { aud: OTHER_SHOP }],
    ['a later end', { exp: '2026-11-28T12:14:00Z' }],
    ['another agent', { sub: 'somebody' }],
  ])('is not signed with %s', async (_, changes) => {
    const token = await issue();
    const [, , body = '', footer = ''] = token.split('.');
    const signature = Buffer.from(body, 'base64url').subarray(-64);
    const message = utf8(canonicalJson({ ...claimsIn(token), ...changes }));
    const changed = `v4.public.${toBase64url(Buffer.concat([message, signature]))}.${footer}`;
    expect(await isCapabilitySigned(readCapability(changed))).toBe(false);
  });

  test('is not signed by a stranger who names the wallet as its issuer', async () => {
    const claims = claimsIn(await issue());
    const footer = (await issue()).split('.')[3] ?? '';
    const forged = forge(claims, AGENT, { footer: Buffer.from(footer, 'base64url').toString() });
    expect(await isCapabilitySigned(readCapability(forged))).toBe(false);
  });

  test('is not signed for its audience where the implicit assertion is another', async () => {
    expect(await isCapabilitySigned(readCapability(await forgeClaims({}, { implicit: OTHER_SHOP })))).toBe(false);
    expect(await isCapabilitySigned(readCapability(await forgeClaims({}, { implicit: '' })))).toBe(false);
  });

  test('has one hash, of what it says', async () => {
    const token = await issue();
    const again = forge(claimsIn(token));
    expect(capabilityHash(readCapability(again))).toBe(capabilityHash(readCapability(token)));
    expect(capabilityHash(readCapability(await issue()))).not.toBe(capabilityHash(readCapability(token)));
  });
});

describe('a token is refused with', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['a claim that nobody knows', { note: 'hello' }, 'token.note'],
    ['a claim by a prototype’s name', { constructor: 1 }, 'token.constructor'],
    ['no issuer', { iss: undefined }, 'token.iss'],
    ['an issuer that is no key', { iss: 'https://wallet.example' }, 'token.iss'],
    ['no agent', { sub: undefined }, 'token.sub'],
    ['no audience', { aud: undefined }, 'token.aud'],
    ['an audience with a path', { aud: 'https://shop.example/' }, 'token.aud'],
    ['an audience that is not https', { aud: 'http://shop.example' }, 'token.aud'],
    ['several audiences', { aud: ['https://shop.example'] }, 'token.aud'],
    ['no id', { jti: undefined }, 'token.jti'],
    ['an id with loose bits', { jti: 'AAAAAAAAAAAAAAAAAAAAAB' }, 'token.jti'],
    ['no end', { exp: undefined }, 'token.exp'],
    ['an empty end', { exp: '' }, 'token.exp'],
    ['an end that is no date', { exp: 'not-a-date' }, 'token.exp'],
    ['an end on 30 February', { exp: '2027-02-30T00:00:00Z' }, 'token.exp'],
    ['an end in another zone', { exp: '2026-11-28T13:05:00+01:00' }, 'token.exp'],
    ['an end as a number', { exp: 1_800_000_000 }, 'token.exp'],
    ['an end before its start', { exp: '2026-11-28T11:59:59Z' }, 'token.exp'],
    ['an end more than 15 minutes away', { exp: '2026-11-28T12:15:01Z' }, 'token.exp'],
    ['a start before it was issued', { nbf: '2026-11-28T11:59:00Z' }, 'token.nbf'],
    ['no holder key, and 15 minutes', { cnf: undefined }, 'token.exp'],
    ['a private holder key', { cnf: { jwk: { ...jwk(), d: 'A'.repeat(43) } } }, 'token.cnf.jwk.d'],
    ['a holder key with a name', { cnf: { jwk: { ...jwk(), kid: 'me' } } }, 'token.cnf.jwk.kid'],
    ['a holder key on a curve it cannot be on', { cnf: { jwk: { ...jwk(), crv: 'X25519' } } }, 'token.cnf.jwk.crv'],
    ['a holder key by reference', { cnf: { kid: 'me' } }, 'token.cnf.jwk'],
    ['a parent that is no hash', { parent: 'me' }, 'token.parent'],
    ['a seal that is not closed', { sealed: false }, 'token.sealed'],
  ])('%s', async (_, changes, field) => {
    expect(refusedFor(await forgeClaims(changes))).toBe(field);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a term that nobody knows', { discount: 1 }, 'token.spl.discount'],
    ['no permissions', { permissions: undefined }, 'token.spl.permissions'],
    ['an empty list of permissions', { permissions: [] }, 'token.spl.permissions'],
    ['a permission for everything', { permissions: ['*'] }, 'token.spl.permissions[0]'],
    ['17 permissions', { permissions: Array.from({ length: 17 }, (_, i) => `p${i}`) }, 'token.spl.permissions'],
    ['a negative amount', { max_amount: -1 }, 'token.spl.max_amount'],
    ['a float for money', { max_amount: 0.5 }, 'token.spl.max_amount'],
    ['an amount as text', { max_amount: '15000' }, 'token.spl.max_amount'],
    ['an amount that is null', { max_amount: null }, 'token.spl.max_amount'],
    ['an amount without currency', { currency: undefined }, 'token.spl.currency'],
    ['a currency without amount', { max_amount: undefined }, 'token.spl.currency'],
    ['a currency that is none', { currency: 'XXX' }, 'token.spl.currency'],
    ['major units', { unit: 'major' }, 'token.spl.unit'],
    ['one_time as a word', { one_time: 'yes' }, 'token.spl.one_time'],
    ['no purpose', { purpose: ' ' }, 'token.spl.purpose'],
    ['a purpose of 141 characters', { purpose: 'x'.repeat(141) }, 'token.spl.purpose'],
    ['an empty policy', { policy: '' }, 'token.spl.policy'],
    ['a policy with NUL', { policy: '#t\0' }, 'token.spl.policy'],
    ['a policy over 16 KiB', { policy: 'x'.repeat(16_385) }, 'token.spl.policy'],
    ['a budget that is one-time', { budget_chain: chain() }, 'token.spl.one_time'],
    [
      'a budget over its sum',
      { one_time: false, budget_chain: chain({ length: 151 }) },
      'token.spl.budget_chain.length',
    ],
    [
      'a budget in another currency',
      { one_time: false, budget_chain: chain({ currency: 'EUR' }) },
      'token.spl.budget_chain.currency',
    ],
    ['a budget of no steps', { one_time: false, budget_chain: chain({ length: 0 }) }, 'token.spl.budget_chain.length'],
    [
      'a budget of 2^16 + 1 steps',
      { one_time: false, budget_chain: chain({ length: 65_537 }) },
      'token.spl.budget_chain.length',
    ],
    [
      'a budget of half a step',
      { one_time: false, budget_chain: chain({ length: 1.5 }) },
      'token.spl.budget_chain.length',
    ],
    [
      'a budget whose unit is a float',
      { one_time: false, budget_chain: chain({ unit: 0.25 }) },
      'token.spl.budget_chain.unit',
    ],
    [
      'a budget whose unit is nothing',
      { one_time: false, budget_chain: chain({ unit: 0 }) },
      'token.spl.budget_chain.unit',
    ],
    [
      'a budget whose unit is text',
      { one_time: false, budget_chain: chain({ unit: '25' }) },
      'token.spl.budget_chain.unit',
    ],
    [
      'a budget that cannot be added up',
      { one_time: false, budget_chain: chain({ unit: Number.MAX_SAFE_INTEGER }) },
      'token.spl.budget_chain.length',
    ],
    [
      'a budget with an audience of its own',
      { one_time: false, budget_chain: chain({ audience: SHOP }) },
      'token.spl.budget_chain.audience',
    ],
    [
      'a budget without a commitment',
      { one_time: false, budget_chain: chain({ commitment: undefined }) },
      'token.spl.budget_chain.commitment',
    ],
    [
      'a budget whose commitment is padded',
      { one_time: false, budget_chain: chain({ commitment: `${'A'.repeat(42)}=` }) },
      'token.spl.budget_chain.commitment',
    ],
    ['a root without leaves', { merkle_root: 'A'.repeat(43) }, 'token.spl.leaves'],
    ['a root that is short', { merkle_root: 'A'.repeat(42), leaves: 4 }, 'token.spl.merkle_root'],
    ['512 leaves', { merkle_root: 'A'.repeat(43), leaves: 512 }, 'token.spl.leaves'],
    ['no leaves at all', { merkle_root: 'A'.repeat(43), leaves: 0 }, 'token.spl.leaves'],
    ['leaves as text', { merkle_root: 'A'.repeat(43), leaves: '4' }, 'token.spl.leaves'],
    ['three leaves', { merkle_root: 'A'.repeat(43), leaves: 3 }, 'token.spl.leaves'],
    ['an audience beside hidden clauses', { merkle_root: 'A'.repeat(43), leaves: 4 }, 'token.aud'],
  ])('%s', async (_, terms, field) => {
    expect(refusedFor(await forgeClaims({}, { terms }))).toBe(field);
  });

  test.each(['merchant', 'policy'])('hidden clauses and a %s in the clear', async (name) => {
    const terms = { max_amount: undefined, currency: undefined, merkle_root: 'A'.repeat(43), leaves: 4, [name]: 'x' };
    expect(refusedFor(await forgeClaims({ aud: undefined }, { terms, implicit: '' }))).toBe(`token.spl.${name}`);
  });

  test('no holder key, and several uses', async () => {
    const token = await forgeClaims({ cnf: undefined, exp: '2026-11-28T12:01:00Z' }, { terms: { one_time: false } });
    expect(refusedFor(token)).toBe('token.spl.one_time');
  });

  test('no holder key, and 61 s', async () => {
    expect(refusedFor(await forgeClaims({ cnf: undefined, exp: '2026-11-28T12:01:01Z' }))).toBe('token.exp');
    expect(refusedFor(await forgeClaims({ cnf: undefined, exp: '2026-11-28T12:01:00Z' }))).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['is not known', ['budget']],
    ['is not there', ['sealed']],
    ['is a prototype’s', ['constructor']],
    ['is named twice', ['spl', 'spl']],
    ['is no name', [1]],
    ['stands in no list', 'spl'],
    ['is none at all', []],
  ])('a critical claim that %s', async (_, crit) => {
    expect(refusedFor(await forgeClaims({ crit }))).toBe('token.crit');
  });

  test('no critical claim but those that are known here', async () => {
    expect(refusedFor(await forgeClaims({ crit: ['spl', 'cnf'] }))).toBeUndefined();
  });
});

describe('a token has one spelling: it is refused', () => {
  const text = async (): Promise<string> => canonicalJson(claimsIn(await issue()));

  test.each<[string, (json: string) => string]>([
    ['with white space', (json) => json.replace(',', ', ')],
    ['with a member twice', (json) => json.replace('{"aud"', '{"aud":"https://other.example","aud"')],
    ['with members in another order', (json) => `{"sub":"bearer",${json.slice(1).replace(/"sub":"[^"]*",/, '')}`],
    ['with a byte order mark', (json) => `\ufeff${json}`],
    ['with a number in another form', (json) => json.replace('15000', '15e3')],
    ['with an escaped letter', (json) => json.replace('purchase', '\\u0070urchase')],
    ['as a list', (json) => `[${json}]`],
    ['as null', () => 'null'],
    ['as no JSON', (json) => json.slice(1)],
    ['as nothing', () => ''],
    ['nested without end', () => `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`],
  ])('%s', async (_, change) => {
    expect(refusedFor(forge(change(await text())))).toBe('token');
  });

  test('with bytes that are no UTF-8', () => {
    expect(refusedFor(forge(Uint8Array.of(0x7b, 0xff, 0x7d)))).toBe('token');
  });

  test.each<[string, (token: string) => string]>([
    ['with loose trailing bits', (token) => `${token.slice(0, -1)}${token.endsWith('f') ? 'g' : 'f'}`],
    ['with padding', (token) => `${token}=`],
    ['with another part', (token) => `${token}.AA`],
    ['without footer', (token) => token.split('.').slice(0, 3).join('.')],
    ['with an empty footer', (token) => `${token.split('.').slice(0, 3).join('.')}.`],
    ['of another version', (token) => token.replace('v4', 'v2')],
    ['of another purpose', (token) => token.replace('public', 'local')],
    ['in capitals', (token) => token.toUpperCase()],
    ['with white space', (token) => ` ${token}`],
    ['with a newline', (token) => `${token}\n`],
    ['that is empty', () => ''],
    ['of dots', () => '.'.repeat(1000)],
    ['of a signature alone', () => `v4.public.${toBase64url(new Uint8Array(64))}.e30`],
    ['over the limit', (token) => token.padEnd(MAX_TOKEN_LENGTH + 1, 'A')],
  ])('%s', async (_, change) => {
    expect(refusedFor(change(await issue()))).toBe('token');
  });

  test.each<[string, string]>([
    ['without a key', '{}'],
    ['with more than a key', '{"kid":"x","typ":"y"}'],
    ['with a key that is no text', '{"kid":1}'],
    ['with the id of another key', '{"kid":"k4.pid.9ShR3xc8-qVJ_di0tc9nx0IDIqbatdeM2mqLFBJsKRHs"}'],
    ['that is no JSON', 'kid'],
    ['that is too long', `{"kid":"${'x'.repeat(200)}"}`],
  ])('with a footer %s', async (_, footer) => {
    expect(refusedFor(forge(claimsIn(await issue()), WALLET, { footer }))).toBe('token');
  });
});

describe('the time of a token', () => {
  const at = async (seconds: number) => capabilityOutOfTime(readCapability(await issue()), NOW + seconds * 1000);

  test.each([
    [-31, 'not_yet_valid'],
    [-30, undefined],
    [0, undefined],
    [900, undefined],
    [929, undefined],
    [930, 'expired'],
    [86_400, 'expired'],
    [Number.NaN, 'not_yet_valid'],
  ])('%i s after it was issued it is %s', async (seconds, outcome) => {
    expect(await at(seconds)).toBe(outcome);
  });
});

describe('whatever is sent as a token', () => {
  test('is read or refused, and nothing else happens', async () => {
    const good = await issue();
    const body = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.json({ maxDepth: 10 }),
      fc
        .object({ key: fc.constantFrom('iss', 'aud', 'spl', 'cnf', 'jwk', 'exp', '__proto__', 'crit') })
        .map((value) => JSON.stringify(value)),
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      body.map((json) => forge(json.toWellFormed())),
      fc
        .tuple(fc.nat(good.length), fc.string({ maxLength: 3 }))
        .map(([at, put]) => good.slice(0, at) + put + good.slice(at + 1)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const field = refusedFor(text);
        expect(field === undefined ? text.length > 0 : field.startsWith('token')).toBe(true);
      }),
      { numRuns },
    );
  });

  test('is not signed with any character of it changed', async () => {
    const good = await issue();
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.string({ minLength: 0, maxLength: 2 }), async (at, put) => {
        const text = good.slice(0, at) + put + good.slice(at + 1);
        fc.pre(text !== good);
        expect(refusedFor(text) !== undefined || !(await isCapabilitySigned(readCapability(text)))).toBe(true);
      }),
      { numRuns },
    );
  });
});

function jwk(): Record<string, unknown> {
  return { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) };
}

function chain(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { commitment: 'A'.repeat(43), unit: 100, currency: 'USD', length: 150, ...changes };
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuthorityGrant, SigningKey } from '../../../lib/capabilities/index.ts';
import {
  MemoryReplayStore,
  acceptOffer,
  joinStanding,
  narrowToken,
  readChain,
  readOffer,
  signOffer,
  signingKeyJwk,
} from '../../../lib/capabilities/index.ts';
import type { Origin } from '../../../lib/core/index.ts';
import { parseOrigin, toBase64url, utf8 } from '../../../lib/core/index.ts';
import type { AuthorityContext } from '../../../lib/sdk/index.ts';
import { checkAuthority } from '../../../lib/sdk/index.ts';
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
  keyNumber,
} from '../../fixtures/capabilities.ts';
import type { Setting } from '../../fixtures/capabilities/buy.ts';
import { BODY, NONCE, PAY, buy, newLedger, proofFor, reasonsOf } from '../../fixtures/capabilities/buy.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 40);

const HELPER = keyNumber(3);
const BANK = keyNumber(30);
const BANK_ORIGIN = parseOrigin('https://bank.example', 'authority');
const PERSON = keyNumber(31);

describe('a purchase within a capability', () => {
  test('is allowed', async () => {
    const token = await issue();
    const { jti } = readChain(token).root.claims;
    expect(await buy(token)).toEqual({
      ...{ allowed: true, reasons: [], jti, remaining: '0.00', expires: new Date(NOW + 900_000) },
    });
  });

  test('is allowed to the last cent', async () => {
    const result = await buy(await issue(), { amount: 150, signed: { amount: 15_000 } });
    expect(result.allowed).toBe(true);
  });

  test('is allowed with a skew of 30 s', async () => {
    const token = await issue();
    expect((await buy(token, { now: new Date(NOW - 30_000), at: NOW })).allowed).toBe(true);
    expect((await buy(token, { now: new Date(NOW + 929_000), at: NOW + 929_000 })).allowed).toBe(true);
  });

  test('is allowed from a token of a minute without a holder key, without proof', async () => {
    const bearer = await forgeClaims({ cnf: undefined, exp: '2026-11-28T12:01:00Z' });
    const result = await checkAuthority(bearer, bareContext());
    expect(result.allowed).toBe(true);
  });

  test('is counted before it is allowed', async () => {
    const [token, ledger] = [await issue(), newLedger()];
    await buy(token, { ledger });
    expect(ledger.uses).toEqual([
      {
        ...{ jti: readChain(token).root.claims.jti, amount: 1000, limit: 15_000, oneTime: true },
        ...{ issuedAt: NOW, expires: NOW + 900_000 },
      },
    ]);
  });

  test('says what is wrong in a word and a sentence', async () => {
    const { reasons } = await buy(await issue(), { action: 'refund', signed: { action: 'refund' } });
    expect(reasons).toEqual([{ reason: 'wrong_action', detail: 'The token does not permit this action.' }]);
  });
});

describe('a token is not believed', () => {
  test.each([[''], ['v4.public.AAAA.AAAA'], ['~'], ['x'.repeat(200_000)]])('that is malformed', async (token) => {
    expect(reasonsOf(await checkAuthority(token, bareContext()))).toEqual(['malformed']);
  });

  test.each([[undefined], [null], [7], [{}], [['v4']]])('that is no text: %j', async (token) => {
    expect(reasonsOf(await checkAuthority(token as never, bareContext()))).toEqual(['malformed']); // what untyped callers pass
  });

  test('that its holder made for itself', async () => {
    expect(reasonsOf(await buy(await issue({}, AGENT)))).toEqual(['untrusted_issuer']);
    expect(reasonsOf(await buy(await issue({}, keyNumber(77))))).toEqual(['untrusted_issuer']);
  });

  test('that a stranger signed in the wallet’s name', async () => {
    const token = await issue();
    const footer = Buffer.from(token.split('.')[3] ?? '', 'base64url').toString();
    expect(reasonsOf(await buy(forge(claimsIn(token), AGENT, { footer })))).toEqual(['bad_signature']);
  });

  test('with its holder’s key swapped', async () => {
    const token = await issue();
    const footer = Buffer.from(token.split('.')[3] ?? '', 'base64url').toString();
    const swapped = forge({ ...claimsIn(token), cnf: { jwk: signingKeyJwk(HELPER) } }, HELPER, { footer });
    expect(reasonsOf(await buy(swapped, { holder: HELPER }))).toEqual(['bad_signature']);
  });

  test('with its holder’s key stripped', async () => {
    const token = await issue();
    const footer = Buffer.from(token.split('.')[3] ?? '', 'base64url').toString();
    const stripped = forge({ ...claimsIn(token), cnf: undefined, exp: '2026-11-28T12:01:00Z' }, HELPER, { footer });
    expect(reasonsOf(await checkAuthority(stripped, bareContext()))).toEqual(['bad_signature']);
    expect(reasonsOf(await checkAuthority(forge({ ...claimsIn(token), cnf: undefined }), bareContext()))).toEqual([
      'malformed',
    ]);
  });

  test.each(['not-a-date', '', 'never', '9999', '2026-11-28', '2026-11-28T12:05:00', '2026-13-01T00:00:00Z'])(
    'that ends %j',
    async (exp) => {
      expect(reasonsOf(await checkAuthority(await forgeClaims({ exp }), bareContext()))).toEqual(['malformed']);
    },
  );

  test('that calls critical what is not understood', async () => {
    expect(reasonsOf(await checkAuthority(await forgeClaims({ crit: ['geo'], geo: 'DE' }), bareContext()))).toEqual([
      'unknown_critical',
    ]);
  });

  test('with a claim that nobody knows', async () => {
    expect(reasonsOf(await checkAuthority(await forgeClaims({ geo: 'DE' }), bareContext()))).toEqual(['malformed']);
  });
});

describe('a token passes for nothing but what it is for', () => {
  test.each<[string, Setting, string]>([
    ['another origin', { audience: 'https://other.example' }, 'wrong_audience'],
    ['another port', { audience: 'https://shop.example:8443' }, 'wrong_audience'],
    ['another action', { action: 'refund', signed: { action: 'refund' } }, 'wrong_action'],
    ['a cent more', { amount: '150.01', signed: { amount: 15_001 } }, 'over_amount'],
    ['another currency', { currency: 'EUR', signed: { currency: 'EUR' } }, 'wrong_currency'],
    [
      'yen, where the figure would fit',
      { currency: 'JPY', amount: 1000, signed: { currency: 'JPY' } },
      'wrong_currency',
    ],
    ['another purpose', { purpose: 'Groceries' }, 'wrong_purpose'],
    ['another agent', { agent: 'somebody' }, 'wrong_agent'],
    ['a time before it', { now: new Date(NOW - 31_000), at: NOW - 31_000 }, 'not_yet_valid'],
    ['a time after it', { now: new Date(NOW + 930_000), at: NOW + 930_000 }, 'expired'],
  ])('%s', async (_, setting, reason) => {
    expect(reasonsOf(await buy(await issue(), setting))).toEqual([reason]);
  });

  test('nor for a purchase without an amount', async () => {
    const bearer = await forgeClaims({ cnf: undefined, exp: '2026-11-28T12:01:00Z' });
    const result = await checkAuthority(bearer, {
      ...{ action: 'purchase', audience: 'shop.example', now: new Date(NOW) },
      ...{ issuers: [{ key: WALLET.publicKey }], ledger: newLedger() },
    });
    expect(reasonsOf(result)).toEqual(['missing_amount']);
  });

  test('nor where its policy denies, and the refusal says why', async () => {
    const result = await buy(await issue({ terms: { policy: '(<= (get req "amount") 999)' } }));
    expect(result.reasons).toEqual([
      { reason: 'policy_denied', detail: 'The policy of the token denies it: amount 1000 is over 999.' },
    ]);
  });

  test('nor for anything but the origin, action, amount, currency and time that it was made for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          audience: fc.constantFrom(
            'https://shop.example',
            'https://other.example',
            'https://shop.example.evil.example',
          ),
          action: fc.constantFrom('purchase', 'refund'),
          amount: fc.integer({ min: 0, max: 400 }),
          currency: fc.constantFrom('USD', 'EUR'),
          seconds: fc.integer({ min: -100, max: 1100 }),
        }),
        async ({ audience, action, amount, currency, seconds }) => {
          const at = NOW + seconds * 1000;
          const signed = { action, amount: amount * 100, currency };
          const { allowed } = await buy(await issue(), {
            audience,
            action,
            amount,
            currency,
            now: new Date(at),
            at,
            signed,
          });
          const isFor = audience === SHOP && action === 'purchase' && amount <= 150 && currency === 'USD';
          expect(allowed).toBe(isFor && seconds >= -30 && seconds < 930);
        },
      ),
      { numRuns },
    );
  });
});

describe('the holder’s proof', () => {
  test('for 10.00 does not buy for 100.00', async () => {
    expect(reasonsOf(await buy(await issue(), { amount: 100 }))).toEqual(['wrong_use']);
  });

  test.each<[string, Setting, string]>([
    ['by another key', { holder: HELPER }, 'no_holder_proof'],
    ['by the wallet’s key', { holder: WALLET }, 'no_holder_proof'],
    ['in another currency', { signed: { currency: 'EUR' } }, 'wrong_use'],
    ['for another address', { signed: { url: 'https://other.example/pay' } }, 'wrong_use'],
    ['for another body', { signed: { body: utf8('{}') } }, 'wrong_use'],
    ['for another nonce', { nonce: toBase64url(new Uint8Array(16)) }, 'wrong_nonce'],
    ['of two minutes ago', { at: NOW - 120_000 }, 'proof_time'],
    ['of the future', { at: NOW + 31_000 }, 'proof_time'],
    ['that is no proof', { seen: { proof: 'x' } }, 'malformed_proof'],
    ['that is no text', { seen: { proof: 7 as never } }, 'malformed_proof'],
  ])('%s shows nothing', async (_, setting, reason) => {
    expect(reasonsOf(await buy(await issue(), setting))).toEqual([reason]);
  });

  test('for another token of the same holder shows nothing', async () => {
    const proof = await proofFor(await issue(), {});
    expect(reasonsOf(await buy(await issue(), { seen: { proof } }))).toEqual(['wrong_use']);
  });

  test('is needed for a token that is bound to a key', async () => {
    expect(reasonsOf(await checkAuthority(await issue(), bareContext()))).toEqual(['no_holder_proof']);
  });

  test('cannot be used twice, though the token could', async () => {
    const token = await issue({ terms: { one_time: false } });
    const replay = new MemoryReplayStore({ clock: () => NOW });
    const proof = await proofFor(token, {});
    const ledger = newLedger();
    const once = { replay, ledger, seen: { proof } };
    expect((await buy(token, once)).allowed).toBe(true);
    expect(reasonsOf(await buy(token, once))).toEqual(['replayed']);
    expect(ledger.uses).toHaveLength(1);
  });

  test('that fails leaves the token unused', async () => {
    const [token, ledger] = [await issue(), newLedger()];
    expect((await buy(token, { ledger, holder: HELPER })).allowed).toBe(false);
    expect((await buy(token, { ledger })).allowed).toBe(true);
  });
});

describe('a token that has to be counted', () => {
  test.each([true, false])('is refused without a ledger, one-time or not: %s', async (one_time) => {
    const token = await issue({ terms: { one_time } });
    const result = await checkAuthority(token, {
      ...{ action: 'purchase', amount: '10.00', currency: 'USD', audience: 'shop.example', now: new Date(NOW) },
      issuers: [{ key: WALLET.publicKey }],
      proof: {
        ...{ ...PAY, proof: await proofFor(token, {}), nonce: NONCE, body: BODY },
        replay: new MemoryReplayStore({ clock: () => NOW }),
      },
    });
    expect(reasonsOf(result)).toEqual(['no_ledger']);
  });

  test('once buys once', async () => {
    const [token, ledger] = [await issue(), newLedger()];
    const results = await Promise.all(Array.from({ length: 50 }, () => buy(token, { ledger })));
    expect(results.filter(({ allowed }) => allowed)).toHaveLength(1);
    expect(new Set(results.flatMap(reasonsOf))).toEqual(new Set(['used']));
  });

  test('several times buys up to its sum', async () => {
    const [token, ledger] = [await issue({ terms: { one_time: false } }), newLedger()];
    const eighty = { ledger, amount: 80, signed: { amount: 8000 } };
    expect((await buy(token, eighty)).allowed).toBe(true);
    expect(reasonsOf(await buy(token, eighty))).toEqual(['over_limit']);
    expect((await buy(token, { ledger, amount: 70, signed: { amount: 7000 } })).allowed).toBe(true);
  });

  test.each<[unknown, string]>([
    ['full', 'ledger_full'],
    ['too_old', 'too_old'],
    ['rollback', 'rollback'],
    ['OK', 'ledger_failed'],
    [undefined, 'ledger_failed'],
    [true, 'ledger_failed'],
  ])('is refused by a ledger that answers %j', async (answer, reason) => {
    const ledger = { consume: () => Promise.resolve(answer as 'ok') }; // what untyped ledgers answer
    expect(reasonsOf(await buy(await issue(), { ledger }))).toEqual([reason]);
  });

  test('is not allowed by a ledger that fails', async () => {
    const ledger = { consume: () => Promise.reject(new Error('disk full')) };
    await expect(buy(await issue(), { ledger })).rejects.toThrow('disk full');
  });
});

describe('a chain', () => {
  const childOf = (root: string, terms: object = {}) =>
    narrowToken(root, { holder: signingKeyJwk(HELPER), lifetime: 300, terms }, AGENT, NOW);

  test('is allowed within its last token', async () => {
    const chain = await childOf(await issue(), { max_amount: 1000 });
    expect((await buy(chain, { holder: HELPER })).allowed).toBe(true);
  });

  test('is not allowed beyond its last token, nor to the holder of the first', async () => {
    const chain = await childOf(await issue(), { max_amount: 999 });
    expect(reasonsOf(await buy(chain, { holder: HELPER }))).toEqual(['over_amount']);
    expect(reasonsOf(await buy(await childOf(await issue()), { holder: AGENT }))).toEqual(['no_holder_proof']);
  });

  test('is denied by the root’s policy, whatever the child’s says', async () => {
    const chain = await childOf(await issue({ terms: { policy: '(<= (get req "amount") 500)' } }), {
      policy: '(<= (get req "amount") 5000)',
    });
    expect(reasonsOf(await buy(chain, { holder: HELPER }))).toEqual(['policy_denied']);
  });

  test('of a one-time root and two children, tried once each, succeeds once', async () => {
    const [root, ledger] = [await issue(), newLedger()];
    const children = [await childOf(root), await childOf(root)];
    const results = [];
    for (const child of children) results.push(await buy(child, { holder: HELPER, ledger }));
    expect(results.map(({ allowed }) => allowed)).toEqual([true, false]);
    expect(results.flatMap(reasonsOf)).toEqual(['used']);
  });

  test('of a one-time root and its child succeeds once, in either order', async () => {
    const [root, ledger] = [await issue(), newLedger()];
    expect((await buy(root, { ledger })).allowed).toBe(true);
    expect(reasonsOf(await buy(await childOf(root), { holder: HELPER, ledger }))).toEqual(['used']);
  });

  test('takes no more than its root has, however many children there are', async () => {
    const [root, ledger] = [await issue({ terms: { one_time: false } }), newLedger()];
    const hundred = { holder: HELPER, ledger, amount: 100, signed: { amount: 10_000 } };
    expect((await buy(await childOf(root), hundred)).allowed).toBe(true);
    expect(reasonsOf(await buy(await childOf(root), hundred))).toEqual(['over_limit']);
  });

  test('takes no more than its child has, however often it is used', async () => {
    const ledger = newLedger();
    const chain = await childOf(await issue({ terms: { one_time: false } }), { max_amount: 1500 });
    expect((await buy(chain, { holder: HELPER, ledger })).allowed).toBe(true);
    expect(reasonsOf(await buy(chain, { holder: HELPER, ledger }))).toEqual(['over_limit']);
    expect(ledger.uses.map(({ limit }) => limit)).toEqual([1500, 15_000]);
  });

  test('whose child is one-time is used once, though its root is not', async () => {
    const [root, ledger] = [await issue({ terms: { one_time: false } }), newLedger()];
    const chain = await childOf(root, { one_time: true });
    expect((await buy(chain, { holder: HELPER, ledger })).allowed).toBe(true);
    expect(reasonsOf(await buy(chain, { holder: HELPER, ledger }))).toEqual(['used']);
    expect((await buy(root, { ledger })).allowed).toBe(true);
  });

  test('is refused where a child was widened by hand', async () => {
    const chain = await childOf(await issue());
    const [root = '', child = ''] = chain.split('~');
    const claims = claimsIn(child);
    const wider = forge({ ...claims, spl: { ...(claims['spl'] as object), max_amount: 1e6 } }, AGENT);
    expect(reasonsOf(await checkAuthority(`${root}~${wider}`, bareContext()))).toEqual(['malformed']);
  });
});

describe('a wallet under an authority', () => {
  const GRANT: AuthorityGrant = { permissions: ['purchase'], max_amount: 20_000, unit: 'minor', currency: 'USD' };
  const bank = { authority: BANK_ORIGIN, keys: [BANK.publicKey] };

  interface Case {
    readonly grant?: AuthorityGrant;
    readonly signer?: SigningKey;
    readonly person?: SigningKey;
    readonly audience?: Origin;
    readonly acting?: SigningKey;
    readonly at?: number;
    readonly coSigners?: readonly SigningKey[];
  }

  /** An offer of the bank's to the person, accepted before the shop for the wallet's key: good for an hour. */
  async function standing(shown: Case = {}): Promise<string> {
    const { grant = GRANT, signer = BANK, person = PERSON, audience = SHOP, acting = WALLET, at = NOW } = shown;
    const draft = { authority: BANK_ORIGIN, person: PERSON.publicKey, grants: [grant], lifetime: 3600 };
    const offer = await signOffer(draft, signer, shown.coSigners ?? [], at);
    const accepted = await acceptOffer(readOffer(offer), person, { audience, acting: signingKeyJwk(acting) }, at);
    return joinStanding(offer, accepted);
  }

  test('is trusted for what the authority grants', async () => {
    expect((await buy(await issue(), { issuers: [bank], standing: await standing() })).allowed).toBe(true);
  });

  test('may be the key that the offer was made to', async () => {
    const offer = await signOffer(
      { authority: BANK_ORIGIN, person: WALLET.publicKey, grants: [GRANT], lifetime: 60 },
      BANK,
      [],
      NOW,
    );
    const shown = joinStanding(offer, await acceptOffer(readOffer(offer), WALLET, { audience: SHOP }, NOW));
    expect((await buy(await issue(), { issuers: [bank], standing: shown })).allowed).toBe(true);
  });

  test('is a stranger when nothing is shown beside its token', async () => {
    expect(reasonsOf(await buy(await issue(), { issuers: [bank] }))).toEqual(['untrusted_issuer']);
  });

  test.each<[string, Case]>([
    ['another made in the authority’s name', { signer: keyNumber(66) }],
    ['somebody else accepted', { person: keyNumber(66) }],
    ['was accepted before another audience', { audience: OTHER_SHOP }],
    ['was accepted for another key', { acting: keyNumber(66) }],
    ['has ended', { at: NOW - 3_630_000 }],
    ['begins later', { at: NOW + 31_000 }],
  ])('is a stranger under an offer that %s', async (_, shown) => {
    const result = await buy(await issue(), { issuers: [bank], standing: await standing(shown) });
    expect(reasonsOf(result)).toEqual(['untrusted_issuer']);
  });

  test.each<[string, (shown: string) => string]>([
    ['no acceptance', (shown) => shown.split('~')[0] ?? ''],
    ['no offer', (shown) => shown.split('~')[1] ?? ''],
    ['more than both', (shown) => `${shown}~x`],
    ['both the wrong way round', (shown) => shown.split('~').reverse().join('~')],
    ['nothing', () => ''],
  ])('is a stranger who shows %s', async (_, change) => {
    const shown = change(await standing());
    expect(reasonsOf(await buy(await issue(), { issuers: [bank], standing: shown }))).toEqual(['untrusted_issuer']);
  });

  test('is a stranger under an authority that nobody here trusts', async () => {
    const issuers = [{ ...bank, authority: 'https://other-bank.example' }];
    expect(reasonsOf(await buy(await issue(), { issuers, standing: await standing() }))).toEqual(['untrusted_issuer']);
  });

  test.each<[string, AuthorityGrant]>([
    ['less money', { ...GRANT, max_amount: 999 }],
    ['less money than the token could take in all', { ...GRANT, max_amount: 14_999 }],
    ['another currency', { ...GRANT, currency: 'EUR' }],
    ['no money', { permissions: ['purchase'], unit: 'minor' }],
    ['another action', { ...GRANT, permissions: ['read'] }],
    ['another place', { ...GRANT, audiences: [OTHER_SHOP] }],
    ['a policy that denies', { ...GRANT, policy: '(<= (get req "amount") 1)' }],
  ])('cannot sign for more than was granted: %s', async (_, grant) => {
    const result = await buy(await issue(), { issuers: [bank], standing: await standing({ grant }) });
    expect(reasonsOf(result)).toEqual(['over_grant']);
  });

  test('cannot sign under a policy that denies, or that nothing here can read', async () => {
    const under = async (policy: string) => {
      const shown = await standing({ grant: { ...GRANT, policy } });
      return buy(await issue(), { issuers: [bank], standing: shown });
    };
    expect((await under('(<= (get req "amount") 5000)')).allowed).toBe(true);
    expect(reasonsOf(await under('(<= (get req "amount") 999)'))).toEqual(['over_grant']);
    expect(reasonsOf(await under('amount <= 5000'))).toEqual(['over_grant']);
  });

  test('is refused once the authority took its offer back', async () => {
    const shown = await standing();
    const { jti } = readOffer(shown.split('~')[0] ?? '').claims;
    const issuers = [{ ...bank, isRevoked: (asked: string) => Promise.resolve(asked === jti) }];
    expect(reasonsOf(await buy(await issue(), { issuers, standing: shown }))).toEqual(['revoked']);
  });

  test('is refused where the answer about that is no answer', async () => {
    const issuers = [{ ...bank, isRevoked: () => 'no' as never }]; // what untyped callers answer
    expect(reasonsOf(await buy(await issue(), { issuers, standing: await standing() }))).toEqual(['revoked']);
  });

  test('needs everybody who has to stand by the offer', async () => {
    const guardian = keyNumber(32);
    const issuers = [{ ...bank, coSigners: [guardian.publicKey] }];
    expect(reasonsOf(await buy(await issue(), { issuers, standing: await standing() }))).toEqual(['untrusted_issuer']);
    const shown = await standing({ coSigners: [guardian] });
    expect((await buy(await issue(), { issuers, standing: shown })).allowed).toBe(true);
  });
});

describe('a mistake of the merchant throws', () => {
  test.each<[string, Partial<Record<keyof AuthorityContext, unknown>>, string]>([
    ['no action', { action: '' }, 'action'],
    ['no issuers', { issuers: [] }, 'issuers'],
    ['an issuer that is no key', { issuers: [{ key: 'k4.public.x' }] }, 'issuers'],
    ['an authority without keys', { issuers: [{ authority: 'https://bank.example', keys: [] }] }, 'issuers'],
    [
      'an authority whose keys are one text',
      { issuers: [{ authority: 'https://bank.example', keys: 'k4' }] },
      'issuers',
    ],
    ['an issuer that is nothing', { issuers: [null] }, 'issuers'],
    ['an issuer by a name alone', { issuers: ['https://bank.example'] }, 'issuers'],
    [
      'an authority that cannot be asked',
      { issuers: [{ authority: 'https://bank.example', keys: [BANK.publicKey], isRevoked: true }] },
      'issuers',
    ],
    ['a ledger that cannot count', { ledger: new Map() }, 'ledger'],
    ['a proof without a store', { proof: { ...PAY, proof: 'x', nonce: NONCE } }, 'proof'],
    ['a last unit that is none', { lastUnit: 'x' }, 'lastUnit'],
    ['a last unit that is a number', { lastUnit: 3 }, 'lastUnit'],
    ['a policy language that is no function', { decide: 'spl' }, 'decide'],
    ['no audience', { audience: '' }, 'audience'],
    ['an audience with a path', { audience: 'https://shop.example/pay' }, 'audience'],
    ['a float for money', { amount: 10.5 }, 'amount'],
    ['a negative amount', { amount: -1 }, 'amount'],
    ['an empty amount', { amount: '' }, 'amount'],
    ['an amount that is null', { amount: null }, 'amount'],
    ['more decimals than the currency has', { amount: '10.001' }, 'amount'],
    ['an amount without currency', { currency: undefined }, 'currency'],
    ['a currency that is none', { currency: 'XXX' }, 'currency'],
    ['a time that is none', { now: new Date(Number.NaN) }, 'now'],
    ['a merchant that is no text', { merchant: 7 }, 'merchant'],
  ])('%s', async (_, changes, field) => {
    const context = { ...bareContext(), ...changes } as AuthorityContext; // what untyped callers pass
    await expect(checkAuthority(await issue(), context)).rejects.toMatchObject({ reason: 'bad_request', field });
  });

  test('a nonce that anybody could guess', async () => {
    await expect(buy(await issue(), { seen: { nonce: 'x' } })).rejects.toMatchObject({ reason: 'bad_request' });
  });
});

test('whatever is sent as a token is refused, and nothing else happens', async () => {
  const good = await issue();
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.anything(),
        fc
          .tuple(fc.nat(good.length - 1), fc.string({ maxLength: 2 }))
          .map(([at, put]) => good.slice(0, at) + put + good.slice(at + 1)),
      ),
      async (token) => {
        const { allowed } = await checkAuthority(token as string, bareContext()); // what untyped callers pass
        expect(allowed).toBe(false);
      },
    ),
    { numRuns },
  );
});

/** A purchase of 10.00 at the shop, which pinned the wallet; without a proof. */
function bareContext(): AuthorityContext {
  return {
    ...{ action: 'purchase', amount: '10.00', currency: 'USD', audience: 'shop.example', now: new Date(NOW) },
    ...{ issuers: [{ key: WALLET.publicKey }], ledger: newLedger() },
  };
}

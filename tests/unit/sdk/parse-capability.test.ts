import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { issueCapability, narrowToken, readChain, signingKeyJwk } from '../../../lib/capabilities/index.ts';
import { SignetError } from '../../../lib/core/index.ts';
import { checkAuthority, memoryLedger, parseCapability } from '../../../lib/sdk/index.ts';
import {
  AGENT,
  NOW,
  SHOP,
  WALLET,
  forge,
  claimsIn,
  issue,
  issueExactly,
  keyNumber,
} from '../../fixtures/capabilities.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 40);
const HELPER = keyNumber(3);

describe('a capability that is taken apart', () => {
  test('says what it says', async () => {
    const token = await issue();
    expect(parseCapability(token)).toEqual({
      ...{ jti: readChain(token).root.claims.jti, issuer: WALLET.publicKey, audience: SHOP, permissions: ['purchase'] },
      ...{ maxAmount: '150.00', currency: 'USD', oneTime: true, purpose: 'A gift for my niece' },
      expires: new Date(NOW + 900_000),
    });
  });

  test('says of a chain what its root says, and when its last token ends', async () => {
    const root = await issue();
    const chain = await narrowToken(root, { holder: signingKeyJwk(HELPER), lifetime: 60 }, AGENT, NOW);
    expect(parseCapability(chain)).toEqual({ ...parseCapability(root), expires: new Date(NOW + 60_000) });
  });

  test('says nothing of clauses that it hides', async () => {
    const terms = { unit: 'minor', one_time: true, purpose: 'Gifts', merkle_root: 'A'.repeat(43), leaves: 4 } as const;
    const parsed = parseCapability(await issueExactly(terms));
    expect(Object.keys(parsed).sort()).toEqual(['expires', 'issuer', 'jti', 'oneTime', 'purpose']);
  });

  test('is taken apart though nobody signed it: nothing here is believed', async () => {
    const forged = forge(claimsIn(await issue()), HELPER, { footer: footerOf(await issue()) });
    expect(parseCapability(forged).issuer).toBe(WALLET.publicKey);
    const pinned = { issuers: [{ key: parseCapability(forged).issuer }] };
    const context = { action: 'purchase', amount: 10, currency: 'USD', audience: 'shop.example', now: new Date(NOW) };
    expect((await checkAuthority(forged, { ...context, ...pinned })).reasons).toMatchObject([
      { reason: 'bad_signature' },
    ]);
  });

  test('names the key that a person has for an authority, which pins it by a token that it signed for that', async () => {
    const enrolment = await issueBearer('enrol');
    const { issuer } = parseCapability(enrolment);
    const context = { action: 'enrol', audience: 'shop.example', issuers: [{ key: issuer }], now: new Date(NOW) };
    const ledger = memoryLedger({ clock: () => NOW, completeSince: 0 });
    expect((await checkAuthority(enrolment, { ...context, ledger })).allowed).toBe(true);
    expect((await checkAuthority(enrolment, { ...context, ledger })).reasons).toMatchObject([{ reason: 'used' }]);
  });

  test.each([[''], ['~'], ['v4.public.x'], [undefined], [null], [7], [{}]])('is not %j', (token) => {
    expect(() => parseCapability(token as string)).toThrow(expect.objectContaining({ reason: 'bad_request' }) as Error); // what untyped callers pass
  });

  test('is read from whatever comes, or refused with its error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.anything()), (token) => {
        expect(() => parseCapability(token as string)).toThrow(SignetError); // what untyped callers pass
      }),
      { numRuns },
    );
  });
});

const footerOf = (token: string): string => Buffer.from(token.split('.')[3] ?? '', 'base64url').toString();

/** A token of a minute without money, bound to no key. */
const issueBearer = (action: string): Promise<string> => {
  const terms = { permissions: [action], unit: 'minor', one_time: true, purpose: 'Join' } as const;
  return issueCapability({ audience: SHOP, lifetime: 60, terms }, WALLET, NOW);
};

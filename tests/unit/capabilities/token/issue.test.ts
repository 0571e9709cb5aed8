import { describe, expect, test } from 'vitest';
import type { CapabilityDraft } from '../../../../lib/capabilities/index.ts';
import { issueCapability, readCapability, signingKeyJwk, signingKeyOf } from '../../../../lib/capabilities/index.ts';
import { SecretBytes, toBase64url } from '../../../../lib/core/index.ts';
import { deriveKey } from '../../../../lib/vault/keys/key-tree.ts';
import {
  DRAFT,
  NOW,
  OTHER_SHOP,
  SHOP,
  WALLET,
  claimsIn,
  draftOf,
  issue,
  keyNumber,
} from '../../../fixtures/capabilities.ts';

const BUDGET = { commitment: 'A'.repeat(43), unit: 100, currency: 'USD', length: 150 };

describe('a capability', () => {
  test('without a holder key lives 60 s, once', async () => {
    const bearer: CapabilityDraft = { audience: SHOP, lifetime: 60, terms: DRAFT.terms };
    const { claims } = readCapability(await issueCapability(bearer, WALLET, NOW));
    expect(claims.cnf).toBeUndefined();
    expect(claims.sub).toBe('bearer');
    expect(Date.parse(claims.exp) - Date.parse(claims.iat)).toBe(60_000);
  });

  test('of a budget lives longer than 15 minutes', async () => {
    const token = await issue({ lifetime: 86_400, terms: { one_time: false, budget_chain: BUDGET } });
    expect(readCapability(token).claims.spl.budget_chain).toEqual(BUDGET);
  });

  test('that is bound to its own issuer lives longer than 15 minutes', async () => {
    const token = await issue({ lifetime: 86_400, holder: signingKeyJwk(WALLET) });
    expect(readCapability(token).claims.exp).toBe('2026-11-29T12:00:00Z');
  });

  test('of hidden clauses names nobody', async () => {
    const hidden: CapabilityDraft = {
      holder: DRAFT.holder ?? signingKeyJwk(WALLET),
      lifetime: 900,
      terms: { unit: 'minor', one_time: true, purpose: 'Gifts', merkle_root: 'A'.repeat(43), leaves: 4 },
    };
    expect(readCapability(await issueCapability(hidden, WALLET, NOW)).claims.aud).toBeUndefined();
  });

  test('keeps no more of a holder key than its public members', async () => {
    const holder = { ...signingKeyJwk(keyNumber(2)), kid: 'agent-7', d: 'secret' };
    expect(claimsIn(await issue({ holder }))['cnf']).toEqual({ jwk: signingKeyJwk(keyNumber(2)) });
  });

  test.each<[string, Parameters<typeof issue>[0], string]>([
    ['that lives 15 minutes and a second', { lifetime: 901 }, 'exp'],
    [
      'of a budget that lives longer than a year and a day',
      { lifetime: 367 * 86_400, terms: { one_time: false, budget_chain: BUDGET } },
      'exp',
    ],
    ['that lives no time', { lifetime: 0 }, 'lifetime'],
    ['that lives half a second', { lifetime: 0.5 }, 'lifetime'],
    ['of a negative amount', { terms: { max_amount: -1 } }, 'max_amount'],
    ['of a float', { terms: { max_amount: 10.5 } }, 'max_amount'],
    ['without purpose', { terms: { purpose: '' } }, 'purpose'],
    ['whose purpose is half a character', { terms: { purpose: '\ud83d' } }, 'purpose'],
    ['with NUL in its policy', { terms: { policy: '#t\0' } }, 'policy'],
    [
      'bound to a key of small order',
      { holder: { kty: 'OKP', crv: 'Ed25519', x: toBase64url(new Uint8Array(32)) } },
      'cnf',
    ],
    [
      'bound to no point at all',
      { holder: { kty: 'OKP', crv: 'Ed25519', x: toBase64url(new Uint8Array(32).fill(2)) } },
      'cnf',
    ],
    [
      'bound to no point of P-256',
      { holder: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } },
      'cnf',
    ],
    ['bound to P-384', { holder: { kty: 'EC', crv: 'P-384', x: 'A'.repeat(64), y: 'A'.repeat(64) } }, 'cnf'],
  ])('%s is not signed', async (_, changes, field) => {
    await expect(issue(changes)).rejects.toThrow(field);
  });
});

describe('two origins', () => {
  const identity = SecretBytes.take(new Uint8Array(32).fill(9));
  const keyFor = (origin: string) => signingKeyOf(deriveKey(identity, origin, 'signet-capability-key'));

  /** Every text in a token that is longer than a word, wherever it stands. */
  const textsIn = (token: string): readonly string[] => {
    const [, , , footer = ''] = token.split('.');
    const texts: string[] = [Buffer.from(footer, 'base64url').toString()];
    const walk = (value: unknown): void => {
      if (typeof value === 'string') texts.push(value);
      else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
    };
    walk(claimsIn(token));
    return texts;
  };

  test('see tokens that share no identifier', async () => {
    const [one, two] = await Promise.all(
      [SHOP, OTHER_SHOP].map((audience, i) =>
        issueCapability(draftOf({ audience, holder: signingKeyJwk(keyNumber(20 + i)) }), keyFor(audience), NOW),
      ),
    );
    const shared = textsIn(one ?? '').filter((text) => textsIn(two ?? '').includes(text));
    // What is left says what is allowed, and when: nothing about who.
    expect([...new Set(shared)].sort()).toEqual(
      [
        'A gift for my niece',
        'Ed25519',
        'OKP',
        'USD',
        '2026-11-28T12:00:00Z',
        '2026-11-28T12:15:00Z',
        'minor',
        'purchase',
      ].sort(),
    );
  });

  test('see one key each, and the same one every time', () => {
    const [first, again, other] = [keyFor(SHOP), keyFor(SHOP), keyFor(OTHER_SHOP)];
    expect(first.publicKey).toBe(again.publicKey);
    expect(first.publicKey).not.toBe(other.publicKey);
  });
});

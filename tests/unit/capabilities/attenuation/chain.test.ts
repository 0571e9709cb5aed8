import { describe, expect, test } from 'vitest';
import type { Narrowing } from '../../../../lib/capabilities/index.ts';
import {
  MAX_CHAIN_DEPTH,
  capabilityHash,
  isChainSigned,
  narrowToken,
  readCapability,
  readChain,
  signingKeyJwk,
} from '../../../../lib/capabilities/index.ts';
import { SignetError } from '../../../../lib/core/index.ts';
import type { PublicJwk } from '../../../../lib/credentials/verifying/index.ts';
import {
  AGENT,
  NOW,
  OTHER_SHOP,
  WALLET,
  claimsIn,
  forge,
  issue,
  issueExactly,
  keyNumber,
} from '../../../fixtures/capabilities.ts';

const HELPER = keyNumber(3);
const NARROWING: Narrowing = { holder: signingKeyJwk(HELPER), lifetime: 300, terms: { max_amount: 5000 } };

/** The field that narrowing or reading is refused for. */
async function fieldOf(act: () => unknown): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof SignetError && error.reason === 'bad_request') return error.field;
    throw error;
  }
}

/** A child with any claims, signed by the agent: what a hostile holder could make. */
async function forgeChild(
  root: string,
  changes: Record<string, unknown>,
  terms: Record<string, unknown> = {},
): Promise<string> {
  const claims = claimsIn((await narrowToken(root, NARROWING, AGENT, NOW)).split('~')[1] ?? '');
  return `${root}~${forge({ ...claims, spl: { ...(claims['spl'] as object), ...terms }, ...changes }, AGENT)}`;
}

describe('a holder who narrows a capability', () => {
  test('makes a chain that a verifier can follow', async () => {
    const root = await issue();
    const chain = readChain(await narrowToken(root, NARROWING, AGENT, NOW));
    expect(chain.levels).toHaveLength(2);
    expect(chain.root.token.encoded).toBe(root);
    expect(chain.leaf.claims.parent).toBe(capabilityHash(chain.root));
    expect(chain.leaf.claims.spl.max_amount).toBe(5000);
    expect(await isChainSigned(chain)).toBe(true);
  });

  test('leaves the parent’s policy where it is', async () => {
    const root = await issue({ terms: { policy: 'amount<=1' } });
    const chain = readChain(await narrowToken(root, NARROWING, AGENT, NOW));
    expect(chain.root.claims.spl.policy).toBe('amount<=1');
    expect(chain.leaf.claims.spl.policy).toBeUndefined();
  });

  test(`makes a chain of ${MAX_CHAIN_DEPTH}, and none longer`, async () => {
    let chain = await issue({ holder: signingKeyJwk(keyNumber(40)) });
    for (let depth = 1; depth < MAX_CHAIN_DEPTH; depth++) {
      chain = await narrowToken(
        chain,
        { holder: signingKeyJwk(keyNumber(40 + depth)), lifetime: 60 },
        keyNumber(39 + depth),
        NOW,
      );
    }
    expect(readChain(chain).levels).toHaveLength(MAX_CHAIN_DEPTH);
    expect(await isChainSigned(readChain(chain))).toBe(true);
    const last = keyNumber(39 + MAX_CHAIN_DEPTH);
    await expect(narrowToken(chain, { holder: signingKeyJwk(WALLET), lifetime: 60 }, last, NOW)).rejects.toThrow(
      'at most',
    );
    expect(() => readChain(`${chain}~${chain.split('~')[1] ?? ''}`)).toThrow('narrowed more than');
  });

  test('keeps hidden clauses as they are', async () => {
    const hidden = { unit: 'minor', one_time: true, purpose: 'Gifts', merkle_root: 'A'.repeat(43), leaves: 4 } as const;
    const root = await issueExactly(hidden);
    const chain = readChain(await narrowToken(root, { holder: signingKeyJwk(HELPER), lifetime: 60 }, AGENT, NOW));
    expect(chain.leaf.claims.spl).toEqual(hidden);
    expect(await isChainSigned(chain)).toBe(true);
    const other = { ...NARROWING, terms: { leaves: 8 } };
    expect(await fieldOf(() => narrowToken(root, other, AGENT, NOW))).toBe('spl.leaves');
  });

  test.each<[string, Partial<Narrowing>, string]>([
    ['more money', { terms: { max_amount: 15_001 } }, 'spl.max_amount'],
    ['another currency', { terms: { currency: 'EUR' } }, 'spl.currency'],
    ['another permission', { terms: { permissions: ['purchase', 'refund'] } }, 'spl.permissions'],
    ['another purpose', { terms: { purpose: 'Anything' } }, 'spl.purpose'],
    ['several uses', { terms: { one_time: false } }, 'spl.one_time'],
    ['a longer life', { lifetime: 901 }, 'exp'],
    [
      'a budget of its own',
      { terms: { budget_chain: { commitment: 'A'.repeat(43), unit: 1, currency: 'USD', length: 1 } } },
      'spl.budget_chain',
    ],
    ['clauses of its own', { terms: { merkle_root: 'A'.repeat(43), leaves: 1 } }, 'spl.merkle_root'],
  ])('cannot give %s', async (_, changes, field) => {
    const root = await issue();
    expect(await fieldOf(() => narrowToken(root, { ...NARROWING, ...changes }, AGENT, NOW))).toBe(field);
  });

  test('cannot give a merchant’s token to another merchant', async () => {
    const root = await issue({ terms: { merchant: 'Shop' } });
    const narrowing = { ...NARROWING, terms: { merchant: 'Other' } };
    expect(await fieldOf(() => narrowToken(root, narrowing, AGENT, NOW))).toBe('spl.merchant');
  });

  test('cannot take the sum away and leave the money unbounded', async () => {
    const child = await forgeChild(await issue(), {}, { max_amount: undefined, currency: undefined });
    expect(await fieldOf(() => readChain(child))).toBe('token[1].spl.currency');
  });

  test('cannot narrow a sealed token', async () => {
    const sealed = await issue({ sealed: true });
    expect(await fieldOf(() => narrowToken(sealed, NARROWING, AGENT, NOW))).toBe('sealed');
  });

  test('cannot narrow a token that is bound to nobody', async () => {
    const chain = await narrowToken(await issue(), { lifetime: 60 }, AGENT, NOW);
    expect(await fieldOf(() => narrowToken(chain, NARROWING, AGENT, NOW))).toBe('cnf');
  });

  test('cannot narrow a token that is bound to another’s key', async () => {
    const root = await issue();
    expect(await fieldOf(() => narrowToken(root, NARROWING, HELPER, NOW))).toBe('key');
    expect(await fieldOf(() => narrowToken(root, NARROWING, WALLET, NOW))).toBe('key');
  });

  test('cannot narrow with a key of P-256, which signs no v4.public token', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    // The platform's own JWK of a P-256 key.
    const { kty, crv, x, y } = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as Required<PublicJwk>;
    const root = await issue({ holder: { kty, crv, x, y } });
    expect(await fieldOf(() => narrowToken(root, NARROWING, AGENT, NOW))).toBe('key');
  });

  test('cannot give a token without a key more than a minute', async () => {
    const root = await issue();
    expect(await fieldOf(() => narrowToken(root, { lifetime: 61 }, AGENT, NOW))).toBe('token.exp');
  });
});

describe('a chain is refused', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    ['whose child has more money', {}, { max_amount: 15_001 }, 'token[1].spl.max_amount'],
    ['whose child permits more', {}, { permissions: ['purchase', 'refund'] }, 'token[1].spl.permissions'],
    ['whose child can be used again', {}, { one_time: false }, 'token[1].spl.one_time'],
    ['whose child has another audience', { aud: OTHER_SHOP }, {}, 'token[1].aud'],
    ['whose child has another parent', { parent: 'A'.repeat(43) }, {}, 'token[1].parent'],
    ['whose child has no parent', { parent: undefined }, {}, 'token[1].parent'],
    ['whose child is older than its parent', { iat: '2026-11-28T11:59:59Z' }, {}, 'token[1].iat'],
  ])('%s', async (_, changes, terms, field) => {
    const chain = await forgeChild(await issue(), changes, terms);
    expect(await fieldOf(() => readChain(chain))).toBe(field);
  });

  test('whose child lives longer than its parent', async () => {
    const root = await issue({ lifetime: 200 });
    const child = {
      ...claimsIn((await narrowToken(root, { ...NARROWING, lifetime: 100 }, AGENT, NOW)).split('~')[1] ?? ''),
    };
    const chain = `${root}~${forge({ ...child, exp: '2026-11-28T12:03:21Z' }, AGENT)}`;
    expect(await fieldOf(() => readChain(chain))).toBe('token[1].exp');
  });

  test('whose child was made by a stranger', async () => {
    const root = await issue();
    const stranger = keyNumber(8);
    const claims = claimsIn((await narrowToken(root, NARROWING, AGENT, NOW)).split('~')[1] ?? '');
    const chain = `${root}~${forge({ ...claims, iss: stranger.publicKey }, stranger)}`;
    expect(await fieldOf(() => readChain(chain))).toBe('token[1].iss');
  });

  test('whose child was made by the wallet, which is not the holder', async () => {
    const root = await issue();
    const claims = claimsIn((await narrowToken(root, NARROWING, AGENT, NOW)).split('~')[1] ?? '');
    const chain = `${root}~${forge({ ...claims, iss: WALLET.publicKey }, WALLET)}`;
    expect(await fieldOf(() => readChain(chain))).toBe('token[1].iss');
  });

  test('whose child is put under another root of the same wallet', async () => {
    const [one, two] = [await issue(), await issue()];
    const child = (await narrowToken(one, NARROWING, AGENT, NOW)).split('~')[1] ?? '';
    expect(await fieldOf(() => readChain(`${two}~${child}`))).toBe('token[1].parent');
  });

  test('that was made from a sealed token by hand', async () => {
    const open = await issue();
    const sealed = forge({ ...claimsIn(open), sealed: true });
    const claims = claimsIn((await narrowToken(open, NARROWING, AGENT, NOW)).split('~')[1] ?? '');
    const parent = capabilityHash(readCapability(sealed));
    expect(await fieldOf(() => readChain(`${sealed}~${forge({ ...claims, parent }, AGENT)}`))).toBe('token[1].sealed');
  });

  test('whose child is shown without its parent', async () => {
    const chain = await narrowToken(await issue(), NARROWING, AGENT, NOW);
    expect(await fieldOf(() => readChain(chain.split('~')[1] ?? ''))).toBe('token.parent');
  });

  test('with a level left out', async () => {
    const third = keyNumber(4);
    const two = await narrowToken(await issue(), NARROWING, AGENT, NOW);
    const three = await narrowToken(two, { holder: signingKeyJwk(third), lifetime: 100 }, HELPER, NOW);
    const [root = '', , leaf = ''] = three.split('~');
    expect(await fieldOf(() => readChain(`${root}~${leaf}`))).toBe('token[1].parent');
  });

  test.each([
    ['in the wrong order', (root: string, child: string) => `${child}~${root}`, 'token.parent'],
    ['with nothing between', (root: string, child: string) => `${root}~~${child}`, 'token[1]'],
    ['with nothing at its end', (root: string) => `${root}~`, 'token[1]'],
    ['with nothing at its start', (root: string) => `~${root}`, 'token'],
    ['of separators', () => '~'.repeat(10_000), 'token'],
    ['that is too long', () => 'v4.public.'.padEnd(200_000, 'A'), 'token'],
  ])('%s', async (_, join, field) => {
    const [root = '', child = ''] = (await narrowToken(await issue(), NARROWING, AGENT, NOW)).split('~');
    expect(await fieldOf(() => readChain(join(root, child)))).toBe(field);
  });

  test('as unsigned where the child’s signature is another’s', async () => {
    const root = await issue();
    const [, child = ''] = (await narrowToken(root, NARROWING, AGENT, NOW)).split('~');
    const footer = Buffer.from(child.split('.')[3] ?? '', 'base64url').toString();
    const forged = forge(claimsIn(child), keyNumber(8), { footer });
    expect(await isChainSigned(readChain(`${root}~${forged}`))).toBe(false);
  });
});

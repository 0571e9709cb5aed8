import { beforeAll, describe, expect, it } from 'vitest';
import type { SecretBytes } from '../../../lib/core/index.ts';
import { createHolderKey, holderPublicJwk, presentCredential } from '../../../lib/credentials/index.ts';
import type { StatusFetch, VerifyResult } from '../../../lib/sdk/index.ts';
import { verify } from '../../../lib/sdk/index.ts';
import type { Party } from '../../fixtures/credentials/test-certificates.ts';
import { certify, createParty, x5cOf } from '../../fixtures/credentials/test-certificates.ts';
import type { ListChanges } from '../../fixtures/credentials/status-list.ts';
import { LIST_URI, signList, statusClaim, statusList } from '../../fixtures/credentials/status-list.ts';
import type { TestIssuer } from '../../fixtures/credentials/test-issuer.ts';
import { ISSUER, NOW, VCT, createTestIssuer, issueAge } from '../../fixtures/credentials/test-issuer.ts';

const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
const SHOP = 'https://shop.example';
const OTHER = 'https://other.example';

let issuer: TestIssuer;
let other: TestIssuer;
let holderKey: SecretBytes;

beforeAll(async () => {
  [issuer, other] = [await createTestIssuer(), await createTestIssuer()];
  holderKey = createHolderKey();
});

const trusted = (by: TestIssuer, name = ISSUER, types: readonly string[] = [VCT]) => ({
  issuer: name,
  types,
  jwks: { keys: [by.publicJwk] },
});

/** A proof whose credential has a place in a status list. */
async function proofOf(payload: object, changes: object = {}): Promise<string> {
  const { issuerJwt, disclosures } = await issueAge(issuer, holderPublicJwk(holderKey), { payload });
  return presentCredential({
    issuerJwt,
    disclosures: [disclosures['age_over_21'] ?? ''],
    holderKey,
    audience: `origin:${SHOP}`,
    nonce: NONCE,
    now: NOW,
    ...changes,
  });
}

const list = statusList(4, 16, { 1: 1, 2: 2, 3: 3, 14: 14 });
const listed =
  (changes: ListChanges = {}, by = issuer): StatusFetch =>
  () =>
    signList(by, list, changes);

const check = (proof: string, status: unknown, changes: object = {}): Promise<VerifyResult> =>
  verify(proof, 'age_over_21', SHOP, {
    nonce: NONCE,
    issuers: [trusted(issuer)],
    now: new Date(NOW),
    status: status as StatusFetch, // some are wrong on purpose
    ...changes,
  });

describe('verify, told how to ask for a status,', () => {
  it('accepts a credential that its list calls valid', async () => {
    expect(await check(await proofOf(statusClaim(0)), listed())).toMatchObject({ valid: true, issuer: ISSUER });
  });

  it.each([
    [1, /INVALID/],
    [2, /SUSPENDED/],
    [3, /not known/],
    [14, /not known/],
  ])('refuses status %s as revoked, and says which it is', async (idx, detail) => {
    expect(await check(await proofOf(statusClaim(idx)), listed())).toEqual({
      valid: false,
      reason: 'revoked',
      detail: expect.stringMatching(detail) as string,
    });
  });

  it('fetches what the credential names, once, and nothing for a credential that has no status', async () => {
    const asked: string[] = [];
    const fetch: StatusFetch = (uri) => {
      asked.push(uri);
      return listed()(uri);
    };
    expect((await check(await proofOf({}), fetch)).valid).toBe(true);
    expect(asked).toEqual([]);
    expect((await check(await proofOf(statusClaim(0)), fetch)).valid).toBe(true);
    expect(asked).toEqual([LIST_URI]);
  });

  it('fetches nothing for a proof that is not otherwise valid', async () => {
    const fetch: StatusFetch = () => Promise.reject(new Error('fetched'));
    const proof = await proofOf(statusClaim(1), { nonce: 'AAAAAAAAAAAAAAAAAAAAAA' });
    expect(await check(proof, fetch)).toMatchObject({ reason: 'wrong_nonce' });
    const foreign = await check(await proofOf(statusClaim(1)), fetch, { issuers: [trusted(other)] });
    expect(foreign).toMatchObject({ reason: 'bad_signature' });
    const expired = await check(await proofOf({ ...statusClaim(1), exp: NOW / 1000 - 60 }), fetch);
    expect(expired).toMatchObject({ reason: 'expired' });
  });

  it.each<[string, () => unknown, object]>([
    ['cannot be had', () => () => Promise.reject(new Error('offline')), statusClaim(0)],
    ['is no text', () => () => Promise.resolve({}), statusClaim(0)],
    ['is somebody else’s', () => listed({}, other), statusClaim(0)],
    ['is for other credentials', () => listed({ payload: { sub: `${LIST_URI}2` } }), statusClaim(0)],
    ['has expired', () => listed({ payload: { exp: NOW / 1000 - 60 } }), statusClaim(0)],
    ['is from the future', () => listed({ payload: { iat: NOW / 1000 + 60 } }), statusClaim(0)],
    ['has no place for the credential', listed, statusClaim(16)],
    ['is not named by the credential', listed, { status: { other_means: true } }],
    ['would be fetched in clear', listed, statusClaim(0, 'http://issuer.example/list')],
  ])('throws and says nothing of the credential where the list %s', async (_, status, claim) => {
    await expect(check(await proofOf(claim), status())).rejects.toMatchObject({
      name: 'SignetError',
      reason: 'status_unknown',
      field: 'status',
    });
  });

  it('keeps what the fetch threw as the cause', async () => {
    const cause = new Error('offline');
    const attempt = check(await proofOf(statusClaim(0)), () => Promise.reject(cause));
    await expect(attempt).rejects.toMatchObject({ cause });
  });

  it('believes a list of another trusted issuer no more than a stranger’s', async () => {
    const issuers = [trusted(issuer), trusted(other, OTHER)];
    const attempt = check(await proofOf(statusClaim(0)), listed({}, other), { issuers });
    await expect(attempt).rejects.toMatchObject({ reason: 'status_unknown' });
  });

  it('believes no list by a key that is trusted for other types alone', async () => {
    const issuers = [trusted(issuer), trusted(other, ISSUER, ['https://issuer.example/club'])];
    const attempt = check(await proofOf(statusClaim(0)), listed({}, other), { issuers });
    await expect(attempt).rejects.toMatchObject({ reason: 'status_unknown' });
    const rotated = [trusted(issuer), trusted(other)];
    expect((await check(await proofOf(statusClaim(0)), listed({}, other), { issuers: rotated })).valid).toBe(true);
  });

  it('follows the certificates of a list to the anchors of its issuer, and no others', async () => {
    const [root, leaf, stranger]: readonly Party[] = await Promise.all(
      ['Root', 'Leaf', 'Else'].map((n) => createParty(n)),
    );
    if (root === undefined || leaf === undefined || stranger === undefined) throw new Error('three were made');
    const anchor = await certify(root, root, { authority: true, uris: [] });
    const certificate = await certify(leaf, root);
    const forged = await certify(stranger, stranger);
    const issuers = [{ issuer: ISSUER, types: [VCT], jwks: { keys: [issuer.publicJwk] }, anchors: [anchor] }];
    const by = async ({ keyPair }: Party, ...chain: readonly Uint8Array[]): Promise<VerifyResult> => {
      const signer: TestIssuer = { ...issuer, keyPair, sign: signWith(keyPair) };
      return check(await proofOf(statusClaim(0)), listed({ header: { x5c: x5cOf(...chain) } }, signer), { issuers });
    };
    expect((await by(leaf, certificate)).valid).toBe(true);
    await expect(by(stranger, forged)).rejects.toMatchObject({ reason: 'status_unknown' });
    await expect(by(stranger, certificate)).rejects.toMatchObject({ reason: 'status_unknown' });
  });
});

/** Signs as the test issuer does, with another key. */
function signWith(keyPair: CryptoKeyPair): TestIssuer['sign'] {
  return async (payload, header = {}) => {
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${encode({ alg: 'ES256', ...header })}.${encode(payload)}`;
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
    const signature = await crypto.subtle.sign(algorithm, keyPair.privateKey, Buffer.from(signed));
    return `${signed}.${Buffer.from(signature).toString('base64url')}`;
  };
}

describe('verify, not told to ask,', () => {
  it('throws for a credential with a status where nothing is said', async () => {
    await expect(check(await proofOf(statusClaim(0)), undefined)).rejects.toMatchObject({
      reason: 'bad_request',
      field: 'status',
    });
  });

  it('accepts a revoked credential where it is told to skip', async () => {
    expect((await check(await proofOf(statusClaim(1)), 'skip')).valid).toBe(true);
  });

  it.each(['ask', true, null, 7, {}, Promise.resolve('')])(
    'throws on %j, before it looks at the proof',
    async (status) => {
      await expect(check('', status)).rejects.toMatchObject({ reason: 'bad_request', field: 'status' });
    },
  );
});

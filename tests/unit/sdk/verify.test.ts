import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SecretBytes } from '../../../lib/core/index.ts';
import {
  createHolderKey,
  holderPublicJwk,
  jwkThumbprint,
  presentCredential,
  signJws,
} from '../../../lib/credentials/index.ts';
import type { ClaimRequest } from '../../../lib/provider/types.ts';
import type { VerifyOptions, VerifyResult } from '../../../lib/sdk/index.ts';
import { verify } from '../../../lib/sdk/index.ts';
import type { CertificateTerms, Party } from '../../fixtures/credentials/test-certificates.ts';
import { certify, createParty, x5cOf } from '../../fixtures/credentials/test-certificates.ts';
import type { TestAlgorithm, TestCredential, TestIssuer } from '../../fixtures/credentials/test-issuer.ts';
import {
  ISSUER,
  NOW,
  NOW_SECONDS,
  VCT,
  createTestIssuer,
  disclose,
  encode,
  issueAge,
} from '../../fixtures/credentials/test-issuer.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 150);
const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
const SHOP = 'https://shop.example';

let issuer: TestIssuer;
let holderKey: SecretBytes;
let credential: TestCredential;

beforeAll(async () => {
  issuer = await createTestIssuer();
  holderKey = createHolderKey();
  credential = await issueAge(issuer, holderPublicJwk(holderKey));
});

const options = (changes: object = {}): VerifyOptions => ({
  nonce: NONCE,
  issuers: [{ issuer: ISSUER, types: [VCT], jwks: { keys: [issuer.publicJwk] } }],
  now: new Date(NOW),
  ...changes,
});

const present = (changes: object = {}, shown: readonly string[] = ['age_over_21'], from = credential): string =>
  presentCredential({
    issuerJwt: from.issuerJwt,
    disclosures: shown.map((name) => from.disclosures[name] ?? ''),
    holderKey,
    audience: `origin:${SHOP}`,
    nonce: NONCE,
    now: NOW,
    ...changes,
  });

const check = (
  proof: string,
  claim: string | readonly ClaimRequest[] = 'age_over_21',
  changes: object = {},
): Promise<VerifyResult> => verify(proof, claim, SHOP, options(changes));

const reason = async (result: Promise<VerifyResult>): Promise<string> => {
  const settled = await result;
  return settled.valid ? 'valid' : settled.reason;
};

const issued = (changes: Parameters<typeof issueAge>[2]): Promise<TestCredential> =>
  issueAge(issuer, holderPublicJwk(holderKey), changes);

describe('verify', () => {
  it('says who issued what to whom, and until when, for a good proof', async () => {
    expect(await check(present())).toEqual({
      valid: true,
      claims: { age_over_21: true },
      issuer: ISSUER,
      format: 'dc+sd-jwt',
      holder: jwkThumbprint(holderPublicJwk(holderKey)),
      expires: new Date(NOW + 86_400_000),
      scope: ['age_over_21'],
    });
  });

  it.each<TestAlgorithm>(['ES384', 'EdDSA'])('accepts an issuer that signs with %s', async (alg) => {
    issuer = await createTestIssuer(alg, 'key-1');
    expect(await reason(check(present({}, undefined, await issued({}))))).toBe('valid');
    issuer = await createTestIssuer();
    credential = await issued({});
  });

  it('takes a bare host as its https origin', async () => {
    expect((await verify(present(), 'age_over_21', 'shop.example', options())).valid).toBe(true);
  });

  it('takes age_equal_or_over/21 for age_over_21, and not another age', async () => {
    const over = await disclose('21', true);
    const under = await disclose('65', false);
    const ages = await disclose('age_equal_or_over', { _sd: [over.digest, under.digest] });
    const nested = await issued({ claims: {}, payload: { _sd: [ages.digest] } });
    const proof = (one: string): string => present({ disclosures: [ages.encoded, one] }, [], nested);
    expect(await check(proof(over.encoded))).toMatchObject({ valid: true, claims: { age_over_21: true } });
    expect(await reason(check(proof(under.encoded)))).toBe('wrong_claim');
    expect(await reason(check(proof(under.encoded), 'age_over_65'))).toBe('wrong_claim');
  });

  it('answers several claims, with accepted values', async () => {
    const both = present({}, ['given_name', 'family_name']);
    const asked = [{ name: 'given_name', values: ['Ada', 'Bob'] }, 'family_name'];
    expect(await check(both, asked)).toMatchObject({
      claims: { given_name: 'Ada', family_name: 'Byron' },
      scope: ['family_name', 'given_name'],
    });
    expect(await reason(check(both, [{ name: 'given_name', values: ['Bob'] }, 'family_name']))).toBe('wrong_claim');
  });

  it.each<[string, () => string | Promise<string>]>([
    ['malformed', () => ''],
    ['malformed', () => 'abc'],
    ['malformed', () => `${credential.issuerJwt}~${'x'.repeat(10)}~`],
    ['malformed', () => present().replace('~', '~~')],
    ['unsupported_format', () => credential.issuerJwt],
    ['no_holder_proof', () => Buffer.from('{"v":1,"suite":"bbs"}').toString('base64url')],
    ['unsupported_format', async () => present({}, undefined, await issued({ header: { typ: 'jwt' } }))],
    ['no_holder_proof', () => credential.text.split('~').slice(0, 2).join('~') + '~'],
    ['no_holder_proof', () => present({ holderKey: createHolderKey() })],
    ['no_holder_proof', async () => present({}, undefined, await issued({ payload: { cnf: undefined } }))],
    ['wrong_audience', () => present({ audience: 'origin:https://evil.example' })],
    ['wrong_audience', () => present({ audience: SHOP })],
    ['wrong_audience', () => present({ audience: [`origin:${SHOP}`] })],
    ['wrong_nonce', () => present({ nonce: 'another' })],
    ['expired', () => present({ now: NOW - 301_000 })],
    ['not_yet_valid', () => present({ now: NOW + 31_000 })],
    ['expired', async () => present({}, undefined, await issued({ payload: { exp: NOW_SECONDS - 31 } }))],
    ['not_yet_valid', async () => present({}, undefined, await issued({ payload: { nbf: NOW_SECONDS + 31 } }))],
    ['not_yet_valid', async () => present({}, undefined, await issued({ payload: { iat: NOW_SECONDS + 31 } }))],
    ['malformed', async () => present({}, undefined, await issued({ payload: { exp: 'tomorrow' } }))],
    ['malformed', async () => present({}, undefined, await issued({ payload: { vct: 7 } }))],
    [
      'wrong_type',
      async () => present({}, undefined, await issued({ payload: { vct: 'https://issuer.example/other' } })),
    ],
    [
      'untrusted_issuer',
      async () => present({}, undefined, await issued({ payload: { iss: 'https://other.example' } })),
    ],
    [
      'bad_signature',
      async () => present({}, undefined, await issueAge(await createTestIssuer(), holderPublicJwk(holderKey))),
    ],
    ['bad_signature', async () => present({}, undefined, await issued({ header: { alg: 'none' } }))],
    ['bad_signature', async () => present({}, undefined, await issued({ header: { alg: 'HS256' } }))],
    ['bad_signature', async () => present({}, undefined, await issued({ header: { alg: 'EdDSA' } }))],
    ['wrong_claim', () => present({}, [])],
    ['wrong_claim', () => present({}, ['birthdate'])],
    ['wrong_claim', async () => present({}, undefined, await issued({ claims: { age_over_21: false } }))],
    ['wrong_claim', async () => present({}, undefined, await issued({ claims: { age_over_21: 'true' } }))],
    ['over_disclosed', () => present({}, ['age_over_21', 'birthdate'])],
  ])('says %s', async (expected, proof) => {
    expect(await reason(check(await proof()))).toBe(expected);
  });

  it('refuses disclosures that the key binding does not cover, added or taken away', async () => {
    const [jwt, , binding] = present().split('~');
    const birthdate = credential.disclosures['birthdate'] ?? '';
    expect(await reason(check([jwt, birthdate, binding].join('~'), 'birthdate'))).toBe('no_holder_proof');
    expect(await reason(check([jwt, binding].join('~')))).toBe('no_holder_proof');
  });

  it('refuses a key binding of another media type', async () => {
    const presented = present();
    const cut = presented.lastIndexOf('~') + 1;
    const payload = JSON.parse(Buffer.from(presented.slice(cut).split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      string
    >;
    expect(await reason(check(presented.slice(0, cut) + signJws(holderKey, { typ: 'JWT' }, payload)))).toBe(
      'no_holder_proof',
    );
    expect(await reason(check(presented.slice(0, cut) + signJws(holderKey, { typ: 'kb+jwt' }, payload)))).toBe('valid');
  });

  it('trusts an issuer only for the types of its own entry and of the call', async () => {
    const other = 'https://issuer.example/other';
    const entry = { issuer: ISSUER, jwks: { keys: [issuer.publicJwk] } };
    expect(await reason(check(present(), 'age_over_21', { issuers: [entry], types: [VCT] }))).toBe('valid');
    expect(await reason(check(present(), 'age_over_21', { types: [other] }))).toBe('wrong_type');
    expect(
      await reason(check(present(), 'age_over_21', { issuers: [{ ...entry, types: [other] }], types: [VCT] })),
    ).toBe('wrong_type');
  });

  it('does not mix the types of one entry with the keys of another', async () => {
    const stranger = await createTestIssuer();
    const issuers = [
      { issuer: ISSUER, types: ['https://issuer.example/other'], jwks: { keys: [issuer.publicJwk] } },
      { issuer: ISSUER, types: [VCT], jwks: { keys: [stranger.publicJwk] } },
    ];
    expect(await reason(check(present(), 'age_over_21', { issuers }))).toBe('wrong_type');
  });

  it('trusts certificates that lead to an anchor and name the issuer, and no others', async () => {
    const root = await createParty('Root');
    const stranger = await createParty('Root');
    const leaf = { name: 'Leaf', kind: 'P-256', keyPair: issuer.keyPair } as const;
    const anchorOf = async (party: Party): Promise<Uint8Array> => certify(party, party, { authority: true, uris: [] });
    const anchors = [Buffer.from(await anchorOf(root)).toString('base64')];
    const trusting = (entry: object): object => ({ issuers: [{ issuer: ISSUER, types: [VCT], ...entry }] });
    const proofWith = async (terms: CertificateTerms): Promise<string> =>
      present({}, undefined, await issued({ header: { x5c: x5cOf(await certify(leaf, root, terms)) } }));
    const proof = await proofWith({});
    expect(await reason(check(proof, 'age_over_21', trusting({ anchors })))).toBe('valid');
    expect(await reason(check(proof, 'age_over_21', trusting({ anchors: [await anchorOf(stranger)] })))).toBe(
      'untrusted_issuer',
    );
    expect(await reason(check(await proofWith({ uris: [] }), 'age_over_21', trusting({ anchors })))).toBe(
      'untrusted_issuer',
    );
    expect(await reason(check(present(), 'age_over_21', trusting({ anchors })))).toBe('untrusted_issuer');
    const broken = present({}, undefined, await issued({ header: { x5c: ['AAAA'] } }));
    expect(await reason(check(broken, 'age_over_21', trusting({ anchors })))).toBe('untrusted_issuer');
  });

  it('trusts a did:jwk by its name, a did:web by the keys it was given, and neither by another key', async () => {
    const stranger = await createTestIssuer();
    const jwkDid = (one: TestIssuer): string => `did:jwk:${encode(one.publicJwk)}`;
    const proofBy = async (iss: string): Promise<string> =>
      present({}, undefined, await issued({ payload: { iss }, header: { kid: `${iss}#0` } }));
    const trusting = (entry: object): object => ({ issuers: [{ types: [VCT], ...entry }] });
    const own = jwkDid(issuer);
    expect(await check(await proofBy(own), 'age_over_21', trusting({ issuer: own }))).toMatchObject({
      valid: true,
      issuer: own,
    });
    const other = jwkDid(stranger);
    expect(await reason(check(await proofBy(other), 'age_over_21', trusting({ issuer: other })))).toBe('bad_signature');
    expect(await reason(check(await proofBy(own), 'age_over_21', trusting({ issuer: other })))).toBe(
      'untrusted_issuer',
    );
    const web = { issuer: 'did:web:issuer.example', jwks: { keys: [issuer.publicJwk] } };
    const wrong = { issuer: 'did:web:issuer.example', jwks: { keys: [stranger.publicJwk] } };
    expect(await reason(check(await proofBy(web.issuer), 'age_over_21', trusting(web)))).toBe('valid');
    expect(await reason(check(await proofBy(web.issuer), 'age_over_21', trusting(wrong)))).toBe('bad_signature');
    await expect(check(present(), 'age_over_21', trusting({ issuer: 'did:web:issuer.example' }))).rejects.toThrow();
    await expect(check(present(), 'age_over_21', trusting({ issuer: 'did:jwk:AAAA' }))).rejects.toThrow();
  });

  it('trusts the name in a certificate where the credential names nobody', async () => {
    const root = await createParty('Root');
    const leaf = { name: 'Leaf', kind: 'P-256', keyPair: issuer.keyPair } as const;
    const anchors = [await certify(root, root, { authority: true, uris: [] })];
    const x5c = x5cOf(await certify(leaf, root, { uris: [], dnsNames: ['issuer.example'] }));
    const proof = present({}, undefined, await issued({ payload: { iss: undefined }, header: { x5c } }));
    const issuers = (issuer: string): object => ({ issuers: [{ issuer, types: [VCT], anchors }] });
    expect(await check(proof, 'age_over_21', issuers(ISSUER))).toMatchObject({ valid: true, issuer: ISSUER });
    expect(await reason(check(proof, 'age_over_21', issuers('https://other.example')))).toBe('untrusted_issuer');
  });

  it('throws for a credential that could have been revoked, unless told to skip that, and only when all else is right', async () => {
    const revocable = await issued({
      payload: { status: { status_list: { idx: 1, uri: 'https://issuer.example/s' } } },
    });
    await expect(check(present({}, undefined, revocable))).rejects.toMatchObject({
      reason: 'bad_request',
      field: 'status',
    });
    expect(await reason(check(present({}, undefined, revocable), 'age_over_21', { status: 'skip' }))).toBe('valid');
    expect(await reason(check(present({ nonce: 'x' }, undefined, revocable)))).toBe('wrong_nonce');
  });

  it.each<[string, string, unknown, unknown, object]>([
    ['nonce', 'no nonce', 'a', SHOP, { nonce: undefined }],
    ['nonce', 'a short nonce', 'a', SHOP, { nonce: 'c2hvcnQ' }],
    ['nonce', 'a nonce that is not base64url', 'a', SHOP, { nonce: '????????????????????????' }],
    ['issuers', 'no issuers', 'a', SHOP, { issuers: [] }],
    ['issuers', 'an issuer without keys', 'a', SHOP, { issuers: [{ issuer: ISSUER, types: [VCT] }] }],
    ['issuers', 'an issuer without name', 'a', SHOP, { issuers: [{ types: [VCT], jwks: { keys: [] } }] }],
    ['issuers.jwks', 'keys that are none', 'a', SHOP, { issuers: [{ issuer: ISSUER, jwks: {} }] }],
    ['issuers.anchors', 'an anchor that is none', 'a', SHOP, { issuers: [{ issuer: ISSUER, anchors: ['AAAA'] }] }],
    ['types', 'empty types', 'a', SHOP, { types: [] }],
    ['audience', 'no audience', 'a', '', {}],
    ['audience', 'an audience with a path', 'a', 'https://shop.example/path', {}],
    ['audience', 'a plain-http audience', 'a', 'http://shop.example', {}],
    ['claim', 'no claim', [], SHOP, {}],
    ['claim', 'a claim that is a number', [7], SHOP, {}],
    ['claims', 'a claim without accepted values', [{ name: 'a', values: [] }], SHOP, {}],
    ['claims', 'a range that is none', [{ name: 'age', gte: -3 }], SHOP, {}],
    ['now', 'a time that is not a Date', 'a', SHOP, { now: 7 }],
    ['status', 'a status option it does not know', 'a', SHOP, { status: 'ask' }],
  ])('throws naming %s: %s', async (field, _, claim, audience, changes) => {
    const attempt = verify(present(), claim as string, audience as string, options(changes)); // wrong on purpose
    await expect(attempt).rejects.toMatchObject({ name: 'SignetError', field });
  });

  it('throws where neither the call nor the issuers name types', async () => {
    const issuers = [{ issuer: ISSUER, jwks: { keys: [issuer.publicJwk] } }];
    await expect(check(present(), 'age_over_21', { issuers })).rejects.toMatchObject({ field: 'types' });
  });

  it('refuses a presentation with any one character changed, or says the same of it', async () => {
    const proof = present();
    const good = await check(proof);
    const position = fc.nat({ max: proof.length - 1 });
    const character = fc.constantFrom(...Array.from('AZaz09-_.~=+/ "{\u0000é'));
    await fc.assert(
      fc.asyncProperty(position, character, async (at, replacement) => {
        const mutated = proof.slice(0, at) + replacement + proof.slice(at + 1);
        const result = await check(mutated);
        if (result.valid) expect(result).toEqual(good);
        expect(result.valid && mutated !== proof).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  it('answers whatever it is given with a reason, and throws nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), async (text) => {
        expect((await check(text)).valid).toBe(false);
      }),
      { numRuns: RUNS },
    );
    expect(await reason(check(7 as unknown as string))).toBe('malformed'); // a caller without types
  });
});

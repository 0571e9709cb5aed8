import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../lib/core/index.ts';
import { parseOrigin } from '../../../lib/core/index.ts';
import type { Jws } from '../../../lib/credentials/verifying/index.ts';
import {
  certificateKey,
  isSignedBy,
  parseCertificates,
  parseJws,
  readPublicJwk,
} from '../../../lib/credentials/verifying/index.ts';
import type { ClaimRequest, PageRequest, PageRequestOptions, RequestSigning } from '../../../lib/sdk/index.ts';
import { createRequest } from '../../../lib/sdk/index.ts';
import { unsignedParams } from '../../fixtures/credentials/any-wallet.ts';
import type { Party } from '../../fixtures/credentials/test-certificates.ts';
import { certify, createParty } from '../../fixtures/credentials/test-certificates.ts';
import { NOW, NOW_SECONDS, VCT, encode } from '../../fixtures/credentials/test-issuer.ts';

const SHOP = 'https://shop.example';

const ask = (changes: object = {}) =>
  createRequest({
    claims: 'age_over_21',
    types: [VCT],
    origin: SHOP,
    now: new Date(NOW),
    ...changes,
  } as PageRequestOptions);

/** The DCQL query that claims become. */
async function queryFor(claims: string | readonly ClaimRequest[]): Promise<unknown> {
  const { session } = await ask({ claims });
  return session.query.credentials[0];
}

const protocolsOf = ({ digital }: PageRequest): readonly string[] => digital.requests.map(({ protocol }) => protocol);

async function certified(
  name = 'Shop',
  kind: Party['kind'] = 'P-256',
): Promise<Extract<RequestSigning, { certificates: unknown }>> {
  const party = await createParty(name, kind);
  return { key: party.keyPair.privateKey, certificates: [await certify(party, party, { dnsNames: ['shop.example'] })] };
}

describe('createRequest', () => {
  it('writes what navigator.credentials.get takes, and a session that is plain JSON', async () => {
    const { request, session } = await ask();
    expect(request).toEqual({ mediation: 'required', digital: { requests: request.digital.requests } });
    expect(JSON.parse(JSON.stringify({ request, session }))).toEqual({ request, session });
    expect(unsignedParams(request)).toEqual({
      response_type: 'vp_token',
      response_mode: 'dc_api.jwt',
      nonce: session.nonce,
      dcql_query: session.query,
      client_metadata: {
        vp_formats_supported: {
          'dc+sd-jwt': {
            'sd-jwt_alg_values': ['ES256', 'ES384', 'EdDSA', 'Ed25519'],
            'kb-jwt_alg_values': ['ES256', 'ES384', 'EdDSA', 'Ed25519'],
          },
        },
        jwks: { keys: [expect.objectContaining({ kty: 'EC', crv: 'P-256', use: 'enc', alg: 'ECDH-ES' })] },
        encrypted_response_enc_values_supported: ['A256GCM', 'A128GCM'],
      },
    });
  });

  it('gives no private key away', async () => {
    const { request, session } = await ask();
    const secret = JSON.stringify(session.key?.['d']);
    expect(secret).toMatch(/^"[A-Za-z0-9_-]{43}"$/);
    expect(JSON.stringify(request)).not.toContain(secret);
    expect(JSON.stringify(session.params)).not.toContain(secret);
  });

  it('makes a nonce, a key and a name for each request', async () => {
    const [one, other] = [await ask(), await ask()];
    expect(Buffer.from(one.session.nonce, 'base64url').length).toBeGreaterThanOrEqual(16);
    expect(one.session.nonce).not.toBe(other.session.nonce);
    expect(one.session.id).not.toBe(other.session.id);
    expect(one.session.key?.['d']).not.toBe(other.session.key?.['d']);
  });

  it('asks for a plain answer where it is told to, without a key', async () => {
    const { request, session } = await ask({ encrypt: false });
    expect(unsignedParams(request)['response_mode']).toBe('dc_api');
    expect(JSON.stringify(request)).not.toContain('jwks');
    expect(session.key).toBeUndefined();
  });

  it('takes your nonce, and a bare host for its https origin', async () => {
    const { session } = await ask({ nonce: 'MDEyMzQ1Njc4OWFiY2RlZg', origin: 'shop.example' });
    expect(session).toMatchObject({ nonce: 'MDEyMzQ1Njc4OWFiY2RlZg', audiences: [`origin:${SHOP}`] });
  });

  it('takes its types from the issuers where nobody names them', async () => {
    const issuers = [
      { issuer: 'https://a.example', types: ['a', 'b'] },
      { issuer: 'https://b.example', types: ['b'] },
    ];
    const { session } = await ask({ types: undefined, issuers });
    expect(session.query.credentials[0]?.meta?.vct_values).toEqual(['a', 'b']);
  });

  it('asks window.signet too where it has a purpose', async () => {
    const { request, session } = await ask({ purpose: 'Buy wine' });
    expect(request.signet).toEqual({ dcql_query: session.query, nonce: session.nonce, purpose: 'Buy wine' });
  });

  it.each<[string, object]>([
    ['claims', { claims: undefined }],
    ['claims', { claims: [] }],
    ['claims', { claims: [7] }],
    ['claims', { claims: [{ values: [1] }] }],
    ['claims', { dcql_query: { credentials: [] } }],
    ['types', { types: undefined }],
    ['types', { types: [] }],
    ['types', { types: [7] }],
    ['origin', { origin: undefined }],
    ['origin', { origin: [] }],
    ['origin', { origin: 'https://shop.example/path' }],
    ['origin', { origin: 'http://shop.example' }],
    ['nonce', { nonce: 'c2hvcnQ' }],
    ['nonce', { nonce: '????????????????????????' }],
    ['encrypt', { encrypt: 'yes' }],
    ['expiresIn', { expiresIn: 0 }],
    ['expiresIn', { expiresIn: '60' }],
    ['now', { now: 7 }],
    ['purpose', { purpose: ' ' }],
    ['purpose', { purpose: 'x'.repeat(141) }],
    ['unsigned', { unsigned: false }],
    ['signing', { signing: { key: {}, did: 'did:jwk:e30' } }],
  ])('throws naming %s: %j', async (field, changes) => {
    await expect(ask(changes)).rejects.toMatchObject({ name: 'SignetError', reason: 'bad_request', field });
  });

  it('throws for no options', async () => {
    await expect(createRequest(undefined as unknown as PageRequestOptions)).rejects.toMatchObject({ field: 'options' });
  });
});

describe('createRequest, by claims,', () => {
  const about = { id: 'proof', format: 'dc+sd-jwt', meta: { vct_values: [VCT] } };

  it('asks for each by its name', async () => {
    const claims = ['given_name', { name: 'country', values: ['DE', 'FR'] }];
    expect(await queryFor(claims)).toEqual({
      ...about,
      claims: [{ path: ['given_name'] }, { path: ['country'], values: ['DE', 'FR'] }],
    });
  });

  it('asks for an age by either of its spellings', async () => {
    expect(await queryFor(['age_over_21', 'given_name'])).toEqual({
      ...about,
      claims: [
        { id: 'a0', path: ['age_over_21'], values: [true] },
        { id: 'a1', path: ['given_name'] },
        { id: 'b0', path: ['age_equal_or_over', '21'], values: [true] },
      ],
      claim_sets: [
        ['a0', 'a1'],
        ['b0', 'a1'],
      ],
    });
  });

  it('asks for the age where a birth date is compared with today', async () => {
    const asked = await queryFor([{ name: 'birth_date', age_at_least: 18 }]);
    expect(asked).toEqual(await queryFor('age_over_18'));
  });

  it.each<ClaimRequest>([
    { name: 'birth_date', age_at_least: 18, as_of: '2026-06-01' },
    { name: 'wedding_date', age_at_least: 18 },
    { name: 'income', gte: 1000 },
    { name: 'income', lte: 1000 },
  ])('says in words that no wallet can be asked for %j', async (claim) => {
    await expect(ask({ claims: [claim] })).rejects.toMatchObject({
      reason: 'unsupported',
      field: 'claims',
      message: expect.stringContaining(typeof claim === 'string' ? claim : claim.name) as string,
    });
  });
});

describe('createRequest, by dcql_query,', () => {
  const askDcql = (dcql_query: unknown, changes: object = {}) =>
    ask({ claims: undefined, types: undefined, dcql_query, ...changes });
  const one = { id: 'pid', format: 'dc+sd-jwt', meta: { vct_values: [VCT] } };

  it('sends it as it is', async () => {
    const query = {
      credentials: [
        {
          ...one,
          multiple: true,
          claims: [
            { id: 'a', path: ['nationalities', null], values: ['DE'] },
            { id: 'b', path: ['x', 0] },
          ],
          claim_sets: [['a'], ['b']],
        },
        {
          ...one,
          id: 'other',
          require_cryptographic_holder_binding: false,
          trusted_authorities: [{ type: 'aki', values: ['s9tIpPmhxdiuNkHMEWNpYim8S8Y'] }],
        },
      ],
      credential_sets: [{ options: [['pid'], ['other']], required: false }],
    };
    expect((await askDcql(query)).session.query).toEqual(query);
  });

  it.each<[string, string, unknown]>([
    ['bad_request', 'dcql_query', 'pid'],
    ['bad_request', 'dcql_query.credentials', {}],
    ['bad_request', 'dcql_query.credentials', { credentials: [] }],
    ['bad_request', 'dcql_query.credentials', { credentials: [one, one] }],
    ['bad_request', 'dcql_query.credentials[0].meta.vct_values', { credentials: [{ ...one, meta: {} }] }],
    ['bad_request', 'dcql_query.credentials[0].claim_sets', { credentials: [{ ...one, claim_sets: [['a']] }] }],
    ['bad_request', 'dcql_query.credential_sets', { credentials: [one], credential_sets: [{ options: [['x']] }] }],
    ['unsupported', 'dcql_query.credentials[0].format', { credentials: [{ ...one, format: 'mso_mdoc' }] }],
  ])('throws %s naming %s: %j', async (reason, field, query) => {
    await expect(askDcql(query)).rejects.toMatchObject({ reason, field });
  });

  it('takes no types beside it', async () => {
    await expect(askDcql({ credentials: [one] }, { types: [VCT] })).rejects.toMatchObject({ field: 'types' });
  });
});

describe('createRequest, signing,', () => {
  const requestOf = ({ digital }: PageRequest, protocol: string): JsonObject => {
    const found = digital.requests.find((one) => one.protocol === protocol);
    return found?.data ?? {};
  };
  const signedIn = (request: PageRequest): Jws => {
    const { request: jws } = requestOf(request, 'openid4vp-v1-signed');
    return parseJws(typeof jws === 'string' ? jws : '', 'request');
  };

  async function hasKeyOfCertificate(jws: Jws): Promise<boolean> {
    const key = await certificateKey(parseCertificates(jws.header['x5c'])[0]);
    return key !== undefined && isSignedBy(jws, [key]);
  }

  it.each<Party['kind']>(['P-256', 'P-384', 'Ed25519'])('names a certificate by its hash (%s)', async (kind) => {
    const signing = await certified('Shop', kind);
    const { request, session } = await ask({ signing });
    expect(protocolsOf(request)).toEqual(['openid4vp-v1-signed', 'openid4vp-v1-unsigned']);
    expect(session.protocols).toEqual(protocolsOf(request));
    const jws = signedIn(request);
    const [der = new Uint8Array()] = signing.certificates;
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(Buffer.from(der)))).toString(
      'base64url',
    );
    expect(jws.header['typ']).toBe('oauth-authz-req+jwt');
    expect(jws.payload).toEqual({
      ...unsignedParams(request),
      client_id: `x509_hash:${hash}`,
      expected_origins: [SHOP],
      aud: 'https://self-issued.me/v2',
      iat: NOW_SECONDS,
      exp: NOW_SECONDS + 600,
    });
    expect(await hasKeyOfCertificate(jws)).toBe(true);
  });

  it('names a certificate by its host where it is told to', async () => {
    const { request } = await ask({ signing: { ...(await certified()), by: 'x509_san_dns' } });
    expect(signedIn(request).payload['client_id']).toBe('x509_san_dns:shop.example');
  });

  it('names itself by a DID', async () => {
    const { keyPair } = await createParty('Shop');
    const did = `did:jwk:${encode(await crypto.subtle.exportKey('jwk', keyPair.publicKey))}`;
    const jws = signedIn((await ask({ signing: { key: keyPair.privateKey, did } })).request);
    expect(jws.header).toEqual({ typ: 'oauth-authz-req+jwt', alg: 'ES256', kid: `${did}#0` });
    expect(jws.payload['client_id']).toBe(`decentralized_identifier:${did}`);
    const web = { key: keyPair.privateKey, did: 'did:web:shop.example', kid: 'did:web:shop.example#key-1' };
    expect(signedIn((await ask({ signing: web })).request).header['kid']).toBe('did:web:shop.example#key-1');
  });

  it('names itself as somebody attests', async () => {
    const { keyPair } = await createParty('Shop');
    const jwk = await crypto.subtle.exportKey('jwk', keyPair.publicKey);
    const attestation = `${encode({ alg: 'ES256', typ: 'verifier-attestation+jwt' })}.${encode({ sub: 'shop', cnf: { jwk } })}.AAAA`;
    const jws = signedIn((await ask({ signing: { key: keyPair.privateKey, attestation } })).request);
    expect(jws.header['jwt']).toBe(attestation);
    expect(jws.payload['client_id']).toBe('verifier_attestation:shop');
    const key = readPublicJwk(jwk);
    expect(key !== undefined && (await isSignedBy(jws, [key]))).toBe(true);
  });

  it('as several, names each in its own header alone', async () => {
    const signers = [await certified('One'), await certified('Two')];
    const { request } = await ask({ signing: signers });
    expect(protocolsOf(request)).toEqual(['openid4vp-v1-multisigned', 'openid4vp-v1-signed', 'openid4vp-v1-unsigned']);
    const { payload, signatures } = requestOf(request, 'openid4vp-v1-multisigned') as unknown as {
      readonly payload: string;
      readonly signatures: readonly { readonly protected: string; readonly signature: string }[];
    }; // ours
    const each = signatures.map((one) => parseJws(`${one.protected}.${payload}.${one.signature}`, 'request'));
    expect(await Promise.all(each.map(hasKeyOfCertificate))).toEqual([true, true]);
    expect(new Set(each.map(({ header }) => header['client_id'])).size).toBe(2);
    for (const jws of each) {
      expect(jws.payload).not.toHaveProperty('client_id');
      expect(jws.payload).toMatchObject({ expected_origins: [SHOP], nonce: unsignedParams(request)['nonce'] });
    }
  });

  it('asks no wallet that does not check it, where it is told to', async () => {
    const { request, session } = await ask({ signing: await certified(), unsigned: false });
    expect(protocolsOf(request)).toEqual(['openid4vp-v1-signed']);
    expect(session.protocols).toEqual(['openid4vp-v1-signed']);
  });

  it('names every origin that it is asked from', async () => {
    const origins = [SHOP, 'https://www.shop.example'];
    const { request } = await ask({ signing: await certified(), origin: origins });
    expect(signedIn(request).payload['expected_origins']).toEqual(origins.map((one) => parseOrigin(one, 'origin')));
  });

  it.each<[string, (good: Extract<RequestSigning, { certificates: unknown }>, party: Party) => object]>([
    ['another key than the certificate’s', (good, { keyPair }) => ({ ...good, key: keyPair.privateKey })],
    ['a public key', (good, { keyPair }) => ({ ...good, key: keyPair.publicKey })],
    ['a key that is none', (good) => ({ ...good, key: 'key' })],
    ['no certificate', (good) => ({ ...good, certificates: [] })],
    ['a certificate that is none', (good) => ({ ...good, certificates: ['AAAA'] })],
    ['a DID that is none', (_, { keyPair }) => ({ key: keyPair.privateKey, did: 'did:example:123' })],
    ['a did:jwk that is none', (_, { keyPair }) => ({ key: keyPair.privateKey, did: 'did:jwk:???' })],
    [
      'a did:jwk of another key',
      (_, { keyPair }) => ({
        key: keyPair.privateKey,
        did: `did:jwk:${encode({ kty: 'EC', crv: 'P-256', x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4', y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM' })}`,
      }),
    ],
    [
      'a key id of another DID',
      (_, { keyPair }) => ({ key: keyPair.privateKey, did: 'did:web:shop.example', kid: 'did:web:evil.example#0' }),
    ],
    ['an attestation that is none', (_, { keyPair }) => ({ key: keyPair.privateKey, attestation: 'abc' })],
    [
      'an attestation of nobody',
      (_, { keyPair }) => ({ key: keyPair.privateKey, attestation: `${encode({})}.${encode({})}.AAAA` }),
    ],
  ])('throws for %s', async (_, change) => {
    const signing = change(await certified(), await createParty('Else'));
    await expect(ask({ signing })).rejects.toMatchObject({ reason: 'bad_request', field: 'signing' });
  });

  it('throws for a host that the certificate does not name', async () => {
    const party = await createParty('Shop');
    const signing = { key: party.keyPair.privateKey, certificates: [await certify(party, party)], by: 'x509_san_dns' };
    await expect(ask({ signing })).rejects.toMatchObject({ field: 'signing' });
  });
});

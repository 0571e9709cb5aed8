import { beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, Origin } from '../../../../lib/core/index.ts';
import { parseOrigin, SignetError, toBase64url, utf8 } from '../../../../lib/core/index.ts';
import { identifyVerifier, lookups, readDcApiRequest } from '../../../../lib/protocols/openid4vp/index.ts';
import type { IdentifyOptions, ReadRequest, Verifier } from '../../../../lib/protocols/openid4vp/index.ts';
import type { Party } from '../../../fixtures/credentials/test-certificates.ts';
import { createParty } from '../../../fixtures/credentials/test-certificates.ts';
import { NOW, NOW_SECONDS } from '../../../fixtures/credentials/test-issuer.ts';
import type { TestVerifier } from '../../../fixtures/openid4vp/test-verifier.ts';
import {
  askSigned,
  createTestVerifier,
  ORIGIN,
  publicJwkOf,
  refusalOf,
  signAs,
} from '../../../fixtures/openid4vp/test-verifier.ts';

const readSigned = (request: string, origin: Origin = ORIGIN): ReadRequest =>
  readDcApiRequest({ protocol: 'openid4vp-v1-signed', data: { request } }, origin);

const identify = (request: string, options: Partial<IdentifyOptions> = {}): Promise<Verifier> =>
  identifyVerifier(readSigned(request, options.origin), { origin: ORIGIN, now: NOW, anchors: [], ...options });

const refused = (request: string, options: Partial<IdentifyOptions> = {}) =>
  refusalOf(() => identify(request, options));

let shop: Party;
let jwk: JsonObject;

beforeAll(async () => {
  shop = await createParty('Shop');
  jwk = await publicJwkOf(shop);
});

describe('a verifier with a did:jwk', () => {
  const didOf = (key: JsonObject): string => `did:jwk:${toBase64url(utf8(JSON.stringify(key)))}`;
  const byDid = (did: string, header: object = { kid: `${did}#0` }, party = shop): Promise<string> =>
    signAs(party, askSigned(`decentralized_identifier:${did}`), header);

  test('is who holds the key, and nobody is asked', async () => {
    const did = didOf(jwk);
    const request = await byDid(did);
    expect(lookups(readSigned(request))).toEqual([]);
    expect(await identify(request)).toEqual({
      kind: 'did',
      clientId: `decentralized_identifier:${did}`,
      did,
      info: [],
    });
  });

  test('may name the key for short', async () => {
    expect(await identify(await byDid(didOf(jwk), { kid: '#0' }))).toMatchObject({ kind: 'did' });
  });

  test('is not somebody with another key', async () => {
    const other = await createParty('Other');
    const did = didOf(jwk);
    expect(await refused(await byDid(did, { kid: `${did}#0` }, other))).toMatchObject({ field: 'request.signature' });
  });

  test.each([undefined, '#1', '0', '', 7, 'did:jwk:other#0'])('names its key, not %j', async (kid) => {
    expect(await refused(await byDid(didOf(jwk), { kid }))).toMatchObject({
      reason: 'bad_request',
      field: 'request.kid',
    });
  });

  test.each(['did:jwk:', 'did:jwk:e30', 'did:jwk:!!', 'did:key:z6Mk', 'did:web:', 'shop.example', 'did:web:a/../b'])(
    'is not %s',
    async (did) => {
      const refusal = await refused(await byDid(did, { kid: '#0' }), { fetchJson: () => Promise.resolve({}) });
      expect(['bad_request', 'unsupported']).toContain(refusal.reason);
    },
  );
});

describe('a verifier with a did:web', () => {
  const DID = 'did:web:shop.example:wallets';
  const documentOf = (did: string): object => ({
    id: did,
    verificationMethod: [{ id: `${did}#key-1`, controller: did, type: 'JsonWebKey', publicKeyJwk: jwk }],
  });
  const byWeb = (did = DID): Promise<string> =>
    signAs(shop, askSigned(`decentralized_identifier:${did}`), { kid: `${did}#key-1` });

  test('is found where its name leads, which is known before anybody is asked', async () => {
    const asked: string[] = [];
    const request = await byWeb();
    expect(lookups(readSigned(request))).toEqual(['shop.example']);
    const verifier = await identify(request, {
      fetchJson: (url) => {
        asked.push(url.href);
        return Promise.resolve(documentOf(DID));
      },
    });
    expect(verifier).toMatchObject({ kind: 'did', did: DID });
    expect(asked).toEqual(['https://shop.example/wallets/did.json']);
  });

  test('cannot be found without asking', async () => {
    expect(await refused(await byWeb())).toMatchObject({ reason: 'unsupported', field: 'did' });
  });

  test('is not found in the document of another', async () => {
    const fetchJson = () => Promise.resolve(documentOf('did:web:elsewhere.example'));
    expect(await refused(await byWeb(), { fetchJson })).toMatchObject({ reason: 'bad_request', field: 'did' });
  });

  test('is not found where its host does not answer', async () => {
    const fetchJson = () => Promise.reject(new SignetError('network', 'No answer.'));
    expect(await refused(await byWeb(), { fetchJson })).toMatchObject({ reason: 'network' });
  });

  test.each(['127.0.0.1', '10.0.0.1', '0x7f.1', '192.168.1.1%3A8443', 'router.local', 'intranet', 'localhost'])(
    'is not looked for at %s by a site of the internet',
    async (host) => {
      const asked: string[] = [];
      const refusal = await refused(await byWeb(`did:web:${host}`), {
        fetchJson: (url) => {
          asked.push(url.href);
          return Promise.resolve({});
        },
      });
      expect(refusal).toMatchObject({ reason: 'bad_request', field: 'did' });
      expect(asked).toEqual([]);
    },
  );

  test('may be of this machine for a page of this machine', async () => {
    const origin = parseOrigin('http://localhost:3000', 'origin');
    const did = 'did:web:localhost%3A3000';
    const payload = askSigned(`decentralized_identifier:${did}`, { expected_origins: [origin] });
    const request = await signAs(shop, payload, { kid: `${did}#key-1` });
    const asked: string[] = [];
    await identify(request, {
      origin,
      fetchJson: (url) => {
        asked.push(url.href);
        return Promise.resolve(documentOf(did));
      },
    });
    expect(asked).toEqual(['http://localhost:3000/.well-known/did.json']);
  });
});

describe('a verifier that somebody attests', () => {
  const ATTESTER = 'https://attester.example';
  let attester: TestVerifier;

  beforeAll(async () => {
    attester = await createTestVerifier('P-256', { dnsNames: ['attester.example'], uris: [ATTESTER] });
  });

  const attest = (claims: object = {}, header: object = {}): Promise<string> => {
    const good = { iss: ATTESTER, sub: 'verifier.example', exp: NOW_SECONDS + 3600, cnf: { jwk }, ...claims };
    return attester.sign(good, { typ: 'verifier-attestation+jwt', ...header });
  };
  const byAttestation = async (jwt: unknown, party = shop): Promise<string> =>
    signAs(party, askSigned('verifier_attestation:verifier.example'), { jwt });

  test('is vouched for under an anchor of the person’s', async () => {
    const request = await byAttestation(await attest());
    expect(await identify(request, { anchors: [attester.root] })).toEqual({
      kind: 'attested',
      clientId: 'verifier_attestation:verifier.example',
      attester: ATTESTER,
      vouched: true,
      info: [],
    });
  });

  test('is not vouched for without one, and a page is no more than its origin then', async () => {
    const other = await createTestVerifier();
    const request = await byAttestation(await attest());
    expect(await identify(request)).toMatchObject({ vouched: false });
    expect(await identify(request, { anchors: [other.root] })).toMatchObject({ vouched: false });
  });

  test('is not vouched for by an attestation without certificates', async () => {
    const request = await byAttestation(await attest({}, { x5c: undefined }));
    expect(await identify(request, { anchors: [attester.root] })).toMatchObject({ vouched: false });
  });

  test('is not vouched for by somebody in another’s name', async () => {
    const request = await byAttestation(await attest({ iss: 'https://bank.example' }));
    expect(await identify(request, { anchors: [attester.root] })).toMatchObject({ vouched: false });
  });

  test('holds the key that is attested', async () => {
    const thief = await createParty('Thief');
    const refusal = await refused(await byAttestation(await attest(), thief), { anchors: [attester.root] });
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'request.signature' });
  });

  test('is not attested by somebody who only shows the attester’s certificate', async () => {
    const forged = await signAs(
      shop,
      { iss: ATTESTER, sub: 'verifier.example', exp: NOW_SECONDS + 3600, cnf: { jwk } },
      { typ: 'verifier-attestation+jwt', x5c: attester.x5c },
    );
    const refusal = await refused(await byAttestation(forged), { anchors: [attester.root] });
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'request.jwt' });
  });

  test.each([
    [{ sub: 'elsewhere.example' }, 'client_id'],
    [{ sub: 'verifier_attestation:verifier.example' }, 'client_id'],
    [{ sub: undefined }, 'request.jwt.sub'],
    [{ iss: undefined }, 'request.jwt.iss'],
    [{ exp: undefined }, 'request.jwt.exp'],
    [{ exp: NOW_SECONDS - 31 }, 'request.jwt'],
    [{ nbf: NOW_SECONDS + 31 }, 'request.jwt'],
    [{ iat: NOW_SECONDS + 31 }, 'request.jwt'],
    [{ cnf: undefined }, 'request.jwt.cnf'],
    [{ cnf: { kid: '1' } }, 'request.jwt.cnf.jwk'],
    [{ cnf: { jwk: { kty: 'RSA' } } }, 'request.signature'],
  ])('is refused with %j', async (claims, field) => {
    const refusal = await refused(await byAttestation(await attest(claims)), { anchors: [attester.root] });
    expect(refusal).toMatchObject({ reason: 'bad_request', field });
  });

  test.each(['JWT', 'oauth-authz-req+jwt', undefined])('is refused with an attestation typed %s', async (typ) => {
    const refusal = await refused(await byAttestation(await attest({}, { typ })));
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'request.jwt' });
  });

  test.each([undefined, '', 'a.b.c', 7, {}])('is refused with %j for an attestation', async (jwt) => {
    expect(await refused(await byAttestation(jwt))).toMatchObject({ reason: 'bad_request', field: 'request.jwt' });
  });
});

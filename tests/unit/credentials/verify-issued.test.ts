import { beforeAll, describe, expect, it } from 'vitest';
import type { Origin, SecretBytes } from '../../../lib/core/index.ts';
import { SignetError } from '../../../lib/core/index.ts';
import type { IssuedCredential } from '../../../lib/credentials/index.ts';
import {
  createHolderKey,
  holderPublicJwk,
  issuerKeyResolver,
  issuerMetadataUrl,
  parseCertificate,
  presentCredential,
  verifyIssuedCredential,
} from '../../../lib/credentials/index.ts';
import { certify, createParty, x5cOf } from '../../fixtures/credentials/test-certificates.ts';
import type { CertificateTerms } from '../../fixtures/credentials/test-certificates.ts';
import type { TestAlgorithm, TestIssuer } from '../../fixtures/credentials/test-issuer.ts';
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

const ORIGIN = ISSUER as Origin; // the test's own constant

let issuer: TestIssuer;
let holderKey: SecretBytes;

beforeAll(async () => {
  issuer = await createTestIssuer();
  holderKey = createHolderKey();
});

interface Web {
  readonly [url: string]: unknown;
}

const published = (): Web => ({
  [`${ISSUER}/.well-known/jwt-vc-issuer`]: { issuer: ISSUER, jwks: { keys: [issuer.publicJwk] } },
});

/** Accepts `text` as the wallet does, with `web` as all there is to fetch. */
function accept(text: string, web: Web = published(), anchors: readonly Uint8Array[] = []): Promise<IssuedCredential> {
  const clock = (): number => NOW;
  return verifyIssuedCredential(text, {
    issuer: ORIGIN,
    vct: VCT,
    holder: holderPublicJwk(holderKey),
    clock,
    resolveKeys: issuerKeyResolver({
      issuer: ORIGIN,
      clock,
      anchors: anchors.map((der) => parseCertificate(der, 'anchor')),
      fetchJson: (url) => {
        if (!(url.href in web)) return Promise.reject(new SignetError('network', `${url.href} was fetched.`));
        return Promise.resolve(web[url.href]);
      },
    }),
  });
}

const issue = async (changes: Parameters<typeof issueAge>[2] = {}, by = issuer): Promise<string> =>
  (await issueAge(by, holderPublicJwk(holderKey), changes)).text;

describe('a freshly issued credential', () => {
  it.each<TestAlgorithm>(['ES256', 'ES384', 'EdDSA'])('is accepted when its issuer signed it with %s', async (alg) => {
    const by = await createTestIssuer(alg);
    const web = { [`${ISSUER}/.well-known/jwt-vc-issuer`]: { issuer: ISSUER, jwks: { keys: [by.publicJwk] } } };
    const accepted = await accept(await issue({}, by), web);
    expect(accepted.vouched).toBe(false);
    expect(accepted.facts).toMatchObject({ issuer: ISSUER, vct: VCT, expiresAt: NOW_SECONDS + 86_400 });
  });

  it.each<[string, string, Parameters<typeof issueAge>[2]]>([
    ['typ', 'another media type', { header: { typ: 'vc+jwt' } }],
    ['iss', 'another issuer', { payload: { iss: 'https://other.example' } }],
    ['iss', 'an issuer with a slash', { payload: { iss: `${ISSUER}/` } }],
    ['iss', 'no issuer', { payload: { iss: undefined } }],
    ['vct', 'another type', { payload: { vct: 'https://issuer.example/other' } }],
    ['vct', 'no type', { payload: { vct: undefined } }],
    ['exp', 'an end that has passed', { payload: { exp: NOW_SECONDS - 30 } }],
    ['exp', 'an end that is no time', { payload: { exp: '2030' } }],
    ['nbf', 'a beginning to come', { payload: { nbf: NOW_SECONDS + 31 } }],
    ['iat', 'a birth to come', { payload: { iat: NOW_SECONDS + 31 } }],
    ['cnf', 'no holder', { payload: { cnf: undefined } }],
    ['cnf', 'a holder named by its id alone', { payload: { cnf: { kid: '1' } } }],
    ['cnf', 'another holder', { payload: { cnf: { jwk: holderPublicJwk(createHolderKey()) } } }],
    ['alg', 'no signature algorithm', { header: { alg: 'none' } }],
    ['alg', 'a MAC', { header: { alg: 'HS256' } }],
    ['signature', 'the algorithm of another key', { header: { alg: 'ES384' } }],
    ['_sd', 'digests that are none', { payload: { _sd: 'x' } }],
    ['disclosures', 'disclosures without digests', { payload: { _sd: [] } }],
  ])('is refused, naming %s, with %s', async (field, _, changes) => {
    await expect(accept(await issue(changes))).rejects.toMatchObject({ reason: 'credential_refused', field });
  });

  it.each(['iss', 'nbf', 'exp', 'cnf', 'vct', 'status'])(
    'is refused when %s is selectively disclosable',
    async (name) => {
      const hidden = await disclose(name, ISSUER);
      const text = `${await issue({ claims: {}, payload: { [name]: undefined, _sd: [hidden.digest] } })}${hidden.encoded}~`;
      await expect(accept(text)).rejects.toMatchObject({ reason: 'credential_refused', field: name });
    },
  );

  it('is refused with a signature of somebody else, or with a character changed', async () => {
    await expect(accept(await issue({}, await createTestIssuer()))).rejects.toMatchObject({ field: 'signature' });
    const text = await issue();
    const at = text.indexOf('.', text.indexOf('.') + 1) + 5;
    const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
    await expect(accept(changed)).rejects.toMatchObject({ reason: 'credential_refused', field: 'signature' });
  });

  it('is refused when it already has a key binding, or half a character', async () => {
    const [issuerJwt = '', ...disclosures] = (await issue()).split('~').slice(0, -1);
    const bound = presentCredential({ issuerJwt, disclosures, holderKey, audience: 'a', nonce: 'n', now: NOW });
    await expect(accept(bound)).rejects.toMatchObject({ field: 'kb_jwt' });
    await expect(accept(await issue({ payload: { name: '\ud800' } }))).rejects.toMatchObject({
      reason: 'credential_refused',
    });
  });
});

describe("an issuer's keys", () => {
  it('come from its own origin, the well-known part between host and path', () => {
    expect(issuerMetadataUrl('https://issuer.example').href).toBe('https://issuer.example/.well-known/jwt-vc-issuer');
    expect(issuerMetadataUrl('https://issuer.example/a/b/').href).toBe(
      'https://issuer.example/.well-known/jwt-vc-issuer/a/b',
    );
    expect(() => issuerMetadataUrl('http://issuer.example')).toThrow(SignetError);
  });

  it('may be at a jwks_uri of the same origin, and only there', async () => {
    const at = `${ISSUER}/.well-known/jwt-vc-issuer`;
    const keys = { keys: [issuer.publicJwk] };
    const text = await issue();
    expect(
      (await accept(text, { [at]: { issuer: ISSUER, jwks_uri: `${ISSUER}/keys` }, [`${ISSUER}/keys`]: keys })).vouched,
    ).toBe(false);
    const elsewhere = {
      [at]: { issuer: ISSUER, jwks_uri: 'https://other.example/keys' },
      'https://other.example/keys': keys,
    };
    await expect(accept(text, elsewhere)).rejects.toMatchObject({ reason: 'credential_refused', field: 'jwks_uri' });
  });

  it.each<[string, unknown]>([
    ['issuer', { issuer: 'https://other.example', jwks: { keys: [] } }],
    ['issuer', []],
    ['issuer', null],
    ['jwks', { issuer: ISSUER }],
    ['jwks', { issuer: ISSUER, jwks: { keys: [] }, jwks_uri: `${ISSUER}/keys` }],
    ['jwks', { issuer: ISSUER, jwks: { keys: 'x' } }],
    ['jwks', { issuer: ISSUER, jwks: [] }],
    ['signature', { issuer: ISSUER, jwks: { keys: [] } }],
    [
      'signature',
      {
        issuer: ISSUER,
        jwks: { keys: [null, 1, { kty: 'oct', k: 'AAAA' }, { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] },
      },
    ],
  ])('are refused, naming %s, from the metadata %j', async (field, metadata) => {
    const web = { [`${ISSUER}/.well-known/jwt-vc-issuer`]: metadata };
    await expect(accept(await issue(), web)).rejects.toMatchObject({ reason: 'credential_refused', field });
  });

  it('are chosen by their id where the credential names one', async () => {
    const by = await createTestIssuer('ES256', 'one');
    const keys = (kid: string): Web => ({
      [`${ISSUER}/.well-known/jwt-vc-issuer`]: {
        issuer: ISSUER,
        jwks: {
          keys: [
            { ...by.publicJwk, kid },
            { ...issuer.publicJwk, kid: 'two' },
          ],
        },
      },
    });
    await expect(accept(await issue({}, by), keys('one'))).resolves.toMatchObject({ vouched: false });
    await expect(accept(await issue({ header: { kid: 'two' } }, by), keys('one'))).rejects.toMatchObject({
      field: 'signature',
    });
  });

  it('are fetched once for a batch', async () => {
    let fetched = 0;
    const resolve = issuerKeyResolver({
      issuer: ORIGIN,
      clock: () => NOW,
      fetchJson: () => Promise.resolve({ issuer: ISSUER, jwks: { keys: [], fetched: fetched++ } }),
    });
    const jws = { encoded: '', header: {}, payload: {}, signature: new Uint8Array() };
    await Promise.all([resolve(jws), resolve(jws)]);
    expect(fetched).toBe(1);
  });

  const certified = async (
    terms: CertificateTerms = {},
    from = 'Root',
  ): Promise<{ text: string; anchor: Uint8Array }> => {
    const root = await createParty(from);
    const leaf = { name: 'Leaf', kind: 'P-256', keyPair: issuer.keyPair } as const;
    const anchor = await certify(root, root, { authority: true, uris: [] });
    return { anchor, text: await issue({ header: { x5c: x5cOf(await certify(leaf, root, terms)) } }) };
  };

  it('come from a certificate that names it, vouched for where it leads to an anchor, with nothing fetched', async () => {
    const { text, anchor } = await certified();
    const { anchor: stranger } = await certified();
    expect((await accept(text, {}, [anchor])).vouched).toBe(true);
    expect((await accept(text, {}, [stranger])).vouched).toBe(false);
    expect((await accept(text, {})).vouched).toBe(false);
  });

  it.each<[string, CertificateTerms]>([
    ['another issuer', { uris: ['https://other.example'] }],
    ['nobody', { uris: [] }],
    ['it in the past', { notAfter: NOW - 1000 }],
    ['it in the future', { notBefore: NOW + 1000 }],
  ])('are refused from a certificate that names %s', async (_, terms) => {
    const { text, anchor } = await certified(terms);
    await expect(accept(text, published(), [anchor])).rejects.toMatchObject({
      reason: 'credential_refused',
      field: 'x5c',
    });
  });

  it('are refused from certificates that cannot be read, even where its origin publishes the key', async () => {
    await expect(accept(await issue({ header: { x5c: ['AAAA'] } }))).rejects.toMatchObject({ field: 'x5c' });
    await expect(accept(await issue({ header: { x5c: 'AAAA' } }))).rejects.toMatchObject({ field: 'x5c' });
  });

  it('are those of the leaf where the credential names nobody, and then the leaf names the issuer', async () => {
    const { text, anchor } = await certified({ uris: [], dnsNames: ['issuer.example'] });
    const nameless = await issue({ payload: { iss: undefined }, header: headerOf(text) });
    const accepted = await accept(nameless, {}, [anchor]);
    expect([accepted.facts.issuer, accepted.vouched]).toEqual([ISSUER, true]);
    const stranger = await certified({ uris: ['https://other.example'] });
    const other = await issue({ payload: { iss: undefined }, header: headerOf(stranger.text) });
    await expect(accept(other, published(), [stranger.anchor])).rejects.toMatchObject({ field: 'iss' });
    await expect(accept(await issue({ payload: { iss: 7 }, header: headerOf(text) }))).rejects.toMatchObject({
      field: 'iss',
    });
  });

  it('are not those of a leaf with an empty name, whatever DID the credential names', async () => {
    const { text } = await certified({ uris: [], dnsNames: [''] });
    const did = await issue({ payload: { iss: 'did:web:issuer.example' }, header: headerOf(text) });
    await expect(accept(did, published())).rejects.toMatchObject({ field: 'x5c' });
  });
});

const headerOf = (text: string): object =>
  JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()) as object; // the fixture's own header

describe('an issuer that goes by another name than its origin', () => {
  const DID = 'did:web:keys.example';
  const documentAt = 'https://keys.example/.well-known/did.json';
  const document = (more: object = {}): object => ({
    id: DID,
    verificationMethod: [{ id: '#1', type: 'JsonWebKey', controller: DID, publicKeyJwk: issuer.publicJwk }],
    assertionMethod: ['#1'],
    ...more,
  });

  it.each<TestAlgorithm>(['ES256', 'ES384', 'EdDSA'])(
    'may be a did:jwk with a key for %s, and nobody is asked',
    async (alg) => {
      const by = await createTestIssuer(alg);
      const did = `did:jwk:${encode(by.publicJwk)}`;
      const { facts, origin, vouched } = await accept(
        await issue({ payload: { iss: did }, header: { kid: `${did}#0` } }, by),
        {},
      );
      expect([facts.issuer, origin, vouched]).toEqual([did, ISSUER, false]);
    },
  );

  it('is not a did:jwk whose key did not sign, nor one by another name of its key', async () => {
    const stranger = await createTestIssuer();
    const did = `did:jwk:${encode(stranger.publicJwk)}`;
    await expect(accept(await issue({ payload: { iss: did } }))).rejects.toMatchObject({ field: 'signature' });
    const own = `did:jwk:${encode(issuer.publicJwk)}`;
    const named = await issue({ payload: { iss: own }, header: { kid: `${own}#1` } });
    await expect(accept(named)).rejects.toMatchObject({ field: 'signature' });
  });

  it('may be a did:web, whose document is asked for once', async () => {
    const text = await issue({ payload: { iss: DID }, header: { kid: `${DID}#1` } });
    expect((await accept(text, { [documentAt]: document() })).facts.issuer).toBe(DID);
  });

  it.each<[string, string, object]>([
    ['signature', 'whose key is for something else', { assertionMethod: [] }],
    ['did', 'whose document is of another', { id: 'did:web:other.example' }],
  ])('is refused, naming %s, as a did:web %s', async (field, _, more) => {
    const text = await issue({ payload: { iss: DID } });
    await expect(accept(text, { [documentAt]: document(more) })).rejects.toMatchObject({
      reason: 'credential_refused',
      field,
    });
  });

  it.each(['did:web:localhost%3A3000', 'did:web:10.0.0.1', 'did:key:z6Mk', 'did:jwk:AAAA'])(
    'is refused as %s, and nobody is asked',
    async (iss) => {
      await expect(accept(await issue({ payload: { iss } }), {})).rejects.toMatchObject({
        reason: 'credential_refused',
        field: 'did',
      });
    },
  );

  it('may be an address of its origin, with keys of its own', async () => {
    const iss = `${ISSUER}/tenant/7`;
    const text = await issue({ payload: { iss } });
    const web = {
      [`${ISSUER}/.well-known/jwt-vc-issuer/tenant/7`]: { issuer: iss, jwks: { keys: [issuer.publicJwk] } },
    };
    expect((await accept(text, web)).facts.issuer).toBe(iss);
    const neighbour = {
      [`${ISSUER}/.well-known/jwt-vc-issuer/tenant/7`]: { issuer: ISSUER, jwks: { keys: [issuer.publicJwk] } },
    };
    await expect(accept(text, neighbour)).rejects.toMatchObject({ field: 'issuer' });
    await expect(accept(text)).rejects.toMatchObject({ reason: 'network' }); // the keys of the origin itself do not count
  });

  it.each([
    `${ISSUER}/a?b`,
    `${ISSUER}/a#b`,
    `${ISSUER}/a/../b`,
    'https://a@issuer.example/a',
    'https://issuer.example.evil.example/a',
    'http://issuer.example/a',
    'HTTPS://issuer.example/a',
  ])('is not %s', async (iss) => {
    await expect(accept(await issue({ payload: { iss } }))).rejects.toMatchObject({ field: 'iss' });
  });
});

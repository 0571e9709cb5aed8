import { beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { SignetError, toBase64url, utf8 } from '../../../lib/core/index.ts';
import { didHost, didKeysNamed, resolveDid } from '../../../lib/credentials/index.ts';
import type { TestIssuer } from '../../fixtures/credentials/test-issuer.ts';
import { createTestIssuer } from '../../fixtures/credentials/test-issuer.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 200);
const DID = 'did:web:issuer.example';

let issuer: TestIssuer;
let other: TestIssuer;

beforeAll(async () => {
  issuer = await createTestIssuer();
  other = await createTestIssuer('ES384');
});

const didJwk = (jwk: object): string => `did:jwk:${toBase64url(utf8(JSON.stringify(jwk)))}`;
const method = (id: string, jwk: object = issuer.publicJwk, more: object = {}): object => ({
  ...{ id, type: 'JsonWebKey2020', controller: DID, publicKeyJwk: jwk },
  ...more,
});

/** Resolves with one document as all there is to fetch, and says where it was asked for. */
async function resolve(did: string, document: object, loopback = false) {
  const asked: string[] = [];
  const resolved = await resolveDid(did, {
    loopback,
    fetchJson: (url) => {
      asked.push(url.href);
      return Promise.resolve(document);
    },
  });
  return { ...resolved, asked };
}

const problem = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof SignetError ? `${error.reason} ${error.field ?? ''}` : 'no SignetError'),
  );

describe('did:jwk', () => {
  it.each(['ES256', 'ES384', 'EdDSA'] as const)('is its own key of %s, and asks nobody', async (alg) => {
    const { publicJwk } = await createTestIssuer(alg);
    const did = didJwk(publicJwk);
    const { id, keys } = await resolveDid(did);
    expect(id).toBe(did);
    expect(keys.map((key) => [key.id, key.jwk.x])).toEqual([[`${did}#0`, publicJwk.x]]);
    expect(didHost(did)).toBeUndefined();
  });

  it('is refused with a private key in it', async () => {
    const jwk = await crypto.subtle.exportKey('jwk', issuer.keyPair.privateKey);
    expect(await problem(resolveDid(didJwk(jwk)))).toBe('bad_request did');
  });

  it.each([
    ['of a kind that is not checked', didJwk({ kty: 'RSA', n: 'AQAB', e: 'AQAB' }), 'unsupported did'],
    ['for encryption', didJwk({ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', use: 'enc' }), 'unsupported did'],
    ['that is not base64url', 'did:jwk:&&&', 'bad_request did'],
    ['that is not JSON', `did:jwk:${toBase64url(utf8('{'))}`, 'bad_request did'],
    ['that is text', `did:jwk:${toBase64url(utf8('"d"'))}`, 'unsupported did'],
    ['that is too long', `did:jwk:${'A'.repeat(3000)}`, 'bad_request did'],
  ])('is refused with a key %s', async (_, did, expected) => {
    expect(await problem(resolveDid(did))).toBe(expected);
  });
});

describe('did:web', () => {
  it.each([
    [DID, 'https://issuer.example/.well-known/did.json'],
    ['did:web:issuer.example:tenant:7', 'https://issuer.example/tenant/7/did.json'],
    ['did:web:issuer.example%3A8443', 'https://issuer.example:8443/.well-known/did.json'],
  ])('%s is asked for at %s', async (did, url) => {
    const document = { id: did, verificationMethod: [method(`${did}#1`, issuer.publicJwk, { controller: did })] };
    const { asked, keys } = await resolve(did, document);
    expect(asked).toEqual([url]);
    expect(keys).toHaveLength(1);
    expect(didHost(did)).toBe(new URL(url).host);
  });

  it('leads to this machine in development alone', async () => {
    const did = 'did:web:localhost%3A3000';
    const { asked } = await resolve(did, { id: did }, true);
    expect(asked).toEqual(['http://localhost:3000/.well-known/did.json']);
    expect(await problem(resolve(did, { id: did }))).toBe('bad_request did');
  });

  it('gives the keys that may sign statements, held or named, and no other', async () => {
    const { keys } = await resolve(DID, {
      id: DID,
      verificationMethod: [method('#a'), method(`${DID}#b`, other.publicJwk), method('#c')],
      assertionMethod: ['#a', `${DID}#b`, method('#held'), '#nowhere'],
      authentication: ['#c'],
    });
    expect(keys.map(({ id }) => id)).toEqual([`${DID}#a`, `${DID}#b`, `${DID}#held`]);
  });

  it('gives no key where its document lets none sign statements', async () => {
    expect((await resolve(DID, { id: DID, verificationMethod: [method('#a')], assertionMethod: [] })).keys).toEqual([]);
  });

  it('gives no key of somebody else, in another form, or private', async () => {
    const jwk = await crypto.subtle.exportKey('jwk', issuer.keyPair.privateKey);
    const { keys } = await resolve(DID, {
      id: DID,
      verificationMethod: [
        method('#a', issuer.publicJwk, { controller: 'did:web:evil.example' }),
        method('did:web:evil.example#b'),
        { id: '#c', type: 'Multikey', controller: DID, publicKeyMultibase: 'z6Mk' },
        method('#d', jwk),
        null,
        'text',
      ],
    });
    expect(keys).toEqual([]);
  });

  it.each([
    ['of another DID', { id: 'did:web:evil.example' }],
    ['without a name', {}],
    ['that is a list', []],
    ['whose keys are no list', { id: DID, verificationMethod: {} }],
    ['with more keys than anybody has', { id: DID, verificationMethod: Array.from({ length: 65 }, () => ({})) }],
  ])('is refused with a document %s', async (_, document) => {
    expect(await problem(resolve(DID, document))).toBe('bad_request did');
  });

  it.each([
    'did:web:127.0.0.1',
    'did:web:0x7f.1',
    'did:web:10.0.0.1',
    'did:web:2130706433',
    'did:web:localhost',
    'did:web:printer',
    'did:web:nas.local',
    'did:web:db.internal',
    'did:web:issuer.example%2Fevil',
    'did:web:issuer.example/evil',
    'did:web:issuer.example:..:evil',
    'did:web:issuer.example:%2e%2e%2fevil',
    'did:web:issuer.example:a%2fb',
    'did:web:user@issuer.example',
    'did:web:issuer.example?x=1',
    'did:web:issuer.example#1',
    'did:web:issuer.example:',
    'did:web:issuer.example%3A99999',
    'did:web:[::1]',
    'did:web:',
  ])('%s is refused, and nobody is asked', async (did) => {
    const asked: unknown[] = [];
    const fetchJson = (url: URL): Promise<unknown> => Promise.resolve(asked.push(url));
    expect(await problem(resolveDid(did, { fetchJson }))).toBe('bad_request did');
    expect(asked).toEqual([]);
  });

  it('asks nobody without a door', async () => {
    expect(await problem(resolveDid(DID))).toBe('unsupported did');
  });

  it('never leads anywhere but to the public host that it names, whatever its text', async () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('..', '.', '%2e', '%2F', '@', 'localhost', '127.0.0.1', '%3A80', '//'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), async (parts) => {
        const did = `did:web:${parts.join(':')}`;
        await problem(
          resolveDid(did, {
            fetchJson: (url) => {
              expect(url.protocol).toBe('https:');
              expect(url.hostname.toLowerCase()).toBe(
                parts[0]
                  ?.split(':')[0]
                  ?.replace(/%3a\d+$/i, '')
                  .toLowerCase(),
              );
              expect(url.pathname.endsWith('/did.json')).toBe(true);
              return Promise.reject(new SignetError('network', 'No.'));
            },
          }),
        ).then((said) => {
          expect(said).not.toBe('no SignetError');
        });
      }),
      { seed: 7, numRuns: RUNS },
    );
  });
});

describe('a DID of another method', () => {
  it.each(['did:key:z6Mk', 'did:ion:x', 'did:example:1'])('%s is not resolved', async (did) => {
    expect(await problem(resolveDid(did))).toBe('unsupported did');
  });
});

describe('a key name', () => {
  it('means the key it names, in full or for short, and no other', async () => {
    const document = await resolve(DID, {
      id: DID,
      verificationMethod: [method('#a'), method('#b', other.publicJwk)],
    });
    const named = (kid?: string): unknown => didKeysNamed(document, kid).map(({ crv }) => crv);
    expect(named('#a')).toEqual(['P-256']);
    expect(named(`${DID}#b`)).toEqual(['P-384']);
    expect(named()).toEqual(['P-256', 'P-384']);
    expect(named('a')).toEqual([]);
    expect(named('did:web:evil.example#a')).toEqual([]);
  });
});

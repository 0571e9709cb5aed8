import { beforeAll, describe, expect, test } from 'vitest';
import { describeConfigurationProblem, readConfiguration } from '../../../../host/verification/configuration/read.ts';
import { certify, createParty } from '../../../fixtures/credentials/test-certificates.ts';
import { createTestIssuer } from '../../../fixtures/credentials/test-issuer.ts';

let jwk: JsonWebKey;
let anchor: string;

beforeAll(async () => {
  jwk = (await createTestIssuer()).publicJwk;
  const party = await createParty('Root');
  const times = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 86_400_000 };
  anchor = Buffer.from(await certify(party, party, times)).toString('base64');
});

const good = (changes: object = {}): object => ({
  audiences: ['https://shop.example'],
  issuers: [{ issuer: 'https://issuer.example', types: ['https://issuer.example/age'], jwks: { keys: [jwk] } }],
  ...changes,
});
const problems = (text: string): readonly string[] =>
  readConfiguration(text).problems.map(describeConfigurationProblem);
const issuer = (changes: object): object =>
  good({ issuers: [{ issuer: 'https://issuer.example', types: ['a'], jwks: { keys: [jwk] }, ...changes }] });

describe('a configuration', () => {
  test('has usual limits, memory for nonces, and asks for status lists', () => {
    const { configuration } = readConfiguration(JSON.stringify(good()));
    expect(configuration).toMatchObject({
      status: 'check',
      nonces: { prefix: 'signet:nonce:' },
      development: false,
      limits: { body_bytes: 131_072, header_seconds: 10 },
      hosts: [],
    });
    expect(configuration?.issuers[0]?.keys).toHaveLength(1);
  });

  test('is YAML too, and takes anchors, a DID that is its own key, and types for all issuers', () => {
    const did = `did:jwk:${Buffer.from(JSON.stringify({ ...jwk, key_ops: undefined, ext: undefined })).toString('base64url')}`;
    const { configuration, problems: found } = readConfiguration(
      `audiences:\n  - http://localhost:8080\ntypes: [age]\nissuers:\n  - issuer: ${did}\n  - issuer: https://a.example\n    anchors: ["${anchor}"]\n`,
    );
    expect(found).toEqual([]);
    expect(configuration?.issuers.map(({ keys, anchors }) => [keys.length, anchors.length])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test.each<readonly [string, () => object, RegExp]>([
    ['no audiences', () => good({ audiences: undefined }), /^line 1, audiences: It is missing/],
    ['an empty list of audiences', () => good({ audiences: [] }), /^line 1, audiences: It is empty/],
    [
      'an audience with a path',
      () => good({ audiences: ['https://shop.example/'] }),
      /audiences\[0\]: It must be an origin/,
    ],
    [
      'an audience without encryption',
      () => good({ audiences: ['http://shop.example'] }),
      /audiences\[0\]: It must be an origin/,
    ],
    ['no issuers', () => good({ issuers: [] }), /issuers: It is empty/],
    [
      'an issuer without keys',
      () => issuer({ jwks: undefined }),
      /issuers\[0\]: A trusted issuer needs a name, and keys/,
    ],
    ['an issuer without types', () => issuer({ types: undefined }), /issuers\[0\].types: Say types/],
    ['keys that are no list', () => issuer({ jwks: {} }), /issuers\[0\].jwks.keys: It must be a JWK Set/],
    ['a key of another kind', () => issuer({ jwks: { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] } }), /issuers\[0\]/],
    [
      'one bad key among good ones',
      () => issuer({ jwks: { keys: [jwk, { kty: 'EC', crv: 'secp256k1', x: 'A', y: 'A' }] } }),
      /issuers\[0\].jwks: One of these keys/,
    ],
    ['a certificate that is none', () => issuer({ anchors: ['MIIB'] }), /issuers\[0\].anchors/],
    ['a misspelt key', () => good({ isuers: [] }), /isuers: There is no such key/],
    ['a misspelt key of an issuer', () => issuer({ key: jwk }), /issuers\[0\].key: There is no such key/],
    ['a status that is neither', () => good({ status: 'maybe' }), /status: It must be check or skip/],
    [
      'a Redis that is none',
      () => good({ nonces: { redis: 'http://redis' } }),
      /nonces.redis: It must begin with redis/,
    ],
    ['a host with a scheme', () => good({ hosts: ['https://a.example'] }), /hosts\[0\]: It must be a host/],
    ['any host', () => good({ hosts: ['*'] }), /hosts\[0\]: It must be a host/],
    ['any origin', () => good({ origins: ['*'] }), /origins\[0\]: It must be an origin/],
    ['a proxy by name', () => good({ proxies: ['balancer'] }), /proxies\[0\]: It must be an IP address/],
    ['no limit', () => good({ limits: { body_bytes: 0 } }), /limits.body_bytes: It must be a whole number, 1024-/],
    [
      'a limit that is a text',
      () => good({ limits: { per_client: '5' } }),
      /limits.per_client: It must be a whole number/,
    ],
  ])('with %s is refused, and says where', (_, text, told) => {
    const found = problems(JSON.stringify(text()));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(told);
  });

  test('tells every mistake with its line', () => {
    expect(
      problems('audiences: [x]\nissuers: 7\nstatus: no\nlog: loud\n').map((one) => one.replace(/:.*/, '')),
    ).toEqual(['line 1, audiences[0]', 'line 2, issuers', 'line 3, status', 'line 4, log']);
  });

  test.each(['', '- a', 'a: [', 'a: 1\na: 2', '\u0000', '&a [*a]', '{'.repeat(100)])(
    'that is %j is refused',
    (text) => {
      expect(problems(text)).not.toEqual([]);
    },
  );
});

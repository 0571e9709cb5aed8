import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../lib/core/index.ts';
import { fromBase64url, parseOrigin } from '../../lib/core/index.ts';
import { isSignedBy, parseSdJwt, readCredentialFacts, readPublicJwk } from '../../lib/credentials/index.ts';
import {
  authorizationErrorOf,
  fetchRequestObject,
  identifyVerifier,
  parseClientId,
  readDcApiRequest,
} from '../../lib/protocols/openid4vp/index.ts';
import type { ReadRequest } from '../../lib/protocols/openid4vp/index.ts';
import { encode, NOW } from '../fixtures/credentials/test-issuer.ts';
import { ask, createTestVerifier, ORIGIN, refusalOf, textIn } from '../fixtures/openid4vp/test-verifier.ts';
import { describeVectors, readVectorJson, readVectorText, vectorPath } from './vectors.ts';

const FOLDER = ['openid4vp-examples', '1.0', 'examples'] as const;
const textOf = (name: string): string => readVectorText(...FOLDER, ...name.split('/'));
const jsonOf = (name: string): Json => readVectorJson(...FOLDER, ...name.split('/')) as Json; // what JSON.parse yields
const objectOf = (name: string): JsonObject => jsonOf(name) as JsonObject; // each of the examples read so is one

/** An example with the specification's own simple query where it prints `{...}`. */
const withQuery = (name: string): JsonObject =>
  JSON.parse(textOf(name).replace(/\{ ?\.\.\. ?\}/, textOf('query_lang/simple.json'))) as JsonObject;

const readUnsigned = (changes: Readonly<Record<string, unknown>>): ReadRequest =>
  readDcApiRequest({ protocol: 'openid4vp-v1-unsigned', data: ask(changes) }, ORIGIN);
const withQueryOf = (name: string): ReadRequest => readUnsigned({ dcql_query: jsonOf(name) });
const withMetadataOf = (name: string): ReadRequest => readUnsigned({ client_metadata: jsonOf(name) });

/** A signed part of an SD-JWT that only its payload is printed of. */
const asIssued = (payload: JsonObject): string =>
  `${encode({ alg: 'ES256', typ: 'dc+sd-jwt' })}.${encode(payload)}.AA~`;
/** Text that is broken over lines for print. */
const unbroken = (name: string): string => textOf(name).replace(/\s/g, '');

/** Each file, and what is expected of it. */
const EXPECTED: Readonly<Record<string, () => void | Promise<void>>> = {
  'client_metadata/sd_jwt_vc_verifier_metadata.json': () => {
    const { params } = withMetadataOf('client_metadata/sd_jwt_vc_verifier_metadata.json');
    expect(params.issuerAlgorithms).toEqual(['ES256', 'ES384']);
  },
  ...Object.fromEntries(
    ['mso_mdoc', 'w3c_jwt', 'w3c_ldp'].map((format) => {
      const name = `client_metadata/${format}_verifier_metadata.json`;
      return [
        name,
        async () => {
          const refusal = await refusalOf(() => withMetadataOf(name));
          expect(authorizationErrorOf(refusal)).toBe('vp_formats_not_supported');
        },
      ];
    }),
  ),

  'credentials/sd_jwt_vc.json': () => {
    const facts = readCredentialFacts(parseSdJwt(asIssued({ ...objectOf('credentials/sd_jwt_vc.json'), _sd: [] })));
    expect(facts).toMatchObject({
      issuer: 'https://example.com/issuer',
      vct: 'https://credentials.example.com/identity_credential',
      holder: { crv: 'P-256' },
    });
  },
  'credentials/sd_jwt_vc_unsecured.json': () => notIssued('credentials/sd_jwt_vc_unsecured.json'),
  'credentials/jwt_vc.json': () => notIssued('credentials/jwt_vc.json'),
  'credentials/ldp_vc.json': () => notIssued('credentials/ldp_vc.json'),

  'digital_credentials_api/error_invalid_request.json': async () => {
    const verifier = await createTestVerifier();
    const payload = ask({ client_id: verifier.byHash, expected_origins: ['https://elsewhere.example'] });
    const request = await verifier.sign(payload);
    const refusal = await refusalOf(() =>
      readDcApiRequest({ protocol: 'openid4vp-v1-signed', data: { request } }, ORIGIN),
    );
    expect({ error: authorizationErrorOf(refusal) }).toEqual(
      jsonOf('digital_credentials_api/error_invalid_request.json'),
    );
  },
  'digital_credentials_api/signed_request_payload.json': async () => {
    const verifier = await createTestVerifier('P-256', { dnsNames: ['rp.example.com'] });
    const payload = withQuery('digital_credentials_api/signed_request_payload.json');
    const jws = await verifier.sign(payload, { client_id: 'x509_san_dns:rp.example.com' });
    const [header = '', body = '', signature = ''] = jws.split('.');
    const data = { payload: body, signatures: [{ protected: header, signature }] };
    await expectForTwoOrigins((origin) => readDcApiRequest({ protocol: 'openid4vp-v1-multisigned', data }, origin));
  },
  'digital_credentials_api/signed_request_payload_compact.json': async () => {
    const verifier = await createTestVerifier('P-256', { dnsNames: ['rp.example.com'] });
    const request = await verifier.sign(withQuery('digital_credentials_api/signed_request_payload_compact.json'));
    const data = { request };
    await expectForTwoOrigins((origin) => readDcApiRequest({ protocol: 'openid4vp-v1-signed', data }, origin));
  },

  ...Object.fromEntries(
    Object.entries({
      'query_lang/simple.json': ['my_credential'],
      'query_lang/simple_mdoc.json': ['my_credential'],
      'query_lang/value_matching_simple.json': ['my_credential'],
      'query_lang/claims_alternatives.json': ['pid'],
      'query_lang/multi_credentials.json': ['pid', 'mdl'],
      'query_lang/complex_mdoc.json': ['mdl-id', 'mdl-address', 'photo_card-id', 'photo_card-address'],
      'query_lang/credentials_alternatives.json': [
        ...['pid', 'other_pid', 'pid_reduced_cred_1', 'pid_reduced_cred_2', 'nice_to_have'],
      ],
      'request/dcql_jwt_vc.json': ['example_jwt_vc'],
      'request/dcql_ldp_vc.json': ['example_ldp_vc'],
    }).map(([name, ids]) => [
      name,
      () => {
        expect(withQueryOf(name).params.query.credentials.map(({ id }) => id)).toEqual(ids);
      },
    ]),
  ),

  'request/request_header_client_id_did.json': async () => {
    // The header of the object below; Signet verifies no RSA but that of certificates, and no did:example.
    const refusal = await refusalOf(() => didExample({ response_mode: 'direct_post', response_uri: RESPONSE_URI }));
    expect(refusal).toMatchObject({ reason: 'unsupported', field: 'did' });
  },
  'request/request_object_client_id_did.json': async () => {
    // It has no response mode, and so is answered in a fragment by redirect (§5.6), which Signet does not do.
    const refusal = await refusalOf(() => didExample({}));
    expect(authorizationErrorOf(refusal)).toBe('invalid_request');
    expect(refusal.field).toBe('request.response_mode');
  },

  'response/kb_jwt_unsecured.json': () => {
    const { aud, nonce, transaction_data_hashes: hashes } = objectOf('response/kb_jwt_unsecured.json');
    expect(parseClientId(textIn(aud))).toEqual({ prefix: 'x509_san_dns', original: 'client.example.org' });
    expect(readUnsigned({ nonce }).params.nonce).toBe(nonce);
    expect((hashes as readonly string[]).map((hash) => fromBase64url(hash).length)).toEqual([32]);
  },
  'response/jwt_vc.json': () => {
    // Made by wallets that hold such credentials; bound to the full client id as ours are.
    expect(parseClientId(textIn(objectOf('response/jwt_vc.json')['aud'])).prefix).toBe('x509_san_dns');
  },
  'response/ldp_vc.json': () => {
    const { domain, challenge } = objectOf('response/ldp_vc.json')['proof'] as JsonObject; // as printed
    expect(parseClientId(textIn(domain)).prefix).toBe('x509_san_dns');
    expect(readUnsigned({ nonce: challenge }).params.nonce).toBe(challenge);
  },

  'sd_jwt_vcld/01/sd_jwt_issuance.txt': async () => {
    const sdJwt = parseSdJwt(unbroken('sd_jwt_vcld/01/sd_jwt_issuance.txt'));
    expect(sdJwt.disclosures).toHaveLength(3);
    expect(await isSignedBy(sdJwt.issuerJwt, [keyIn('issuer_keys')])).toBe(true);
  },
  'sd_jwt_vcld/01/sd_jwt_jws_part.txt': () => {
    const sdJwt = parseSdJwt(unbroken('sd_jwt_vcld/01/sd_jwt_issuance.txt'));
    expect(sdJwt.issuerJwt.encoded).toBe(unbroken('sd_jwt_vcld/01/sd_jwt_jws_part.txt'));
  },
  'sd_jwt_vcld/01/sd_jwt_payload.json': () => {
    const sdJwt = parseSdJwt(unbroken('sd_jwt_vcld/01/sd_jwt_issuance.txt'));
    expect(sdJwt.issuerJwt.payload).toEqual(jsonOf('sd_jwt_vcld/01/sd_jwt_payload.json'));
  },
  'sd_jwt_vcld/01/user_claims.json': () => {
    const sdJwt = parseSdJwt(unbroken('sd_jwt_vcld/01/sd_jwt_issuance.txt'));
    expect(sdJwt.claims).toMatchObject(objectOf('sd_jwt_vcld/01/user_claims.json'));
  },
  'sd_jwt_vcld/01/disclosures.md': () => {
    const sdJwt = parseSdJwt(unbroken('sd_jwt_vcld/01/sd_jwt_issuance.txt'));
    const printed = textOf('sd_jwt_vcld/01/disclosures.md');
    for (const { digest, name } of sdJwt.disclosures) {
      expect(printed).toContain(`__Claim \`${name ?? ''}\`__`);
      expect(printed).toContain(digest);
    }
  },
  'sd_jwt_vcld/01/sd_jwt_presentation.txt': async () => {
    const { keyBinding, sdHash } = presented();
    expect(keyBinding?.payload['sd_hash']).toBe(sdHash);
    expect(keyBinding !== undefined && (await isSignedBy(keyBinding, [keyIn('holder_key')]))).toBe(true);
  },
  'sd_jwt_vcld/01/verified_contents.json': () => {
    expect(presented().claims).toEqual(jsonOf('sd_jwt_vcld/01/verified_contents.json'));
  },
  'sd_jwt_vcld/01/kb_jwt_serialized.txt': () => {
    expect(presented().keyBinding?.encoded).toBe(unbroken('sd_jwt_vcld/01/kb_jwt_serialized.txt'));
  },
  'sd_jwt_vcld/01/kb_jwt_header.json': () => {
    expect(presented().keyBinding?.header).toEqual(jsonOf('sd_jwt_vcld/01/kb_jwt_header.json'));
  },
  'sd_jwt_vcld/01/kb_jwt_payload.json': () => {
    expect(presented().keyBinding?.payload).toEqual(jsonOf('sd_jwt_vcld/01/kb_jwt_payload.json'));
  },
};

/** Files that say how the others were made. */
const NOT_EXAMPLES = ['sd_jwt_vcld/README.md', 'sd_jwt_vcld/settings.yml', 'sd_jwt_vcld/01/specification.yml'];

const RESPONSE_URI = 'https://client.example.org/callback';

const presented = () => parseSdJwt(unbroken('sd_jwt_vcld/01/sd_jwt_presentation.txt'));

/** Of settings.yml: the public key under a heading. */
function keyIn(heading: string) {
  const below = textOf('sd_jwt_vcld/settings.yml').split(`${heading}:`)[1] ?? '';
  const member = (name: string): string | undefined => new RegExp(`\\b${name}: (\\S+)`).exec(below)?.[1];
  const key = readPublicJwk({ kty: 'EC', crv: 'P-256', x: member('x'), y: member('y') });
  if (key === undefined) throw new Error(`settings.yml has no key at ${heading}`);
  return key;
}

async function notIssued(name: string): Promise<void> {
  const refusal = await refusalOf(() => readCredentialFacts(parseSdJwt(asIssued(objectOf(name)))));
  expect(refusal.reason).toBe('bad_request');
}

async function expectForTwoOrigins(readFor: (origin: typeof ORIGIN) => ReadRequest): Promise<void> {
  for (const name of ['https://origin1.example.com', 'https://origin2.example.com']) {
    const origin = parseOrigin(name, 'origin');
    const request = readFor(origin);
    expect(request.params).toMatchObject({ nonce: 'n-0S6_WzA2Mj', reply: { mode: 'dc_api' } });
    const verifier = await identifyVerifier(request, { origin, now: NOW, anchors: [] });
    expect(verifier).toMatchObject({ kind: 'certificate', clientId: 'x509_san_dns:rp.example.com' });
  }
  const refusal = await refusalOf(() => readFor(parseOrigin('https://origin3.example.com', 'origin')));
  expect(authorizationErrorOf(refusal)).toBe('invalid_request');
}

/** The printed header and object together, as a link carries them; what a test needs beside, and no redirect. */
async function didExample(changes: JsonObject): Promise<unknown> {
  const printed = withQuery('request/request_object_client_id_did.json');
  const object = Object.fromEntries(Object.entries(printed).filter(([name]) => name !== 'redirect_uri'));
  const header = encode(jsonOf('request/request_header_client_id_did.json'));
  const call = {
    kind: 'presentation',
    by: 'object',
    clientId: textIn(object['client_id']),
    request: `${header}.${encode({ ...object, ...changes })}.AAAA`,
  } as const;
  const request = await fetchRequestObject(call, { walletNonce: 'n', fetchText: () => Promise.resolve('') });
  return identifyVerifier(request, { now: NOW, anchors: [] });
}

describeVectors('the examples of OpenID4VP 1.0', () => {
  test('are all named here', () => {
    const files = readdirSync(vectorPath(...FOLDER), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => `${parentPath}/${name}`.replace(`${vectorPath(...FOLDER)}/`, ''));
    expect([...Object.keys(EXPECTED), ...NOT_EXAMPLES].sort()).toEqual(files.sort());
  });

  describe.each(Object.entries(EXPECTED))('%s', (_, check) => {
    test('is taken, or refused, as the specification says', () => check());
  });
});

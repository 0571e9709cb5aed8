import { describe, expect, test } from 'vitest';
import { parseOrigin } from '../../lib/core/index.ts';
import {
  chooseAuthorizationServer,
  chooseConfiguration,
  readCredentialResponse,
  readIssuerMetadata,
  readOffer,
} from '../../lib/protocols/openid4vci/index.ts';
import { describeVectors, readVectorJson, readVectorText } from './vectors.ts';

const ISSUER = parseOrigin('https://credential-issuer.example.com', 'issuer');
const SD_JWT = 'SD_JWT_VC_example_in_OpenID4VCI';

const path = (name: string): [string, string, string, string] => ['openid4vci-examples', '1.0', 'examples', name];
const example = (name: string): unknown => readVectorJson(...path(name));

/** The JSON body of an example that is printed as an HTTP response, its long strings broken over lines. */
const body = (name: string): unknown => {
  const text = readVectorText(...path(name));
  return JSON.parse(text.slice(text.indexOf('{')).replace(/(?<=[\w-])\n\s*(?=[\w~.-])/g, ''));
};

describeVectors('the examples of OpenID4VCI 1.0', () => {
  describe('credential offers', () => {
    test('with a pre-authorized code and a transaction code of some kind', () => {
      expect(readOffer({ credential_offer: example('credential_offer_pre-authz_code.json') })).toEqual({
        by: 'value',
        issuer: ISSUER,
        offer: {
          issuer: ISSUER,
          configurationIds: ['UniversityDegreeCredential'],
          preAuthorizedCode: 'adhjhdjajkdkhjhdj',
          transactionCode: {
            numeric: true,
            description: 'Please provide the one-time code which was sent to your mobile phone via SMS',
          },
        },
      });
    });

    test('of several credentials, with a code of four digits', () => {
      expect(readOffer({ credential_offer: example('credential_offer_multiple_credentials.json') })).toMatchObject({
        offer: {
          configurationIds: ['UniversityDegreeCredential', 'org.iso.18013.5.1.mDL'],
          transactionCode: { numeric: true, length: 4 },
        },
      });
    });

    test('as served to a wallet that got a reference', () => {
      expect(readOffer({ credential_offer: example('credential_offer_by_reference.json') })).toMatchObject({
        offer: { configurationIds: ['UniversityDegree_LDP_VC'], transactionCode: { numeric: true } },
      });
    });

    test('with an authorization code are not supported, and say so', () => {
      expect(() => readOffer({ credential_offer: body('credential_offer_authz_code.txt') })).toThrow(
        expect.objectContaining({ reason: 'unsupported', field: 'credential_offer.grants' }),
      );
    });
  });

  describe('issuer metadata', () => {
    const read = () =>
      readIssuerMetadata(example('credential_issuer_metadata_sd_jwt_long.json'), ISSUER, [SD_JWT], ['fr']);

    test('is read whole', () => {
      const metadata = read();
      expect(metadata).toMatchObject({
        issuer: ISSUER,
        name: 'Example Université',
        credentialEndpoint: `${ISSUER}/credential`,
        nonceEndpoint: `${ISSUER}/nonce`,
        copies: 10,
        encryptionRequired: true,
      });
      expect(metadata.configurations[0]).toMatchObject({ id: SD_JWT, vct: SD_JWT, name: 'IdentityCredential' });
      expect(metadata.configurations[0]?.claims).toContainEqual({ path: ['given_name'], label: 'Given Name' });
      expect(metadata.configurations[0]?.claims).toContainEqual({ path: ['address', 'street_address'] });
    });

    test('that requires encryption, attested keys and another host’s tokens is refused for each', () => {
      const metadata = read();
      expect(() => chooseConfiguration(metadata)).toThrow('encrypted');
      expect(() => chooseConfiguration({ ...metadata, encryptionRequired: false })).toThrow('attestation');
      const offer = { issuer: ISSUER, configurationIds: [SD_JWT], preAuthorizedCode: 'x' };
      expect(() => chooseAuthorizationServer(metadata, offer)).toThrow('another site');
    });

    test.each(['jwt_vc_json', 'ldp_vc', 'mso_mdoc'])('of %s credentials names the format it cannot take', (name) => {
      const examples = example(`credential_metadata_${name}.json`) as object; // a file of ours to read: an object
      const id = Object.keys(Object.values(examples)[0] as object)[0] ?? ''; // and in it the configurations by id
      const metadata = readIssuerMetadata(
        { credential_issuer: ISSUER, credential_endpoint: `${ISSUER}/credential`, ...examples },
        ISSUER,
        [id],
        ['en'],
      );
      expect(() => chooseConfiguration(metadata)).toThrow(/format (?:jwt_vc_json|ldp_vc|mso_mdoc)/);
    });
  });

  test('a credential response with an SD-JWT VC', () => {
    const [credential, ...more] = readCredentialResponse(
      body('credential_response_sd_jwt_vc.txt') as never, // JSON
      1,
    ).credentials;
    expect(more).toEqual([]);
    expect(credential?.split('~')).toHaveLength(11);
    expect(credential?.startsWith('eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImRjK3NkLWp3dCI')).toBe(true);
  });

  test('a credential response with an mdoc or a Data Integrity proof is one of ours to refuse later, or an object', () => {
    expect(() => readCredentialResponse(body('credential_response_ldp_vc.txt') as never, 1)).toThrow('credential'); // JSON
  });
});

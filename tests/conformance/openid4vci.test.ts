import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../lib/core/index.ts';
import { isJsonObject } from '../../lib/core/index.ts';
import { parseCertificates, parseJws, readJwkSet } from '../../lib/credentials/index.ts';
import type { IssuerMetadata, OfferedCredential } from '../../lib/protocols/openid4vci/index.ts';
import {
  authorizationServersFor,
  beginAuthorization,
  chooseConfiguration,
  discover,
  openSignedMetadata,
  readCredentialResponse,
  readIdentifier,
  readIssuerMetadata,
  readOffer,
  readOfferObject,
} from '../../lib/protocols/openid4vci/index.ts';
import { describeVectors, readVectorJson, readVectorText, vectorPath } from './vectors.ts';

const ISSUER = 'https://credential-issuer.example.com';
const NAMED = readIdentifier(ISSUER, 'issuer', 'issuer_refused');
const SD_JWT = 'SD_JWT_VC_example_in_OpenID4VCI';
const NOW = Date.UTC(2026, 10, 28);

const path = (name: string): [string, string, string, string] => ['openid4vci-examples', '1.0', 'examples', name];

/** Which of the examples a test was about. */
const read = new Set<string>();

function textOf(name: string): string {
  read.add(name);
  return readVectorText(...path(name));
}

function example(name: string): Json {
  read.add(name);
  return readVectorJson(...path(name)) as Json; // what is read from a file of JSON is JSON
}

/** The JSON of an example that is printed with a head of HTTP, its long strings broken over lines. */
function printed(name: string): Json {
  const text = textOf(name);
  return JSON.parse(text.slice(text.indexOf('{')).replace(/(?<=[\w-])\n\s*(?=[\w~.-])/g, '')) as Json; // as above
}

/** A JWT that is broken over lines. */
const printedJwt = (name: string): string => textOf(name).replace(/\s/g, '');

describeVectors('the examples of OpenID4VCI 1.0', () => {
  describe('credential offers', () => {
    test('credential_offer_pre-authz_code.json, with a transaction code of some kind', () => {
      expect(readOffer({ credential_offer: example('credential_offer_pre-authz_code.json') })).toEqual({
        by: 'value',
        issuer: ISSUER,
        offer: {
          issuer: ISSUER,
          credentialIssuer: ISSUER,
          configurationIds: ['UniversityDegreeCredential'],
          preAuthorized: {
            code: 'adhjhdjajkdkhjhdj',
            transactionCode: {
              numeric: true,
              description: 'Please provide the one-time code which was sent to your mobile phone via SMS',
            },
          },
        },
      });
    });

    test('credential_offer_multiple_credentials.json, with a code of four digits', () => {
      expect(readOffer({ credential_offer: example('credential_offer_multiple_credentials.json') })).toMatchObject({
        offer: {
          configurationIds: ['UniversityDegreeCredential', 'org.iso.18013.5.1.mDL'],
          preAuthorized: { transactionCode: { numeric: true, length: 4 } },
        },
      });
    });

    test('credential_offer_by_reference.json, as served to a wallet that got a reference', () => {
      const offer = readOfferObject(example('credential_offer_by_reference.json'), 'issuer_refused');
      expect(offer).toMatchObject({
        configurationIds: ['UniversityDegree_LDP_VC'],
        preAuthorized: { transactionCode: { numeric: true } },
      });
    });

    test('credential_offer_authz_code.txt, with a word for the issuer’s own pages', () => {
      expect(readOfferObject(printed('credential_offer_authz_code.txt'), 'issuer_refused')).toEqual({
        issuer: ISSUER,
        credentialIssuer: ISSUER,
        configurationIds: ['UniversityDegreeCredential'],
        authorization: { issuerState: 'eyJhbGciOiJSU0Et...FYUaBy' },
      });
    });
  });

  describe('issuer metadata', () => {
    const metadataOf = (languages: readonly string[] = ['fr']): IssuerMetadata =>
      readIssuerMetadata(example('credential_issuer_metadata_sd_jwt_long.json'), NAMED, [SD_JWT], languages);

    test('credential_issuer_metadata_sd_jwt_long.json is read whole', () => {
      const metadata = metadataOf();
      expect(metadata).toMatchObject({
        issuer: ISSUER,
        name: 'Example Université',
        authorizationServers: ['https://server.example.com'],
        credentialEndpoint: `${ISSUER}/credential`,
        nonceEndpoint: `${ISSUER}/nonce`,
        deferredEndpoint: `${ISSUER}/deferred_credential`,
        notificationEndpoint: `${ISSUER}/notification`,
        copies: 10,
        encryption: { request: { enc: 'A128GCM', key: { kid: 'ac' } }, response: 'A128GCM' },
      });
      const [configuration] = metadata.configurations;
      expect(configuration).toMatchObject({
        ...{ id: SD_JWT, vct: SD_JWT, name: 'IdentityCredential', scope: SD_JWT },
        appearance: {
          description: 'A credential that signals the membership of a university',
          backgroundColor: '#12107c',
          textColor: '#ffffff',
        },
      });
      expect(configuration?.appearance).not.toHaveProperty('logo');
      expect(configuration?.claims[0]).toEqual({ path: ['given_name'], label: 'Given Name' });
      expect(configuration?.claims[5]).toEqual({ path: ['address', 'street_address'] });
      expect(metadataOf(['de']).configurations[0]?.claims[4]).toEqual({ path: ['address'], label: 'Wohnsitz' });
    });

    test('… and its server is asked, on another origin, but its keys must be attested', () => {
      const offer = readOfferObject(printed('credential_offer_authz_code.txt'), 'issuer_refused');
      expect(authorizationServersFor(metadataOf(), offer)).toEqual(['https://server.example.com']);
      expect(() => chooseConfiguration(metadataOf())).toThrow('attestation');
    });

    test('credential_issuer_metadata_sd_jwt_jwt.txt is signed, and vouched for by who trusts its certificate', async () => {
      const jwt = printedJwt('credential_issuer_metadata_sd_jwt_jwt.txt');
      const anchors = parseCertificates(parseJws(jwt, 'metadata').header['x5c']);
      const open = (change: object = {}) =>
        openSignedMetadata(jwt, { credentialIssuer: ISSUER, anchors, now: NOW, ...change });
      const { metadata, vouched } = await open();
      expect(vouched).toBe(true);
      expect(readIssuerMetadata(metadata, NAMED, [SD_JWT], ['en'])).toMatchObject({
        name: 'Example University',
        deferredEndpoint: `${ISSUER}/deferred_credential`,
        encryption: {},
      });
      expect((await open({ anchors: [] })).vouched).toBe(false);
      await expect(open({ credentialIssuer: 'https://other.example' })).rejects.toThrow('another issuer');
    });

    test.each([
      ['credential_metadata_jwt_vc_json.json', 'format jwt_vc_json'],
      ['credential_metadata_ldp_vc.json', 'format ldp_vc'],
      ['credential_metadata_mso_mdoc.json', 'format mso_mdoc'],
      ['credential_metadata_sd_jwt_vc.json', 'attestation'],
    ])('%s is read, and not taken for its %s', (name, words) => {
      const examples = example(name);
      if (!isJsonObject(examples)) throw new Error('a file of ours to read: an object');
      const [id = ''] = Object.keys(examples['credential_configurations_supported'] ?? {});
      const metadata = readIssuerMetadata(
        { credential_issuer: ISSUER, credential_endpoint: `${ISSUER}/credential`, ...examples },
        ...[NAMED, [id], ['ja', 'en']],
      );
      expect(metadata.configurations[0]?.name).not.toBe('');
      expect(() => chooseConfiguration(metadata)).toThrow(words);
    });

    test('… whose claims keep their order, their words and what is always there', () => {
      const metadata = readIssuerMetadata(
        {
          credential_issuer: ISSUER,
          credential_endpoint: `${ISSUER}/credential`,
          ...(example('credential_metadata_mso_mdoc.json') as object), // a file of ours to read: an object
        },
        ...[NAMED, ['org.iso.18013.5.1.mDL'], ['ja-JP']],
      );
      expect(metadata.configurations[0]).toMatchObject({
        name: 'モバイル運転免許証',
        claims: [
          { path: ['org.iso.18013.5.1', 'given_name'], label: '名前' },
          { path: ['org.iso.18013.5.1', 'family_name'], label: 'Surname' },
          { path: ['org.iso.18013.5.1', 'birth_date'], mandatory: true },
          { path: ['org.iso.18013.5.1.aamva', 'organ_donor'] },
        ],
      });
    });

    test('issuer_jwks.json is a set of one key', () => {
      const published = printed('issuer_jwks.json');
      const keys = readJwkSet(isJsonObject(published) ? published['jwks'] : undefined, 'jwks');
      expect(keys).toMatchObject([{ kty: 'EC', crv: 'P-256', x: '_LC1FTUl0MltKAOQzXNsofVMpWFV2obLGrNCat_CQ-g' }]);
    });
  });

  describe('what is asked of an authorization server', () => {
    /** An issuer of SD-JWT VCs, under the names of the examples. */
    async function offeredOf(ids: readonly string[], listsServers: boolean): Promise<OfferedCredential> {
      const configuration = {
        format: 'dc+sd-jwt',
        vct: 'https://credentials.example.com/identity_credential',
        cryptographic_binding_methods_supported: ['jwk'],
        proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
      };
      const answers: Readonly<Record<string, Json>> = {
        [`${ISSUER}/.well-known/openid-credential-issuer`]: {
          credential_issuer: ISSUER,
          credential_endpoint: `${ISSUER}/credential`,
          ...(listsServers && { authorization_servers: [ISSUER] }),
          credential_configurations_supported: Object.fromEntries(ids.map((id) => [id, configuration])),
        },
        [`${ISSUER}/.well-known/oauth-authorization-server`]: {
          issuer: ISSUER,
          token_endpoint: `${ISSUER}/token`,
          authorization_endpoint: `${ISSUER}/authorize`,
          authorization_details_types_supported: ['openid_credential'],
        },
      };
      const offer = { credential_issuer: ISSUER, credential_configuration_ids: [...ids] };
      const discovery = await discover(
        { step: 'call', call: readOffer({ credential_offer: offer }) },
        {
          fetchJson: ({ url }) => Promise.resolve({ ok: true, body: answers[url] ?? null }),
          ...{ clock: () => NOW, languages: ['en'], agreed: [NAMED.origin] },
        },
      );
      if (discovery.step !== 'offered') throw new Error('expected an offer to take');
      return discovery.offered;
    }

    async function asked(ids: readonly string[], listsServers = false): Promise<unknown> {
      const { url } = await beginAuthorization(await offeredOf(ids, listsServers), {
        ...{ clientId: 's6BhdRkqt3', redirectUri: 'https://wallet.example.org/cb', configurationIds: ids },
        ...{ fetchJson: () => Promise.reject(new Error('nothing is fetched')), clock: () => NOW },
      });
      return JSON.parse(new URL(url).searchParams.get('authorization_details') ?? '');
    }

    test('authorization_details.json is what Signet writes', async () => {
      expect(await asked(['UniversityDegreeCredential'])).toEqual(example('authorization_details.json'));
    });

    test('authorization_details_multiple_credentials.json too', async () => {
      const details = example('authorization_details_multiple_credentials.json');
      expect(await asked(['UniversityDegreeCredential', 'org.iso.18013.5.1.mDL'])).toEqual(details);
    });

    test('authorization_details_with_as.json too, where the issuer lists its servers', async () => {
      expect(await asked(['UniversityDegreeCredential'], true)).toEqual(example('authorization_details_with_as.json'));
    });

    test.each([
      ['authorization_details_jwt_vc_json.json', 'UniversityDegreeCredential'],
      ['authorization_details_ldp_vc.json', 'UniversityDegree_LDP_VC'],
      ['authorization_details_mso_doc.json', 'org.iso.18013.5.1.mDL'],
      ['authorization_details_sd_jwt_vc.json', 'PID_SD_JWT_VC'],
    ])('%s names claims, which is for wallets that want less than the issuer gives', async (name, id) => {
      expect(example(name)).toMatchObject((await asked([id])) as object); // a list, as above
    });
  });

  describe('what is sent and what comes back', () => {
    test('credential_request_iso_mdl.json names its proofs as Signet does, and a format, which drafts did', () => {
      const request = example('credential_request_iso_mdl.json');
      expect(request).toMatchObject({ format: 'mso_mdoc', proofs: { jwt: [expect.any(String)] } });
      expect(request).not.toHaveProperty('credential_configuration_id');
    });

    test('credential_response_sd_jwt_vc.txt is an SD-JWT VC', () => {
      const response = readCredentialResponse(printed('credential_response_sd_jwt_vc.txt'), 1);
      if (response.kind !== 'issued') throw new Error('expected a credential');
      const [credential, ...more] = response.credentials;
      expect(more).toEqual([]);
      expect(credential?.split('~')).toHaveLength(11);
      expect(credential?.startsWith('eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImRjK3NkLWp3dCI')).toBe(true);
    });

    test.each(['credential_response_jwt_vc_json.txt', 'credential_response_mso_mdoc.txt'])(
      '%s is read as text, which is no SD-JWT VC',
      (name) => {
        const response = readCredentialResponse(printed(name), 1);
        expect(response).toMatchObject({ kind: 'issued', credentials: [expect.not.stringContaining('~')] });
      },
    );

    test('credential_response_ldp_vc.txt holds an object, which is no SD-JWT VC', () => {
      expect(() => readCredentialResponse(printed('credential_response_ldp_vc.txt'), 1)).toThrow(
        expect.objectContaining({ field: 'credential response.credentials.0.credential' }),
      );
    });

    test('wallet_attestation.jwt.txt is of wallets with somebody behind them, and passes for nothing else', async () => {
      const jwt = printedJwt('wallet_attestation.jwt.txt');
      expect(parseJws(jwt, 'attestation').header['typ']).toBe('oauth-client-attestation+jwt');
      await expect(
        openSignedMetadata(jwt, { credentialIssuer: 'https://wallet-provider.example.com', anchors: [], now: NOW }),
      ).rejects.toThrow('another type');
    });
  });

  test('were all read', () => {
    expect([...read].sort()).toEqual(readdirSync(vectorPath(...path('.'))).sort());
  });
});

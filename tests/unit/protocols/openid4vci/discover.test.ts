import { describe, expect, test } from 'vitest';
import { SignetError, parseOrigin } from '../../../../lib/core/index.ts';
import type { Discovery } from '../../../../lib/protocols/openid4vci/index.ts';
import { discover, hostsOf, readOffer } from '../../../../lib/protocols/openid4vci/index.ts';
import type { Answers } from '../../../fixtures/openid4vci/offered.ts';
import {
  ISSUER,
  PRE_AUTHORIZED,
  SERVER,
  answer,
  issuerMetadata,
  offeredBy,
  refusal,
  sdJwtConfiguration,
  serverMetadata,
  servers,
} from '../../../fixtures/openid4vci/offered.ts';

const OTHER = 'https://other.example';
const ISSUER_METADATA = `${ISSUER}/.well-known/openid-credential-issuer`;
const SERVER_METADATA = `${SERVER}/.well-known/oauth-authorization-server`;
const GRANTS_OF_PRE = { grant_types_supported: Object.keys(PRE_AUTHORIZED) };

const offer = (changes: object = {}): object => ({
  credential_issuer: ISSUER,
  credential_configuration_ids: ['licence'],
  grants: { ...PRE_AUTHORIZED, authorization_code: {} },
  ...changes,
});

async function look(from: Discovery | object, answers: Answers, agreed: readonly string[] = [ISSUER, SERVER]) {
  const { fetchJson, asked } = servers(answers);
  const start: Discovery = 'step' in from ? from : { step: 'call', call: readOffer(from) }; // only discoveries have a step
  const found = await discover(start, {
    ...{ fetchJson, clock: Date.now, languages: ['en'], agreed: agreed.map((host) => parseOrigin(host, 'host')) },
  }).catch((error: unknown) => SignetError.from(error));
  return { found, urls: asked.map(({ url }) => url) };
}

const honest: Answers = {
  [ISSUER_METADATA]: () => answer(issuerMetadata()),
  [SERVER_METADATA]: () => answer(serverMetadata()),
};

describe('a look at an offer', () => {
  test('asks nobody whom the person did not agree to', async () => {
    const call = { credential_offer: offer() };
    const none = await look(call, honest, []);
    expect(none).toMatchObject({ found: { step: 'call' }, urls: [] });
    const other = await look(call, honest, [OTHER, 'https://issuer.example:8443']);
    expect(other).toMatchObject({ found: { step: 'call' }, urls: [] });
    const half = await look(call, honest, [ISSUER]);
    expect(half).toMatchObject({ found: { step: 'issuer', servers: [SERVER] }, urls: [ISSUER_METADATA] });
    if (half.found instanceof SignetError) throw half.found;
    expect(hostsOf(half.found)).toEqual([SERVER]);
    const whole = await look(JSON.parse(JSON.stringify(half.found)) as Discovery, honest);
    expect(whole).toMatchObject({ found: { step: 'offered' }, urls: [SERVER_METADATA] });
  });

  test('of a reference stops where the offer turns out to be another’s', async () => {
    const uri = `${OTHER}/offers/1`;
    const answers: Answers = { ...honest, [uri]: () => answer(offer()) };
    const { found, urls } = await look({ credential_offer_uri: uri }, answers, [OTHER]);
    expect(urls).toEqual([uri]);
    if (found instanceof SignetError) throw found;
    expect([found.step, hostsOf(found)]).toEqual(['offer', [ISSUER]]);
  });

  test('of a reference never leads to this machine from elsewhere, nor away from it', async () => {
    const to = async (uri: string, issuer: string) =>
      (
        await look({ credential_offer_uri: uri }, { [uri]: () => answer(offer({ credential_issuer: issuer })) }, [
          ...[OTHER, 'http://127.0.0.1:8080'],
        ])
      ).found;
    const refused = { reason: 'issuer_refused', field: 'credential_offer.credential_issuer' };
    expect(await to(`${OTHER}/o`, 'http://127.0.0.1:8080')).toMatchObject(refused);
    expect(await to('http://127.0.0.1:8080/o', OTHER)).toMatchObject(refused);
  });

  test('ends at an offer that nothing can be taken of, before anybody else is asked', async () => {
    const only = (configurations: object) => ({
      [ISSUER_METADATA]: () => answer(issuerMetadata({ credential_configurations_supported: configurations })),
    });
    const foreign = await look({ credential_offer: offer() }, only({ licence: { format: 'mso_mdoc' } }));
    expect(foreign).toMatchObject({ found: { reason: 'unsupported' }, urls: [ISSUER_METADATA] });
    const unknown = await look({ credential_offer: offer() }, only({ other: sdJwtConfiguration() }));
    expect(unknown).toMatchObject({ found: { reason: 'issuer_refused' }, urls: [ISSUER_METADATA] });
  });

  test('finds all that can be taken, and says why the rest cannot', async () => {
    const configurations = { a: { format: 'mso_mdoc' }, b: sdJwtConfiguration(), c: sdJwtConfiguration() };
    const offered = await offeredBy({
      issuer: { credential_configurations_supported: configurations },
      configurationIds: ['a', 'b', 'c', 'unknown'],
    });
    expect(offered.configurations.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(offered.configuration.id).toBe('b');
    expect(offered.refused).toMatchObject([{ id: 'a', unsupported: expect.stringContaining('mso_mdoc') as string }]);
  });

  test('asks one server after another for one that takes the grant, each only once it is agreed to', async () => {
    const answers: Answers = {
      [ISSUER_METADATA]: () => answer(issuerMetadata({ authorization_servers: [OTHER, SERVER] })),
      [`${OTHER}/.well-known/oauth-authorization-server`]: () =>
        answer({ issuer: OTHER, token_endpoint: `${OTHER}/token`, grant_types_supported: ['client_credentials'] }),
      [SERVER_METADATA]: () => answer(serverMetadata(GRANTS_OF_PRE)),
    };
    const stopped = await look({ credential_offer: offer() }, answers, [ISSUER, OTHER]);
    expect(stopped).toMatchObject({ found: { step: 'issuer', servers: [SERVER] } });
    const { found } = await look({ credential_offer: offer() }, answers, [ISSUER, OTHER, SERVER]);
    expect(found).toMatchObject({
      step: 'offered',
      offered: { authorizationServer: SERVER, grant: 'pre-authorized_code' },
    });
  });

  test('ends where no server takes the grant, and says so', async () => {
    const answers: Answers = {
      ...honest,
      [SERVER_METADATA]: () => answer(serverMetadata({ grant_types_supported: ['client_credentials'] })),
    };
    expect((await look({ credential_offer: offer() }, answers)).found).toMatchObject({
      ...{ reason: 'unsupported', field: 'authorization server metadata.grant_types_supported' },
    });
  });

  test('finds a server’s older metadata only where there is none at the right place', async () => {
    const older = `${SERVER}/.well-known/openid-configuration`;
    const answers: Answers = {
      [ISSUER_METADATA]: () => answer(issuerMetadata()),
      [older]: () => answer(serverMetadata()),
    };
    expect(await look({ credential_offer: offer() }, answers)).toMatchObject({
      ...{ found: { step: 'offered' }, urls: [ISSUER_METADATA, SERVER_METADATA, older] },
    });
    const refused = await look(
      { credential_offer: offer() },
      { ...answers, [SERVER_METADATA]: () => refusal('', 500) },
    );
    expect(refused).toMatchObject({ found: { reason: 'network' }, urls: [ISSUER_METADATA, SERVER_METADATA] });
  });

  test('lists the issuer and its server before the offer is taken, each once', async () => {
    expect(hostsOf(await offeredBy())).toEqual([ISSUER, SERVER]);
    const own = await look(
      { credential_offer: offer() },
      {
        [ISSUER_METADATA]: () => answer(issuerMetadata({ authorization_servers: undefined })),
        [`${ISSUER}/.well-known/oauth-authorization-server`]: () =>
          answer({ issuer: ISSUER, token_endpoint: `${ISSUER}/token` }),
      },
      [ISSUER],
    );
    if (own.found instanceof SignetError) throw own.found;
    expect(hostsOf(own.found)).toEqual([ISSUER]);
  });

  test('ends at an issuer that wants what cannot be encrypted', async () => {
    const encryption = { credential_response_encryption: { encryption_required: true } };
    const answers = { ...honest, [ISSUER_METADATA]: () => answer(issuerMetadata(encryption)) };
    expect((await look({ credential_offer: offer() }, answers)).found).toMatchObject({ reason: 'unsupported' });
  });
});

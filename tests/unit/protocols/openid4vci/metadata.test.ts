import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseOrigin, SignetError } from '../../../../lib/core/index.ts';
import {
  chooseConfiguration,
  credentialIssuerMetadataUrl,
  readIdentifier,
  readIssuerMetadata,
} from '../../../../lib/protocols/openid4vci/index.ts';

const RUNS = Number(process.env.SIGNET_RUNS ?? 200);

const ISSUER = parseOrigin('https://issuer.example', 'issuer');
const named = (identifier: string) => readIdentifier(identifier, 'issuer', 'issuer_refused');

const licence = (changes: object = {}): object => ({
  format: 'dc+sd-jwt',
  vct: `${ISSUER}/licence`,
  cryptographic_binding_methods_supported: ['jwk'],
  proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
  ...changes,
});
const metadata = (changes: object = {}, configurations: object = { licence: licence() }): object => ({
  credential_issuer: ISSUER,
  credential_endpoint: `${ISSUER}/credential`,
  nonce_endpoint: `${ISSUER}/nonce`,
  credential_configurations_supported: configurations,
  ...changes,
});
const readOffered = (value: unknown, ids = ['licence'], languages = ['en']) =>
  readIssuerMetadata(value, named(ISSUER), ids, languages);

function refusalOf(attempt: () => unknown): SignetError {
  try {
    attempt();
  } catch (thrown) {
    if (thrown instanceof SignetError) return thrown;
    throw thrown;
  }
  throw new Error('expected a refusal');
}

describe('issuer metadata', () => {
  test('is rebuilt around what was offered', () => {
    expect(readOffered(metadata({ evil: 1 }, { licence: licence({ evil: 1 }), other: 'junk' }))).toEqual({
      issuer: ISSUER,
      credentialIssuer: ISSUER,
      name: '',
      appearance: { name: '' },
      authorizationServers: [ISSUER],
      listsServers: false,
      credentialEndpoint: `${ISSUER}/credential`,
      nonceEndpoint: `${ISSUER}/nonce`,
      copies: 1,
      encryption: {},
      configurations: [{ id: 'licence', vct: `${ISSUER}/licence`, name: '', appearance: { name: '' }, claims: [] }],
    });
  });

  test('names every place there is', () => {
    const places = {
      deferred_credential_endpoint: `${ISSUER}/later`,
      notification_endpoint: `${ISSUER}/notes?a=b`,
      authorization_servers: ['https://login.example'],
    };
    expect(readOffered(metadata(places))).toMatchObject({
      deferredEndpoint: `${ISSUER}/later`,
      notificationEndpoint: `${ISSUER}/notes?a=b`,
      authorizationServers: ['https://login.example'],
      listsServers: true,
    });
  });

  test('of an issuer with a path is about that issuer, to the letter', () => {
    const tenant = `${ISSUER}/tenant`;
    const read = (credential_issuer: string) =>
      readIssuerMetadata(metadata({ credential_issuer }), named(tenant), ['licence'], ['en']);
    expect(read(tenant)).toMatchObject({ issuer: ISSUER, credentialIssuer: tenant, authorizationServers: [tenant] });
    for (const other of [ISSUER, `${tenant}/`, `${ISSUER}/other`, `${ISSUER}/TENANT`]) {
      expect(refusalOf(() => read(other)).field).toBe('issuer metadata.credential_issuer');
    }
  });

  test.each([
    [ISSUER, `${ISSUER}/.well-known/openid-credential-issuer`],
    [`${ISSUER}/`, `${ISSUER}/.well-known/openid-credential-issuer`],
    [`${ISSUER}/tenant`, `${ISSUER}/.well-known/openid-credential-issuer/tenant`],
    [`${ISSUER}:8443/a/b`, `${ISSUER}:8443/.well-known/openid-credential-issuer/a/b`],
  ])('of %s is at %s', (issuer, url) => expect(credentialIssuerMetadataUrl(issuer)).toBe(url));

  test.each([
    [undefined, 1],
    [{ batch_size: 2 }, 2],
    [{ batch_size: 10 }, 10],
    [{ batch_size: 30 }, 30],
    [{ batch_size: 1_000_000 }, 30],
  ])('with the batch %o asks for %i copies', (batch_credential_issuance, copies) => {
    expect(readOffered(metadata({ batch_credential_issuance })).copies).toBe(copies);
  });

  test.each([
    'https://elsewhere.example/credential',
    'https://issuer.example.evil.example/credential',
    'https://sub.issuer.example/credential',
    'https://issuer.example:8443/credential',
    'http://issuer.example/credential',
    'http://127.0.0.1/credential',
    'https://user@issuer.example/credential',
    '/credential',
    'javascript:1',
    'https://issuer.example/credential#part',
    '',
    5,
  ])('with the endpoint %s is refused', (endpoint) => {
    const fields = ['credential_endpoint', 'nonce_endpoint', 'deferred_credential_endpoint', 'notification_endpoint'];
    for (const field of fields) {
      const error = refusalOf(() => readOffered(metadata({ [field]: endpoint })));
      expect(error).toMatchObject({ reason: 'issuer_refused', field: `issuer metadata.${field}` });
    }
  });

  test.each([
    [{ credential_issuer: 'https://other.example' }, 'credential_issuer'],
    [{ credential_issuer: `${ISSUER}/` }, 'credential_issuer'],
    [{ credential_issuer: undefined }, 'credential_issuer'],
    [{ credential_endpoint: undefined }, 'credential_endpoint'],
    [{ batch_credential_issuance: { batch_size: 0 } }, 'batch_credential_issuance.batch_size'],
    [{ batch_credential_issuance: { batch_size: 1.5 } }, 'batch_credential_issuance.batch_size'],
    [{ batch_credential_issuance: { batch_size: '10' } }, 'batch_credential_issuance.batch_size'],
    [{ authorization_servers: [] }, 'authorization_servers'],
    [{ display: 'State' }, 'display'],
    [{ display: [{ name: 'x'.repeat(5000) }] }, 'display.0.name'],
  ])('with %o is refused by name', (changes, field) => {
    const error = refusalOf(() => readOffered(metadata(changes)));
    expect(error).toMatchObject({ reason: 'issuer_refused', field: `issuer metadata.${field}` });
  });

  test('names are cleaned, clamped and in the person’s language', () => {
    const display = [
      { name: 'État\u202e d’Exemple', locale: 'fr-FR' },
      { name: 'State of Example', locale: 'en-US' },
    ];
    expect(readOffered(metadata({ display }), ['licence'], ['fr']).name).toBe('État d’Exemple');
    expect(readOffered(metadata({ display }), ['licence'], ['de', 'en-GB']).name).toBe('State of Example');
    expect(readOffered(metadata({ display: [{ name: 'x'.repeat(900) }] })).name).toHaveLength(80);
  });

  test('claims keep their paths and the issuer’s words', () => {
    const claims = [
      { path: ['address', 'locality'], display: [{ name: 'Town', locale: 'en' }] },
      { path: ['list', null, 0] },
    ];
    const [configuration] = readOffered(
      metadata({}, { licence: licence({ credential_metadata: { claims } }) }),
    ).configurations;
    expect(configuration?.claims).toEqual([
      { path: ['address', 'locality'], label: 'Town' },
      { path: ['list', null, 0] },
    ]);
  });

  test.each([[[]], [['a', -1]], [['a', 0.5]], [[{}]], ['a'], [Array(100).fill('a')]])(
    'with a claim at %o is refused',
    (path) => {
      const configurations = { licence: licence({ credential_metadata: { claims: [{ path }] } }) };
      expect(refusalOf(() => readOffered(metadata({}, configurations)))).toMatchObject({ reason: 'issuer_refused' });
    },
  );

  test('with junk in any field is metadata on the issuer’s own origin, or refused', () => {
    const junk = fc.oneof(fc.anything(), fc.string({ unit: 'binary' }), fc.webUrl());
    const field = fc.constantFrom(...Object.keys(metadata()), 'display', 'authorization_servers', '__proto__');
    fc.assert(
      fc.property(fc.dictionary(field, junk), (changes) => {
        try {
          const { credentialEndpoint, nonceEndpoint } = readOffered(metadata(changes));
          expect(new URL(credentialEndpoint).origin).toBe(ISSUER);
          if (nonceEndpoint !== undefined) expect(new URL(nonceEndpoint).origin).toBe(ISSUER);
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'SignetError', reason: 'issuer_refused' });
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('of what is offered', () => {
  test('the first that Signet supports is received', () => {
    const configurations = { pass: { format: 'mso_mdoc', doctype: 'x' }, licence: licence(), second: licence() };
    const offered = readOffered(metadata({}, configurations), ['unknown', 'pass', 'licence', 'second']);
    expect(chooseConfiguration(offered).id).toBe('licence');
  });

  test.each([
    ['another format', { format: 'jwt_vc_json' }, 'jwt_vc_json'],
    ['no type', { vct: undefined }, 'type'],
    ['no key binding', { cryptographic_binding_methods_supported: undefined }, 'key'],
    ['another key binding', { cryptographic_binding_methods_supported: ['did:web'] }, 'key'],
    ['no proofs', { proof_types_supported: undefined }, 'proofs'],
    ['other proofs', { proof_types_supported: { attestation: {} } }, 'proofs'],
    [
      'other algorithms',
      { proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['RS256'] } } },
      'proofs',
    ],
    ['signatures that nobody here can check', { credential_signing_alg_values_supported: ['RS256', -7] }, 'check'],
    [
      'attested keys',
      {
        proof_types_supported: {
          jwt: { proof_signing_alg_values_supported: ['ES256'], key_attestations_required: {} },
        },
      },
      'attestation',
    ],
  ])('a credential with %s alone is not supported, and the reason is said', (_, changes, word) => {
    const offered = readOffered(metadata({}, { licence: licence(changes) }));
    const error = refusalOf(() => chooseConfiguration(offered));
    expect(error.reason).toBe('unsupported');
    expect(error.message).toContain(word);
  });

  test('a credential that the issuer does not know is refused', () => {
    const offered = readOffered(metadata(), ['constructor', '__proto__', 'toString']);
    expect(refusalOf(() => chooseConfiguration(offered)).reason).toBe('issuer_refused');
  });
});

describe('a BBS credential in the metadata', () => {
  const card = (changes: object = {}): object => ({ format: 'signet-bbs', type: `${ISSUER}/membership`, ...changes });
  const ALL = ['dc+sd-jwt', 'signet-bbs', 'signet-bbs-2020'] as const;
  const readCard = (configuration: object, formats: readonly (typeof ALL)[number][] = ALL) => {
    const read = readIssuerMetadata(metadata({}, { card: configuration }), named(ISSUER), ['card'], ['en'], formats);
    return chooseConfiguration(read);
  };

  test.each([
    ['signet-bbs', 'bbs'],
    ['signet-bbs-2020', 'bbs+'],
  ])('of the format %s is of the suite %s', (format, suite) => {
    expect(readCard(card({ format }))).toMatchObject({ suite, vct: `${ISSUER}/membership` });
  });

  test('is not taken by who cannot hold it', () => {
    expect(refusalOf(() => readCard(card(), ['dc+sd-jwt']))).toMatchObject({ reason: 'unsupported' });
    expect(refusalOf(() => readCard(card({ format: 'signet-bbs-2020' }), ['dc+sd-jwt', 'signet-bbs']))).toMatchObject({
      reason: 'unsupported',
    });
    const unsaid = () => chooseConfiguration(readOffered(metadata({}, { licence: card() })));
    expect(refusalOf(unsaid)).toMatchObject({ reason: 'unsupported' });
  });

  test.each<[string, object]>([
    ['has no type', { type: undefined }],
    ['has the type of an SD-JWT VC alone', { type: undefined, vct: `${ISSUER}/membership` }],
    ['wants a proof of a key', { proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } } }],
  ])('that %s is not supported', (_, changes) => {
    expect(refusalOf(() => readCard(card(changes)))).toMatchObject({ reason: 'unsupported' });
  });

  test('with a type that is no text is refused', () => {
    expect(refusalOf(() => readCard(card({ type: 5 })))).toMatchObject({ reason: 'issuer_refused' });
    expect(refusalOf(() => readCard(card({ type: 'x'.repeat(513) })))).toMatchObject({ reason: 'issuer_refused' });
  });
});

describe('signet_decay, how a credential fades,', () => {
  const readFading = (signet_decay: unknown) =>
    readOffered(metadata({}, { licence: licence({ signet_decay }) })).configurations[0];

  test('is read into milliseconds', () => {
    const whole = {
      time_to_live: 86_400,
      uses: 3,
      rate: { times: 2, within: 3600, grace: 1 },
      phases: [
        { phase: 'ageing', after_time: 43_200 },
        { phase: 'fading', after_uses: 2 },
      ],
    };
    expect(readFading(whole)?.decay).toEqual({
      timeToLive: 86_400_000,
      uses: 3,
      rate: { times: 2, within: 3_600_000, grace: 1 },
      phases: [
        { phase: 'ageing', afterTime: 43_200_000 },
        { phase: 'fading', afterUses: 2 },
      ],
    });
    expect(readFading({ rate: { times: 2, within: 60 } })?.decay).toEqual({
      rate: { times: 2, within: 60_000, grace: 0 },
    });
    expect(readFading(undefined)).not.toHaveProperty('decay');
  });

  test.each<[string, unknown]>([
    ['', {}],
    ['', 'soon'],
    ['.after', { after: 1 }],
    ['.time_to_live', { time_to_live: 0 }],
    ['.time_to_live', { time_to_live: 1.5 }],
    ['.time_to_live', { time_to_live: 1e12 }],
    ['.uses', { uses: 0 }],
    ['.uses', { uses: 257 }],
    ['.rate', { rate: { times: 200, within: 60, grace: 57 } }],
    ['.rate.grace', { rate: { times: 2, within: 60, grace: -1 } }],
    ['.rate.within', { rate: { times: 2 } }],
    ['.phases', { phases: [] }],
    [
      '.phases',
      {
        phases: [
          { phase: 'fading', after_uses: 1 },
          { phase: 'ageing', after_uses: 2 },
        ],
      },
    ],
    [
      '.phases',
      {
        phases: [
          { phase: 'ageing', after_uses: 1 },
          { phase: 'ageing', after_uses: 2 },
        ],
      },
    ],
    ['.phases.0', { phases: [{ phase: 'ageing' }] }],
    ['.phases.0.phase', { phases: [{ phase: 'gone', after_uses: 1 }] }],
  ])('that makes no sense is refused by name: %s', (member, decay) => {
    const field = `issuer metadata.credential_configurations_supported.licence.signet_decay${member}`;
    expect(refusalOf(() => readFading(decay))).toMatchObject({ reason: 'issuer_refused', field });
  });

  test('of a credential that counts no uses is not supported', () => {
    const card = { format: 'signet-bbs', type: `${ISSUER}/card`, signet_decay: { uses: 1 } };
    const read = readIssuerMetadata(metadata({}, { card }), named(ISSUER), ['card'], ['en'], ['signet-bbs']);
    expect(read.configurations[0]?.unsupported).toMatch(/fade/);
  });
});

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../../lib/core/index.ts';
import { SignetError } from '../../../../lib/core/index.ts';
import {
  DC_API_PROTOCOLS,
  fetchRequestObject,
  identifyVerifier,
  lookups,
  readDcApiRequest,
  readLink,
} from '../../../../lib/protocols/openid4vp/index.ts';
import { encode, NOW } from '../../../fixtures/credentials/test-issuer.ts';
import type { TestVerifier } from '../../../fixtures/openid4vp/test-verifier.ts';
import {
  ask,
  askByLink,
  askSigned,
  createAnswerKey,
  createTestVerifier,
  ORIGIN,
} from '../../../fixtures/openid4vp/test-verifier.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 1000);

let shop: TestVerifier;
let full: JsonObject;

beforeAll(async () => {
  shop = await createTestVerifier();
  const { jwk } = await createAnswerKey();
  full = ask({
    response_mode: 'dc_api.jwt',
    expected_origins: [ORIGIN],
    client_id: shop.byHash,
    client_metadata: {
      jwks: { keys: [jwk] },
      encrypted_response_enc_values_supported: ['A128GCM', 'A256GCM'],
      vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] } },
    },
    transaction_data: [encode({ type: 'signet.text', credential_ids: ['pid'], text: 'Yes.' })],
    verifier_info: [{ format: 'jwt', data: 'a.b.c', credential_ids: ['pid'] }],
  });
});

/** Reads, or refuses as Signet does: nothing else may come of it. */
async function settles(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(SignetError);
    expect((thrown as SignetError).reason).not.toBe('internal'); // the line above saw that it is one
  }
}

const junk: fc.Arbitrary<Json> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>, // JSON by its name
  fc.constantFrom<Json>(null, '', '__proto__', 'toString', -1, 1e308, [], {}, [[]], '\u202e', '\ud800'),
);

/** Where a value is, among all the values in a JSON value, and one thing to put in its place. */
const mutation = fc.record({ at: fc.nat(), value: fc.option(junk, { nil: undefined }) });

/** The value with one of its inner values replaced, or taken out where there is none to put there. */
function mutate(
  value: Json,
  { at, value: replacement }: { readonly at: number; readonly value: Json | undefined },
): Json {
  let left = at % Math.max(1, countOf(value));
  const visit = (inner: Json): Json | undefined => {
    if (left-- === 0) return replacement;
    if (Array.isArray(inner)) return (inner as readonly Json[]).flatMap((each) => visit(each) ?? []); // as isArray loses it
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(
      Object.entries(inner).flatMap(([name, member]) => {
        const made = visit(member); // members of JSON are JSON
        return made === undefined ? [] : [[name, made]];
      }),
    );
  };
  return visit(value) ?? null;
}

const countOf = (value: Json): number =>
  1 +
  (typeof value === 'object' && value !== null
    ? Object.values(value).reduce<number>((sum, each) => sum + countOf(each), 0)
    : 0);

const options = { origin: ORIGIN, now: NOW, anchors: [] };

describe('a reader of requests', () => {
  test('survives whatever a page says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...DC_API_PROTOCOLS), junk, (protocol, data) =>
        settles(() => readDcApiRequest({ protocol, data }, ORIGIN)),
      ),
      { numRuns: RUNS },
    );
  });

  test('survives a good request that was bent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const data = mutations.reduce<Json>(mutate, full);
        return settles(() => readDcApiRequest({ protocol: 'openid4vp-v1-unsigned', data }, ORIGIN));
      }),
      { numRuns: RUNS * 2 },
    );
  });

  test('survives signed requests that were bent, header and payload', async () => {
    await fc.assert(
      fc.asyncProperty(mutation, mutation, fc.boolean(), async (ofHeader, ofPayload, several) => {
        const header = mutate(
          { alg: 'ES256', typ: 'oauth-authz-req+jwt', x5c: [...shop.x5c], client_id: shop.byHash },
          ofHeader,
        );
        const payload = mutate(full, ofPayload);
        const call = several
          ? {
              protocol: 'openid4vp-v1-multisigned' as const,
              data: { payload: encode(payload), signatures: [{ protected: encode(header), signature: 'AAAA' }] },
            }
          : {
              protocol: 'openid4vp-v1-signed' as const,
              data: { request: `${encode(header)}.${encode(payload)}.AAAA` },
            };
        await settles(async () => {
          const request = readDcApiRequest(call, ORIGIN);
          lookups(request);
          await identifyVerifier(request, options);
          throw new Error('nobody signed this');
        });
      }),
      { numRuns: RUNS },
    );
  });

  test('verifies no request that was changed by a character', async () => {
    const request = await shop.sign(askSigned(shop.byHash));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(request.length - 1),
        fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_', '.', '='),
        async (at, character) => {
          fc.pre(request[at] !== character);
          const changed = request.slice(0, at) + character + request.slice(at + 1);
          await settles(async () => {
            const read = readDcApiRequest({ protocol: 'openid4vp-v1-signed', data: { request: changed } }, ORIGIN);
            await identifyVerifier(read, options);
            throw new Error('this was not signed');
          });
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('survives whatever a link says', async () => {
    const names = [
      'client_id',
      'request',
      'request_uri',
      'request_uri_method',
      'dcql_query',
      'credential_offer',
      'credential_offer_uri',
      'response_uri',
      'nonce',
      '__proto__',
    ];
    const schemes = [
      'openid4vp://',
      'haip-vp:',
      'https://wallet.example',
      'openid-credential-offer://',
      'javascript:',
      '',
    ];
    const parameters = fc.array(fc.tuple(fc.constantFrom(...names), fc.oneof(fc.string(), fc.webUrl(), fc.json())), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.tuple(fc.constantFrom(...schemes), parameters)), (text) =>
        settles(async () => {
          const link = typeof text === 'string' ? text : `${text[0]}?${new URLSearchParams([...text[1]]).toString()}`;
          const call = readLink(link);
          if (call.kind === 'presentation')
            await fetchRequestObject(call, { walletNonce: 'n', fetchText: () => Promise.resolve(link) });
        }),
      ),
      { numRuns: RUNS },
    );
  });

  test('survives a request of a link that was bent', async () => {
    const address = 'https://shop.example/answers';
    const client = `redirect_uri:${address}`;
    const good = askByLink(client, { response_uri: address, client_metadata: full['client_metadata'] });
    await fc.assert(
      fc.asyncProperty(mutation, (change) =>
        settles(() => {
          const text = `${encode({ alg: 'none', typ: 'oauth-authz-req+jwt' })}.${encode(mutate(good, change))}.`;
          const call = { kind: 'presentation', by: 'object', clientId: client, request: text } as const;
          return fetchRequestObject(call, { walletNonce: 'n', fetchText: () => Promise.resolve('') });
        }),
      ),
      { numRuns: RUNS },
    );
  });

  test('takes time in step with what it reads', () => {
    const credentials = Array.from({ length: 2000 }, (_, id) => ({ id: `c${id}`, format: 'dc+sd-jwt' }));
    const large = [
      ask({ dcql_query: { credentials } }),
      ask({ nonce: '~'.repeat(100_000) }),
      ask({ transaction_data: Array.from({ length: 8 }, () => 'A'.repeat(16_000)) }),
      ask({ verifier_info: Array.from({ length: 16 }, () => ({ format: 'jwt', data: '.'.repeat(7000) })) }),
    ];
    const started = performance.now();
    for (const data of large) {
      expect(settlesAtOnce(() => readDcApiRequest({ protocol: 'openid4vp-v1-unsigned', data }, ORIGIN))).toBe(true);
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

function settlesAtOnce(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (thrown) {
    return thrown instanceof SignetError;
  }
}

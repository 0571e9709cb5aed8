import type { JsonObject } from '../../lib/core/index.ts';
import type { PageRequest, PageRequestOptions } from '../../lib/sdk/index.ts';
import { createRequest } from '../../lib/sdk/index.ts';
import type { HostileCase, Place } from './case.ts';
import { hashOf } from './verifier.ts';

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const decode = (part: string): JsonObject => JSON.parse(Buffer.from(part, 'base64url').toString()) as JsonObject; // ours

/** A good request, of one protocol alone. */
async function good(
  { origin, type }: Place,
  protocol: string,
  more: Partial<PageRequestOptions> = {},
): Promise<PageRequest> {
  const { request } = await createRequest({
    claims: 'age_over_21',
    types: [type],
    origin,
    ...more,
  } as PageRequestOptions);
  return only(request, protocol);
}

/** Leaves of a request what one protocol asks. */
export function only(request: PageRequest, protocol: string): PageRequest {
  const requests = request.digital.requests.filter((one) => one.protocol === protocol);
  return { mediation: request.mediation, digital: { requests } };
}

/** A good unsigned request with parameters changed. */
const unsigned =
  (change: (params: JsonObject, place: Place) => JsonObject, more: Partial<PageRequestOptions> = {}) =>
  async (place: Place): Promise<PageRequest> => {
    const { digital } = await good(place, 'openid4vp-v1-unsigned', more);
    const requests = digital.requests.map(({ protocol, data }) => ({ protocol, data: change(data, place) }));
    return { mediation: 'required', digital: { requests } };
  };

interface Parts {
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

/** A good signed request, changed and signed again. */
const resigned =
  (change: (parts: Parts, place: Place) => Parts) =>
  async (place: Place): Promise<PageRequest> => {
    const { header, payload } = change(await signedParts(place), place);
    const signed = `${encode(header)}.${encode(payload)}`;
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
    const signature = await crypto.subtle.sign(algorithm, place.signers.hash.key, Buffer.from(signed));
    return signedBy(`${signed}.${Buffer.from(signature).toString('base64url')}`);
  };

async function signedParts(place: Place): Promise<Parts> {
  const [header = '', payload = ''] = (await signedRequest(place)).split('.');
  return { header: decode(header), payload: decode(payload) };
}

async function signedRequest(place: Place, more: Partial<PageRequestOptions> = {}): Promise<string> {
  const { digital } = await good(place, 'openid4vp-v1-signed', { signing: place.signers.hash, ...more });
  const request = digital.requests[0]?.data['request'];
  return typeof request === 'string' ? request : '';
}

const signedBy = (request: string): PageRequest => ({
  mediation: 'required',
  digital: { requests: [{ protocol: 'openid4vp-v1-signed', data: { request } }] },
});

const hostile = (id: string, title: string, make: HostileCase['make']): HostileCase => ({
  ...{ id, title, make, group: 'Hostile requests' },
});

/** Requests that a wallet has to refuse, whatever the person says. */
export const HOSTILE: readonly HostileCase[] = [
  hostile('wrong-origin', 'Signed for another origin', async (place) =>
    signedBy(await signedRequest(place, { origin: 'https://elsewhere.example' })),
  ),
  hostile('tampered', 'Changed after it was signed', async (place) => {
    const [header, payload = '', signature] = (await signedRequest(place)).split('.');
    return signedBy([header, encode({ ...decode(payload), nonce: 'bm9uY2Utbm9uY2Utbm9uY2U' }), signature].join('.'));
  }),
  hostile(
    'wrong-hash',
    'Signed by another certificate than the one it names',
    resigned(({ header, payload }) => ({
      header,
      payload: { ...payload, client_id: `x509_hash:${hashOf(Buffer.from('other'))}` },
    })),
  ),
  hostile(
    'unknown-crit',
    'With a critical extension that nobody knows',
    resigned(({ header, payload }) => ({ header: { ...header, crit: ['x'], x: 1 }, payload })),
  ),
  hostile(
    'no-algorithm',
    'Signed by nothing (alg none)',
    resigned(({ header, payload }) => ({ header: { ...header, alg: 'none' }, payload })),
  ),
  hostile('too-old', 'Signed for a time that is over', async (place) =>
    signedBy(await signedRequest(place, { now: new Date(Date.now() - 3_600_000), expiresIn: 60 })),
  ),
  hostile(
    'bad-key',
    'To be encrypted to a point that is on no curve',
    unsigned(
      (params) => JSON.parse(JSON.stringify(params).replace(/"y":"[^"]+"/, `"y":"${'A'.repeat(43)}"`)) as JsonObject,
    ),
  ), // still JSON
  hostile(
    'no-key',
    'To be encrypted to no key',
    unsigned((params) => ({ ...params, response_mode: 'dc_api.jwt' }), { encrypt: false }),
  ),
  hostile(
    'request-uri',
    'To be fetched, over the Digital Credentials API',
    unsigned((params, { origin }) => ({ ...params, request_uri: `${origin}/request` })),
  ),
  hostile(
    'wrong-mode',
    'To be answered by a post',
    unsigned((params, { origin }) => ({ ...params, response_mode: 'direct_post', response_uri: `${origin}/posted` })),
  ),
  hostile(
    'no-nonce',
    'Without a nonce',
    unsigned((params) => Object.fromEntries(Object.entries(params).filter(([name]) => name !== 'nonce'))),
  ),
  hostile(
    'unknown-transaction',
    'With a transaction of a type that nobody knows',
    unsigned((params) => params, { transactionData: [{ type: 'example.mortgage', sum: '1' }] }),
  ),
  hostile(
    'oversized',
    'With two hundred credentials in one query',
    unsigned((params, { type }) => ({
      ...params,
      dcql_query: {
        credentials: Array.from({ length: 200 }, (_, at) => ({
          id: `c${at}`,
          format: 'dc+sd-jwt',
          meta: { vct_values: [type] },
        })),
      },
    })),
  ),
];

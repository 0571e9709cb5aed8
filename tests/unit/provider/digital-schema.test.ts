import { describe, expect, test } from 'vitest';
import type { Json } from '../../../lib/core/index.ts';
import { readDigitalCreate, readDigitalGet } from '../../../lib/provider/digital-schema.ts';

const request = (protocol: string, data: Json = { nonce: 'n' }) => ({ protocol, data });
const refused = (read: () => unknown, reason = 'bad_request') =>
  expect(read).toThrow(expect.objectContaining({ reason }) as Error);

describe('a call of get', () => {
  test('keeps the requests that Signet knows, in the page’s order', () => {
    const known = ['openid4vp-v1-signed', 'openid4vp-v1-unsigned', 'openid4vp-v1-multisigned'].map((one) =>
      request(one),
    );
    const requests = [request('org-iso-mdoc'), ...known, request('openid4vp-v1-later')];
    expect(readDigitalGet({ requests })).toEqual({ requests: known });
  });

  test.for([
    ['no object', 'x'],
    ['no requests', {}],
    ['requests that are no list', { requests: {} }],
    ['data that is text', { requests: [request('openid4vp-v1-unsigned', 'x')] }],
    ['data that is a list', { requests: [request('openid4vp-v1-unsigned', [])] }],
    ['a member that is not known', { requests: [{ ...request('openid4vp-v1-unsigned'), more: 1 }] }],
    ['more than eight requests', { requests: Array.from({ length: 9 }, () => request('openid4vp-v1-unsigned')) }],
    [
      'a name that reaches for prototypes',
      JSON.parse('{"requests":[{"protocol":"a","data":{"__proto__":1}}]}') as Json,
    ],
    ['text that is no Unicode', { requests: [request('openid4vp-v1-unsigned', { nonce: '\ud800' })] }],
  ] as [string, Json][])('is refused with %s', ([, json]) => refused(() => readDigitalGet(json)));
});

describe('a call of create', () => {
  const offer = { credential_issuer: 'https://issuer.example', credential_configuration_ids: ['age'] };

  test.for([
    ['is the offer itself', offer, { credential_offer: offer }],
    ['holds it', { credential_offer: offer }, { credential_offer: offer }],
    [
      'names where it is',
      { credential_offer_uri: 'https://i.example/o' },
      { credential_offer_uri: 'https://i.example/o' },
    ],
  ] as [string, Json, unknown][])('goes the way of an offer where its data %s', ([, data, read]) =>
    expect(readDigitalCreate({ requests: [request('other'), request('openid4vci-v1', data)] })).toEqual(read),
  );

  test('is refused where it holds two offers, and unsupported where it holds none of a known protocol', () => {
    const data = { credential_offer: offer, credential_offer_uri: 'https://issuer.example/offer' };
    refused(() => readDigitalCreate({ requests: [request('openid4vci-v1', data)] }));
    refused(() => readDigitalCreate({ requests: [request('openid4vci-v2')] }), 'unsupported');
    refused(() => readDigitalCreate({ requests: [] }), 'unsupported');
  });
});

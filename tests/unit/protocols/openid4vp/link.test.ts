import { describe, expect, test } from 'vitest';
import { askedOrigin, authorizationErrorOf, readLink } from '../../../../lib/protocols/openid4vp/index.ts';
import { refusalOf } from '../../../fixtures/openid4vp/test-verifier.ts';

const CLIENT = 'x509_san_dns:shop.example';
const URI = 'https://shop.example/request/1';

const query = (parameters: Readonly<Record<string, string>>): string => new URLSearchParams(parameters).toString();
const link = (parameters: Readonly<Record<string, string>>, start = 'openid4vp://'): string =>
  `${start}?${query(parameters)}`;
const refused = (text: string) => refusalOf(() => readLink(text));

describe('a link that asks', () => {
  test.each([
    'openid4vp://',
    'openid4vp://authorize',
    'openid4vp:',
    'OPENID4VP://',
    'haip-vp://',
    'eudi-openid4vp://shop.example',
    'mdoc-openid4vp://',
    'https://wallet.example/open',
    'https://wallet.example',
  ])('by reference is read after %s', (start) => {
    expect(readLink(link({ client_id: CLIENT, request_uri: URI }, start))).toEqual({
      kind: 'presentation',
      by: 'reference',
      clientId: CLIENT,
      requestUri: URI,
      method: 'get',
    });
  });

  test('may want its request fetched by POST', () => {
    const text = link({ client_id: CLIENT, request_uri: URI, request_uri_method: 'post' });
    expect(readLink(text)).toMatchObject({ method: 'post' });
  });

  test('may hold the request as an object', () => {
    expect(readLink(link({ client_id: CLIENT, request: 'a.b.c', nonce: 'left behind' }))).toEqual({
      kind: 'presentation',
      by: 'object',
      clientId: CLIENT,
      request: 'a.b.c',
    });
  });

  test('may hold the request itself, its objects as JSON', () => {
    const text = link({ client_id: CLIENT, nonce: '123', state: '{}', dcql_query: '{"credentials":[]}' });
    expect(readLink(text)).toMatchObject({
      by: 'value',
      parameters: { client_id: CLIENT, nonce: '123', state: '{}', dcql_query: { credentials: [] } },
    });
  });

  test('may stand among white space, as people paste it', () => {
    expect(readLink(`\n ${link({ client_id: CLIENT, request_uri: URI })} \n`)).toMatchObject({ by: 'reference' });
  });

  test('says which host will be asked, before it is', () => {
    const call = readLink(link({ client_id: CLIENT, request_uri: URI }));
    expect(call.kind === 'presentation' && askedOrigin(call)).toBe('https://shop.example');
    const byValue = readLink(link({ client_id: CLIENT, nonce: '1' }));
    expect(byValue.kind === 'presentation' && askedOrigin(byValue)).toBeUndefined();
  });

  test.each(['GET', 'POST', 'Post', 'put', ''])('is not fetched by %j', async (method) => {
    const refusal = await refused(link({ client_id: CLIENT, request_uri: URI, request_uri_method: method }));
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'request_uri_method' });
    expect(authorizationErrorOf(refusal)).toBe('invalid_request_uri_method');
  });

  test('names no method without a reference', async () => {
    const refusal = await refused(link({ client_id: CLIENT, request: 'a.b.c', request_uri_method: 'post' }));
    expect(refusal).toMatchObject({ field: 'request_uri_method' });
  });

  test('asks in one way', async () => {
    const refusal = await refused(link({ client_id: CLIENT, request: 'a.b.c', request_uri: URI }));
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'request_uri' });
  });

  test.each([
    'http://shop.example/request',
    'javascript:alert(1)',
    'data:text/plain,x',
    'file:///etc/passwd',
    'https://user:secret@shop.example/',
    'https://shop.example/#part',
    '/request/1',
    '',
    `https://shop.example/${'x'.repeat(2048)}`,
  ])('leads to an https address, not %.50s', async (uri) => {
    const refusal = await refused(link({ client_id: CLIENT, request_uri: uri }));
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'request_uri' });
  });

  test.each(['http://localhost:3000/r', 'http://127.0.0.1:3000/r', 'http://[::1]/r', 'https://localhost/r'])(
    'leads to this machine only where that is admitted: %s',
    async (uri) => {
      const text = link({ client_id: CLIENT, request_uri: uri });
      expect(await refused(text)).toMatchObject({ reason: 'bad_request', field: 'request_uri' });
      expect(readLink(text, { loopback: true })).toMatchObject({ requestUri: uri, loopback: true });
    },
  );

  test.each([
    '',
    'hello',
    'openid4vp://',
    'openid4vp://?client_id=',
    'https://shop.example/',
    'mailto:a@shop.example?client_id=x',
    'javascript:alert(1)?client_id=x',
    'http://wallet.example?client_id=x&request_uri=https://shop.example/',
    'openid-credential-offer://?client_id=x509_hash:a&request_uri=https://shop.example/',
    'WIFI:T:WPA;S:net;P:secret;;',
  ])('is not %j', async (text) => {
    expect((await refused(text)).reason).toBe('bad_request');
  });

  test.each(['client_id', 'request_uri', 'nonce', 'other'])('says %s once', async (name) => {
    const text = `${link({ client_id: CLIENT, request_uri: URI })}&${name}=1&${name}=2`;
    expect(await refused(text)).toMatchObject({ reason: 'bad_request', field: 'link' });
  });

  test('does not take a name of the prototype for a parameter', () => {
    const text = link({ client_id: CLIENT, constructor: 'y' });
    const call = readLink(`${text}&__proto__=z`);
    expect(Object.getPrototypeOf(call)).toBe(Object.prototype);
    expect(call).not.toHaveProperty('z');
  });

  test.each(['dcql_query', 'client_metadata', 'transaction_data', 'verifier_info'])(
    'writes %s in JSON',
    async (name) => {
      expect(await refused(link({ client_id: CLIENT, [name]: '{' }))).toMatchObject({
        reason: 'bad_request',
        field: name,
      });
    },
  );

  test('is read up to a length, and not beyond', async () => {
    expect(await refused(link({ client_id: CLIENT, x: 'x'.repeat(131_072) }))).toMatchObject({ field: 'link' });
  });
});

describe('a link that offers', () => {
  test.each(['openid-credential-offer://', 'haip-vci://', 'https://wallet.example/offers'])(
    'a credential is read after %s',
    (start) => {
      const uri = 'https://issuer.example/offers/1';
      expect(readLink(link({ credential_offer_uri: uri }, start))).toEqual({
        kind: 'offer',
        credential_offer_uri: uri,
      });
      expect(readLink(link({ credential_offer: '{"credential_issuer":"x"}' }, start))).toEqual({
        kind: 'offer',
        credential_offer: { credential_issuer: 'x' },
      });
    },
  );

  test('offers in one way', async () => {
    const text = link({ credential_offer: '{}', credential_offer_uri: URI }, 'openid-credential-offer://');
    expect(await refused(text)).toMatchObject({ reason: 'bad_request', field: 'credential_offer' });
  });

  test('does not ask at the same time', async () => {
    const text = link({ credential_offer: '{}', client_id: CLIENT }, 'https://wallet.example');
    expect((await refused(text)).reason).toBe('bad_request');
  });

  test('holds JSON', async () => {
    const refusal = await refused(link({ credential_offer: '{' }, 'openid-credential-offer://'));
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'credential_offer' });
  });
});

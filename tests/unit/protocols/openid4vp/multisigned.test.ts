import { beforeAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../../lib/core/index.ts';
import { identifyVerifier, readDcApiRequest } from '../../../../lib/protocols/openid4vp/index.ts';
import type { ReadRequest } from '../../../../lib/protocols/openid4vp/index.ts';
import { encode, NOW } from '../../../fixtures/credentials/test-issuer.ts';
import type { TestVerifier } from '../../../fixtures/openid4vp/test-verifier.ts';
import { ask, createTestVerifier, ORIGIN, refusalOf } from '../../../fixtures/openid4vp/test-verifier.ts';

let first: TestVerifier;
let second: TestVerifier;

beforeAll(async () => {
  [first, second] = await Promise.all([createTestVerifier(), createTestVerifier('Ed25519')]);
});

interface Signature {
  readonly protected: string;
  readonly signature: string;
}

const payloadOf = (changes: object = {}): JsonObject => ask({ expected_origins: [ORIGIN], ...changes });

async function signatureOf(verifier: TestVerifier, payload: Json, header: object = {}): Promise<Signature> {
  const jws = await verifier.sign(payload, { client_id: verifier.byHash, ...header });
  const [protectedHeader = '', , signature = ''] = jws.split('.');
  return { protected: protectedHeader, signature };
}

const readMulti = (data: Json): ReadRequest => readDcApiRequest({ protocol: 'openid4vp-v1-multisigned', data }, ORIGIN);

async function multi(headers: readonly object[], payload = payloadOf()): Promise<JsonObject> {
  const signers = [first, second];
  const made = headers.map((header, index) => signatureOf(signers[index] ?? first, payload, header));
  return { payload: encode(payload), signatures: (await Promise.all(made)) as unknown as Json };
}

const identify = (request: ReadRequest, anchors = [] as readonly TestVerifier['root'][]) =>
  identifyVerifier(request, { origin: ORIGIN, now: NOW, anchors });

describe('a request of a page with several signatures', () => {
  test('is read wrapped as a signed one is, and bare as the specification shows it', async () => {
    const request = await multi([{}, {}]);
    const read = readMulti({ request });
    expect(read.signatures.map(({ clientId }) => clientId)).toEqual([first.byHash, second.byHash]);
    expect(readMulti(request)).toEqual(read);
  });

  test('has no client id of its own', async () => {
    expect(readMulti(await multi([{}, {}])).params).not.toHaveProperty('clientId');
  });

  test('is from the first whose signature holds', async () => {
    expect(await identify(readMulti(await multi([{}, {}])))).toMatchObject({ clientId: first.byHash });
  });

  test('is from the one that the person’s anchors vouch for, wherever it stands', async () => {
    const verifier = await identify(readMulti(await multi([{}, {}])), [second.root]);
    expect(verifier).toMatchObject({ clientId: second.byHash, vouched: true });
  });

  test.each([
    { client_id: 'openid_federation:https://shop.example' },
    { client_id: 'registered' },
    { client_id: undefined },
    { client_id: 'redirect_uri:https://shop.example/' },
    { alg: 'ES512' },
    { alg: 'none' },
    { typ: 'JWT' },
    { typ: undefined },
    { crit: ['new'] },
    { verifier_info: 'none' },
  ])('passes over a signature that is for other wallets: %j', async (header) => {
    const request = readMulti(await multi([header, {}]));
    expect(request.signatures).toHaveLength(1);
    expect(await identify(request)).toMatchObject({ clientId: second.byHash });
  });

  test('passes over a signature that does not hold', async () => {
    const payload = payloadOf();
    const forged = await signatureOf(first, payloadOf({ nonce: 'another' }));
    const request = { payload: encode(payload), signatures: [forged, await signatureOf(second, payload)] };
    expect(await identify(readMulti({ request } as unknown as Json))).toMatchObject({ clientId: second.byHash });
  });

  test('is refused where no signature holds', async () => {
    const forged = await signatureOf(first, payloadOf({ nonce: 'another' }));
    const request = readMulti({ payload: encode(payloadOf()), signatures: [forged, forged] as unknown as Json });
    expect(await refusalOf(() => identify(request))).toMatchObject({ field: 'request.signature' });
  });

  test('is refused with the reason of the first where none is for Signet', async () => {
    const data = await multi([{ client_id: 'registered' }, { alg: 'none' }]);
    expect(await refusalOf(() => readMulti(data))).toMatchObject({ reason: 'unsupported', field: 'client_id' });
  });

  test('names each client in the header of its own signature alone', async () => {
    for (const name of ['client_id', 'verifier_info']) {
      const data = await multi([{}], payloadOf({ [name]: first.byHash }));
      expect(await refusalOf(() => readMulti(data))).toMatchObject({ reason: 'bad_request', field: name });
    }
  });

  test('is for the origins in its payload', async () => {
    const elsewhere = await multi([{}], payloadOf({ expected_origins: ['https://elsewhere.example'] }));
    expect(await refusalOf(() => readMulti(elsewhere))).toMatchObject({ field: 'expected_origins' });
    const nowhere = await multi([{}], payloadOf({ expected_origins: undefined }));
    expect(await refusalOf(() => readMulti(nowhere))).toMatchObject({ field: 'request.expected_origins' });
  });

  test('attests of each client by itself', async () => {
    const about = (data: string): object => ({ verifier_info: [{ format: 'jwt', data }] });
    const request = readMulti(await multi([about('one'), about('two')]));
    expect(request.params.verifierInfo).toEqual([]);
    expect((await identify(request, [second.root])).info).toEqual([{ format: 'jwt', data: 'two', verified: false }]);
  });

  test('does not read headers that are not protected', async () => {
    const payload = payloadOf();
    const { protected: header, signature } = await signatureOf(first, payload, { client_id: undefined });
    const signatures = [{ protected: header, signature, header: { client_id: first.byHash } }];
    const refusal = await refusalOf(() => readMulti({ payload: encode(payload), signatures }));
    expect(refusal).toMatchObject({ reason: 'bad_request', field: 'client_id' });
  });

  test.each([
    {},
    { request: null },
    { request: 'a.b.c' },
    { request: { payload: 'e30' } },
    { request: { payload: 'e30', signatures: [] } },
    { request: { payload: 'e30', signatures: {} } },
    { request: { payload: 'e30', signatures: ['a'] } },
    { request: { payload: 'e30', signatures: [{ protected: 'e30' }] } },
    { request: { payload: 'e30', protected: 'e30', signature: 'e30' } },
    { request: { payload: 'not base64url!', signatures: [{ protected: 'e30', signature: '' }] } },
    { request: { payload: 'e30', signatures: Array.from({ length: 9 }, () => ({ protected: 'e30', signature: '' })) } },
  ])('is shaped as the specification says, not %j', async (data) => {
    expect((await refusalOf(() => readMulti(data))).reason).toBe('bad_request');
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { identifyVerifier, readDcApiRequest } from '../../../../lib/protocols/openid4vp/index.ts';
import type { CheckedInfo } from '../../../../lib/protocols/openid4vp/index.ts';
import { NOW, NOW_SECONDS } from '../../../fixtures/credentials/test-issuer.ts';
import type { TestVerifier } from '../../../fixtures/openid4vp/test-verifier.ts';
import {
  ask,
  askSigned,
  createTestVerifier,
  ORIGIN,
  refusalOf,
  signAs,
} from '../../../fixtures/openid4vp/test-verifier.ts';

let shop: TestVerifier;
let registrar: TestVerifier;

beforeAll(async () => {
  [shop, registrar] = await Promise.all([createTestVerifier(), createTestVerifier()]);
});

const attest = (claims: object = {}, header: object = {}): Promise<string> =>
  registrar.sign({ sub: shop.byHash, role: 'merchant', ...claims }, { typ: 'rc-wrp+jwt', ...header });

async function checked(infos: readonly object[], anchors = [registrar.root]): Promise<readonly CheckedInfo[]> {
  const request = await shop.sign(askSigned(shop.byHash, { verifier_info: infos }));
  const read = readDcApiRequest({ protocol: 'openid4vp-v1-signed', data: { request } }, ORIGIN);
  return (await identifyVerifier(read, { origin: ORIGIN, now: NOW, anchors })).info;
}

const refused = (infos: unknown) =>
  refusalOf(() => readDcApiRequest({ protocol: 'openid4vp-v1-unsigned', data: ask({ verifier_info: infos }) }, ORIGIN));

describe('what is attested of a verifier', () => {
  test('is verified under an anchor of the person’s, and by whom', async () => {
    const data = await attest();
    expect(await checked([{ format: 'jwt', data, credential_ids: ['pid'] }])).toEqual([
      { format: 'jwt', data, credentialIds: ['pid'], verified: true, by: 'Example Shop' },
    ]);
  });

  test('may name the client without its prefix', async () => {
    const data = await attest({ sub: shop.byHash.replace('x509_hash:', '') });
    expect(await checked([{ format: 'jwt', data }])).toMatchObject([{ verified: true }]);
  });

  test('is not verified under no anchor', async () => {
    const data = await attest();
    expect(await checked([{ format: 'jwt', data }], [])).toEqual([{ format: 'jwt', data, verified: false }]);
    expect(await checked([{ format: 'jwt', data }], [shop.root])).toMatchObject([{ verified: false }]);
  });

  test.each([
    { sub: 'x509_hash:somebody-else' },
    { sub: undefined },
    { sub: '' },
    { sub: ORIGIN },
    { exp: NOW_SECONDS - 31 },
    { nbf: NOW_SECONDS + 31 },
    { iat: 'now' },
  ])('is not verified with %j', async (claims) => {
    expect(await checked([{ format: 'jwt', data: await attest(claims) }])).toMatchObject([{ verified: false }]);
  });

  test('is not verified where somebody else signed it', async () => {
    const data = await signAs(shop.party, { sub: shop.byHash }, { x5c: registrar.x5c });
    expect(await checked([{ format: 'jwt', data }])).toMatchObject([{ verified: false }]);
  });

  test.each([{ alg: 'none' }, { crit: ['x'] }, { x5c: undefined }, { x5c: ['abc'] }])(
    'is not verified with the header %j',
    async (header) => {
      expect(await checked([{ format: 'jwt', data: await attest({}, header) }])).toMatchObject([{ verified: false }]);
    },
  );

  test.each([
    { format: 'jwt', data: 'a.b.c' },
    { format: 'jwt', data: '' },
    { format: 'jwt', data: { any: 'object' } },
    { format: 'cwt', data: 'abc' },
    { format: 'registration_cert', data: {} },
  ])('stays, unverified, in a form that Signet does not check: %j', async (info) => {
    expect(await checked([info])).toEqual([{ ...info, verified: false }]);
  });

  test('of a page that does not sign is verified where it is about its origin', async () => {
    const infos = await Promise.all([attest({ sub: ORIGIN }), attest()]);
    const data = ask({ verifier_info: infos.map((each) => ({ format: 'jwt', data: each })) });
    const read = readDcApiRequest({ protocol: 'openid4vp-v1-unsigned', data }, ORIGIN);
    const { info } = await identifyVerifier(read, { origin: ORIGIN, now: NOW, anchors: [registrar.root] });
    expect(info.map(({ verified }) => verified)).toEqual([true, false]);
  });

  test.each([
    [[]],
    ['text'],
    [null],
    [{}],
    [['text']],
    [[{ format: 'jwt' }]],
    [[{ data: 'x' }]],
    [[{ format: '', data: 'x' }]],
    [[{ format: 'jwt', data: 7 }]],
    [[{ format: 'jwt', data: ['x'] }]],
    [[{ format: 'jwt', data: 'x', credential_ids: [] }]],
    [[{ format: 'jwt', data: 'x', credential_ids: [7] }]],
    [[{ format: 'jwt', data: 'x'.repeat(16_385) }]],
    [Array.from({ length: 17 }, () => ({ format: 'jwt', data: 'x' }))],
  ])('is shaped and bounded as it says, not %.60j', async (infos) => {
    const refusal = await refused(infos);
    expect(refusal.reason).toBe('bad_request');
    expect(refusal.field).toMatch(/^verifier_info/);
  });
});

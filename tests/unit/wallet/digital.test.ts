import { beforeEach, describe, expect, test } from 'vitest';
import type { Json, Origin } from '../../../lib/core/index.ts';
import { readDigitalGet } from '../../../lib/provider/digital-schema.ts';
import { admitCall, createOwnHandlers } from '../../../lib/wallet/index.ts';
import { PASSWORD, createTestWallet } from '../../fixtures/wallet.ts';
import type { TestWallet } from '../../fixtures/wallet.ts';

const SHOP = 'https://shop.example' as Origin; // a literal that is one
const MARK = { shape: 'anchor', colour: 'sea' };
const credential = { id: 'age', format: 'dc+sd-jwt', meta: { vct_values: ['t'] }, claims: [{ path: ['age_over_21'] }] };
const mdoc = { id: 'mdl', format: 'mso_mdoc', meta: { doctype_value: 'd' }, claims: [{ path: ['n', 'age_over_21'] }] };
const data = (more: object = {}, credentials: readonly object[] = [credential]) => ({
  ...{ response_type: 'vp_token', response_mode: 'dc_api', nonce: 'A'.repeat(22), dcql_query: { credentials } },
  ...more,
});
const unsigned = (it: object = data()) => ({ protocol: 'openid4vp-v1-unsigned', data: it });
const params = (...requests: readonly object[]): Json => JSON.parse(JSON.stringify({ requests })) as Json;

let wallet: TestWallet;
beforeEach(async () => {
  wallet = await createTestWallet();
});

const admitted = (...requests: readonly object[]) => {
  const read = readDigitalGet(params(...requests)) as unknown as Json; // as the hub reads them
  return admitCall(wallet.services, { method: 'digitalGet', params: read, origin: SHOP });
};
const ELSEWHERE = { result: { other_wallet: 'now' } };

describe('before it waits, a call', () => {
  test('is left with the first request that can be answered', async () => {
    const [first, second] = [unsigned(data({ nonce: 'B'.repeat(22) })), unsigned()];
    expect(await admitted(unsigned(data({ nonce: 1 })), first, second)).toEqual({ params: params(first) });
  });

  test('is refused for what is wrong with its first request, where none can be answered', async () => {
    const broken = [unsigned(data({ response_mode: 'post' })), unsigned(data({ nonce: '' }))];
    await expect(admitted(...broken)).rejects.toMatchObject({
      field: expect.stringContaining('response_mode') as string,
    });
  });

  test.for([
    ['of protocols that Signet does not know', []],
    ['of credentials that Signet does not hold', [unsigned(data({}, [mdoc]))]],
  ] as const)('%s goes to another wallet', async ([, requests]) => {
    expect(await admitted(...requests)).toEqual(ELSEWHERE);
  });

  test('of a site that uses another wallet goes there, whatever it asks', async () => {
    await wallet.services.others.add(SHOP);
    expect(await admitted(unsigned({ nonsense: true }))).toEqual(ELSEWHERE);
    const proof = { claims: ['age_over_21'], nonce: 'A'.repeat(22), purpose: 'To enter.' };
    const asked = { method: 'requestProof', params: proof, origin: SHOP } as const;
    expect(await admitCall(wallet.services, asked)).toEqual({ params: proof });
  });

  test.for([
    [
      'a key that nothing can be encrypted to',
      data({ response_mode: 'dc_api.jwt', client_metadata: { jwks: { keys: [] } } }),
    ],
    ['a request_uri', data({ request_uri: 'https://shop.example/request' })],
    ['no nonce', { ...data(), nonce: undefined }],
    ['a query for nothing', data({ dcql_query: { credentials: [] } })],
  ] as const)('with %s is refused', async ([, bad]) => {
    await expect(admitted(unsigned(bad))).rejects.toMatchObject({ reason: 'bad_request' });
  });
});

describe('“use another wallet”', () => {
  const handlers = () => createOwnHandlers(() => Promise.resolve(wallet.services));

  test('ends a request with no answer of the person’s: it is logged as that, and mutes nobody', async () => {
    await handlers()['wallet.create']({ password: PASSWORD, mark: MARK });
    for (let asked = 0; asked < 4; asked += 1) {
      const { id } = await wallet.ask('digitalGet', params(unsigned(data({ nonce: String(asked).padStart(22, 'A') }))));
      await handlers()['requests.otherWallet']({ requestId: id, always: false });
    }
    expect(await wallet.services.quiet.mutedUntil(SHOP)).toBeUndefined();
    expect(wallet.delivered.map(({ state }) => state)).toEqual(
      Array.from({ length: 4 }, () => ({ phase: 'answered', answer: { ok: true, result: { other_wallet: 'next' } } })),
    );
    const { entries } = await handlers()['audit.list']({ limit: 10 });
    expect(entries.filter(({ kind }) => kind === 'proof.elsewhere')).toHaveLength(4);
    expect(entries.filter(({ kind }) => kind === 'proof.denied')).toEqual([]);
  });

  test('works without a vault, and “always here” stays when one is made', async () => {
    const { id } = await wallet.ask('digitalGet', params(unsigned()));
    await handlers()['requests.otherWallet']({ requestId: id, always: true });
    await handlers()['wallet.create']({ password: PASSWORD, mark: MARK });
    expect(await admitted(unsigned())).toEqual(ELSEWHERE);
    expect(await handlers()['digital.get']({})).toEqual({ on: true, otherWalletSites: 1 });
  });

  test('is not there for what only Signet can answer, and not twice', async () => {
    const proof = { claims: ['age_over_21'], nonce: 'A'.repeat(22), purpose: 'To enter.' };
    const { id } = await wallet.ask('requestProof', proof);
    const other = handlers()['requests.otherWallet'];
    await expect(other({ requestId: id, always: true })).rejects.toMatchObject({ reason: 'bad_request' });
    expect(await wallet.services.others.serves(SHOP)).toBe(false);
    const digital = await wallet.ask('digitalGet', params(unsigned()));
    await other({ requestId: digital.id, always: false });
    await expect(other({ requestId: digital.id, always: true })).rejects.toMatchObject({ reason: 'not_found' });
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PageRequest, SignetProvider } from '../../../lib/sdk/index.ts';
import { askWallets, createRequest } from '../../../lib/sdk/index.ts';

const ask = async (purpose?: string): Promise<PageRequest> => {
  const asked = { claims: 'age_over_21', types: ['https://issuer.example/age'], origin: 'https://shop.example' };
  return (await createRequest({ ...asked, ...(purpose !== undefined && { purpose }) })).request;
};

/** A browser's page; `get` stands for the browser, which is not ours. */
function page(members: object, get?: (options: unknown) => Promise<unknown>): void {
  vi.stubGlobal('window', Object.assign(new EventTarget(), members));
  vi.stubGlobal('navigator', { credentials: { get } });
}

const signet = (
  requestProof: (...args: readonly unknown[]) => Promise<unknown>,
): { readonly signet: SignetProvider } => ({
  signet: { requestProof } as unknown as SignetProvider, // all that is called
});

beforeEach(() => page({}));
afterEach(() => vi.unstubAllGlobals());

describe('askWallets', () => {
  it('asks the browser where it can, and gives its answer as plain JSON', async () => {
    const request = await ask('Buy wine');
    const { signal } = new AbortController();
    const asked: unknown[] = [];
    const get = (options: unknown): Promise<unknown> => {
      asked.push(options);
      return Promise.resolve({ type: 'digital', id: '', protocol: 'openid4vp-v1-unsigned', data: { response: 'x' } });
    };
    page({ DigitalCredential: Object, ...signet(() => Promise.reject(new Error('asked twice'))) }, get);
    expect(await askWallets(request, { signal })).toEqual({
      protocol: 'openid4vp-v1-unsigned',
      data: { response: 'x' },
    });
    expect(asked).toEqual([{ mediation: 'required', digital: request.digital, signal }]);
  });

  it('passes on what the browser throws', async () => {
    const no = new DOMException('No.', 'NotAllowedError');
    page({ DigitalCredential: Object }, () => Promise.reject(no));
    await expect(askWallets(await ask())).rejects.toBe(no);
  });

  it.each([null, undefined, {}, { protocol: 7, data: {} }, { protocol: 'x' }])(
    'takes %j from the browser for no answer',
    async (answer) => {
      page({ DigitalCredential: Object }, () => Promise.resolve(answer));
      await expect(askWallets(await ask())).rejects.toMatchObject({ reason: 'denied' });
    },
  );

  it('asks window.signet where the browser cannot, and the request has a purpose', async () => {
    const request = await ask('Buy wine');
    const asked: unknown[] = [];
    const vp_token = { proof: ['x'] };
    page(signet((...args) => Promise.resolve(asked.push(...args) > 0 ? { vp_token, requestId: 'r' } : undefined)));
    expect(await askWallets(request)).toEqual({ protocol: 'window.signet', data: { vp_token } });
    expect(asked).toEqual([request.signet, {}]);
  });

  it('asks nobody where there is nobody, or no purpose to ask with', async () => {
    expect(await askWallets(await ask('Buy wine'))).toBeUndefined();
    page(signet(() => Promise.reject(new Error('asked'))));
    expect(await askWallets(await ask())).toBeUndefined();
  });

  it('throws outside a page', async () => {
    vi.unstubAllGlobals();
    await expect(askWallets(await ask())).rejects.toMatchObject({ reason: 'unsupported' });
  });
});

import { afterEach, describe, expect, test, vi } from 'vitest';
import type { CapabilitySpec, RequestOptions, SignetProvider } from '../../../lib/sdk/index.ts';
import { requestCapability } from '../../../lib/sdk/index.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const SPEC: CapabilitySpec = {
  ...{ kind: 'purchase', max_amount: '150.00', currency: 'USD', domain: 'shop.example', purpose: 'Your cart' },
};
const ANSWER = { token: 'v4.public.x', requestId: 'r', expiresAt: 1 };

interface Asked {
  readonly spec: CapabilitySpec;
  readonly options: RequestOptions | undefined;
}

/** What a page's side of the wallet looks like; it keeps what it was asked. */
function wallet(answer: () => Promise<unknown> = () => Promise.resolve(ANSWER)) {
  const asked: Asked[] = [];
  const provider = Object.assign(new EventTarget(), {
    version: '1',
    requestCapability(spec: CapabilitySpec, options?: RequestOptions) {
      asked.push({ spec, options });
      return answer();
    },
  }) as unknown as SignetProvider; // the one method that is called here
  return { asked, provider };
}

function page(members: object = {}): void {
  vi.stubGlobal('window', Object.assign(new EventTarget(), members));
}

describe('requestCapability', () => {
  test('asks the wallet in the page, and gives its answer', async () => {
    const { asked, provider } = wallet();
    page({ signet: provider });
    expect(await requestCapability(SPEC)).toEqual(ANSWER);
    expect(asked).toEqual([{ spec: SPEC, options: {} }]);
  });

  test('asks the provider that it is given, outside a page too', async () => {
    const { asked, provider } = wallet();
    const signal = AbortSignal.timeout(60_000);
    await requestCapability(SPEC, { provider, signal });
    expect(asked).toEqual([{ spec: SPEC, options: { signal } }]);
  });

  test('says so where there is no wallet', async () => {
    page();
    const refused = requestCapability(SPEC);
    await expect(refused).rejects.toMatchObject({ reason: 'unsupported', code: 4200 });
    await expect(refused).rejects.toThrow('no Signet wallet');
  });

  test('says so where there is no page', async () => {
    await expect(requestCapability(SPEC)).rejects.toMatchObject({ reason: 'unsupported' });
  });

  test('gives back the wallet’s refusal as it is', async () => {
    const refusal = Object.assign(new Error('No.'), { code: 4001 });
    const { provider } = wallet(() => Promise.reject(refusal));
    await expect(requestCapability(SPEC, { provider })).rejects.toBe(refusal);
  });

  test.each([['Ed25519'], [{ name: 'ECDSA', namedCurve: 'P-256' }]])(
    'sends the public members of a key as WebCrypto exports it, and no private half: %j',
    async (algorithm) => {
      const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      if (!('privateKey' in pair)) throw new Error('such keys come in pairs');
      const [secret, open] = await Promise.all(
        [pair.privateKey, pair.publicKey].map((key) => crypto.subtle.exportKey('jwk', key)),
      );
      const { asked, provider } = wallet();
      const keys = { holder_jwk: secret ?? {}, receipt_jwk: open ?? {} };
      await requestCapability({ ...SPEC, ...keys }, { provider });
      const { kty, crv, x, y } = open ?? {};
      const sent = y === undefined ? { kty, crv, x } : { kty, crv, x, y };
      expect(asked[0]?.spec).toStrictEqual({ ...SPEC, holder_jwk: sent, receipt_jwk: sent });
      expect(JSON.stringify(asked)).not.toContain(secret?.d);
    },
  );
});

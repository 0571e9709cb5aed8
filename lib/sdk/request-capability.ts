import { SignetError } from '../core/index.ts';
import type { CapabilityResponse, CapabilitySpec, RequestOptions, SignetProvider } from '../provider/types.ts';
import { getProvider } from './get-provider.ts';

export interface CapabilityOptions extends RequestOptions {
  /** The wallet to ask; default: the one that `getProvider` finds. */
  readonly provider?: SignetProvider;
}

/**
 * Asks the person's wallet, from a page, for a token that lets you do something later: take up to so much, once. The
 * person decides in the wallet's own window. Send the token to your server, which asks `checkAuthority`.
 * @param spec keys as WebCrypto exports them (`jwk`) are fine: only their public members are sent
 * @param options `signal` takes the request back
 * @throws SignetError `unsupported` where there is no wallet in this page: say so to the visitor, and how to get one;
 *   `denied` (4001) whatever the reason; `ask_again` (4900), `too_many` (-32005), and `bad_request` (-32602) naming the
 *   member of `spec`
 * @example
 * const page = Object.assign(new EventTarget(), { isSecureContext: true });
 * Object.assign(globalThis, { window: Object.assign(page, { signet: { requestCapability: async () => 'answer' } }) });
 * const spec = { kind: 'purchase', max_amount: 150, currency: 'USD', domain: 'shop.example', purpose: 'Your cart' };
 * await requestCapability(spec); // 'answer'
 */
export async function requestCapability(
  spec: CapabilitySpec,
  { provider, ...options }: CapabilityOptions = {},
): Promise<CapabilityResponse> {
  const wallet = provider ?? (await getProvider());
  if (wallet === undefined) {
    throw new SignetError('unsupported', 'There is no Signet wallet in this page. Ask the visitor to install one.');
  }
  const { holder_jwk, receipt_jwk, ...rest } = spec;
  const keys = {
    ...(holder_jwk === undefined ? {} : { holder_jwk: publicMembers(holder_jwk) }),
    ...(receipt_jwk === undefined ? {} : { receipt_jwk: publicMembers(receipt_jwk) }),
  };
  return wallet.requestCapability({ ...rest, ...keys }, options);
}

const PUBLIC = ['kty', 'crv', 'x', 'y'] as const;

/** What a wallet binds to; a private half that is there by mistake does not leave. */
const publicMembers = (jwk: JsonWebKey): JsonWebKey =>
  Object.fromEntries(PUBLIC.flatMap((name) => (jwk[name] === undefined ? [] : [[name, jwk[name]]])));

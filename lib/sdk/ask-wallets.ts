import { SignetError } from '../core/index.ts';
import type { Json } from '../core/index.ts';
import type { RequestOptions } from '../provider/types.ts';
import type { PageRequest } from './create-request.ts';
import { WINDOW_SIGNET } from './request-session.ts';

/** What a wallet answered: plain JSON, for your server's `verifyResponse`. */
export interface WalletAnswer {
  readonly protocol: string;
  readonly data: Json;
}

/** A `DigitalCredential`, as the browser gives it. */
interface Digital {
  readonly protocol: string;
  readonly data: unknown;
}

/**
 * Asks the visitor's wallet, whichever it is: by the browser's Digital Credentials API where there is one (Signet takes
 * part in it), else by `window.signet` where the request has a purpose. Call it in the handler of a click.
 * @param request `request` of `createRequest`, from your server
 * @param options `signal` takes the request back
 * @returns undefined where there is no way to ask: offer the visitor another way, such as a link
 * @throws what the browser throws, a DOMException such as NotAllowedError, or a SignetError of `window.signet`: the
 *   visitor said no, or there was nothing to say yes with
 * @example
 * Object.assign(globalThis, { window: new EventTarget() });
 * const { request } = await createRequest({ claims: 'member', types: ['https://club.example/card'], origin: 'club.example' });
 * const answer = await askWallets(request);
 * answer; // undefined
 */
export async function askWallets(
  request: PageRequest,
  options: RequestOptions = {},
): Promise<WalletAnswer | undefined> {
  if (typeof window === 'undefined') throw new SignetError('unsupported', 'There is no page here to ask from.');
  if (Reflect.has(window, 'DigitalCredential')) return askBrowser(request, options);
  const { signet } = window;
  if (signet === undefined || request.signet === undefined) return undefined;
  const { vp_token = {} } = await signet.requestProof(request.signet, options);
  return { protocol: WINDOW_SIGNET, data: { vp_token } };
}

async function askBrowser({ mediation, digital }: PageRequest, { signal }: RequestOptions): Promise<WalletAnswer> {
  const asked = { mediation, digital, ...(signal !== undefined && { signal }) };
  const credential: unknown = await navigator.credentials.get(asked); // lib.dom does not know `digital` yet
  if (!isDigital(credential)) throw new SignetError('denied', 'No wallet answered.');
  return { protocol: credential.protocol, data: credential.data as Json }; // an object of JSON, by the standard
}

const isDigital = (value: unknown): value is Digital =>
  typeof value === 'object' &&
  value !== null &&
  'protocol' in value &&
  'data' in value &&
  typeof value.protocol === 'string';

import type { Clock } from '../core/index.ts';
import { concatBytes, fromUtf8, parseUrl } from '../core/index.ts';
import { MAX_ANSWER } from './answer.ts';
import { retryAfter } from './retry.ts';

/** From the request to the last byte of the response, in milliseconds. */
export const MAX_WAIT = 10_000;

export interface ExchangeRequest {
  /** https, or http on this machine. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Posted as JSON; without one it is a GET. */
  readonly body?: string;
}

/** What came back. `body`: of a success in JSON, whole and not too long; whatever else is not read. */
export type Reply =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter?: number; readonly body?: string }
  | { readonly kind: 'redirected' }
  | { readonly kind: 'unreachable' };

export type Exchange = (request: ExchangeRequest) => Promise<Reply>;

const QUIETLY = {
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
  redirect: 'manual',
  cache: 'no-store',
} as const satisfies RequestInit;

const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i;

/**
 * The way to the webhook and to the answer URL: no cookies, no referrer, no redirect, 10 s and 32 kB at most.
 * @param fetch the platform's
 * @param options.maxWait milliseconds, for tests
 * @returns a function that throws SignetError bad_request on an address that may not be reached, and nothing else
 */
export function createExchange(
  fetch: typeof globalThis.fetch,
  { clock, maxWait = MAX_WAIT }: { readonly clock: Clock; readonly maxWait?: number },
): Exchange {
  return async ({ url, headers, body }) => {
    const address = parseUrl(url, 'url');
    const post = body !== undefined && { method: 'POST', body };
    const sent = { ...QUIETLY, ...post, signal: AbortSignal.timeout(maxWait) };
    const all = { Accept: 'application/json', ...(post && { 'Content-Type': 'application/json' }), ...headers };
    const response = await fetch(address, { ...sent, headers: all }).catch(() => undefined);
    return response === undefined ? { kind: 'unreachable' } : readReply(response, clock());
  };
}

async function readReply(response: Response, now: number): Promise<Reply> {
  const { status, headers } = response;
  // A browser hides where to; elsewhere the status tells.
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    abandon(response);
    return { kind: 'redirected' };
  }
  const wait = retryAfter(headers.get('Retry-After'), now);
  const body = response.ok && JSON_TYPE.test(headers.get('Content-Type') ?? '') ? await readText(response) : undefined;
  if (body === undefined) abandon(response);
  return {
    kind: 'answered',
    status,
    ...(wait !== undefined && { retryAfter: wait }),
    ...(body !== undefined && { body }),
  };
}

/** The whole text; undefined where it is too long, not UTF-8, or does not end in time. */
async function readText(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  try {
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      length += part.value.length;
      if (length > MAX_ANSWER) {
        await reader?.cancel();
        return undefined;
      }
      chunks.push(part.value);
    }
    return fromUtf8(concatBytes(...chunks));
  } catch {
    return undefined; // cut off: the message arrived all the same
  }
}

/** Whatever else comes is not read. */
function abandon({ body }: Response): void {
  if (body?.locked === false) body.cancel().catch(() => undefined); // it may have failed already
}

import { SignetError, concatBytes, parseUrl } from '../core/index.ts';

/** How much of an answer is read, and for how long anybody waits for it (design §3, rule 11). */
export interface FetchLimits {
  /** Bytes of the body after decompression. */
  readonly maxBytes: number;
  /** From the request to the last byte of the body. */
  readonly maxMilliseconds: number;
}

export const LIMITS: FetchLimits = { maxBytes: 1_000_000, maxMilliseconds: 10_000 };

const QUIETLY = {
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
  redirect: 'error',
  cache: 'no-store',
} as const satisfies RequestInit;

/** What is asked; how quietly is not for the caller to say. */
export interface QuietRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * The one way out: over https (http on this machine), without cookies, referrer, cache or redirects, within limits.
 * @param read makes something of the answer, within the same time
 * @throws SignetError `bad_request` on an address that may not be reached, `network` when no whole answer came; what
 *   `read` throws, where that is a SignetError
 */
export async function fetchQuietly<T>(
  fetch: typeof globalThis.fetch,
  { url: address, ...request }: QuietRequest,
  limits: FetchLimits,
  read: (response: Response, host: string, limits: FetchLimits) => Promise<T>,
): Promise<T> {
  const url = parseUrl(address, 'url');
  const signal = AbortSignal.timeout(limits.maxMilliseconds);
  try {
    return await read(await fetch(url, { ...request, ...QUIETLY, signal }), url.host, limits);
  } catch (cause) {
    if (cause instanceof SignetError) throw cause;
    throw new SignetError('network', noAnswer(url.host, signal.aborted), { cause });
  }
}

/** Reads the body piece by piece, so that a server that never stops costs no more than the limit. */
export async function readBytes(response: Response, host: string, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunksOf(response)) {
    length += chunk.length;
    if (length > maxBytes) throw new SignetError('issuer_refused', `${host} sent more than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return concatBytes(...chunks);
}

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      finished = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!finished) reader.cancel().catch(() => undefined); // already leaving with the real error
  }
}

const noAnswer = (host: string, timedOut: boolean): string =>
  timedOut
    ? `${host} took too long to answer. Nothing was stored; you can try again.`
    : `${host} could not be reached, or sent you elsewhere. Nothing was stored; check the connection and try again.`;

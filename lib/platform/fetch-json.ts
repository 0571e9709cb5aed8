import type { FetchJson, Json, JsonAnswer, JsonRequest } from '../core/index.ts';
import { concatBytes, displayText, fromUtf8, isJsonObject, parseJson, parseUrl, SignetError } from '../core/index.ts';

/** How much of an answer is read, and for how long anybody waits for it (design §3, rule 11). */
export interface FetchLimits {
  /** Bytes of the body after decompression. */
  readonly maxBytes: number;
  /** From the request to the last byte of the body. */
  readonly maxMilliseconds: number;
}

const LIMITS: FetchLimits = { maxBytes: 1_000_000, maxMilliseconds: 10_000 };
const MAX_DEPTH = 32;
const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i;

/**
 * The one door to the network: JSON over https (http on this machine), without cookies, referrer, cache or
 * redirects, at most 1 MB and 10 s in all. A refusal in JSON is an answer; everything else throws.
 *
 * @param fetch the platform's fetch
 * @param limits for tests
 * @returns a function that throws SignetError `bad_request` on an address it may not reach, `network` when no whole
 * answer came, `issuer_refused` when the answer is too large or not JSON
 */
export function createFetchJson(fetch: typeof globalThis.fetch, limits: FetchLimits = LIMITS): FetchJson {
  return async (request) => {
    const url = parseUrl(request.url, 'url');
    const signal = AbortSignal.timeout(limits.maxMilliseconds);
    try {
      const response = await fetch(url, { ...bodyAndMethod(request), ...QUIETLY, headers: headersOf(request), signal });
      return await readAnswer(response, url.host, limits.maxBytes);
    } catch (cause) {
      if (cause instanceof SignetError) throw cause;
      throw new SignetError('network', noAnswer(url.host, signal.aborted), { cause });
    }
  };
}

const QUIETLY = {
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
  redirect: 'error',
  cache: 'no-store',
} as const satisfies RequestInit;

function bodyAndMethod(request: JsonRequest): RequestInit {
  if (request.json !== undefined) return { method: 'POST', body: JSON.stringify(request.json) };
  if (request.form !== undefined) return { method: 'POST', body: new URLSearchParams(request.form).toString() };
  return { method: request.post === true ? 'POST' : 'GET' };
}

function headersOf(request: JsonRequest): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (request.json !== undefined) headers['Content-Type'] = 'application/json';
  else if (request.form !== undefined) headers['Content-Type'] = 'application/x-www-form-urlencoded';
  if (request.bearer !== undefined) headers['Authorization'] = `Bearer ${request.bearer}`;
  return headers;
}

async function readAnswer(response: Response, host: string, maxBytes: number): Promise<JsonAnswer> {
  if (!JSON_TYPE.test(response.headers.get('Content-Type') ?? '')) {
    await response.body?.cancel();
    if (!response.ok) return { ok: false, status: response.status, error: '', description: '' };
    throw new SignetError('issuer_refused', `${host} did not answer in JSON.`);
  }
  const body = parseBody(await readBytes(response, host, maxBytes), host, maxBytes);
  return response.ok ? { ok: true, body } : { ok: false, status: response.status, ...refusalIn(body) };
}

/** Reads the body piece by piece, so that a server that never stops costs no more than the limit. */
async function readBytes(response: Response, host: string, maxBytes: number): Promise<Uint8Array> {
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

function parseBody(bytes: Uint8Array, host: string, maxLength: number): Json {
  try {
    return parseJson(fromUtf8(bytes), 'answer', { maxLength, maxDepth: MAX_DEPTH });
  } catch (cause) {
    throw new SignetError('issuer_refused', `${host} sent an answer that is not usable JSON.`, { cause });
  }
}

function refusalIn(body: Json): { error: string; description: string } {
  if (!isJsonObject(body)) return { error: '', description: '' };
  const { error, error_description: description } = body;
  return {
    error: typeof error === 'string' ? error : '',
    description: typeof description === 'string' ? displayText(description, 200) : '',
  };
}

const noAnswer = (host: string, timedOut: boolean): string =>
  timedOut
    ? `${host} took too long to answer. Nothing was stored; you can try again.`
    : `${host} could not be reached, or sent you elsewhere. Nothing was stored; check the connection and try again.`;

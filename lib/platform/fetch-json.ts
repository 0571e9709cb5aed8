import type { FetchJson, Json, JsonAnswer, JsonRequest } from '../core/index.ts';
import { displayText, fromUtf8, isJsonObject, parseJson, SignetError } from '../core/index.ts';
import type { FetchLimits, QuietRequest } from './quiet-fetch.ts';
import { LIMITS, fetchQuietly, readBytes } from './quiet-fetch.ts';

const MAX_DEPTH = 32;
const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i;

/**
 * The door to the network for JSON: over https (http on this machine), without cookies, referrer, cache or redirects,
 * at most 1 MB and 10 s in all. A refusal in JSON is an answer; everything else throws.
 *
 * @param fetch the platform's fetch
 * @param limits for tests
 * @returns a function that throws SignetError `bad_request` on an address it may not reach, `network` when no whole
 * answer came, `issuer_refused` when the answer is too large or not JSON
 */
export function createFetchJson(fetch: typeof globalThis.fetch, limits: FetchLimits = LIMITS): FetchJson {
  return (request) =>
    fetchQuietly(
      fetch,
      { ...bodyAndMethod(request), url: request.url, headers: headersOf(request) },
      limits,
      readAnswer,
    );
}

function bodyAndMethod(request: JsonRequest): Pick<QuietRequest, 'method' | 'body'> {
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

async function readAnswer(response: Response, host: string, { maxBytes }: FetchLimits): Promise<JsonAnswer> {
  if (!JSON_TYPE.test(response.headers.get('Content-Type') ?? '')) {
    await response.body?.cancel();
    if (!response.ok) return { ok: false, status: response.status, error: '', description: '' };
    throw new SignetError('issuer_refused', `${host} did not answer in JSON.`);
  }
  const body = parseBody(await readBytes(response, host, maxBytes), host, maxBytes);
  return response.ok ? { ok: true, body } : { ok: false, status: response.status, ...refusalIn(body) };
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

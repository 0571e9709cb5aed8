import type { FetchJson, Json, JsonAnswer, JsonRequest, TakenAnswer } from '../core/index.ts';
import { displayText, fromUtf8, isJsonObject, parseJson, SignetError } from '../core/index.ts';
import type { FetchLimits, QuietRequest } from './quiet-fetch.ts';
import { LIMITS, fetchQuietly, readBytes } from './quiet-fetch.ts';

const MAX_DEPTH = 32;
const JWT_TYPE = 'application/jwt';
const MAX_CHALLENGE = 2000;
const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i;

/** A JWT is asked for before JSON where either will do: whoever takes both would rather have the signed one. */
const ACCEPT: Readonly<Record<TakenAnswer, string>> = {
  json: 'application/json',
  json_or_jwt: 'application/jwt, application/json;q=0.9',
  nothing: 'application/json',
};

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
      (response, host, within) => readAnswer(response, host, within, request.takes ?? 'json'),
    );
}

function bodyAndMethod(request: JsonRequest): Pick<QuietRequest, 'method' | 'body'> {
  if (request.json !== undefined) return { method: 'POST', body: JSON.stringify(request.json) };
  if (request.form !== undefined) return { method: 'POST', body: new URLSearchParams(request.form).toString() };
  if (request.jwt !== undefined) return { method: 'POST', body: request.jwt };
  return { method: request.post === true ? 'POST' : 'GET' };
}

function headersOf(request: JsonRequest): Record<string, string> {
  const headers: Record<string, string> = { Accept: ACCEPT[request.takes ?? 'json'] };
  if (request.json !== undefined) headers['Content-Type'] = 'application/json';
  else if (request.form !== undefined) headers['Content-Type'] = 'application/x-www-form-urlencoded';
  else if (request.jwt !== undefined) headers['Content-Type'] = JWT_TYPE;
  if (request.bearer !== undefined) headers['Authorization'] = `Bearer ${request.bearer}`;
  if (request.dpop !== undefined) {
    headers['DPoP'] = request.dpop.proof;
    if (request.dpop.token !== undefined) headers['Authorization'] = `DPoP ${request.dpop.token}`;
  }
  return headers;
}

async function readAnswer(
  response: Response,
  host: string,
  { maxBytes }: FetchLimits,
  takes: TakenAnswer,
): Promise<JsonAnswer> {
  const nonce = dpopNonceIn(response.headers);
  if (response.ok && takes === 'nothing') {
    await response.body?.cancel();
    return { ok: true, body: null, ...nonce };
  }
  const type = response.headers.get('Content-Type') ?? '';
  if (response.ok && takes === 'json_or_jwt' && isJwtType(type)) {
    return { ok: true, body: asText(await readBytes(response, host, maxBytes), host), jwt: true, ...nonce };
  }
  if (!JSON_TYPE.test(type)) {
    await response.body?.cancel();
    if (!response.ok) return { ...refusal(response, null), ...nonce };
    throw new SignetError('issuer_refused', `${host} did not answer in JSON.`);
  }
  const body = parseBody(await readBytes(response, host, maxBytes), host, maxBytes);
  return response.ok ? { ok: true, body, ...nonce } : { ...refusal(response, body), ...nonce };
}

const isJwtType = (type: string): boolean => type.split(';')[0]?.trim().toLowerCase() === JWT_TYPE;

/** Of an alphabet and a length that can go back in a claim (RFC 9449 §8.1); what does not is no nonce. */
const DPOP_NONCE = /^[\x21\x23-\x5b\x5d-\x7e]{1,1024}$/;

function dpopNonceIn(headers: Headers): { readonly dpopNonce?: string } {
  const dpopNonce = headers.get('DPoP-Nonce');
  return dpopNonce !== null && DPOP_NONCE.test(dpopNonce) ? { dpopNonce } : {};
}

function asText(bytes: Uint8Array, host: string): string {
  try {
    return fromUtf8(bytes).trim();
  } catch (cause) {
    throw new SignetError('issuer_refused', `${host} sent an answer that is no text.`, { cause });
  }
}

function parseBody(bytes: Uint8Array, host: string, maxLength: number): Json {
  try {
    return parseJson(fromUtf8(bytes), 'answer', { maxLength, maxDepth: MAX_DEPTH });
  } catch (cause) {
    throw new SignetError('issuer_refused', `${host} sent an answer that is not usable JSON.`, { cause });
  }
}

/** @param body null where there is none in JSON: a protected resource may speak in a header alone (RFC 6750 §3) */
function refusal({ status, headers }: Response, body: Json): JsonAnswer & { readonly ok: false } {
  const { error, error_description: description } = isJsonObject(body) ? body : {};
  return {
    ok: false,
    status,
    error: typeof error === 'string' ? error : challengedError(headers),
    description: typeof description === 'string' ? displayText(description, 200) : '',
  };
}

/** The error code in a challenge, such as `DPoP error="use_dpop_nonce"` (RFC 6750 §3, RFC 9449 §9). */
function challengedError(headers: Headers): string {
  const challenge = headers.get('WWW-Authenticate')?.slice(0, MAX_CHALLENGE) ?? '';
  return /(?:^|[\s,])error="([a-z_]{1,60})"/.exec(challenge)?.[1] ?? '';
}

import type { Json, JsonObject } from '../../core/index.ts';
import { SignetError, isJsonObject, parseJson } from '../../core/index.ts';
import type { DcqlQuery } from '../../provider/types.ts';
import { openAnswer } from './answer-key.ts';
import { MAX_PRESENTATIONS } from './asked-ways.ts';

/** What a wallet answered: presentations by the ids of the query, or that there are none. */
export type Answer =
  | {
      readonly presentations: readonly (readonly [id: string, texts: readonly string[]])[];
      readonly state: Json | undefined;
    }
  | { readonly error: string };

const LIMITS = { maxLength: 2 * 1024 * 1024, maxDepth: 24 } as const;

const malformed = (message: string): SignetError => new SignetError('bad_request', message, { field: 'answer' });

/**
 * The parameters of an answer that a page passed on: those of a `DigitalCredential`, or its `data` alone, as an object or
 * as JSON (OpenID4VP 1.0 A.4).
 * @returns `protocol` is undefined where only the data came
 * @throws SignetError bad_request
 */
export function readPageAnswer(answer: unknown): { readonly protocol: Json | undefined; readonly data: JsonObject } {
  const outer = objectIn(answer);
  if (!('data' in outer)) return { protocol: undefined, data: outer };
  return { protocol: outer['protocol'], data: objectIn(outer['data']) };
}

function objectIn(value: unknown): JsonObject {
  const object: unknown = typeof value === 'string' ? parseJson(value, 'answer', LIMITS) : value;
  if (!isJsonObject(object)) throw malformed('The answer is no JSON object.');
  return object;
}

/**
 * The parameters of an answer that a wallet posted: a form (OpenID4VP 1.0 §8.2).
 * @throws SignetError bad_request for a parameter that stands there twice, and for presentations that are no JSON
 */
export function readPostedAnswer(body: string): JsonObject {
  if (body.length > 3 * LIMITS.maxLength) throw malformed('The answer is too long.');
  const fields = new Map<string, Json>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (fields.has(name)) throw malformed('A parameter of the answer stands there twice.');
    fields.set(name, name === 'vp_token' ? parseJson(value, 'vp_token', LIMITS) : value);
  }
  return Object.fromEntries(fields);
}

/**
 * Opens an answer's parameters and takes its presentations out.
 * @param key the private half that it has to be encrypted to; absent: it has to be plain
 * @throws SignetError bad_request where it is not what was asked for, or cannot be read
 */
export async function readAnswer(params: JsonObject, query: DcqlQuery, key: JsonObject | undefined): Promise<Answer> {
  // A wallet that cannot encrypt says so in clear (OpenID4VP 1.0 §8.3.1).
  if (params['error'] !== undefined) return { error: errorIn(params['error']) };
  const opened = key === undefined ? params : await openAnswer(encryptedIn(params), key);
  if (key === undefined && params['response'] !== undefined)
    throw malformed('The answer is encrypted, to nobody here.');
  if (opened['error'] !== undefined) return { error: errorIn(opened['error']) };
  return { presentations: presentationsIn(opened['vp_token'], query), state: opened['state'] };
}

/** Error codes of OAuth are visible ASCII (RFC 6749 §4.1.2.1). */
const errorIn = (error: Json): string =>
  typeof error === 'string' && /^[\x20-\x7e]{1,64}$/.test(error) ? error : 'unknown';

function encryptedIn({ response }: JsonObject): string {
  if (typeof response !== 'string') throw malformed('The answer is not encrypted, and was to be.');
  return response;
}

function presentationsIn(token: Json | undefined, query: DcqlQuery): readonly (readonly [string, readonly string[]])[] {
  if (!isJsonObject(token)) throw malformed('The answer has no presentations by the ids of the query.');
  const entries = Object.entries(token);
  const read = query.credentials.flatMap(({ id, multiple = false }) => {
    const texts = Object.hasOwn(token, id) ? token[id] : undefined;
    return texts === undefined ? [] : [[id, textsIn(texts, multiple)] as const];
  });
  if (read.length !== entries.length) throw malformed('The answer holds presentations that were not asked for.');
  if (read.reduce((sum, [, texts]) => sum + texts.length, 0) > MAX_PRESENTATIONS) {
    throw malformed('The answer holds too many presentations.');
  }
  return read;
}

function textsIn(texts: Json, multiple: boolean): readonly string[] {
  if (!Array.isArray(texts) || texts.length === 0 || !texts.every((text) => typeof text === 'string')) {
    throw malformed('The presentations of a credential are not a list of texts.');
  }
  if (texts.length > 1 && !multiple) throw malformed('One presentation was asked for, and there are several.');
  return texts;
}

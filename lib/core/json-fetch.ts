import type { Json } from './json.ts';
import { SignetError } from './errors.ts';
import { displayText } from './text.ts';

/** What may come back: JSON; JSON or a JWT; or nothing that anybody reads. */
export type TakenAnswer = 'json' | 'json_or_jwt' | 'nothing';

/** One request for JSON. With one of `json`, `form` and `jwt` it is a POST, with none a GET. */
export interface JsonRequest {
  /** https, or http on this machine. */
  readonly url: string;
  readonly json?: Json;
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string>>;
  /** A compact JWS or JWE, sent as application/jwt. */
  readonly jwt?: string;
  /** An empty POST, where a standard wants one. */
  readonly post?: true;
  /** Sent as `Authorization: Bearer`. */
  readonly bearer?: string;
  /** Sent in the header `DPoP`, and the token, where there is one, as `Authorization: DPoP` (RFC 9449 §7.1). */
  readonly dpop?: { readonly proof: string; readonly token?: string };
  /** Default: JSON alone. */
  readonly takes?: TakenAnswer;
}

/** What a server answered: a body, or a refusal in the form of OAuth 2.0 (RFC 6749 §5.2). */
export type JsonAnswer =
  | {
      readonly ok: true;
      /** JSON; the compact JWT as text where `jwt` says so; null where nothing was to be read. */
      readonly body: Json;
      /** Of a request that takes one: the body came as application/jwt. */
      readonly jwt?: true;
      /** For the next DPoP proof to this server (RFC 9449 §8). */
      readonly dpopNonce?: string;
    }
  | {
      readonly ok: false;
      /** HTTP status. */
      readonly status: number;
      /** The server's error code, from the body or else from `WWW-Authenticate`; empty when it named none. For branching, never for display. */
      readonly error: string;
      /** The server's own words, cleaned for display; may be empty. */
      readonly description: string;
      readonly dpopNonce?: string;
    };

/**
 * The door to the network, passed in wherever something is fetched. It settles within its own limits of time and
 * size and rejects with a SignetError `network` or `issuer_refused` when there is no JSON answer at all.
 */
export type FetchJson = (request: JsonRequest) => Promise<JsonAnswer>;

/** Too early, too often, too slow (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4). */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/** Whether a refusal is the server's trouble of the moment, which says nothing about what it was asked for. */
const isPassing = (status: number): boolean => status >= 500 || LATER.has(status);

/**
 * The body of an answer.
 * @throws SignetError `issuer_refused` with the server's own words when it refused, `network` when it could not answer now
 */
export function bodyOf(answer: JsonAnswer, url: string): Json {
  if (answer.ok) return answer.body;
  const { host } = new URL(url);
  if (isPassing(answer.status)) {
    throw new SignetError('network', `${host} cannot answer now (status ${answer.status}). Try again later.`);
  }
  const words = answer.description || displayText(answer.error, 60);
  const why = words === '' ? `with status ${answer.status}` : `and says “${words}”`;
  throw new SignetError('issuer_refused', `${host} refused ${why}.`);
}

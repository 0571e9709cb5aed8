import type { Json } from './json.ts';
import { SignetError } from './errors.ts';
import { displayText } from './text.ts';

/** One request for JSON. With neither `json` nor `form` it is a GET, with either a POST. */
export interface JsonRequest {
  /** https, or http on this machine. */
  readonly url: string;
  readonly json?: Json;
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string>>;
  /** An empty POST, where a standard wants one. */
  readonly post?: true;
  /** Sent as `Authorization: Bearer`. */
  readonly bearer?: string;
}

/** What a server answered: a body, or a refusal in the form of OAuth 2.0 (RFC 6749 §5.2). */
export type JsonAnswer =
  | { readonly ok: true; readonly body: Json }
  | {
      readonly ok: false;
      /** HTTP status. */
      readonly status: number;
      /** The server's error code; empty when it named none. For branching, never for display. */
      readonly error: string;
      /** The server's own words, cleaned for display; may be empty. */
      readonly description: string;
    };

/**
 * The door to the network, passed in wherever something is fetched. It settles within its own limits of time and
 * size and rejects with a SignetError `network` or `issuer_refused` when there is no JSON answer at all.
 */
export type FetchJson = (request: JsonRequest) => Promise<JsonAnswer>;

/** The body of an answer. @throws SignetError issuer_refused with the server's own words when it refused */
export function bodyOf(answer: JsonAnswer, url: string): Json {
  if (answer.ok) return answer.body;
  const { host } = new URL(url);
  const words = answer.description || displayText(answer.error, 60);
  const why = words === '' ? `with status ${answer.status}` : `and says “${words}”`;
  throw new SignetError('issuer_refused', `${host} refused ${why}.`);
}

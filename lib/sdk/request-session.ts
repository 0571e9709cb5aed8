import type { JsonObject } from '../core/index.ts';
import { isJsonObject } from '../core/index.ts';
import type { ClaimRequest, DcqlQuery } from '../provider/types.ts';
import { mistake } from './caller.ts';

/**
 * What a server keeps of a request, to verify the answer with: plain JSON. It is a secret of the server's, since it can
 * hold the key that the answer is encrypted to: in memory, in a database, or sealed in the visitor's cookie. What it
 * holds is for `verifyResponse` and `requestObject` to read.
 */
export interface RequestSession {
  readonly v: 1;
  /** 16 random bytes, base64url: what an answer that is posted names the request by. */
  readonly id: string;
  readonly transport: 'dc_api' | 'link';
  readonly query: DcqlQuery;
  /** What was asked, where it was asked by `claims`. */
  readonly claims?: readonly ClaimRequest[];
  readonly nonce: string;
  /** Parameters of the request, without who signs it. */
  readonly params: JsonObject;
  /** Whom an answer may be made for: one of them. */
  readonly audiences: readonly string[];
  /** Ways an answer may have come by, as its `protocol` names them. */
  readonly protocols: readonly string[];
  /** Private: what the answer is encrypted to. */
  readonly key?: JsonObject;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** What a request that went by `window.signet` is answered by. */
export const WINDOW_SIGNET = 'window.signet';

/** @throws SignetError bad_request where it is not what `createRequest` gave */
export function assertSession(session: unknown): asserts session is RequestSession {
  const isSession =
    isJsonObject(session) &&
    session['v'] === 1 &&
    typeof session['id'] === 'string' &&
    typeof session['nonce'] === 'string' &&
    (session['transport'] === 'dc_api' || session['transport'] === 'link') &&
    [session['query'], session['params']].every(isJsonObject) &&
    [session['audiences'], session['protocols']].every(Array.isArray) &&
    typeof session['expiresAt'] === 'number';
  if (!isSession) throw mistake('session', 'session must be what createRequest gave you for this visit.');
}

import type { Json, JsonObject } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import type { Jws } from './jws.ts';
import { isSignedBy, parseJws } from './jws.ts';
import type { PublicJwk } from './public-jwk.ts';
import { CLOCK_SKEW } from './sd-jwt-vc.ts';
import type { CredentialStatus, StatusList } from './status-list.ts';
import { readStatusReference, statusAt, unpackStatusList } from './status-list.ts';

/** What a status list token must be, to be believed. */
export interface StatusListExpectations {
  /** The `uri` that credentials name it by. */
  readonly uri: string;
  /** The `iss` of those credentials. */
  readonly issuer: string;
  /** Keys that the issuer may have signed this token with; none where it is not trusted. */
  readonly keys: (token: Jws) => Promise<readonly PublicJwk[]>;
  /** Seconds since the epoch. */
  readonly now: number;
}

export const STATUS_LIST_TYPE = 'statuslist+jwt';

/** Longest status list token taken, in characters. */
export const MAX_STATUS_LIST_TOKEN_LENGTH = 1024 * 1024;

const refused = (message: string, field: string): SignetError => new SignetError('bad_request', message, { field });

/**
 * Verifies a status list token and unpacks its list (Token Status List §5.1, §8.3): media type, subject, issuer where
 * it names one, times (30 s skew), signature. `ttl` says how long a copy may be kept after it was fetched: whoever
 * keeps one has to look; here it has to be a positive number.
 * @param text compact JWT, from a stranger
 * @throws SignetError bad_request, naming the part that is wrong; what finding the keys throws
 */
export async function openStatusList(text: string, expected: StatusListExpectations): Promise<StatusList> {
  if (text.length > MAX_STATUS_LIST_TOKEN_LENGTH) throw refused('The status list is too long.', 'status_list');
  const token = parseJws(text, 'status_list', MAX_STATUS_LIST_TOKEN_LENGTH);
  const { header, payload } = token;
  if (header['typ'] !== STATUS_LIST_TYPE) throw refused('The status list is of another media type.', 'typ');
  if (payload['sub'] !== expected.uri) throw refused('The status list is another one.', 'sub');
  if (payload['iss'] !== undefined && payload['iss'] !== expected.issuer) {
    throw refused('The status list is of another issuer.', 'iss');
  }
  assertInTime(payload, expected.now);
  if (!(await isSignedBy(token, await expected.keys(token)))) {
    throw refused('The issuer did not sign this status list.', 'signature');
  }
  return unpackStatusList(payload['status_list']);
}

function assertInTime({ iat, exp, nbf, ttl }: JsonObject, now: number): void {
  if (!isTime(iat)) throw refused('The status list does not say when it was made.', 'iat');
  if (iat > now + CLOCK_SKEW) throw refused('The status list is from the future.', 'iat');
  if (exp !== undefined && !isTime(exp)) throw refused('The status list ends at no time.', 'exp');
  if (exp !== undefined && exp <= now - CLOCK_SKEW) throw refused('The status list has expired.', 'exp');
  if (nbf !== undefined && (!isTime(nbf) || nbf > now + CLOCK_SKEW)) {
    throw refused('The status list is not valid yet.', 'nbf');
  }
  if (ttl !== undefined && (!isTime(ttl) || ttl <= 0)) throw refused('The status list can be kept for no time.', 'ttl');
}

const isTime = (value: Json | undefined): value is number => typeof value === 'number' && Number.isFinite(value);

/** How the status of a credential is asked. */
export interface StatusQuestion extends Omit<StatusListExpectations, 'uri'> {
  /** Gives the status list token at a URI: a compact JWT. */
  readonly fetch: (uri: string) => Promise<unknown>;
}

/**
 * The status of a credential whose issuer's signature was verified, by the list it names.
 * @param payload of the issuer-signed JWT
 * @throws SignetError status_unknown, with the cause, where there is no answer that can be believed
 */
export async function askStatus(payload: JsonObject, question: StatusQuestion): Promise<CredentialStatus> {
  try {
    const { uri, index } = readStatusReference(payload);
    const text = await question.fetch(uri);
    if (typeof text !== 'string') throw refused('The status list is not text.', 'status_list');
    return statusAt(await openStatusList(text, { ...question, uri }), index);
  } catch (cause) {
    throw statusUnknown(cause);
  }
}

/** The error for a status that nobody can tell. */
export function statusUnknown(cause: unknown): SignetError {
  const why = cause instanceof SignetError ? ` ${cause.message}` : '';
  return new SignetError('status_unknown', `Whether this credential was revoked is not known.${why}`, {
    field: 'status',
    cause,
  });
}

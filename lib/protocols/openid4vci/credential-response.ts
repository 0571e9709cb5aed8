import * as v from 'valibot';
import type { Json, SecretBytes } from '../../core/index.ts';
import { fromBase64url, fromUtf8, parseJson, SignetError } from '../../core/index.ts';
import type { WireOpening } from '../../credentials/index.ts';
import { holderPublicJwk } from '../../credentials/index.ts';
import { readOpenings } from './openings.ts';
import { identifier, read, text } from './reading.ts';

/** What a credential response, or a deferred one, holds as it came (OpenID4VCI 1.0 §8.3, §9.2). */
export type CredentialResponse =
  | {
      readonly kind: 'issued';
      readonly credentials: readonly string[];
      /** Of the committed numbers in each credential, in the same order. */
      readonly openings: readonly Readonly<Record<string, WireOpening>>[];
      readonly notificationId?: string;
    }
  | {
      readonly kind: 'deferred';
      readonly transactionId: string;
      /** Milliseconds. */
      readonly interval: number;
    };

const Response = v.object({
  transaction_id: v.optional(identifier(2048)),
  interval: v.optional(v.pipe(v.number('must be a number'), v.gtValue(0, 'must be more than nothing'))),
  credentials: v.optional(v.pipe(v.array(v.object({ credential: identifier(200_000) })), v.minLength(1))),
  notification_id: v.optional(identifier(2048)),
  signet_openings: v.optional(v.unknown()),
});

const FIELD = 'credential response';
const SECOND = 1000;
const [LEAST_INTERVAL, USUAL_INTERVAL, MOST_INTERVAL] = [5 * SECOND, 300 * SECOND, 30 * 86_400 * SECOND];

/**
 * Rebuilds a credential response.
 * @param atMost how many were asked for
 * @throws SignetError `issuer_refused` naming the field
 */
export function readCredentialResponse(value: Json, atMost: number): CredentialResponse {
  const response = read(Response, value, FIELD, 'issuer_refused');
  const { credentials, transaction_id: transactionId, notification_id: notificationId } = response;
  if (transactionId !== undefined) {
    if (credentials !== undefined) throw contradiction();
    return { kind: 'deferred', transactionId, interval: intervalOf(response.interval) };
  }
  if (credentials === undefined || credentials.length > atMost) {
    throw new SignetError('issuer_refused', 'The issuer sent another number of credentials than was asked for.', {
      field: `${FIELD}.credentials`,
    });
  }
  return {
    kind: 'issued',
    credentials: credentials.map(({ credential }) => credential),
    openings: readOpenings(response.signet_openings, credentials.length),
    ...(notificationId !== undefined && { notificationId }),
  };
}

const contradiction = (): SignetError =>
  new SignetError('issuer_refused', 'The issuer delivers a credential and says that it comes later.', {
    field: `${FIELD}.transaction_id`,
  });

/** @param seconds as the issuer says; it must say (§8.3), and where it does not, it is not asked often */
function intervalOf(seconds: number | undefined): number {
  if (seconds === undefined) return USUAL_INTERVAL;
  return Math.min(Math.max(seconds * SECOND, LEAST_INTERVAL), MOST_INTERVAL);
}

/**
 * Finds the key that each credential is bound to: an issuer may answer out of order or with fewer, and only `cnf` says.
 * @returns indexes in `keys`, one for each credential, none twice
 * @throws SignetError credential_refused, naming the credential
 */
export function matchKeys(credentials: readonly string[], keys: readonly SecretBytes[]): readonly number[] {
  const jwks = keys.map(holderPublicJwk);
  const used = new Set<number>();
  return credentials.map((credential, index) => {
    const { x, y } = boundKey(credential, `credentials[${index}]`);
    const keyIndex = jwks.findIndex((jwk) => jwk.x === x && jwk.y === y);
    if (keyIndex === -1)
      throw refusedBinding('The issuer sent a credential that is bound to a key that is not yours.', index);
    if (used.has(keyIndex))
      throw refusedBinding('The issuer bound two copies to one key: they could be linked.', index);
    used.add(keyIndex);
    return keyIndex;
  });
}

const refusedBinding = (message: string, index: number): SignetError =>
  new SignetError('credential_refused', message, { field: `credentials[${index}].cnf` });

const Bound = v.object({ cnf: v.object({ jwk: v.object({ x: text(64), y: text(64) }) }) });

/** The key in `cnf` (RFC 7800 §3.2), read before anything is verified: it only decides which key to verify with. */
function boundKey(credential: string, field: string): { x: string; y: string } {
  const payload = credential.split('~', 1)[0]?.split('.')[1] ?? '';
  let value: Json;
  try {
    value = parseJson(fromUtf8(fromBase64url(payload)), field, { maxLength: 200_000, maxDepth: 32 });
  } catch (cause) {
    throw new SignetError('credential_refused', 'The issuer sent something that is not an SD-JWT.', { field, cause });
  }
  return read(Bound, value, field, 'credential_refused').cnf.jwk;
}

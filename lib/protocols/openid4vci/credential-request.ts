import * as v from 'valibot';
import type { Json, JsonAnswer, JsonObject, JsonRequest } from '../../core/index.ts';
import { SignetError, assertField, bodyOf, toSeconds } from '../../core/index.ts';
import { encryptJson } from '../jose/index.ts';
import type { CredentialResponse } from './credential-response.ts';
import { matchKeys, readCredentialResponse } from './credential-response.ts';
import { rememberNonce } from './dpop.ts';
import type { IssuerEncryption, ResponseKey } from './encryption.ts';
import { createResponseKey, decryptResponse } from './encryption.ts';
import { MAX_COPIES } from './metadata.ts';
import { createKeyProof } from './proof.ts';
import { sendProtected } from './protected-request.ts';
import { identifier, read } from './reading.ts';
import type {
  CredentialRequestOptions,
  Deferral,
  Doors,
  Issuance,
  IssuanceOutcome,
  IssuanceSession,
  NotificationEvent,
} from './session.ts';
import { refreshToken } from './token.ts';

/**
 * Asks for a credential, in as many copies as there are keys: a nonce, and one request with a proof of each key
 * (OpenID4VCI 1.0 §7, §8). What comes is matched with the keys, and not yet verified.
 * @throws SignetError
 * - `credential_refused`: what came is not bound to our keys
 * - `issuer_refused`, field `access_token` or `refresh_token`: the token is over, and the person must be there again
 * - `issuer_refused`, `network`: otherwise
 */
export async function requestCredentials(
  session: IssuanceSession,
  options: CredentialRequestOptions,
): Promise<Issuance> {
  const names = namesOf(session, options);
  assertKeys(session, options);
  const first = await requestOnce(session, names, options);
  // A nonce may run out between its making and its use: one more try, with a fresh one (§8.3.1.2).
  const isStale = !first.answer.ok && first.answer.error === 'invalid_nonce';
  return readIssuance(isStale ? await requestOnce(first.session, names, options) : first, options);
}

/** What names the credential in the request (§8.2): the issuer's own name where the token came with any. */
function namesOf(session: IssuanceSession, { identifier: wanted }: CredentialRequestOptions): JsonObject {
  const { identifiers, configurationId } = session;
  const chosen = wanted ?? identifiers[0];
  if (chosen === undefined) return { credential_configuration_id: configurationId };
  assertField(identifiers.includes(chosen), 'identifier', 'The token is not good for this credential.');
  return { credential_identifier: chosen };
}

function assertKeys({ unbound }: IssuanceSession, { keys }: CredentialRequestOptions): void {
  const fits = unbound === true ? keys.length === 0 : keys.length >= 1 && keys.length <= MAX_COPIES;
  if (!fits) throw new SignetError('internal', 'A credential was asked for with another number of keys than it has.');
}

interface Asked {
  readonly session: IssuanceSession;
  readonly answer: JsonAnswer;
  readonly responseKey: ResponseKey | undefined;
}

async function requestOnce(
  before: IssuanceSession,
  names: JsonObject,
  options: CredentialRequestOptions,
): Promise<Asked> {
  const { nonce, session } =
    before.unbound === true ? { nonce: undefined, session: before } : await freshNonce(before, options);
  const { keys, clock } = options;
  const claims = {
    issuer: session.place.credentialIssuer,
    nonce,
    issuedAt: toSeconds(clock()),
    ...(session.clientId !== undefined && { clientId: session.clientId }),
  };
  const proofs = keys.map((key) => createKeyProof(key, claims));
  const body = { ...names, ...(proofs.length > 0 && { proofs: { jwt: proofs } }) };
  return askIssuer(session, session.place.credentialEndpoint, body, options);
}

const NonceResponse = v.object({ c_nonce: identifier(2048) });

/** The nonce in a nonce response (§7.2). @throws SignetError issuer_refused naming the field */
export const readNonce = (value: Json): string =>
  read(NonceResponse, value, 'nonce response', 'issuer_refused').c_nonce;

/** A nonce is for anybody, so no token goes with the question; one for DPoP may come with the answer (§7.2). */
async function freshNonce(
  session: IssuanceSession,
  { fetchJson }: Doors,
): Promise<{ readonly nonce: string | undefined; readonly session: IssuanceSession }> {
  const url = session.place.nonceEndpoint;
  if (url === undefined) return { nonce: undefined, session };
  const answer = await fetchJson({ url, post: true });
  const nonce = readNonce(bodyOf(answer, url));
  if (session.dpop === undefined) return { nonce, session };
  return { nonce, session: { ...session, dpop: rememberNonce(session.dpop, 'resource', answer) } };
}

/** Sends what is asked, encrypted where the issuer wants that (§10). */
async function askIssuer(session: IssuanceSession, url: string, body: JsonObject, doors: Doors): Promise<Asked> {
  const { encryption } = session.place;
  const responseKey = encryption.response === undefined ? undefined : await createResponseKey(encryption.response);
  const whole = { ...body, ...(responseKey && { credential_response_encryption: responseKey.parameters }) };
  const request: JsonRequest = {
    url,
    ...(await messageOf(whole, encryption)),
    ...(responseKey && { takes: 'json_or_jwt' as const }),
  };
  return { ...(await sendProtected(session, request, doors)), responseKey };
}

async function messageOf(body: JsonObject, { request }: IssuerEncryption): Promise<Pick<JsonRequest, 'json' | 'jwt'>> {
  return request === undefined ? { json: body } : { jwt: await encryptJson(body, request) };
}

async function readIssuance(
  { session, answer, responseKey }: Asked,
  options: CredentialRequestOptions,
): Promise<Issuance> {
  const body = await openAnswer(answer, session.place.credentialEndpoint, responseKey);
  const response = readCredentialResponse(body, Math.max(1, options.keys.length));
  return { session, outcome: outcomeOf(session, response, options) };
}

/** An answer that was to be encrypted and is not is none (§10). */
async function openAnswer(answer: JsonAnswer, url: string, responseKey: ResponseKey | undefined): Promise<Json> {
  if (!answer.ok && answer.error === 'invalid_token') {
    throw new SignetError('issuer_refused', 'The issuer’s permission has run out. Ask it for a new offer.', {
      field: 'access_token',
    });
  }
  const body = bodyOf(answer, url);
  if (responseKey === undefined) return body;
  if (answer.ok && answer.jwt === true && typeof body === 'string') return decryptResponse(body, responseKey);
  throw new SignetError('issuer_refused', 'The issuer did not encrypt its answer as it said it would.', {
    field: 'credential response',
  });
}

function outcomeOf(
  { place, unbound }: IssuanceSession,
  response: CredentialResponse,
  { keys, clock }: CredentialRequestOptions,
): IssuanceOutcome {
  if (response.kind === 'deferred') {
    if (place.deferredEndpoint === undefined) {
      throw new SignetError('issuer_refused', 'The issuer wants to deliver later, but does not say where.', {
        field: 'issuer metadata.deferred_credential_endpoint',
      });
    }
    const { transactionId, interval } = response;
    return { kind: 'deferred', deferral: { transactionId, interval, notBefore: clock() + interval } };
  }
  const { credentials, openings, notificationId } = response;
  const keyIndexes = unbound === true ? [] : matchKeys(credentials, keys);
  const copies = credentials.map((credential, index) => {
    const keyIndex = keyIndexes[index];
    return { credential, ...(keyIndex !== undefined && { keyIndex }), openings: openings[index] ?? {} };
  });
  return { kind: 'issued', copies, ...(notificationId !== undefined && { notificationId }) };
}

/**
 * Asks for what was promised (§9). Before `deferral.notBefore` nobody is asked, and the same deferral comes back.
 * @param options.keys the ones that were sent with the request, in any order
 * @throws SignetError as `requestCredentials`; `issuer_refused` with field `transaction_id` where it will never come
 */
export async function pollDeferred(
  session: IssuanceSession,
  deferral: Deferral,
  options: CredentialRequestOptions,
): Promise<Issuance> {
  const url = session.place.deferredEndpoint;
  if (url === undefined) throw new SignetError('internal', 'The issuer has no place to ask for what it promised.');
  if (options.clock() < deferral.notBefore) return { session, outcome: { kind: 'deferred', deferral } };
  const asked = await askIssuer(session, url, { transaction_id: deferral.transactionId }, options);
  if (!asked.answer.ok && asked.answer.error === 'issuance_pending') {
    return { session: asked.session, outcome: { kind: 'deferred', deferral: later(deferral, options) } };
  }
  assertStillComing(asked.answer, url);
  const issuance = await readIssuance(asked, options);
  const { outcome } = issuance;
  if (outcome.kind === 'issued' || outcome.deferral.transactionId === deferral.transactionId) return issuance;
  throw new SignetError('issuer_refused', 'The issuer speaks of another promise than the one you were given.', {
    field: 'credential response.transaction_id',
  });
}

/** Drafts of the specification, and issuers built to them, said it with an error. */
const later = (deferral: Deferral, { clock }: Doors): Deferral => ({
  ...deferral,
  notBefore: clock() + deferral.interval,
});

const FINAL: ReadonlySet<string> = new Set(['invalid_transaction_id', 'credential_request_denied']);

/** Only the standard's own words end a promise (§9.3): a place that is gone for an hour ends none. */
function assertStillComing(answer: JsonAnswer, url: string): void {
  if (answer.ok) return;
  if (answer.status === 404 && answer.error === '') {
    throw new SignetError('network', `${new URL(url).host} has nothing where credentials were to be asked for.`);
  }
  if (!FINAL.has(answer.error)) return;
  const words = answer.description === '' ? '' : ` It says “${answer.description}”.`;
  throw new SignetError('issuer_refused', `The issuer will not deliver this credential.${words}`, {
    field: 'transaction_id',
  });
}

/**
 * Asks for a new batch of copies without the person, by the refresh token where there is one. The session with the new
 * tokens is kept (`options.keep`) before the copies are asked for.
 * @throws SignetError as `requestCredentials`
 */
export async function refreshInstances(session: IssuanceSession, options: CredentialRequestOptions): Promise<Issuance> {
  const renewed = session.token.refreshToken === undefined ? session : await refreshToken(session, options);
  return requestCredentials(renewed, options);
}

/**
 * Tells the issuer what became of what it issued (§11). Idempotent; the person need not wait for it.
 * @param about.description for the issuer's developers: ASCII, whatever else is left out
 * @throws SignetError `issuer_refused`, `network`; `internal` where the issuer has no ear
 */
export async function notify(
  session: IssuanceSession,
  about: { readonly notificationId: string; readonly event: NotificationEvent; readonly description?: string },
  doors: Doors,
): Promise<IssuanceSession> {
  const url = session.place.notificationEndpoint;
  if (url === undefined) throw new SignetError('internal', 'The issuer does not want to hear about its credentials.');
  const description = about.description?.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '').slice(0, 200) ?? '';
  const json = {
    notification_id: about.notificationId,
    event: about.event,
    ...(description !== '' && { event_description: description }),
  };
  const { answer, session: after } = await sendProtected(session, { url, json, takes: 'nothing' }, doors);
  bodyOf(answer, url);
  return after;
}

import * as v from 'valibot';
import type { Json, JsonAnswer } from '../../core/index.ts';
import { SignetError, bodyOf } from '../../core/index.ts';
import { takenOf } from './authorization.ts';
import type { CredentialConfiguration } from './configuration.ts';
import type { OfferedCredential } from './discover.ts';
import { createDpop, sendProven } from './dpop.ts';
import { checkTransactionCode, PRE_AUTHORIZED_CODE } from './offer.ts';
import { identifier, read, text } from './reading.ts';
import type { Doors, DpopState, Grant, IssuancePlace, IssuanceSession, Taking } from './session.ts';

/**
 * Asks for a token (OpenID4VCI 1.0 §6), good for everything that is taken.
 * @returns a session for each configuration taken, in that order, by the one token
 * @throws SignetError
 * - `bad_request`, field `transactionCode`: the code cannot be right; nothing was sent
 * - `issuer_refused`, field `transactionCode`: the issuer did not take the code; the person may try again
 * - `issuer_refused`, `network`, `unsupported`: otherwise
 */
export async function startIssuance(
  offered: OfferedCredential,
  grant: Grant,
  options: Doors & Taking,
): Promise<readonly [IssuanceSession, ...IssuanceSession[]]> {
  const [first, ...others] = takenOf(offered, options);
  const { form, clientId, dpop } = tokenRequest(offered, grant);
  const proven = await sendProven({ url: offered.tokenEndpoint, form }, { dpop }, options);
  const body = bodyOfToken(proven.answer, offered.tokenEndpoint, form);
  const sessionFor = (configuration: CredentialConfiguration): IssuanceSession => {
    const { token, identifiers } = readToken(body, configuration.id, proven.dpop, options.clock());
    return {
      place: placeOf(offered),
      configurationId: configuration.id,
      ...(configuration.suite !== undefined && { unbound: true }),
      copies: configuration.suite === undefined ? offered.copies : 1,
      ...(clientId !== undefined && { clientId }),
      ...(proven.dpop !== undefined && { dpop: proven.dpop }),
      token,
      identifiers,
    };
  };
  return [sessionFor(first), ...others.map(sessionFor)];
}

/** A session that goes on from where another of the same token is: its nonces, its tokens. */
export function sharedWith(session: IssuanceSession, other: IssuanceSession): IssuanceSession {
  return { ...session, token: other.token, ...(other.dpop !== undefined && { dpop: other.dpop }) };
}

function placeOf(offered: OfferedCredential): IssuancePlace {
  const { credentialIssuer, issuer, authorizationServer, tokenEndpoint, credentialEndpoint, dpop, encryption } =
    offered;
  const { nonceEndpoint, deferredEndpoint, notificationEndpoint } = offered;
  return {
    ...{ credentialIssuer, issuer, authorizationServer, tokenEndpoint, credentialEndpoint, dpop, encryption },
    ...(nonceEndpoint !== undefined && { nonceEndpoint }),
    ...(deferredEndpoint !== undefined && { deferredEndpoint }),
    ...(notificationEndpoint !== undefined && { notificationEndpoint }),
  };
}

type Form = Readonly<Record<string, string>>;

interface TokenRequest {
  readonly form: Form;
  readonly clientId?: string;
  readonly dpop: DpopState | undefined;
}

function tokenRequest(offered: OfferedCredential, grant: Grant): TokenRequest {
  if (grant.type === 'authorization_code') {
    const { code, codeVerifier, redirectUri, clientId, dpop } = grant;
    const form = {
      grant_type: 'authorization_code',
      ...{ code, code_verifier: codeVerifier, redirect_uri: redirectUri, client_id: clientId },
    };
    return { form, clientId, dpop };
  }
  const { preAuthorized } = offered.offer;
  if (preAuthorized === undefined) throw new SignetError('unsupported', 'The offer holds no pre-authorized code.');
  const code = checkTransactionCode(preAuthorized.transactionCode, grant.transactionCode);
  const clientId = offered.server.wantsClientId ? grant.clientId : undefined;
  const form = {
    grant_type: PRE_AUTHORIZED_CODE,
    'pre-authorized_code': preAuthorized.code,
    ...(code !== undefined && { tx_code: code }),
    ...(clientId !== undefined && { client_id: clientId }),
  };
  return { form, ...(clientId !== undefined && { clientId }), dpop: offered.dpop ? createDpop() : undefined };
}

function bodyOfToken(answer: JsonAnswer, url: string, form: Form): Json {
  if (!answer.ok && answer.error === 'invalid_grant') throw refusedGrant(form);
  return bodyOf(answer, url);
}

/** One error stands for a wrong code and a spent offer alike (§6.3); the person is told of both. */
function refusedGrant(form: Form): SignetError {
  if (form['tx_code'] !== undefined) {
    return new SignetError(
      'issuer_refused',
      'The issuer did not accept this code. Check it and try again; if it is right, the offer is used or expired.',
      { field: 'transactionCode' },
    );
  }
  if (form['refresh_token'] !== undefined) {
    return new SignetError('issuer_refused', 'The issuer gives no more copies. Ask it for a new offer.', {
      field: 'refresh_token',
    });
  }
  return new SignetError(
    'issuer_refused',
    'This offer was used already or has expired. Ask the issuer for a new one.',
    {
      field: form['code'] === undefined ? 'pre-authorized_code' : 'code',
    },
  );
}

// A bearer token's alphabet (RFC 6750 §2.1), which DPoP has too: it becomes a header.
const headerToken = v.pipe(identifier(16_384), v.regex(/^[A-Za-z0-9\-._~+/]+=*$/, 'must be a bearer token'));

const TokenResponse = v.object({
  access_token: headerToken,
  token_type: text(50),
  expires_in: v.optional(v.pipe(v.number('must be a number'), v.minValue(0, 'must not be in the past'))),
  refresh_token: v.optional(identifier(16_384)),
  authorization_details: v.optional(
    v.pipe(
      v.array(
        v.object({
          type: text(200),
          credential_configuration_id: v.optional(identifier(500)),
          credential_identifiers: v.optional(v.pipe(v.array(identifier(2048)), v.minLength(1), v.maxLength(64))),
        }),
      ),
      v.maxLength(64),
    ),
  ),
});

/** Ten years: what is said to live longer is believed for as long. */
const MOST_SECONDS = 315_360_000;

/**
 * Rebuilds a token response (§6.2).
 * @param dpop absent: no key was shown, and none may be wanted
 * @param now milliseconds since the epoch
 * @throws SignetError `issuer_refused` naming the field, also for a bearer token where a key was shown (RFC 9449 §5);
 *   `unsupported` for other kinds of tokens
 */
export function readToken(
  value: Json,
  configurationId: string,
  dpop: DpopState | undefined,
  now: number,
): Pick<IssuanceSession, 'token' | 'identifiers'> {
  const field = 'token response';
  const response = read(TokenResponse, value, field, 'issuer_refused');
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = response;
  return {
    token: {
      scheme: schemeOf(response.token_type, dpop, field),
      accessToken,
      ...(seconds !== undefined && { expiresAt: now + Math.min(seconds, MOST_SECONDS) * 1000 }),
      ...(refreshToken !== undefined && { refreshToken }),
    },
    identifiers: identifiersIn(response.authorization_details, configurationId, field),
  };
}

function schemeOf(type: string, dpop: DpopState | undefined, field: string): 'Bearer' | 'DPoP' {
  const name = type.toLowerCase();
  if (name === 'dpop' && dpop !== undefined) return 'DPoP';
  if (name === 'bearer' && dpop === undefined) return 'Bearer';
  if (name === 'bearer') {
    throw new SignetError('issuer_refused', 'The issuer was shown a key, and gave a token that is bound to none.', {
      field: `${field}.token_type`,
    });
  }
  throw new SignetError('unsupported', 'The issuer wants a kind of access token that Signet does not use.', {
    field: `${field}.token_type`,
  });
}

function identifiersIn(
  details: v.InferOutput<typeof TokenResponse>['authorization_details'] = [],
  configurationId: string,
  field: string,
): readonly string[] {
  const credentials = details.filter(({ type }) => type === 'openid_credential');
  const ours = credentials.filter((detail) => detail.credential_configuration_id === configurationId);
  if (credentials.length > 0 && ours.length === 0) {
    throw new SignetError('issuer_refused', 'The issuer allowed another credential than you asked for.', {
      field: `${field}.authorization_details`,
    });
  }
  return [...new Set(ours.flatMap((detail) => detail.credential_identifiers ?? []))];
}

/** Whether the token may still be used, as far as the server said. */
export const isLive = ({ token: { expiresAt } }: IssuanceSession, now: number): boolean =>
  expiresAt === undefined || now < expiresAt;

/**
 * A new token by the refresh token (RFC 6749 §6), kept before anything else is asked: the old ones may be good for
 * nothing now.
 * @throws SignetError `issuer_refused`, field `refresh_token`, where there is none or it is no longer taken
 */
export async function refreshToken(session: IssuanceSession, doors: Doors): Promise<IssuanceSession> {
  const { place, clientId, dpop, token } = session;
  if (token.refreshToken === undefined) throw refusedGrant({ refresh_token: '' });
  const form = {
    grant_type: 'refresh_token',
    refresh_token: token.refreshToken,
    ...(clientId !== undefined && { client_id: clientId }),
  };
  const proven = await sendProven({ url: place.tokenEndpoint, form }, { dpop }, doors);
  const body = bodyOfToken(proven.answer, place.tokenEndpoint, form);
  const fresh = readToken(body, session.configurationId, proven.dpop, doors.clock());
  const refreshed: IssuanceSession = {
    ...session,
    ...(proven.dpop !== undefined && { dpop: proven.dpop }),
    token: { refreshToken: token.refreshToken, ...fresh.token },
    identifiers: fresh.identifiers.length === 0 ? session.identifiers : fresh.identifiers,
  };
  await doors.keep?.(refreshed);
  return refreshed;
}

import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import type { Json, JsonObject } from '../../core/index.ts';
import {
  SignetError,
  assertField,
  bodyOf,
  displayText,
  equalBytes,
  randomBytes,
  toBase64url,
  utf8,
} from '../../core/index.ts';
import type { CredentialConfiguration } from './configuration.ts';
import type { OfferedCredential } from './discover.ts';
import { createDpop, dpopThumbprint } from './dpop.ts';
import { identifier, read } from './reading.ts';
import type { AuthorizationSession, Doors, Grant, Taking } from './session.ts';

/** The wallet as a client of the authorization server: a public one, without a secret. */
export interface ClientNames {
  readonly clientId: string;
  /** Where the person comes back to. */
  readonly redirectUri: string;
}

/**
 * Sets out for the issuer's own pages (OpenID4VCI 1.0 §5.1): with PKCE always (RFC 7636, S256), pushed where the server
 * takes pushed requests (RFC 9126), the code bound to a key where tokens will be (RFC 9449 §10).
 * @returns the URL to open for the person, and what must be kept until they are back
 * @throws SignetError `bad_request` for what was not offered, `issuer_refused`, `network`, `unsupported`
 */
export async function beginAuthorization(
  offered: OfferedCredential,
  options: Doors & Taking & ClientNames,
): Promise<{ readonly url: string; readonly session: AuthorizationSession }> {
  const { server } = offered;
  const { authorizationEndpoint } = server;
  if (offered.grant !== 'authorization_code' || authorizationEndpoint === undefined) {
    throw new SignetError('unsupported', 'The issuer has no pages where you could identify yourself.');
  }
  const { clientId, redirectUri } = options;
  const session: AuthorizationSession = {
    authorizationServer: server.identifier,
    namesIssuer: server.namesItself,
    clientId,
    redirectUri,
    state: toBase64url(randomBytes(32)),
    codeVerifier: toBase64url(randomBytes(32)),
    ...(offered.dpop && { dpop: createDpop() }),
  };
  const parameters = parametersOf(offered, session, takenOf(offered, options));
  const asked =
    server.pushedEndpoint === undefined ? parameters : await push(server.pushedEndpoint, parameters, options);
  return { url: withQuery(authorizationEndpoint, asked), session };
}

/** The configurations that are taken. @throws SignetError bad_request where one was not offered */
export function takenOf(
  { configurations }: Pick<OfferedCredential, 'configurations'>,
  { configurationIds }: Taking,
): readonly [CredentialConfiguration, ...CredentialConfiguration[]] {
  const field = 'configurationIds';
  const [first, ...others] = [...new Set(configurationIds)].map((id) => {
    const configuration = configurations.find((offered) => offered.id === id);
    if (configuration !== undefined) return configuration;
    throw new SignetError('bad_request', 'This credential was not offered.', { field });
  });
  if (first !== undefined) return [first, ...others];
  throw new SignetError('bad_request', 'Nothing is taken of the offer.', { field });
}

type Parameters = Readonly<Record<string, string>>;

function parametersOf(
  offered: OfferedCredential,
  session: AuthorizationSession,
  taken: readonly CredentialConfiguration[],
): Parameters {
  const { issuerState } = offered.offer.authorization ?? {};
  return {
    response_type: 'code',
    client_id: session.clientId,
    redirect_uri: session.redirectUri,
    state: session.state,
    code_challenge: toBase64url(sha256(utf8(session.codeVerifier))),
    code_challenge_method: 'S256',
    ...whatIsAsked(offered, taken),
    ...(issuerState !== undefined && { issuer_state: issuerState }),
    ...(session.dpop !== undefined && { dpop_jkt: dpopThumbprint(session.dpop) }),
  };
}

/**
 * By `authorization_details` (§5.1.1), which name the very credential; by `scope` (§5.1.2) where the server does not
 * say that it reads them and the issuer has a word for each.
 */
function whatIsAsked(
  { server, credentialIssuer, listsServers }: OfferedCredential,
  taken: readonly CredentialConfiguration[],
): Parameters {
  const scopes = taken.map(({ scope }) => scope).filter((scope) => scope !== undefined);
  if (!server.takesDetails && scopes.length === taken.length) {
    return { scope: [...new Set(scopes)].join(' '), ...(listsServers && { resource: credentialIssuer }) };
  }
  return { authorization_details: JSON.stringify(detailsOf(taken, listsServers ? credentialIssuer : undefined)) };
}

/** `authorization_details` of type `openid_credential`. @param location the issuer, where the server may know several */
export const detailsOf = (
  configurations: readonly Pick<CredentialConfiguration, 'id'>[],
  location: string | undefined,
): readonly JsonObject[] =>
  configurations.map(({ id }) => ({
    type: 'openid_credential',
    credential_configuration_id: id,
    ...(location !== undefined && { locations: [location] }),
  }));

const Pushed = v.object({ request_uri: identifier(2048) });

/** @returns what is left for the URL: the request itself does not pass through the browser's history */
async function push(url: string, parameters: Parameters, { fetchJson, clientId }: Doors & ClientNames) {
  const body: Json = bodyOf(await fetchJson({ url, form: parameters }), url);
  const { request_uri } = read(Pushed, body, 'pushed authorization response', 'issuer_refused');
  return { client_id: clientId, request_uri };
}

function withQuery(endpoint: string, parameters: Parameters): string {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

const FIELD = 'authorization response';

/**
 * The person is back: reads where they were sent (RFC 6749 §4.1.2), and only where the answer is to our question
 * (`state`) and from whom it was put to (`iss`, RFC 9207): another server's code is never sent to this one.
 * @param redirectUrl the whole address that they were sent to
 * @returns what a token is asked for with
 * @throws SignetError issuer_refused, naming what is wrong; field `authorization` where the person or the issuer said no
 */
export function finishAuthorization(
  session: AuthorizationSession,
  redirectUrl: string,
): Grant & { readonly type: 'authorization_code' } {
  const parameters = answerIn(redirectUrl, session.redirectUri);
  if (!equalBytes(utf8(parameters.get('state') ?? ''), utf8(session.state))) {
    throw refused('The answer is to another question than yours.', `${FIELD}.state`);
  }
  const issuer = parameters.get('iss') ?? (session.namesIssuer ? '' : session.authorizationServer);
  if (issuer !== session.authorizationServer) {
    throw refused('The answer is from another server than you were sent to.', `${FIELD}.iss`);
  }
  const error = parameters.get('error');
  if (error !== undefined) throw refusedByIssuer(error, parameters.get('error_description'));
  const code = read(identifier(8192), parameters.get('code'), `${FIELD}.code`, 'issuer_refused');
  const { codeVerifier, redirectUri, clientId, dpop } = session;
  return { type: 'authorization_code', code, codeVerifier, redirectUri, clientId, ...(dpop !== undefined && { dpop }) };
}

const MAX_REDIRECT = 32_768;

function answerIn(redirectUrl: string, redirectUri: string): ReadonlyMap<string, string> {
  const url = redirectUrl.length > MAX_REDIRECT ? null : URL.parse(redirectUrl);
  const expected = URL.parse(redirectUri);
  assertField(expected !== null, 'redirectUri', 'The redirect URI is not a URL.');
  if (url === null || placeOf(url) !== placeOf(expected)) {
    throw refused('You were sent somewhere else than back.', `${FIELD}.redirect_uri`);
  }
  const parameters = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (parameters.has(name)) throw refused('The answer says something twice.', FIELD);
    parameters.set(name, value);
  }
  return parameters;
}

/** Without query and fragment; by parts, as the origin of a scheme of its own is opaque. */
const placeOf = ({ protocol, username, password, host, pathname }: URL): string =>
  JSON.stringify([protocol, username, password, host, pathname]);

function refusedByIssuer(error: string, description: string | undefined): SignetError {
  const field = 'authorization';
  if (error === 'access_denied') return refused('Nothing was allowed on the issuer’s pages.', field);
  const words = displayText(description ?? error, 200);
  return refused(`The issuer’s pages ended with “${words}”.`, field);
}

const refused = (message: string, field: string): SignetError => new SignetError('issuer_refused', message, { field });

import * as v from 'valibot';
import type { Clock, FetchJson, Json, JsonAnswer, SecretBytes } from '../../core/index.ts';
import { bodyOf, fromBase64url, fromUtf8, parseJson, SignetError, toSeconds } from '../../core/index.ts';
import { holderPublicJwk } from '../../credentials/index.ts';
import type { WireOpening } from '../../credentials/index.ts';
import type { OfferedCredential } from './discover.ts';
import { checkTransactionCode, PRE_AUTHORIZED_CODE } from './offer.ts';
import { readOpenings } from './openings.ts';
import { createKeyProof } from './proof.ts';
import { identifier, read, text } from './reading.ts';

/** One issued copy, not yet verified: signature, type and times are lib/credentials' to check. */
export interface ReceivedCredential {
  /** SD-JWT VC in compact form, as it came. */
  readonly credential: string;
  /** Index, in the keys given, of the key its `cnf` names. */
  readonly keyIndex: number;
  /** Of its committed numbers, by the claim's name, as they came and not yet checked; empty where none came. Secret. */
  readonly openings: Readonly<Record<string, WireOpening>>;
}

export interface ReceiveOptions {
  /** P-256 holder keys, one per copy wanted; as many as `offered.copies` or fewer. They stay the caller's to dispose. */
  readonly keys: readonly SecretBytes[];
  /** As the person typed it, where the offer asks for one. */
  readonly transactionCode?: string;
  readonly fetchJson: FetchJson;
  readonly clock: Clock;
}

/**
 * Takes an offer: token, nonce, one credential request with a proof per key (OpenID4VCI 1.0 §6, §7, §8). Nothing is
 * sent to any host but the issuer's.
 * @returns the copies in the issuer's order, each matched with the key it is bound to, no key twice
 * @throws SignetError
 * - `bad_request`, field `transactionCode`: the code cannot be right; nothing was sent
 * - `issuer_refused`, field `transactionCode`: the issuer did not take the code; the person may try again
 * - `credential_refused`: what came is not bound to our keys
 * - `unsupported`: deferred issuance, DPoP
 * - `issuer_refused`, `network`: otherwise
 */
export async function receiveCredentials(
  offered: OfferedCredential,
  options: ReceiveOptions,
): Promise<readonly ReceivedCredential[]> {
  const code = checkTransactionCode(offered.offer.transactionCode, options.transactionCode);
  const token = await requestToken(offered, code, options.fetchJson);
  const { credentials, openings } = await requestCredentials(offered, token, options);
  return matchKeys(credentials, options.keys).map((copy, index) => ({ ...copy, openings: openings[index] ?? {} }));
}

/**
 * Takes an offer of a BBS credential: token, and one credential request without a proof, for it is bound to no key.
 * @returns the credential's text as it came, not yet verified
 * @throws SignetError as `receiveCredentials`
 */
export async function receiveBbsCredential(
  offered: OfferedCredential,
  { fetchJson, transactionCode }: Pick<ReceiveOptions, 'fetchJson' | 'transactionCode'>,
): Promise<string> {
  const code = checkTransactionCode(offered.offer.transactionCode, transactionCode);
  const { accessToken, names } = await requestToken(offered, code, fetchJson);
  const { credentialEndpoint: url } = offered;
  const answer = await fetchJson({ url, bearer: accessToken, json: names });
  const [credential] = readCredentialResponse(bodyOf(answer, url), 1).credentials;
  if (credential === undefined) throw new SignetError('internal', 'A credential response was empty.');
  return credential;
}

const TokenResponse = v.object({
  // A bearer token's alphabet (RFC 6750 §2.1): it becomes a header.
  access_token: v.pipe(identifier(16_384), v.regex(/^[A-Za-z0-9\-._~+/]+=*$/, 'must be a bearer token')),
  token_type: text(50),
  authorization_details: v.optional(
    v.array(
      v.object({
        type: text(200),
        credential_configuration_id: v.optional(identifier(500)),
        credential_identifiers: v.optional(v.array(identifier(2048))),
      }),
    ),
  ),
});

interface Token {
  readonly accessToken: string;
  /** What names the credential in the request (§8.2): the issuer's identifier where the token response has one. */
  readonly names: { readonly credential_identifier: string } | { readonly credential_configuration_id: string };
}

async function requestToken(
  offered: OfferedCredential,
  code: string | undefined,
  fetchJson: FetchJson,
): Promise<Token> {
  const { tokenEndpoint: url, offer } = offered;
  const answer = await fetchJson({
    url,
    form: {
      grant_type: PRE_AUTHORIZED_CODE,
      'pre-authorized_code': offer.preAuthorizedCode,
      ...(code !== undefined && { tx_code: code }),
    },
  });
  if (!answer.ok && answer.error === 'invalid_grant') throw refusedGrant(code !== undefined);
  return readToken(bodyOf(answer, url), offered.configuration.id);
}

/** One error stands for a wrong code and a spent offer alike (§6.3); the person is told of both. */
function refusedGrant(withCode: boolean): SignetError {
  return withCode
    ? new SignetError(
        'issuer_refused',
        'The issuer did not accept this code. Check it and try again; if it is right, the offer is used or expired.',
        { field: 'transactionCode' },
      )
    : new SignetError('issuer_refused', 'This offer was used already or has expired. Ask the issuer for a new one.', {
        field: 'pre-authorized_code',
      });
}

/** Rebuilds a token response (§6.2). @throws SignetError `issuer_refused` naming the field, `unsupported` for DPoP */
export function readToken(value: Json, configurationId: string): Token {
  const field = 'token response';
  const response = read(TokenResponse, value, field, 'issuer_refused');
  if (response.token_type.toLowerCase() !== 'bearer') {
    throw new SignetError('unsupported', 'The issuer wants a kind of access token that Signet does not use.', {
      field: `${field}.token_type`,
    });
  }
  const identified = response.authorization_details?.find(
    (detail) => detail.type === 'openid_credential' && detail.credential_configuration_id === configurationId,
  )?.credential_identifiers?.[0];
  return {
    accessToken: response.access_token,
    names:
      identified === undefined
        ? { credential_configuration_id: configurationId }
        : { credential_identifier: identified },
  };
}

/** A nonce may run out between its making and its use: one more try, with a fresh one (§8.3.1.2). */
async function requestCredentials(
  offered: OfferedCredential,
  token: Token,
  options: ReceiveOptions,
): Promise<CredentialResponse> {
  const first = await requestOnce(offered, token, options);
  const answer = !first.ok && first.error === 'invalid_nonce' ? await requestOnce(offered, token, options) : first;
  return readCredentialResponse(bodyOf(answer, offered.credentialEndpoint), options.keys.length);
}

async function requestOnce(offered: OfferedCredential, token: Token, options: ReceiveOptions): Promise<JsonAnswer> {
  const { fetchJson, keys, clock } = options;
  const claims = {
    issuer: offered.offer.issuer,
    nonce: await requestNonce(offered.nonceEndpoint, fetchJson),
    issuedAt: toSeconds(clock()),
  };
  const jwt = keys.map((key) => createKeyProof(key, claims));
  return fetchJson({
    url: offered.credentialEndpoint,
    bearer: token.accessToken,
    json: { ...token.names, proofs: { jwt } },
  });
}

async function requestNonce(url: string | undefined, fetchJson: FetchJson): Promise<string | undefined> {
  if (url === undefined) return undefined;
  return readNonce(bodyOf(await fetchJson({ url, post: true }), url));
}

const NonceResponse = v.object({ c_nonce: identifier(2048) });

/** The nonce in a nonce response (§7.2). @throws SignetError issuer_refused naming the field */
export const readNonce = (value: Json): string =>
  read(NonceResponse, value, 'nonce response', 'issuer_refused').c_nonce;

const Response = v.object({
  transaction_id: v.optional(text(2048)),
  credentials: v.optional(v.pipe(v.array(v.object({ credential: identifier(200_000) })), v.minLength(1))),
  signet_openings: v.optional(v.unknown()),
});

/** What a credential response holds, as it came. */
export interface CredentialResponse {
  readonly credentials: readonly string[];
  /** Of the committed numbers in each credential, in the same order. */
  readonly openings: readonly Readonly<Record<string, WireOpening>>[];
}

/**
 * The credentials in a credential response (§8.3), and the openings of what they commit to.
 * @param atMost how many were asked for
 * @throws SignetError `issuer_refused` naming the field, `unsupported` for deferred issuance
 */
export function readCredentialResponse(value: Json, atMost: number): CredentialResponse {
  const field = 'credential response';
  const response = read(Response, value, field, 'issuer_refused');
  if (response.credentials === undefined && response.transaction_id !== undefined) {
    throw new SignetError('unsupported', 'The issuer wants to deliver later, which Signet does not support yet.', {
      field: `${field}.transaction_id`,
    });
  }
  const { credentials } = response;
  if (credentials === undefined || credentials.length > atMost) {
    throw new SignetError('issuer_refused', 'The issuer sent another number of credentials than was asked for.', {
      field: `${field}.credentials`,
    });
  }
  return {
    credentials: credentials.map(({ credential }) => credential),
    openings: readOpenings(response.signet_openings, credentials.length),
  };
}

/** An issuer may answer out of order or with fewer: only `cnf` says which key a copy belongs to. */
function matchKeys(
  credentials: readonly string[],
  keys: readonly SecretBytes[],
): readonly Omit<ReceivedCredential, 'openings'>[] {
  const jwks = keys.map(holderPublicJwk);
  const matched = credentials.map((credential, index) => {
    const { x, y } = boundKey(credential, `credentials[${index}]`);
    const keyIndex = jwks.findIndex((jwk) => jwk.x === x && jwk.y === y);
    if (keyIndex === -1)
      throw refusedBinding('The issuer sent a credential that is bound to a key that is not yours.', index);
    return { credential, keyIndex };
  });
  const used = new Set<number>();
  for (const [index, { keyIndex }] of matched.entries()) {
    if (used.has(keyIndex))
      throw refusedBinding('The issuer bound two copies to one key: they could be linked.', index);
    used.add(keyIndex);
  }
  return matched;
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

import { createHash, randomBytes } from 'node:crypto';
import type { CallbackContext, Jwk } from '@openid4vc/oauth2';
import {
  clientAuthenticationAnonymous,
  Oauth2AuthorizationServer,
  Oauth2ServerErrorResponseError,
  preAuthorizedCodeGrantIdentifier,
  setGlobalConfig,
} from '@openid4vc/oauth2';
import type { IssuerMetadataResult } from '@openid4vc/openid4vci';
import { Openid4vciIssuer, Openid4vciVersion } from '@openid4vc/openid4vci';
import type { Asked, Reply } from '../http.ts';
import { issueBatch } from '../../lib/credentials/issuing/index.ts';
import type { PublicJwk } from '../../lib/credentials/index.ts';
import { json, objectIn, Refusal } from '../http.ts';
import type { Counter, Entitlement, SignInRequest } from './counter.ts';
import { askWho, seeOff } from './sign-in.ts';
import { LICENCE_DAYS, LICENCE_ID, licenceConfiguration, licenceSchema, licenceValues } from './driving-licence.ts';
import { CARDS, CardPress, membershipConfiguration } from './membership.ts';
import type { Person } from './people.ts';
import type { SigningKey } from './signing-key.ts';
import { isSignedWith } from './signing-key.ts';

/** Copies of a licence that one person may fetch at once. */
export const BATCH_SIZE = 10;

/** Wallets that run in a page of their own origin need to read these answers; our own page does not. */
const FOR_WEB_WALLETS = { 'Access-Control-Allow-Origin': '*' };

const error = (code: string, description: string, status = 400): Reply =>
  json({ error: code, error_description: description }, status, FOR_WEB_WALLETS);

/** What a route needs. */
export interface Issuer {
  readonly origin: string;
  readonly key: SigningKey;
  readonly counter: Counter<PublicJwk>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Issuance by OpenID4VCI 1.0, in the hands of @openid4vc: each function answers one endpoint. */
export class Issuance {
  readonly #issuer: Issuer;
  readonly #vci: Openid4vciIssuer;
  readonly #oauth: Oauth2AuthorizationServer;
  readonly #metadata: IssuerMetadataResult;
  readonly #press = new CardPress();

  constructor(issuer: Issuer) {
    this.#issuer = issuer;
    // Without it the library refuses http, also on this machine.
    setGlobalConfig({ allowInsecureUrls: new URL(issuer.origin).protocol === 'http:' });
    const callbacks = callbacksOf(issuer.key);
    this.#vci = new Openid4vciIssuer({ callbacks });
    this.#oauth = new Oauth2AuthorizationServer({ callbacks });
    this.#metadata = this.#createMetadata();
  }

  #createMetadata(): IssuerMetadataResult {
    const { origin } = this.#issuer;
    const credentialIssuer = this.#vci.createCredentialIssuerMetadata({
      credential_issuer: origin,
      credential_endpoint: `${origin}/credential`,
      nonce_endpoint: `${origin}/nonce`,
      deferred_credential_endpoint: `${origin}/deferred`,
      batch_credential_issuance: { batch_size: BATCH_SIZE },
      display: [{ name: 'State of Example', locale: 'en' }],
      credential_configurations_supported: {
        [LICENCE_ID]: licenceConfiguration(origin),
        ...Object.fromEntries(Object.keys(CARDS).map((id) => [id, membershipConfiguration(origin, id)])),
      },
    });
    const authorizationServer = this.#oauth.createAuthorizationServerMetadata({
      issuer: origin,
      token_endpoint: `${origin}/token`,
      authorization_endpoint: `${origin}/authorize`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      grant_types_supported: [preAuthorizedCodeGrantIdentifier, 'authorization_code'],
      token_endpoint_auth_methods_supported: ['none'],
      'pre-authorized_grant_anonymous_access_supported': true,
    });
    return {
      originalDraftVersion: Openid4vciVersion.V1,
      credentialIssuer,
      authorizationServers: [authorizationServer],
      knownCredentialConfigurations: this.#vci.getKnownCredentialConfigurationsSupported(credentialIssuer),
    };
  }

  /** `/.well-known/openid-credential-issuer` */
  issuerMetadata = (): Reply => json(this.#metadata.credentialIssuer, 200, FOR_WEB_WALLETS);

  /** `/.well-known/oauth-authorization-server` */
  authorizationServerMetadata = (): Reply => json(this.#metadata.authorizationServers[0], 200, FOR_WEB_WALLETS);

  /** `/.well-known/jwt-vc-issuer`: the keys that licences are signed with, and cards from the first offer of their kind on. */
  signingKeys = async (): Promise<Reply> => {
    const { origin, key } = this.#issuer;
    return json({ issuer: origin, jwks: { keys: [key.jwk, ...(await this.#press.jwks())] } }, 200, FOR_WEB_WALLETS);
  };

  /** Whether there is such a credential here. */
  issues = (configurationId: string): boolean =>
    configurationId === LICENCE_ID || Object.hasOwn(CARDS, configurationId);

  /** A credential offer for whoever comes: the issuer's own page asks them who they are. */
  async offerToAnybody(configurationId: string): Promise<object> {
    const { credentialOfferObject } = await this.#vci.createCredentialOffer({
      issuerMetadata: this.#metadata,
      credentialConfigurationIds: [configurationId],
      grants: { authorization_code: {} },
    });
    return credentialOfferObject;
  }

  /** `/authorize`: a wallet sends somebody who wants a credential. */
  authorize = ({ url }: Asked): Reply => {
    const request = readSignIn(url.searchParams);
    return askWho(this.#issuer.counter.openDoor(request));
  };

  /** `/authorize/as`: they said who they are, and go back to their wallet with a code. */
  signedIn = ({ url }: Asked): Reply => seeOff(url.searchParams, this.#issuer);

  /** A credential offer for a person on the register, with the transaction code that goes by post. */
  async offer(
    entitlement: Entitlement,
    choice: { withCode: boolean },
  ): Promise<{ offer: object; transactionCode?: string }> {
    if (entitlement.configurationId !== LICENCE_ID) await this.#press.prepare(entitlement.configurationId);
    const { preAuthorizedCode, waiting } = this.#issuer.counter.putDown(entitlement, choice);
    const { transactionCode } = waiting;
    const { credentialOfferObject } = await this.#vci.createCredentialOffer({
      issuerMetadata: this.#metadata,
      credentialConfigurationIds: [entitlement.configurationId],
      grants: {
        [preAuthorizedCodeGrantIdentifier]: {
          'pre-authorized_code': preAuthorizedCode,
          ...(transactionCode !== undefined && {
            tx_code: { input_mode: 'numeric', length: transactionCode.length, description: 'The code in our letter' },
          }),
        },
      },
    });
    return { offer: credentialOfferObject, ...(transactionCode !== undefined && { transactionCode }) };
  }

  /** `/token` */
  token = (asked: Asked): Promise<Reply> =>
    inOauthTerms(async () => {
      const request = { headers: asked.headers, method: 'POST' as const, url: asked.url.href };
      const { grant, accessTokenRequest } = this.#oauth.parseAccessTokenRequest({
        request,
        accessTokenRequest: Object.fromEntries(new URLSearchParams(asked.body)),
      });
      const { counter, now, origin } = this.#issuer;
      if (grant.grantType === 'authorization_code') {
        return this.#tokenForCode(grant.code, new URLSearchParams(asked.body));
      }
      if (grant.grantType !== preAuthorizedCodeGrantIdentifier) {
        return error('unsupported_grant_type', 'Only codes are taken here.');
      }
      const { preAuthorizedCode } = grant;
      const waiting = counter.waiting(preAuthorizedCode);
      if (waiting === undefined) return error('invalid_grant', 'This offer was used already or never made.');
      if (grant.txCode !== waiting.transactionCode) counter.countWrongCode(preAuthorizedCode);
      await this.#oauth.verifyPreAuthorizedCodeAccessTokenRequest({
        authorizationServerMetadata: { issuer: origin, token_endpoint: `${origin}/token` },
        grant,
        accessTokenRequest,
        request,
        expectedPreAuthorizedCode: preAuthorizedCode,
        ...(waiting.transactionCode !== undefined && { expectedTxCode: waiting.transactionCode }),
        preAuthorizedCodeExpiresAt: new Date(waiting.expiresAt),
        now: new Date(now()),
      });
      const response = await this.#createToken(preAuthorizedCode);
      counter.exchange(preAuthorizedCode, response.access_token);
      return json(response, 200, FOR_WEB_WALLETS);
    });

  /** A code from signing in: for the wallet that asked, which has the verifier of its challenge (RFC 7636 §4.6). */
  async #tokenForCode(code: string, given: URLSearchParams): Promise<Reply> {
    const { counter } = this.#issuer;
    const signedIn = counter.takeCode(code);
    const challenge = createHash('sha256')
      .update(given.get('code_verifier') ?? '')
      .digest('base64url');
    const isTheirs =
      signedIn?.challenge === challenge &&
      signedIn.redirectUri === given.get('redirect_uri') &&
      signedIn.clientId === given.get('client_id');
    if (signedIn === undefined || !isTheirs) return error('invalid_grant', 'This code is spent, or another wallet’s.');
    const response = await this.#createToken(code);
    counter.exchangeSignIn(signedIn, response.access_token);
    return json(response, 200, FOR_WEB_WALLETS);
  }

  #createToken(subject: string) {
    const { counter, now, key, origin } = this.#issuer;
    return this.#oauth.createAccessTokenResponse({
      authorizationServer: origin,
      audience: origin,
      subject,
      expiresInSeconds: counter.tokenSeconds,
      signer: { method: 'jwk', publicJwk: key.jwk, alg: 'ES256' },
      now: new Date(now()),
    });
  }

  /** `/nonce` */
  nonce = (): Reply =>
    json(this.#vci.createNonceResponse({ cNonce: this.#issuer.counter.makeNonce() }), 200, FOR_WEB_WALLETS);

  /** `/credential` */
  credential = (asked: Asked): Promise<Reply> =>
    inOauthTerms(async () => {
      const { counter } = this.#issuer;
      const token = /^Bearer (\S+)$/i.exec(asked.headers.get('Authorization') ?? '')?.[1] ?? '';
      const entitlement = counter.entitlementOf(token);
      if (entitlement === undefined)
        return error('invalid_token', 'The access token is spent or was never given.', 401);
      if (objectIn(asked)['credential_configuration_id'] !== entitlement.configurationId) {
        return error('unknown_credential_configuration', 'The access token is for another credential.');
      }
      if (entitlement.configurationId === LICENCE_ID) return this.#licences(asked, token, entitlement);
      return this.#card(token, entitlement);
    });

  async #licences(asked: Asked, token: string, { person, later = false }: Entitlement): Promise<Reply> {
    const { counter } = this.#issuer;
    const request = this.#vci.parseCredentialRequest({
      issuerMetadata: this.#metadata,
      credentialRequest: objectIn(asked),
    });
    const proofs = request.proofs?.jwt ?? [];
    if (proofs.length === 0 || proofs.length > BATCH_SIZE) {
      return error('invalid_proof', `Send one to ${BATCH_SIZE} proofs of type jwt.`);
    }
    const nonce = nonceIn(proofs[0]);
    if (!counter.useNonce(nonce)) return error('invalid_nonce', 'The nonce is spent, too old or not ours.');
    const holders = await Promise.all(proofs.map((jwt) => this.#verifyProof(jwt, nonce)));
    if (later) {
      const transactionId = counter.order(token, { person, holders });
      return this.#notYet(transactionId);
    }
    if (!counter.spend(token)) return error('invalid_token', 'The access token is spent.', 401);
    return this.#sign(person, holders);
  }

  /** `/deferred`: whoever ordered a paper asks whether it is ready. */
  deferred = (asked: Asked): Promise<Reply> =>
    inOauthTerms(async () => {
      const { counter } = this.#issuer;
      const token = /^Bearer (\S+)$/i.exec(asked.headers.get('Authorization') ?? '')?.[1] ?? '';
      const id = String(objectIn(asked)['transaction_id']);
      const order = counter.orderOf(id, token);
      if (order === undefined) return error('invalid_transaction_id', 'Nothing was ordered by that name.');
      if (!order.isReady) return this.#notYet(id);
      if (!counter.handOver(id, token)) return error('invalid_transaction_id', 'It was handed over already.');
      return this.#sign(order.person, order.holders);
    });

  #notYet(transactionId: string): Reply {
    return json({ transaction_id: transactionId, interval: 10 }, 202, FOR_WEB_WALLETS);
  }

  async #sign(person: Person, holders: readonly PublicJwk[]): Promise<Reply> {
    const { origin, key, now } = this.#issuer;
    const { credentials, openings } = await issueBatch(
      licenceSchema(origin),
      licenceValues(person),
      { issuer: origin, signer: key.signer, now: now(), validDays: LICENCE_DAYS },
      holders.map((holder) => ({ holder })),
    );
    const signed = credentials.map((credential) => ({ credential }));
    return json({ credentials: signed, signet_openings: openings }, 200, FOR_WEB_WALLETS);
  }

  /** A card is bound to no key, so one is enough, and no proof is asked for. The library knows no such format. */
  async #card(token: string, { configurationId, person }: Entitlement): Promise<Reply> {
    const { counter, origin: issuer, now } = this.#issuer;
    if (!counter.spend(token)) return error('invalid_token', 'The access token is spent.', 401);
    const credential = await this.#press.issue(configurationId, { issuer, person, now: now() });
    return json({ credentials: [{ credential }] }, 200, FOR_WEB_WALLETS);
  }

  async #verifyProof(jwt: string, expectedNonce: string): Promise<PublicJwk> {
    const { signer } = await this.#vci.verifyCredentialRequestJwtProof({
      issuerMetadata: this.#metadata,
      jwt,
      expectedNonce,
      now: new Date(this.#issuer.now()),
    });
    const { x, y } = signer.publicJwk;
    if (x === undefined || y === undefined) throw new Refusal(400, 'The proof names no P-256 key.');
    return { kty: 'EC', crv: 'P-256', x, y };
  }
}

/** What a wallet asks for when it sends somebody (RFC 6749 §4.1.1). @throws Refusal where it asks for something else */
function readSignIn(given: URLSearchParams): SignInRequest {
  const named = (name: string): string => given.get(name) ?? '';
  const redirectUri = named('redirect_uri');
  if (!URL.canParse(redirectUri) || named('client_id') === '') throw new Refusal(400, 'No wallet is named.');
  const asksForIt =
    named('scope').split(' ').includes(LICENCE_ID) || named('authorization_details').includes(LICENCE_ID);
  const asksWell = named('response_type') === 'code' && named('code_challenge_method') === 'S256' && asksForIt;
  if (!asksWell) throw new Refusal(400, 'The wallet asks for something that is not to be had here.');
  return {
    configurationId: LICENCE_ID,
    clientId: named('client_id'),
    redirectUri,
    state: named('state'),
    challenge: named('code_challenge'),
  };
}

/** The nonce a proof claims to answer; the library checks that the proof, and every other one, is signed over it. */
function nonceIn(jwt: string | undefined): string {
  try {
    const payload: unknown = JSON.parse(Buffer.from(jwt?.split('.')[1] ?? '', 'base64url').toString());
    if (typeof payload === 'object' && payload !== null && 'nonce' in payload && typeof payload.nonce === 'string') {
      return payload.nonce;
    }
  } catch {
    // not a JWT: it answers no nonce of ours
  }
  return '';
}

async function inOauthTerms(answer: () => Promise<Reply>): Promise<Reply> {
  try {
    return await answer();
  } catch (thrown) {
    if (!(thrown instanceof Oauth2ServerErrorResponseError)) throw thrown;
    return json(thrown.errorResponse, thrown.status, FOR_WEB_WALLETS);
  }
}

/** What the library asks its caller to do. Nothing here is fetched or authenticated, so those only refuse. */
function callbacksOf(key: SigningKey): Omit<CallbackContext, 'decryptJwe' | 'encryptJwe'> {
  const published: Jwk = key.jwk;
  return {
    fetch: () => Promise.reject(new Error('The issuer fetches nothing.')),
    clientAuthentication: clientAuthenticationAnonymous(),
    generateRandom: (length) => randomBytes(length),
    hash: (data, alg) => createHash(alg.replace('-', '')).update(data).digest(),
    signJwt: async (_, { header, payload }) => {
      const signed = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
      return { jwt: `${signed}.${await key.sign(signed)}`, signerJwk: published };
    },
    verifyJwt: async (signer, { compact }) => {
      if (signer.method !== 'jwk' || signer.alg !== 'ES256') return { verified: false };
      const verified = await isSignedWith(signer.publicJwk, compact);
      return verified ? { verified, signerJwk: signer.publicJwk } : { verified: false };
    },
  };
}

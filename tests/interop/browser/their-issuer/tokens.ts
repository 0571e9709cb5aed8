import type { AccessTokenProfileJwtPayload, Jwk } from '@openid4vc/oauth2';
import {
  PkceCodeChallengeMethod,
  authorizationCodeGrantIdentifier,
  preAuthorizedCodeGrantIdentifier,
} from '@openid4vc/oauth2';
import type { Received, Reply } from '../../../e2e/setup/harness.ts';
import { DpopDoor } from './dpop.ts';
import type { House } from './house.ts';
import type { Offers } from './offers.ts';
import { CONFIGURATION } from './papers.ts';
import type { SignInDesk } from './sign-in.ts';
import { formOf, json, refuse, requestOf } from './wire.ts';
import type { Routes } from './wire.ts';

/** What a token names the pass by, where it was asked for by `authorization_details` (OpenID4VCI 1.0 §6.2). */
export const IDENTIFIER = 'the pass of Ada';

/** Who asks, and what they may have. */
export interface Entitled {
  readonly clientId?: string;
  /** The credential is to be asked for by its identifier. */
  readonly byIdentifier: boolean;
}

/** What the libraries found good of a token request. */
interface Granted {
  readonly clientId?: string;
  readonly byDetails: boolean;
  readonly jwk?: Jwk;
}

/** Gives tokens for codes, and lets in who shows one. */
export class TokenDesk {
  readonly #house: House;
  readonly #offers: Offers;
  readonly #signIn: SignInDesk;
  readonly #atServer: DpopDoor;
  readonly #atResources: DpopDoor;

  constructor(house: House, offers: Offers, signIn: SignInDesk) {
    this.#house = house;
    this.#offers = offers;
    this.#signIn = signIn;
    this.#atServer = DpopDoor.ofServer(house.terms);
    this.#atResources = DpopDoor.ofResources(house.terms);
  }

  routes(): Routes {
    return { '/token': (received) => this.#token(received) };
  }

  /** Answers who has a token for it. @throws the libraries' errors, where they do not let it in */
  async admit(received: Received, answer: (entitled: Entitled) => Reply | Promise<Reply>): Promise<Reply> {
    const { libraries, origin, papers } = this.#house;
    const request = requestOf(origin, received);
    const refused = this.#atResources.refusal(request.headers.get('dpop') ?? undefined);
    if (refused !== undefined) return refused;
    const { tokenPayload } = await libraries.resources.verifyResourceRequest({
      request,
      resourceServer: origin,
      authorizationServers: [papers.server()],
    });
    const { client_id: clientId, ...rest } = tokenPayload as AccessTokenProfileJwtPayload; // it is one of this issuer's
    const byIdentifier = rest['by_identifier'] === true;
    return this.#atResources.stamped(await answer({ ...(clientId !== undefined && { clientId }), byIdentifier }));
  }

  async #token(received: Received): Promise<Reply> {
    const request = requestOf(this.#house.origin, received);
    const accessTokenRequest = Object.fromEntries(formOf(received));
    const parsed = this.#house.libraries.server.parseAccessTokenRequest({ request, accessTokenRequest });
    const refused = this.#atServer.refusal(parsed.dpop?.jwt);
    if (refused !== undefined) return refused;
    const granted = await this.#grant(parsed, request, formOf(received));
    return granted === undefined ? refuse('invalid_grant') : this.#atServer.stamped(await this.#tokenFor(granted));
  }

  /** @returns undefined where no such code was given @throws the library's errors */
  #grant(
    parsed: ParsedToken,
    request: ReturnType<typeof requestOf>,
    form: URLSearchParams,
  ): Promise<Granted | undefined> {
    const common = {
      authorizationServerMetadata: this.#house.papers.server(),
      ...{ accessTokenRequest: parsed.accessTokenRequest, request },
    };
    const dpop = {
      required: this.#house.terms.dpop !== undefined,
      ...(parsed.dpop !== undefined && { jwt: parsed.dpop.jwt }),
    };
    const clientId = form.get('client_id') ?? undefined;
    return parsed.grant.grantType === preAuthorizedCodeGrantIdentifier
      ? this.#byPreAuthorizedCode({ ...common, dpop }, parsed, clientId)
      : this.#byCode({ ...common, dpop }, parsed, form);
  }

  async #byPreAuthorizedCode(common: Common, { grant }: ParsedToken, clientId?: string) {
    if (grant.grantType !== preAuthorizedCodeGrantIdentifier) return undefined;
    if (!this.#offers.isOfferedBy(grant.preAuthorizedCode)) return undefined;
    const { transactionCode } = this.#house.terms;
    const shown = await this.#house.libraries.server.verifyPreAuthorizedCodeAccessTokenRequest({
      ...{ ...common, grant, expectedPreAuthorizedCode: grant.preAuthorizedCode },
      ...(transactionCode !== undefined && { expectedTxCode: transactionCode }),
    });
    this.#offers.spend(grant.preAuthorizedCode);
    return { byDetails: false, ...(clientId !== undefined && { clientId }), ...keyIn(shown) };
  }

  async #byCode(common: Common, { grant, pkceCodeVerifier }: ParsedToken, form: URLSearchParams) {
    if (grant.grantType !== authorizationCodeGrantIdentifier) return undefined;
    const asked = this.#signIn.redeem(grant.code);
    if (asked === undefined) return undefined;
    // RFC 6749 §4.1.3: both as they were when the code was asked for.
    if (form.get('client_id') !== asked.clientId || form.get('redirect_uri') !== asked.redirectUri) return undefined;
    const shown = await this.#house.libraries.server.verifyAuthorizationCodeAccessTokenRequest({
      ...{ ...common, grant, expectedCode: grant.code },
      dpop: { ...common.dpop, ...(asked.jkt !== undefined && { expectedJwkThumbprint: asked.jkt }) },
      pkce: {
        codeChallenge: asked.challenge,
        codeChallengeMethod: PkceCodeChallengeMethod.S256,
        ...(pkceCodeVerifier !== undefined && { codeVerifier: pkceCodeVerifier }),
      },
    });
    return { clientId: asked.clientId, byDetails: asked.byDetails, ...keyIn(shown) };
  }

  async #tokenFor({ clientId, byDetails, jwk }: Granted): Promise<Reply> {
    const { origin, keys, libraries } = this.#house;
    const details = {
      type: 'openid_credential',
      credential_configuration_id: CONFIGURATION,
      credential_identifiers: [IDENTIFIER],
    };
    return json(
      await libraries.server.createAccessTokenResponse({
        authorizationServer: origin,
        audience: origin,
        subject: 'ada',
        expiresInSeconds: 300,
        signer: { method: 'jwk', publicJwk: keys.signing.jwk, alg: 'ES256', kid: 'signing' },
        ...(clientId !== undefined && { clientId }),
        ...(jwk !== undefined && { dpop: { jwk } }),
        ...(byDetails && {
          additionalAccessTokenPayload: { by_identifier: true },
          additionalAccessTokenResponsePayload: { authorization_details: [details] },
        }),
      }),
    );
  }
}

type ParsedToken = ReturnType<House['libraries']['server']['parseAccessTokenRequest']>;

/** What the library wants to know of either kind of token request. */
type Common = Pick<
  Parameters<House['libraries']['server']['verifyAuthorizationCodeAccessTokenRequest']>[0],
  'authorizationServerMetadata' | 'accessTokenRequest' | 'request' | 'dpop'
>;

const keyIn = ({ dpop }: { readonly dpop?: { readonly jwk: Jwk } | undefined }) =>
  dpop === undefined ? {} : { jwk: dpop.jwk };

import type { AuthorizationServerMetadata } from '@openid4vc/oauth2';
import { authorizationCodeGrantIdentifier, preAuthorizedCodeGrantIdentifier } from '@openid4vc/oauth2';
import type { IssuerMetadataResult } from '@openid4vc/openid4vci';
import { Openid4vciVersion } from '@openid4vc/openid4vci';
import type { Keys, Libraries } from './house.ts';
import type { IssuerTerms } from './terms.ts';
import { json } from './wire.ts';
import type { Routes } from './wire.ts';

/** The one thing that is offered. */
export const CONFIGURATION = 'pass';

/** What an issuer says of itself where everybody can read it. */
export class Papers {
  readonly vct: string;
  readonly #terms: IssuerTerms;
  readonly #origin: string;
  readonly #keys: Keys;
  readonly #libraries: Libraries;

  constructor(terms: IssuerTerms, origin: string, keys: Keys, libraries: Libraries) {
    this.#terms = terms;
    this.#origin = origin;
    this.#keys = keys;
    this.#libraries = libraries;
    this.vct = `${origin}/pass`;
  }

  routes(): Routes {
    const { jwk } = this.#keys.signing;
    return {
      '/.well-known/openid-credential-issuer': () => json(this.#issuer()),
      '/.well-known/oauth-authorization-server': () => json(this.server()),
      '/.well-known/jwt-vc-issuer': () => json({ issuer: this.#origin, jwks: { keys: [jwk] } }),
      '/jwks': () => json({ keys: [jwk] }),
    };
  }

  /** Of the authorization server (RFC 8414, 9126, 9207, 9449). */
  server(): AuthorizationServerMetadata {
    const origin = this.#origin;
    const { dpop, withoutPushing = false, withoutScope = false } = this.#terms;
    return this.#libraries.server.createAuthorizationServerMetadata({
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      jwks_uri: `${origin}/jwks`,
      response_types_supported: ['code'],
      grant_types_supported: [authorizationCodeGrantIdentifier, preAuthorizedCodeGrantIdentifier],
      token_endpoint_auth_methods_supported: ['none'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      'pre-authorized_grant_anonymous_access_supported': true,
      ...(dpop !== undefined && { dpop_signing_alg_values_supported: ['ES256'] }),
      ...(withoutScope && { authorization_details_types_supported: ['openid_credential'] }),
      ...(!withoutPushing && {
        pushed_authorization_request_endpoint: `${origin}/par`,
        require_pushed_authorization_requests: true,
      }),
    });
  }

  /** As the libraries want to have it. */
  resolved(): IssuerMetadataResult {
    const credentialIssuer = this.#issuer();
    return {
      originalDraftVersion: Openid4vciVersion.V1,
      credentialIssuer,
      authorizationServers: [this.server()],
      knownCredentialConfigurations: this.#libraries.issuer.getKnownCredentialConfigurationsSupported(credentialIssuer),
    };
  }

  #issuer(): IssuerMetadataResult['credentialIssuer'] {
    const origin = this.#origin;
    const { batchSize = 3, encrypted = false, withoutScope = false } = this.#terms;
    return this.#libraries.issuer.createCredentialIssuerMetadata({
      credential_issuer: origin,
      credential_endpoint: `${origin}/credential`,
      nonce_endpoint: `${origin}/nonce`,
      deferred_credential_endpoint: `${origin}/deferred`,
      notification_endpoint: `${origin}/notification`,
      batch_credential_issuance: { batch_size: batchSize },
      ...(encrypted && this.#encryption()),
      display: [{ name: 'Foreign Issuer', locale: 'en' }],
      credential_configurations_supported: {
        [CONFIGURATION]: {
          format: 'dc+sd-jwt',
          vct: this.vct,
          ...(!withoutScope && { scope: CONFIGURATION }),
          cryptographic_binding_methods_supported: ['jwk'],
          credential_signing_alg_values_supported: ['ES256'],
          proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
          credential_metadata: { display: [{ name: 'Foreign pass' }] },
        },
      },
    });
  }

  #encryption() {
    return {
      credential_request_encryption: {
        jwks: { keys: [this.#keys.encryption.jwk] },
        enc_values_supported: ['A256GCM'],
        encryption_required: true,
      },
      credential_response_encryption: {
        alg_values_supported: ['ECDH-ES'],
        enc_values_supported: ['A256GCM'],
        encryption_required: true,
      },
    };
  }
}

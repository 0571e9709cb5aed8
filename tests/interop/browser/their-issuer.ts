import { createHash, randomBytes } from 'node:crypto';
import type { CallbackContext, HttpMethod, Jwk } from '@openid4vc/oauth2';
import {
  Oauth2AuthorizationServer,
  Oauth2ResourceServer,
  Oauth2ResourceUnauthorizedError,
  Oauth2ServerErrorResponseError,
  clientAuthenticationAnonymous,
  preAuthorizedCodeGrantIdentifier,
  setGlobalConfig,
} from '@openid4vc/oauth2';
import type { IssuerMetadataResult } from '@openid4vc/openid4vci';
import { Openid4vciIssuer, Openid4vciVersion } from '@openid4vc/openid4vci';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import {
  CompactEncrypt,
  CompactSign,
  compactDecrypt,
  compactVerify,
  exportJWK,
  generateKeyPair,
  importJWK,
} from 'jose';
import type { CryptoKey as JoseKey, JWK } from 'jose';
import type { Received, Reply, TestServer } from '../../e2e/setup/harness.ts';
import { serve } from '../../e2e/setup/harness.ts';
import type { Members } from './foreign-verifier.ts';

export interface IssuerTerms {
  readonly transactionCode?: string;
  readonly batchSize?: number;
  /** Requests and responses are encrypted. */
  readonly encrypted?: boolean;
  /** How often it says "later" before it delivers. */
  readonly rounds?: number;
  /** What it answers at a path in the place of the truth. */
  readonly lie?: (path: string, honest: Members, issuer: { readonly origin: string }) => Members;
  /** Binds credentials to this key in the place of the wallet's. */
  readonly holder?: JWK;
}

export interface TheirIssuer extends AsyncDisposable {
  readonly origin: string;
  readonly vct: string;
  /** By value. Each has a code of its own. */
  offer(): Promise<Members>;
  /** As a link (`openid-credential-offer://`). */
  link(): Promise<string>;
  /** All that was asked, but for its own page. */
  asked(): readonly Received[];
  /** Proofs that came to the credential endpoint and were found good. */
  readonly proofs: readonly string[];
  readonly notifications: readonly Members[];
  /** Why the libraries refused something, each time. */
  readonly refusals: readonly string[];
}

interface Keys {
  readonly signing: { readonly privateKey: JoseKey; readonly jwk: Jwk };
  readonly encryption: { readonly privateKey: JoseKey; readonly jwk: Jwk };
}

const json = (value: unknown, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(value),
});

const random = (): string => randomBytes(16).toString('base64url');

/** SHA-256, as @sd-jwt wants it. */
const hasher = (data: string | ArrayBuffer): Uint8Array =>
  new Uint8Array(
    createHash('sha256')
      .update(typeof data === 'string' ? data : new Uint8Array(data))
      .digest(),
  );

/** A part of a JWT. */
const partOf = (jwt: string | undefined, part: 0 | 1): Members =>
  JSON.parse(Buffer.from(jwt?.split('.')[part] ?? '', 'base64url').toString() || '{}') as Members; // an object, or a library refuses it

async function createKeys(): Promise<Keys> {
  const [signing, encryption] = await Promise.all([
    generateKeyPair('ES256', { extractable: true }),
    generateKeyPair('ECDH-ES', { crv: 'P-256' }),
  ]);
  // `kty` is what every key has.
  const jwkOf = async (key: JoseKey, more: object) => ({ ...(await exportJWK(key)), ...more }) as Jwk;
  return {
    signing: { privateKey: signing.privateKey, jwk: await jwkOf(signing.publicKey, { kid: 'signing', alg: 'ES256' }) },
    encryption: {
      privateKey: encryption.privateKey,
      jwk: await jwkOf(encryption.publicKey, { kid: 'requests', alg: 'ECDH-ES', use: 'enc' }),
    },
  };
}

/** An issuer made of other people's software: `@openid4vc/openid4vci` and `oauth2`, `@sd-jwt/sd-jwt-vc`, `jose`. */
export async function startTheirIssuer(terms: IssuerTerms = {}): Promise<TheirIssuer> {
  setGlobalConfig({ allowInsecureUrls: true }); // loopback has no certificates
  const server = await serve({ '/': '<!doctype html><title>issuer</title>' });
  const keys = await createKeys();
  const desk = new Desk(terms, server.origin(), keys);
  for (const [path, answer] of Object.entries(desk.routes())) {
    server.route(path, async (received) => {
      const reply = await desk.guarded(() => answer(received));
      return terms.lie === undefined ? reply : spoilt(reply, path, terms.lie, server);
    });
  }
  return {
    origin: server.origin(),
    vct: desk.vct,
    offer: async () => (await desk.offer()).credentialOfferObject,
    link: async () => (await desk.offer()).credentialOffer,
    asked: () => server.received.filter(({ path }) => path !== '/' && path !== '/favicon.ico'),
    proofs: desk.proofs,
    notifications: desk.notifications,
    refusals: desk.refusals,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

function spoilt(reply: Reply, path: string, lie: NonNullable<IssuerTerms['lie']>, server: TestServer): Reply {
  if (typeof reply.body !== 'string' || !reply.body.startsWith('{')) return reply;
  const honest = JSON.parse(reply.body) as Members; // begins like one
  return { ...reply, body: JSON.stringify(lie(path, honest, { origin: server.origin() })) };
}

class Desk {
  readonly vct: string;
  readonly proofs: string[] = [];
  readonly notifications: Members[] = [];
  readonly refusals: string[] = [];
  readonly #terms: IssuerTerms;
  readonly #origin: string;
  readonly #keys: Keys;
  readonly #issuer: Openid4vciIssuer;
  readonly #server: Oauth2AuthorizationServer;
  readonly #resources: Oauth2ResourceServer;
  readonly #codes = new Set<string>();
  readonly #nonces = new Set<string>();
  readonly #later = new Map<string, { readonly proofs: readonly string[]; rounds: number }>();

  constructor(terms: IssuerTerms, origin: string, keys: Keys) {
    this.#terms = terms;
    this.#origin = origin;
    this.#keys = keys;
    this.vct = `${origin}/pass`;
    const callbacks = callbacksOf(keys, origin);
    this.#issuer = new Openid4vciIssuer({ callbacks });
    this.#server = new Oauth2AuthorizationServer({ callbacks });
    this.#resources = new Oauth2ResourceServer({ callbacks });
  }

  routes(): Readonly<Record<string, (received: Received) => Reply | Promise<Reply>>> {
    const { jwk } = this.#keys.signing;
    return {
      '/.well-known/openid-credential-issuer': () => json(this.#metadata()),
      '/.well-known/oauth-authorization-server': () => json(this.#serverMetadata()),
      '/.well-known/jwt-vc-issuer': () => json({ issuer: this.#origin, jwks: { keys: [jwk] } }),
      '/jwks': () => json({ keys: [jwk] }),
      '/nonce': () => {
        const cNonce = random();
        this.#nonces.add(cNonce);
        return json(this.#issuer.createNonceResponse({ cNonce }));
      },
      '/token': (received) => this.#token(received),
      '/credential': (received) => this.#entitled(received, () => this.#credential(received)),
      '/deferred': (received) => this.#entitled(received, () => this.#deferred(received)),
      '/notification': (received) =>
        this.#entitled(received, () => {
          this.notifications.push(JSON.parse(received.body) as Members); // looked at by the test
          return { status: 204 };
        }),
    };
  }

  async offer() {
    const code = random();
    this.#codes.add(code);
    const { transactionCode } = this.#terms;
    return this.#issuer.createCredentialOffer({
      issuerMetadata: this.#resolved(),
      credentialConfigurationIds: ['pass'],
      grants: {
        [preAuthorizedCodeGrantIdentifier]: {
          'pre-authorized_code': code,
          ...(transactionCode !== undefined && {
            tx_code: { length: transactionCode.length, input_mode: 'numeric' as const },
          }),
        },
      },
    });
  }

  /** What the libraries refuse becomes the answer that they want to be given. */
  async guarded(answer: () => Reply | Promise<Reply>): Promise<Reply> {
    try {
      return await answer();
    } catch (error) {
      this.refusals.push(String(error));
      if (error instanceof Oauth2ResourceUnauthorizedError) {
        return { status: 401, headers: { 'www-authenticate': error.toHeaderValue() } };
      }
      if (error instanceof Oauth2ServerErrorResponseError) return json(error.errorResponse, error.status);
      return json({ error: 'server_error' }, 500);
    }
  }

  #metadata(): IssuerMetadataResult['credentialIssuer'] {
    const origin = this.#origin;
    const { batchSize = 3, encrypted = false } = this.#terms;
    return this.#issuer.createCredentialIssuerMetadata({
      credential_issuer: origin,
      credential_endpoint: `${origin}/credential`,
      nonce_endpoint: `${origin}/nonce`,
      deferred_credential_endpoint: `${origin}/deferred`,
      notification_endpoint: `${origin}/notification`,
      batch_credential_issuance: { batch_size: batchSize },
      ...(encrypted && {
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
      }),
      display: [{ name: 'Foreign Issuer', locale: 'en' }],
      credential_configurations_supported: {
        pass: {
          format: 'dc+sd-jwt',
          vct: this.vct,
          cryptographic_binding_methods_supported: ['jwk'],
          credential_signing_alg_values_supported: ['ES256'],
          proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
          credential_metadata: { display: [{ name: 'Foreign pass' }] },
        },
      },
    });
  }

  #serverMetadata() {
    const origin = this.#origin;
    return this.#server.createAuthorizationServerMetadata({
      issuer: origin,
      token_endpoint: `${origin}/token`,
      jwks_uri: `${origin}/jwks`,
      grant_types_supported: [preAuthorizedCodeGrantIdentifier],
      token_endpoint_auth_methods_supported: ['none'],
      'pre-authorized_grant_anonymous_access_supported': true,
    });
  }

  #resolved(): IssuerMetadataResult {
    const credentialIssuer = this.#metadata();
    return {
      originalDraftVersion: Openid4vciVersion.V1,
      credentialIssuer,
      authorizationServers: [this.#serverMetadata()],
      knownCredentialConfigurations: this.#issuer.getKnownCredentialConfigurationsSupported(credentialIssuer),
    };
  }

  #requestOf({ method, path, headers }: Received) {
    const names = new Headers();
    for (const [name, value] of Object.entries(headers)) names.set(name, String(value));
    return { method: method as HttpMethod, url: `${this.#origin}${path}`, headers: names }; // a method of HTTP
  }

  async #token(received: Received): Promise<Reply> {
    const request = this.#requestOf(received);
    const parsed = this.#server.parseAccessTokenRequest({
      request,
      accessTokenRequest: Object.fromEntries(new URLSearchParams(received.body)),
    });
    const { grant, accessTokenRequest } = parsed;
    if (grant.grantType !== preAuthorizedCodeGrantIdentifier) return json({ error: 'unsupported_grant_type' }, 400);
    if (!this.#codes.has(grant.preAuthorizedCode)) return json({ error: 'invalid_grant' }, 400);
    const { transactionCode } = this.#terms;
    await this.#server.verifyPreAuthorizedCodeAccessTokenRequest({
      authorizationServerMetadata: this.#serverMetadata(),
      ...{ accessTokenRequest, request, grant, expectedPreAuthorizedCode: grant.preAuthorizedCode },
      ...(transactionCode !== undefined && { expectedTxCode: transactionCode }),
    });
    this.#codes.delete(grant.preAuthorizedCode);
    const { jwk } = this.#keys.signing;
    return json(
      await this.#server.createAccessTokenResponse({
        authorizationServer: this.#origin,
        audience: this.#origin,
        subject: 'ada',
        expiresInSeconds: 300,
        signer: { method: 'jwk', publicJwk: jwk, alg: 'ES256', kid: 'signing' },
      }),
    );
  }

  async #entitled(received: Received, answer: () => Reply | Promise<Reply>): Promise<Reply> {
    await this.#resources.verifyResourceRequest({
      request: this.#requestOf(received),
      resourceServer: this.#origin,
      authorizationServers: [this.#serverMetadata()],
    });
    return answer();
  }

  async #credential(received: Received): Promise<Reply> {
    const body = await this.#bodyOf(received);
    const issuerMetadata = this.#resolved();
    const credentialRequest = this.#issuer.parseCredentialRequest({ issuerMetadata, credentialRequest: body });
    const proofs = credentialRequest.proofs?.jwt ?? [];
    const { batchSize = 3, rounds } = this.#terms;
    if (proofs.length === 0 || proofs.length > batchSize) return json({ error: 'invalid_proof' }, 400);
    const expectedNonce = String(partOf(proofs[0], 1)['nonce']);
    if (!this.#nonces.delete(expectedNonce)) return json({ error: 'invalid_nonce' }, 400);
    for (const jwt of proofs) {
      await this.#issuer.verifyCredentialRequestJwtProof({ issuerMetadata, jwt, expectedNonce });
    }
    this.proofs.push(...proofs);
    if (rounds !== undefined) {
      const transactionId = random();
      this.#later.set(transactionId, { proofs, rounds });
      const response = this.#issuer.createCredentialResponse({ credentialRequest, transactionId, interval: 1 });
      return this.#sealed(response, body, 202);
    }
    const credentials = await this.#issue(proofs);
    const response = this.#issuer.createCredentialResponse({
      credentialRequest,
      credentials,
      notificationId: random(),
    });
    return this.#sealed(response, body);
  }

  async #deferred(received: Received): Promise<Reply> {
    const body = await this.#bodyOf(received);
    const { transaction_id: transactionId } = this.#issuer.parseDeferredCredentialRequest({
      deferredCredentialRequest: body,
    }).deferredCredentialRequest;
    const later = this.#later.get(transactionId);
    if (later === undefined) return json({ error: 'invalid_transaction_id' }, 400);
    later.rounds -= 1;
    if (later.rounds > 0) {
      return this.#sealed(this.#issuer.createDeferredCredentialResponse({ transactionId, interval: 1 }), body, 202);
    }
    this.#later.delete(transactionId);
    const credentials = await this.#issue(later.proofs);
    return this.#sealed(this.#issuer.createDeferredCredentialResponse({ credentials }), body);
  }

  /** @throws Error where it came in the clear and should not have, or the other way round */
  async #bodyOf({ headers, body }: Received): Promise<Members> {
    const isSealed = headers['content-type'] === 'application/jwt';
    if (isSealed !== (this.#terms.encrypted === true)) throw new Error('encrypted or not: not as the metadata says');
    if (!isSealed) return JSON.parse(body) as Members; // the library looks
    const { plaintext } = await compactDecrypt(body, this.#keys.encryption.privateKey);
    return JSON.parse(Buffer.from(plaintext).toString()) as Members; // as above
  }

  async #sealed(response: object, request: Members, status = 200): Promise<Reply> {
    if (this.#terms.encrypted !== true) return json(response, status);
    const wanted = request['credential_response_encryption'] as { jwk: JWK; enc: string }; // or the library refused it
    const { kid, alg = '' } = wanted.jwk;
    const body = await new CompactEncrypt(Buffer.from(JSON.stringify(response)))
      .setProtectedHeader({ alg, enc: wanted.enc, ...(kid !== undefined && { kid }) })
      .encrypt(await importJWK(wanted.jwk, alg));
    return { status, headers: { 'content-type': 'application/jwt' }, body };
  }

  #issue(proofs: readonly string[]): Promise<{ credential: string }[]> {
    const { privateKey } = this.#keys.signing;
    const sdJwt = new SDJwtVcInstance({
      signer: async (data) => {
        const [header = '', payload = ''] = data.split('.');
        const signed = await new CompactSign(Buffer.from(payload, 'base64url'))
          .setProtectedHeader(partOf(`${header}.`, 0) as { alg: string }) // written by the library a moment ago
          .sign(privateKey);
        return signed.split('.')[2] ?? '';
      },
      ...{ signAlg: 'ES256', hasher, hashAlg: 'sha-256', saltGenerator: () => random() },
    });
    const now = Math.floor(Date.now() / 1000);
    return Promise.all(
      proofs.map(async (proof) => {
        const jwk = this.#terms.holder ?? (partOf(proof, 0)['jwk'] as JWK); // the library verified with it
        const payload = {
          ...{ iss: this.#origin, vct: this.vct, iat: now - 60, exp: now + 86_400 },
          ...{ cnf: { jwk }, member: true, nickname: 'Ada' },
        };
        const credential = await sdJwt.issue(payload, { _sd: ['member', 'nickname'] }, { header: { kid: 'signing' } });
        return { credential };
      }),
    );
  }
}

const callbacksOf = ({ signing }: Keys, origin: string): Omit<CallbackContext, 'decryptJwe' | 'encryptJwe'> => ({
  // The resource server fetches the keys of its own authorization server, which is in this process.
  fetch: (input) => {
    const url = input instanceof Request ? input.url : String(input);
    return Promise.resolve(
      url === `${origin}/jwks` ? Response.json({ keys: [signing.jwk] }) : new Response(null, { status: 404 }),
    );
  },
  clientAuthentication: clientAuthenticationAnonymous(),
  generateRandom: (length) => randomBytes(length),
  hash: (data, alg) => createHash(alg.replace('-', '')).update(data).digest(),
  signJwt: async (_, { header, payload }) => ({
    jwt: await new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader(header as { alg: string }) // the library's
      .sign(signing.privateKey),
    signerJwk: signing.jwk,
  }),
  verifyJwt: async (signer, { compact }) => {
    if (signer.method !== 'jwk' || signer.alg !== 'ES256') return { verified: false };
    const verified = await compactVerify(compact, await importJWK(signer.publicJwk as JWK, 'ES256')).then(
      () => true,
      () => false,
    );
    return verified ? { verified, signerJwk: signer.publicJwk } : { verified: false };
  },
});

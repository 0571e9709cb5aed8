import { createHash, randomBytes } from 'node:crypto';
import type { CallbackContext, Jwk } from '@openid4vc/oauth2';
import { Oauth2AuthorizationServer, Oauth2ResourceServer, clientAuthenticationAnonymous } from '@openid4vc/oauth2';
import { Openid4vciIssuer } from '@openid4vc/openid4vci';
import { CompactSign, compactVerify, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { CryptoKey as JoseKey, JWK } from 'jose';
import { Papers } from './papers.ts';
import type { IssuerTerms } from './terms.ts';

export interface Keys {
  readonly signing: { readonly privateKey: JoseKey; readonly jwk: Jwk };
  readonly encryption: { readonly privateKey: JoseKey; readonly jwk: Jwk };
}

/** Other people's software, set up for one issuer. */
export interface Libraries {
  readonly issuer: Openid4vciIssuer;
  readonly server: Oauth2AuthorizationServer;
  readonly resources: Oauth2ResourceServer;
}

/** What all desks of one issuer share. */
export interface House {
  readonly terms: IssuerTerms;
  readonly origin: string;
  readonly keys: Keys;
  readonly libraries: Libraries;
  readonly papers: Papers;
}

export async function createHouse(terms: IssuerTerms, origin: string): Promise<House> {
  const keys = await createKeys();
  const callbacks = callbacksOf(keys, origin);
  const libraries = {
    issuer: new Openid4vciIssuer({ callbacks }),
    server: new Oauth2AuthorizationServer({ callbacks }),
    resources: new Oauth2ResourceServer({ callbacks }),
  };
  return { terms, origin, keys, libraries, papers: new Papers(terms, origin, keys, libraries) };
}

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

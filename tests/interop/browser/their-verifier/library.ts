import type { CallbackContext, Jwk } from '@openid4vc/oauth2';
import { Openid4vpVerifier } from '@openid4vc/openid4vp';
import { CompactSign, compactDecrypt, exportJWK, generateKeyPair } from 'jose';
import type { JWK, CryptoKey as JoseKey } from 'jose';
import type { AskTerms, Members, Stand } from '../foreign-verifier.ts';
import { freshNonce, lied, must, queryFor } from '../foreign-verifier.ts';
import type { Client } from './client.ts';
import { hasher } from './hasher.ts';

/** An extension that only liars use. */
const UNHEARD_OF = { 'x-unheard-of': true };

/** One request of the library's, from its parameters to what its answer is opened with. */
export interface Asking {
  readonly stand: Stand;
  readonly terms: AskTerms;
  readonly library: Openid4vpVerifier;
  readonly callbacks: Callbacks;
  readonly parameters: Parameters;
}

/** Prepares to ask. @param reply how the answer is to come, but for its encryption */
export async function startAsking(stand: Stand, terms: AskTerms, reply: Reply, client?: Client): Promise<Asking> {
  const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256' });
  const callbacks = callbacksOf(stand, terms, privateKey, client);
  const library = new Openid4vpVerifier({ callbacks });
  const encryption = { ...(await exportJWK(publicKey)), alg: 'ECDH-ES', use: 'enc', kid: 'answers' };
  return { stand, terms, library, callbacks, parameters: parametersOf(stand, terms, reply, encryption) };
}

export type Reply =
  | { readonly mode: 'dc_api' }
  | { readonly mode: 'direct_post'; readonly client_id: string; readonly response_uri: string; readonly state: string };

function parametersOf(stand: Stand, terms: AskTerms, { mode, ...reply }: Reply, encryption: JWK) {
  const { enc, transactions, verifierInfo } = terms;
  return {
    ...reply,
    response_type: 'vp_token' as const,
    response_mode: enc === undefined ? mode : (`${mode}.jwt` as const),
    nonce: terms.nonce ?? freshNonce(),
    dcql_query: queryFor(stand, terms),
    client_metadata: {
      vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] } },
      ...(enc !== undefined && { jwks: { keys: [encryption] }, encrypted_response_enc_values_supported: [enc] }),
    },
    ...(transactions !== undefined && {
      transaction_data: transactions.map((one) => Buffer.from(JSON.stringify(one)).toString('base64url')),
    }),
    ...(verifierInfo !== undefined && { verifier_info: verifierInfo }),
  };
}

export type Parameters = ReturnType<typeof parametersOf>;
export type Callbacks = ReturnType<typeof callbacksOf>;

/** What the library asks of its caller. */
const callbacksOf = (stand: Stand, terms: AskTerms, decryption: JoseKey, client?: Client) => ({
  hash: hasher satisfies CallbackContext['hash'],
  signJwt: (async (_, { header, payload }) => {
    const protectedHeader = lied({ ...header, ...client?.header }, terms.header) as { alg: string }; // or a liar's
    const jwt = await new CompactSign(Buffer.from(JSON.stringify(lied(payload, terms.payload))))
      .setProtectedHeader(protectedHeader)
      .sign(terms.forger ?? stand.certificate.key, { crit: UNHEARD_OF });
    return { jwt, signerJwk: {} as Jwk }; // the library hands it back, and nobody looks at it
  }) satisfies CallbackContext['signJwt'],
  encryptJwe: () => Promise.reject(new Error('Requests are not encrypted.')),
  decryptJwe: (async (jwe) => {
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, decryption);
    must(protectedHeader.enc === terms.enc, `encrypted by ${protectedHeader.enc}`);
    return { decrypted: true, decryptionJwk: {} as Jwk, payload: Buffer.from(plaintext).toString() }; // as above
  }) satisfies CallbackContext['decryptJwe'],
  verifyJwt: () => Promise.resolve({ verified: false as const }), // no answer is signed as a whole
});

/**
 * The request, as the library writes it: parameters, or a Request Object for a client.
 * @param more parameters beside those of the asking
 */
export async function created(asking: Asking, more: object = {}, client?: Client): Promise<Members> {
  const payload = { ...asking.parameters, ...more };
  const { wallet_nonce: expectedNonce } = more as { readonly wallet_nonce?: string }; // where a wallet sent one
  const { authorizationRequestObject } = await asking.library.createOpenId4vpAuthorizationRequest({
    authorizationRequestPayload: payload as never, // DCQL is `any` to the library, lists are tuples
    ...(expectedNonce !== undefined && { wallet: { expectedNonce } }),
    ...(client !== undefined && {
      jar: {
        jwtSigner: client.signer,
        expiresInSeconds: 300,
        additionalJwtPayload: { aud: 'https://self-issued.me/v2' },
      },
    }),
  });
  return authorizationRequestObject;
}

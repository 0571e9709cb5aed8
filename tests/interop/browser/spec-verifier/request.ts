import type { AskTerms, Members, Stand } from '../foreign-verifier.ts';
import { freshNonce, lied, queryFor } from '../foreign-verifier.ts';
import type { Client } from './client.ts';
import type { AnswerKey } from './jose.ts';
import { encode, signed } from './jose.ts';

/** Parameters of a request that are the same however it is sent (OpenID4VP 1.0 §5.1, §5.2). */
export const parametersOf = (stand: Stand, terms: AskTerms, mode: 'dc_api' | 'direct_post', { jwk }: AnswerKey) => ({
  response_type: 'vp_token',
  response_mode: terms.enc === undefined ? mode : `${mode}.jwt`,
  nonce: terms.nonce ?? freshNonce(),
  dcql_query: queryFor(stand, terms),
  client_metadata: {
    vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] } },
    // `encrypted_response_enc_values_supported` absent means A128GCM.
    ...(terms.enc !== undefined && { jwks: { keys: [jwk] } }),
    ...(terms.enc === 'A256GCM' && { encrypted_response_enc_values_supported: ['A256GCM'] }),
  },
  ...(terms.transactions !== undefined && {
    transaction_data: terms.transactions.map((one) => encode(JSON.stringify(one))),
  }),
});

export type Parameters = ReturnType<typeof parametersOf>;

/** The protected header, as its client or a liar has it. */
export const headerFor = ({ header }: Client, more: Members, terms: AskTerms): Members =>
  lied({ alg: 'ES256', typ: 'oauth-authz-req+jwt', ...header, ...more }, terms.header);

export const signingKey = (stand: Stand, { forger }: AskTerms): CryptoKey => forger ?? stand.certificate.key;

/** A Request Object: a compact JWS (RFC 9101). */
export async function requestObject(
  parameters: Members,
  client: Client,
  stand: Stand,
  terms: AskTerms,
): Promise<string> {
  const payload = encode(JSON.stringify(lied({ ...parameters, client_id: client.id }, terms.payload)));
  const jws = await signed(headerFor(client, {}, terms), payload, signingKey(stand, terms));
  return `${jws.protected}.${payload}.${jws.signature}`;
}

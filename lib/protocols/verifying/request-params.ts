import type { Json, JsonObject } from '../../core/index.ts';
import type { DcqlQuery } from '../../provider/types.ts';
import { CONTENT_ENCRYPTIONS } from './answer-key.ts';

/** What a request asks, whichever way it goes. */
export interface Asked {
  readonly query: DcqlQuery;
  readonly nonce: string;
  /** Encoded entries of `transaction_data`. */
  readonly transactions: readonly string[];
  /** The key the answer is encrypted to; absent: the answer is plain. */
  readonly answerKey?: JsonObject | undefined;
}

/** Algorithms that are verified, by RFC 7518, RFC 8037 and, fully specified, RFC 9864. */
const ALGORITHMS = ['ES256', 'ES384', 'EdDSA', 'Ed25519'];

const FORMATS = { 'dc+sd-jwt': { 'sd-jwt_alg_values': ALGORITHMS, 'kb-jwt_alg_values': ALGORITHMS } };

/** Parameters of an unsigned request over the Digital Credentials API (OpenID4VP 1.0 A.2). */
export const dcApiParams = (asked: Asked): JsonObject => ({
  ...commonParams(asked),
  response_mode: asked.answerKey === undefined ? 'dc_api' : 'dc_api.jwt',
});

/**
 * Parameters of a request by link whose answer is posted (OpenID4VP 1.0 §8.2).
 * @param state comes back with the answer
 */
export const linkParams = (asked: Asked, responseUri: string, state: string): JsonObject => ({
  ...commonParams(asked),
  response_mode: asked.answerKey === undefined ? 'direct_post' : 'direct_post.jwt',
  response_uri: responseUri,
  state,
});

/** What a signed request says beside its parameters: for whom, and from when until when (RFC 9101 §4), in seconds. */
export const signedClaims = (issuedAt: number, expiresAt: number): JsonObject => ({
  aud: 'https://self-issued.me/v2',
  iat: issuedAt,
  exp: expiresAt,
});

function commonParams({ query, nonce, transactions, answerKey }: Asked): JsonObject {
  return {
    response_type: 'vp_token',
    nonce,
    dcql_query: asJson(query),
    client_metadata: {
      vp_formats_supported: FORMATS,
      ...(answerKey !== undefined && {
        jwks: { keys: [answerKey] },
        encrypted_response_enc_values_supported: CONTENT_ENCRYPTIONS,
      }),
    },
    ...(transactions.length > 0 && { transaction_data: transactions }),
  };
}

const asJson = (query: DcqlQuery): Json => JSON.parse(JSON.stringify(query)) as Json; // what JSON.parse makes is Json

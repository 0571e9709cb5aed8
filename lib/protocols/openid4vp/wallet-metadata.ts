import type { JsonObject } from '../../core/index.ts';
import { CONTENT_ENCRYPTIONS, KEY_AGREEMENT, SIGNATURE_ALGORITHMS } from '../jose/index.ts';
import { CLIENT_ID_PREFIXES, parseClientId } from './client-id.ts';

/**
 * What Signet tells a verifier that it can do (OpenID4VP 1.0 §10), the same in every wallet: it says nothing of this one.
 * @param clientId whom it is told; who cannot sign is told of no way to sign (§5.10)
 */
export function walletMetadata(clientId: string): JsonObject {
  const isSigning = parseClientId(clientId).prefix !== 'redirect_uri';
  return {
    vp_formats_supported: {
      'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256', 'ES384', 'Ed25519', 'EdDSA'], 'kb-jwt_alg_values': ['ES256'] },
    },
    client_id_prefixes_supported: CLIENT_ID_PREFIXES,
    response_types_supported: ['vp_token'],
    response_modes_supported: ['direct_post', 'direct_post.jwt'],
    ...(isSigning && { request_object_signing_alg_values_supported: SIGNATURE_ALGORITHMS }),
    authorization_encryption_alg_values_supported: [KEY_AGREEMENT],
    authorization_encryption_enc_values_supported: CONTENT_ENCRYPTIONS,
  };
}

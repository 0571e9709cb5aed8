import * as v from 'valibot';
import type { Json } from '../../core/index.ts';
import { assertField, isJsonObject, SignetError } from '../../core/index.ts';
import type { DcqlQuery } from '../../provider/types.ts';
import type { Encryption } from '../jose/index.ts';
import { chooseEncryption } from '../jose/index.ts';
import { identifier, read } from '../openid4vci/reading.ts';

/** What a verifier says it can do (OpenID4VP 1.0 §5.1, `client_metadata`); other members are ignored, as it says. */
export interface ClientMetadata {
  readonly jwks?: unknown;
  readonly encValues?: readonly string[];
  readonly formats?: Readonly<Record<string, unknown>>;
}

const FIELD = 'client_metadata';
const SD_JWT = 'dc+sd-jwt';
/** The algorithm of every holder key of Signet's. */
const HOLDER_ALGORITHM = 'ES256';

const Algorithms = v.optional(v.pipe(v.array(identifier(64)), v.minLength(1, 'must not be empty'), v.maxLength(64)));
const Metadata = v.object({
  jwks: v.optional(v.unknown()),
  encrypted_response_enc_values_supported: Algorithms,
  vp_formats_supported: v.optional(v.record(identifier(100), v.unknown())),
});
const SdJwtAlgorithms = v.object({ 'sd-jwt_alg_values': Algorithms, 'kb-jwt_alg_values': Algorithms });

/** @throws SignetError bad_request, naming the field */
export function readClientMetadata(value: Json | undefined): ClientMetadata {
  if (value === undefined) return {};
  assertField(isJsonObject(value), FIELD, `${FIELD} is not an object.`);
  const metadata = read(Metadata, value, FIELD, 'bad_request');
  const { jwks, encrypted_response_enc_values_supported: encValues, vp_formats_supported: formats } = metadata;
  return {
    ...(jwks !== undefined && { jwks }),
    ...(encValues !== undefined && { encValues }),
    ...(formats !== undefined && { formats }),
  };
}

/** How to encrypt to this verifier. @throws SignetError bad_request or unsupported where it offers no usable way */
export const encryptionOf = ({ jwks, encValues }: ClientMetadata): Encryption =>
  chooseEncryption(jwks, encValues, FIELD);

/**
 * The algorithms of issuers that the verifier can check, where it says (§B.3.4).
 * @throws SignetError unsupported where it can check nothing of what it asks for, or no holder key of Signet's
 */
export function issuerAlgorithmsOf({ formats }: ClientMetadata, query: DcqlQuery): readonly string[] | undefined {
  if (formats === undefined) return undefined;
  const field = `${FIELD}.vp_formats_supported`;
  if (!query.credentials.some(({ format }) => Object.hasOwn(formats, format))) throw cannotCheck(field);
  if (!Object.hasOwn(formats, SD_JWT)) return undefined;
  const algorithms = read(SdJwtAlgorithms, formats[SD_JWT], `${field}.${SD_JWT}`, 'bad_request');
  if (algorithms['kb-jwt_alg_values']?.includes(HOLDER_ALGORITHM) === false) throw cannotCheck(field);
  return algorithms['sd-jwt_alg_values'];
}

const cannotCheck = (field: string): SignetError =>
  new SignetError('unsupported', 'The verifier can check nothing that Signet could send it.', { field });

import * as v from 'valibot';
import type { Json, JsonObject } from '../../core/index.ts';
import { assertField, SignetError } from '../../core/index.ts';
import { readDcqlQuery } from '../../provider/index.ts';
import type { DcqlQuery } from '../../provider/types.ts';
import type { Encryption } from '../jose/index.ts';
import { identifier, read } from '../openid4vci/reading.ts';
import type { ClientMetadata } from './client-metadata.ts';
import { issuerAlgorithmsOf, readClientMetadata } from './client-metadata.ts';
import type { TransactionData } from './transaction-data.ts';
import { readTransactionData } from './transaction-data.ts';
import type { VerifierInfo } from './verifier-info.ts';
import { readVerifierInfo } from './verifier-info.ts';

/** What is asked, and how the answer is to be given. Plain JSON. */
export interface RequestParams {
  /** ASCII letters, digits, `-._~`: 1 to 512 of them. */
  readonly nonce: string;
  readonly query: DcqlQuery;
  readonly transactionData: readonly TransactionData[];
  /** What others attest of the verifier. Of a multi-signed request: none here, but beside each signature. */
  readonly verifierInfo: readonly VerifierInfo[];
  readonly reply: Reply;
  /** The full client id, prefix included; absent from unsigned and from multi-signed requests over the DC API. */
  readonly clientId?: string;
  /** `sd-jwt_alg_values`: JWS algorithms of issuers that the verifier can check; absent: it does not say. */
  readonly issuerAlgorithms?: readonly string[];
}

/** Where the answer goes, and whether encrypted. */
export type Reply =
  | { readonly mode: 'dc_api' }
  | { readonly mode: 'dc_api.jwt'; readonly encryption: Encryption }
  | { readonly mode: 'direct_post'; readonly responseUri: string; readonly state?: string }
  | {
      readonly mode: 'direct_post.jwt';
      readonly responseUri: string;
      readonly state?: string;
      readonly encryption: Encryption;
    };

/** ASCII URL safe, as `nonce` and `state` have to be (§5.2). */
export const urlSafe = (maxLength: number) =>
  v.pipe(identifier(maxLength), v.regex(/^[A-Za-z0-9._~-]+$/, 'must hold URL-safe characters alone'));

const Parameters = v.object({
  response_type: v.literal('vp_token', 'must be vp_token'),
  response_mode: identifier(100),
  nonce: urlSafe(512),
  transaction_data: v.optional(
    v.pipe(
      v.array(identifier(16_384), 'must be a list'),
      v.minLength(1, 'must not be empty'),
      v.maxLength(8, 'must hold at most 8 transactions'),
    ),
  ),
});

/** How a way of asking reads where its answer goes. */
export type ReadReply = (mode: string, parameters: JsonObject, metadata: ClientMetadata) => Reply;

/**
 * Reads the parameters that every request has (OpenID4VP 1.0 §5.1, §5.2).
 * @param parameters bounded already
 * @param readReply reads the response mode and what belongs to it
 * @returns without `clientId`: who asks is read by each way for itself
 * @throws SignetError bad_request or unsupported, naming the field
 */
export function readRequestParams(parameters: JsonObject, readReply: ReadReply): RequestParams {
  const common = read(Parameters, parameters, 'request', 'bad_request');
  const metadata = readClientMetadata(parameters['client_metadata']);
  const query = readQuery(parameters);
  const issuerAlgorithms = issuerAlgorithmsOf(metadata, query);
  return {
    nonce: common.nonce,
    query,
    transactionData: readTransactionData(common.transaction_data ?? [], query),
    verifierInfo: readVerifierInfo(parameters['verifier_info']),
    reply: readReply(common.response_mode, parameters, metadata),
    ...(issuerAlgorithms !== undefined && { issuerAlgorithms }),
  };
}

function readQuery({ dcql_query: query, scope }: JsonObject): DcqlQuery {
  if (scope !== undefined) {
    assertField(query === undefined, 'scope', 'A request has one of dcql_query and scope.');
    throw new SignetError('unsupported', 'Signet knows no queries by name.', { field: 'scope' });
  }
  assertField(query !== undefined, 'dcql_query', 'dcql_query is missing.');
  const known = readDcqlQuery(query, { strict: false });
  // Answers are an object with these names: this one would not be a member of it.
  const isUsable = known.credentials.every(({ id }) => id !== '__proto__');
  assertField(isUsable, 'dcql_query.credentials', 'dcql_query.credentials holds an id that cannot be used.');
  return known;
}

/** @throws SignetError bad_request naming the first of these that is there */
export function refuseParameters(parameters: JsonObject, names: readonly string[], why: string): void {
  const name = names.find((each) => Object.hasOwn(parameters, each));
  if (name !== undefined) throw new SignetError('bad_request', `${name} ${why}.`, { field: name });
}

/** @throws SignetError unsupported, naming `response_mode` */
export const unknownMode = (): SignetError =>
  new SignetError('unsupported', 'The verifier wants its answer in a way that Signet does not know.', {
    field: 'response_mode',
  });

/** Text among parameters that were read by nobody yet. @throws SignetError bad_request, naming it */
export const readText = (value: Json | undefined, field: string, maxLength: number): string =>
  read(identifier(maxLength), value, field, 'bad_request');

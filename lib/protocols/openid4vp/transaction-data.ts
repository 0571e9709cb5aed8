import * as v from 'valibot';
import type { JsonObject } from '../../core/index.ts';
import { assertField, fromBase64url, fromUtf8, isJsonObject, parseJson, SignetError } from '../../core/index.ts';
import type { DcqlCredential, DcqlQuery } from '../../provider/types.ts';
import { identifier, read } from '../openid4vci/reading.ts';
import type { TransactionDetails } from './transaction-types.ts';
import { readTransactionDetails } from './transaction-types.ts';

/** A transaction that the person is to agree to by presenting (OpenID4VP 1.0 §5.1, §8.4). */
export interface TransactionData {
  /** Ids of DCQL credentials, one of which authorizes it. */
  readonly credentialIds: readonly string[];
  /** base64url as it came: this text is what is hashed. */
  readonly encoded: string;
  readonly details: TransactionDetails;
}

const LIMITS = { maxLength: 8192, maxDepth: 8 } as const;
/** The one hash that Signet writes into the key binding (§B.3.3.1). */
const HASH = 'sha-256';

const Common = v.object({
  type: identifier(200),
  credential_ids: v.pipe(v.array(identifier(64)), v.minLength(1, 'must not be empty'), v.maxLength(16)),
  transaction_data_hashes_alg: v.optional(
    v.pipe(v.array(identifier(64)), v.minLength(1, 'must not be empty'), v.maxLength(16)),
    [HASH],
  ),
});

/**
 * Reads the transactions of a request: each of a type that Signet knows, with nothing in it that is not shown, and
 * authorized by a credential that the query asks for with a key.
 * @param encoded base64url of JSON objects, as they came
 * @throws SignetError bad_request or unsupported, naming `transaction_data[i]`
 */
export function readTransactionData(encoded: readonly string[], query: DcqlQuery): readonly TransactionData[] {
  return encoded.map((text, index) => readOne(text, query, `transaction_data[${index}]`));
}

function readOne(encoded: string, query: DcqlQuery, field: string): TransactionData {
  const object = decode(encoded, field);
  const common = read(Common, object, field, 'bad_request');
  assertField(
    common.transaction_data_hashes_alg.includes(HASH),
    `${field}.transaction_data_hashes_alg`,
    `${field}.transaction_data_hashes_alg lacks ${HASH}.`,
  );
  for (const id of common.credential_ids)
    assertAuthorizing(
      query.credentials.find((each) => each.id === id),
      field,
    );
  const { type, credential_ids: credentialIds } = common;
  return { credentialIds, encoded, details: readTransactionDetails(type, withoutCommon(object), field) };
}

const withoutCommon = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !Object.hasOwn(Common.entries, name)));

function decode(encoded: string, field: string): JsonObject {
  try {
    const value = parseJson(fromUtf8(fromBase64url(encoded)), field, LIMITS);
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw new SignetError('bad_request', `${field} is not base64url of a JSON object.`, { field, cause });
  }
  throw new SignetError('bad_request', `${field} is not base64url of a JSON object.`, { field });
}

/** Only a key can agree: a credential without holder binding authorizes nothing (§B.3.3). */
function assertAuthorizing(credential: DcqlCredential | undefined, transaction: string): void {
  const field = `${transaction}.credential_ids`;
  assertField(credential !== undefined, field, `${field} names a credential that is not asked for.`);
  assertField(
    credential.format === 'dc+sd-jwt' && credential.require_cryptographic_holder_binding !== false,
    field,
    `${field} names a credential that cannot be bound to a transaction.`,
  );
}

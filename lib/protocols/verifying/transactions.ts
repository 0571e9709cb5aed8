import type { Bytes, Json, JsonObject } from '../../core/index.ts';
import {
  SignetError,
  canonicalJsonBytes,
  fromBase64url,
  fromUtf8,
  isJsonObject,
  parseJson,
  toBase64url,
  utf8,
} from '../../core/index.ts';

/** What a person is asked to agree to with a credential (OpenID4VP 1.0 §5.1, §8.4). */
export interface Transaction {
  readonly type: string;
  /** The credentials of the query that it can be agreed to with: one of them will be. */
  readonly credentialIds: readonly string[];
  /** Hashes that the wallet may use, by their names at IANA; the first of the standard's where the request names none. */
  readonly algorithms: readonly string[];
  /** As it travels: what is hashed. */
  readonly encoded: string;
  readonly data: JsonObject;
}

const HASHES: Readonly<Record<string, string>> = { 'sha-256': 'SHA-256', 'sha-384': 'SHA-384', 'sha-512': 'SHA-512' };
const MAX_LENGTH = 64 * 1024;

/** As it goes into `transaction_data`: base64url of JSON. */
export const encodeTransaction = (data: JsonObject): string => toBase64url(canonicalJsonBytes(data));

/**
 * Reads an entry of `transaction_data`.
 * @throws SignetError bad_request, field `transactionData`, where it has no type, credentials or known hash
 */
export function readTransaction(encoded: string): Transaction {
  const data = parseJson(fromUtf8(fromBase64url(encoded)), 'transactionData', { maxLength: MAX_LENGTH, maxDepth: 16 });
  const {
    type,
    credential_ids: ids,
    transaction_data_hashes_alg: algorithms = ['sha-256'],
  } = isJsonObject(data) ? data : {};
  if (!isJsonObject(data) || typeof type !== 'string' || type === '') throw refused('A transaction has no type.');
  if (!isTexts(ids)) throw refused('A transaction names no credentials it is agreed to with.');
  if (!isTexts(algorithms) || !algorithms.every((name) => Object.hasOwn(HASHES, name))) {
    throw refused('A transaction names a hash that is not known here.');
  }
  return { type, credentialIds: ids, algorithms, encoded, data };
}

const refused = (message: string): SignetError => new SignetError('bad_request', message, { field: 'transactionData' });

const isTexts = (value: Json | undefined): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');

/** A presentation that was verified, by the id of the query that it answers. */
export interface SignedAnswer {
  readonly id: string;
  /** What the holder's key signed; absent where it signed nothing. */
  readonly binding: JsonObject | undefined;
}

/** Who agreed to what, or in a sentence why that does not show. */
export type Agreement = { readonly by: readonly string[] } | { readonly problem: string };

/**
 * Finds each transaction's hash in what holders signed (OpenID4VP 1.0 B.3.3.1): for one of the ids that it may be agreed
 * to with, for no other, and no hash beside them.
 * @returns the ids, in the order of the transactions
 */
export async function agreementOn(
  transactions: readonly Transaction[],
  answers: readonly SignedAnswer[],
): Promise<Agreement> {
  const signed = answers.map(({ id, binding }) => ({ id, ...readHashes(binding) }));
  if (signed.some(({ isWrong }) => isWrong))
    return { problem: 'A wallet signed hashes of transactions that are none.' };
  const by: string[] = [];
  let explained = 0;
  for (const transaction of transactions) {
    const holders = await signersOf(transaction, signed);
    const [holder, ...others] = new Set(holders);
    if (holder === undefined) return { problem: 'A transaction was not agreed to.' };
    if (others.length > 0 || !transaction.credentialIds.includes(holder)) {
      return { problem: 'A transaction was agreed to with another credential.' };
    }
    by.push(holder);
    explained += holders.length;
  }
  const count = signed.reduce((sum, { hashes }) => sum + hashes.length, 0);
  return count === explained ? { by } : { problem: 'More was agreed to than was asked.' };
}

/** The id of each presentation that holds a transaction's hash. */
async function signersOf(
  { algorithms, encoded }: Transaction,
  signed: readonly (Hashes & { readonly id: string })[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const { id, hashes, algorithm } of signed) {
    if (algorithms.includes(algorithm) && hashes.includes(await hashOf(encoded, algorithm))) ids.push(id);
  }
  return ids;
}

interface Hashes {
  readonly hashes: readonly string[];
  readonly algorithm: string;
  readonly isWrong: boolean;
}

function readHashes(binding: JsonObject | undefined): Hashes {
  const { transaction_data_hashes: hashes, transaction_data_hashes_alg: algorithm = 'sha-256' } = binding ?? {};
  if (hashes === undefined) return { hashes: [], algorithm: 'sha-256', isWrong: false };
  const isRight = isTexts(hashes) && typeof algorithm === 'string' && new Set(hashes).size === hashes.length;
  return isRight ? { hashes, algorithm, isWrong: false } : { hashes: [], algorithm: '', isWrong: true };
}

async function hashOf(encoded: string, algorithm: string): Promise<string> {
  const name = HASHES[algorithm] ?? 'SHA-256'; // readTransaction took none but these
  const bytes: Bytes = new Uint8Array(await crypto.subtle.digest(name, utf8(encoded)));
  return toBase64url(bytes);
}

import { ed25519 } from '@noble/curves/ed25519.js';
import type { Bytes, Json, SecretBytes } from '../../core/index.ts';
import {
  SignetError,
  assertField,
  canonicalJson,
  canonicalJsonBytes,
  equalBytes,
  fromBase64url,
  isJsonObject,
  parseJson,
  toBase64url,
} from '../../core/index.ts';
import { deriveKey } from '../../vault/index.ts';
import type { PolicySet, ReadOptions } from '../engine/index.ts';
import { readPolicySet } from '../engine/index.ts';

/** The longest export, in characters. */
export const MAX_EXPORT_LENGTH = 4_000_000;
const MAX_DEPTH = 64;
const PUBLIC_LENGTH = 32;
const SIGNATURE_LENGTH = 64;

export interface ImportedSet {
  readonly set: PolicySet;
  readonly signedBy: 'this_vault' | 'another' | 'nobody';
  /** base64url Ed25519 public key, where it is signed. */
  readonly key?: string;
}

/** The seed of the Ed25519 key that signs policy sets. @param identity the vault's identity seed */
const deriveSeed = (identity: SecretBytes): SecretBytes => deriveKey(identity, 'policy', 'signet-policy-key');

function publicOf(identity: SecretBytes): Bytes {
  using seed = deriveSeed(identity);
  return Uint8Array.from(ed25519.getPublicKey(seed.expose()));
}

/**
 * A set with its signature (Ed25519, RFC 8032, over the set's canonical JSON), as JSON: `{v, set, key, signature}`.
 * @param identity the vault's identity seed
 */
export function signedExport(identity: SecretBytes, set: PolicySet): string {
  using seed = deriveSeed(identity);
  const signature = ed25519.sign(canonicalJsonBytes(set), seed.expose());
  return canonicalJson({ v: 1, set, key: toBase64url(publicOf(identity)), signature: toBase64url(signature) });
}

/**
 * The set in an export, or in the JSON of a bare set, which is signed by nobody.
 * @param text at most 4,000,000 characters
 * @param identity the vault's identity seed: tells whether this vault signed it
 * @throws SignetError bad_request naming the field: `signature` where it is not the key's over this set
 */
export function readExport(text: string, identity: SecretBytes, options: ReadOptions = {}): ImportedSet {
  const value = parseJson(text, 'text', { maxLength: MAX_EXPORT_LENGTH, maxDepth: MAX_DEPTH });
  assertField(isJsonObject(value), 'text', 'This is no export of rules.');
  if (!('set' in value)) return { set: readPolicySet(value, options), signedBy: 'nobody' };
  assertField(value['v'] === 1, 'v', 'These rules are of a version that this Signet does not know.');
  const unknown = Object.keys(value).find((name) => !['v', 'set', 'key', 'signature'].includes(name));
  assertField(unknown === undefined, unknown ?? '', 'An export of rules has no such member.');
  const signer = bytesOf(value['key'], 'key', PUBLIC_LENGTH);
  const signature = bytesOf(value['signature'], 'signature', SIGNATURE_LENGTH);
  assertField(isSigned(value['set'], signature, signer), 'signature', 'The signature is not over these rules.');
  const set = readPolicySet(value['set'], options);
  // What was signed is what is taken in: nothing of it is left out without a word.
  assertField(
    canonicalJson(set) === canonicalJson(value['set']),
    'set',
    'These rules say what this Signet cannot read.',
  );
  const signedBy = equalBytes(signer, publicOf(identity)) ? 'this_vault' : 'another';
  return { set, signedBy, key: toBase64url(signer) };
}

function bytesOf(value: Json | undefined, field: string, length: number): Bytes {
  assertField(typeof value === 'string', field, `${field} is missing.`);
  const bytes = decoded(value, field);
  assertField(bytes.length === length, field, `${field} is not of ${length} bytes.`);
  return bytes;
}

function decoded(text: string, field: string): Bytes {
  try {
    return fromBase64url(text);
  } catch (cause) {
    throw new SignetError('bad_request', `${field} is not base64url.`, { field, cause });
  }
}

function isSigned(set: Json | undefined, signature: Bytes, signer: Bytes): boolean {
  if (set === undefined) return false;
  try {
    return ed25519.verify(signature, canonicalJsonBytes(set), signer, { zip215: false });
  } catch {
    return false; // a key that is no point of the curve has signed nothing
  }
}

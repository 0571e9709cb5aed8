import type { Bytes } from '../../core/index.ts';
import {
  assertField,
  canonicalJsonBytes,
  equalBytes,
  fromBase64url,
  fromUtf8,
  isJsonObject,
  parseJson,
  randomBytes,
  toBase64url,
} from '../../core/index.ts';
import type { Permission } from './permission.ts';
import { readPermission } from './permission.ts';

/** The most bytes that a leaf may have. */
export const MAX_LEAF_LENGTH = 8192;
const SALT_LENGTH = 16;

/**
 * The bytes of a leaf: canonical JSON of one permission with sixteen random bytes beside it, so that nobody finds a
 * hidden permission by hashing guesses.
 * @throws SignetError bad_request for what is no permission, or is too long
 */
export function makeLeaf(permission: Permission): Bytes {
  const leaf = writeLeaf(readPermission(permission), randomBytes(SALT_LENGTH));
  assertField(leaf.length <= MAX_LEAF_LENGTH, 'permission', `A permission takes at most ${MAX_LEAF_LENGTH} bytes.`);
  return leaf;
}

const writeLeaf = (permission: Permission, salt: Uint8Array): Bytes =>
  canonicalJsonBytes({ v: 1, salt: toBase64url(salt), permission });

/**
 * The permission in a leaf. There is one spelling of a leaf: any other is refused.
 * @throws SignetError bad_request
 */
export function readLeaf(leaf: Uint8Array): Permission {
  assertField(leaf.length <= MAX_LEAF_LENGTH, 'leaf', `A leaf has at most ${MAX_LEAF_LENGTH} bytes.`);
  const value = parseJson(decode(leaf), 'leaf', { maxLength: MAX_LEAF_LENGTH, maxDepth: 2 });
  assertField(isJsonObject(value) && Object.hasOwn(value, 'salt'), 'leaf', 'A leaf has a salt.');
  const salt = typeof value['salt'] === 'string' ? fromBase64url(value['salt']) : undefined;
  assertField(salt?.length === SALT_LENGTH, 'leaf', 'A leaf has a salt of sixteen bytes.');
  const permission = readPermission(Object.hasOwn(value, 'permission') ? value['permission'] : undefined);
  assertField(equalBytes(writeLeaf(permission, salt), leaf), 'leaf', 'A leaf is not written in its one way.');
  return permission;
}

function decode(leaf: Uint8Array): string {
  try {
    return fromUtf8(leaf);
  } catch {
    return ''; // which is no JSON either
  }
}

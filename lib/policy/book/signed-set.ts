import type { SecretBytes } from '../../core/index.ts';
import type { PolicySet } from '../engine/index.ts';

export interface ImportedSet {
  readonly set: PolicySet;
  readonly signedBy: 'this_vault' | 'another' | 'nobody';
  /** base64url Ed25519 public key, where it is signed. */
  readonly key?: string;
}

/** A set with its signature, as JSON: `{v, set, key, signature}`. @param identity the vault's identity seed */
export function signedExport(identity: SecretBytes, set: PolicySet): string {
  throw new Error(`not yet ${typeof identity} ${set.v}`);
}

/**
 * The set in an export, or in the JSON of a bare set, which is signed by nobody.
 * @param text at most 4 MB
 * @throws SignetError bad_request naming the field, for a signature that is not the key's too
 */
export function readExport(text: string, identity: SecretBytes): ImportedSet {
  throw new Error(`not yet ${text} ${typeof identity}`);
}

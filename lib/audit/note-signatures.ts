import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import type { Bytes } from '../core/index.ts';
import { toHex, utf8 } from '../core/index.ts';
import type { Note, VerifierKey } from './verifying/index.ts';
import { signatureOf } from './verifying/index.ts';

const POINT_LENGTH = 32;
const SMALL_ORDER: ReadonlySet<string> = new Set(ED25519_TORSION_SUBGROUP);

/**
 * Checks the signatures of many notes by WebCrypto, which takes a tenth of the time. No less strict than
 * `isSignedBy`: what platforms do not all refuse (points of small order, a second spelling of S) is refused here.
 */
export class NoteSignatures {
  readonly #keys = new Map<string, Promise<CryptoKey | undefined>>();

  /** Whether a key signed a note. Signatures of other keys are not looked at. */
  readonly isSignedBy = async (note: Note, verifier: VerifierKey): Promise<boolean> => {
    const signature = signatureOf(note, verifier);
    if (signature === undefined || !isStrict(signature)) return false;
    const key = await this.#keyOf(verifier.publicKey);
    return key !== undefined && (await crypto.subtle.verify('Ed25519', key, signature, utf8(note.text)));
  };

  #keyOf(publicKey: Bytes): Promise<CryptoKey | undefined> {
    const name = toHex(publicKey);
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const key = importKey(publicKey);
    this.#keys.set(name, key);
    return key;
  }
}

async function importKey(publicKey: Bytes): Promise<CryptoKey | undefined> {
  if (!ed25519.utils.isValidPublicKey(publicKey, false) || SMALL_ORDER.has(toHex(publicKey))) return undefined;
  return crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
}

/** R is of large order, and S below the order of the group. */
function isStrict(signature: Bytes): boolean {
  const [r, s] = [signature.subarray(0, POINT_LENGTH), signature.subarray(POINT_LENGTH)];
  return !SMALL_ORDER.has(toHex(r)) && ed25519.Point.Fn.isValid(BigInt(`0x${toHex(s.toReversed())}`));
}

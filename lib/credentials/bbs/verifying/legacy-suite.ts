import type { Bytes } from '../../../core/index.ts';
import { SecretBytes, SignetError, assertField } from '../../../core/index.ts';
import { legacyLibrary } from './legacy-library.ts';
import { areScalars } from './scalars.ts';
import { arePlaces, assertMessages, assertPlaces, isCount } from './places.ts';
import type { BbsProof, BbsSigned, BbsSuite } from './suite.ts';
import { PUBLIC_KEY_LENGTH, SEED_LENGTH } from './suite.ts';

const POINT = 48;
const SCALAR = 32;
const SIGNATURE_LENGTH = POINT + 2 * SCALAR;

/**
 * Legacy BBS+ over BLS12-381 as `@mattrglobal/bbs-signatures` 2 makes it (112-byte signatures; not the IETF draft).
 * It signs messages alone: the header is message 0, which every proof shows.
 */
export async function loadLegacySuite(): Promise<BbsSuite> {
  const library = await legacyLibrary;
  return {
    name: 'bbs+',

    async generateKeyPair(seed) {
      assertField(seed.length === SEED_LENGTH, 'seed', `A seed has ${SEED_LENGTH} bytes.`);
      const made = await library.generateBls12381G2KeyPair(seed.expose());
      return { publicKey: bytesOf(made.publicKey), secretKey: SecretBytes.take(bytesOf(made.secretKey)) };
    },

    async sign({ publicKey, secretKey }, signed) {
      assertMessages(signed);
      return refuseFailure('The messages cannot be signed with this key.', () =>
        library.blsSign({ keyPair: { publicKey, secretKey: secretKey.expose() }, messages: allOf(signed) }),
      );
    },

    async verify({ publicKey, signature, ...signed }) {
      const isReadable =
        publicKey.length === PUBLIC_KEY_LENGTH &&
        signature.length === SIGNATURE_LENGTH &&
        areScalars(signature.subarray(POINT)) &&
        isCount(signed.messages.length);
      return isReadable && holds(() => library.blsVerify({ publicKey, signature, messages: allOf(signed) }));
    },

    async deriveProof({ publicKey, signature, disclosed, nonce, ...signed }) {
      assertMessages(signed);
      assertPlaces(disclosed, signed.messages.length);
      const revealed = placesInAll(disclosed);
      return refuseFailure('No proof can be made of this signature.', () =>
        library.blsCreateProof({ publicKey, signature, messages: allOf(signed), revealed, nonce }),
      );
    },

    async verifyProof(proof) {
      if (!isReadableProof(proof)) return false;
      const messages = [proof.header, ...proof.disclosed.map(({ message }) => message)];
      return holds(() =>
        library.blsVerifyProof({ publicKey: proof.publicKey, proof: proof.proof, messages, nonce: proof.nonce }),
      );
    },
  };
}

const allOf = ({ header, messages }: BbsSigned): readonly Uint8Array[] => [header, ...messages];

const placesInAll = (places: readonly number[]): readonly number[] => [0, ...places.map((place) => place + 1)];

/**
 * Whether the bytes are a proof about just these places of just so many messages, and nothing stands behind it. The
 * library takes the places from the proof, whatever was expected, and ignores what follows.
 *
 * A proof is: the count of messages (16 bits); a big-endian number whose bits are the places that are shown; the
 * points A', Ā and d; the length of the next (32 bits), a proof of knowledge of two exponents; then one of two more than
 * messages stay hidden. Each of these is a point, the count of its scalars (32 bits) and the scalars.
 */
function isReadableProof({ publicKey, header, count, disclosed, proof }: BbsProof): boolean {
  const places = disclosed.map(({ index }) => index);
  if (!isCount(count) || !arePlaces(places, count)) return false;
  if (publicKey.length !== PUBLIC_KEY_LENGTH || header.length === 0) return false;
  const hidden = count - places.length;
  const start = startOf(count + 1, placesInAll(places));
  const pairLength = POINT + 4 + 2 * SCALAR;
  const second = start.length + 3 * POINT + 4 + pairLength;
  if (proof.length !== second + POINT + 4 + (hidden + 2) * SCALAR) return false;
  const view = new DataView(proof.buffer, proof.byteOffset, proof.byteLength);
  return (
    start.every((byte, i) => byte === proof[i]) &&
    view.getUint32(start.length + 3 * POINT) === pairLength &&
    view.getUint32(second - 2 * SCALAR - 4) === 2 &&
    areScalars(proof.subarray(second - 2 * SCALAR, second)) &&
    view.getUint32(second + POINT) === hidden + 2 &&
    areScalars(proof.subarray(second + POINT + 4))
  );
}

/** The count of all messages and the places of the shown ones, as a proof begins. */
function startOf(count: number, places: readonly number[]): Bytes {
  const start = new Uint8Array(2 + Math.floor(count / 8) + 1);
  new DataView(start.buffer).setUint16(0, count);
  for (const place of places) {
    const at = start.length - 1 - Math.floor(place / 8);
    start[at] = (start[at] ?? 0) | (1 << (place % 8));
  }
  return start;
}

/** What the library throws at, or answers with an error, is garbage from a stranger, which does not hold. */
async function holds(check: () => Promise<{ readonly verified: boolean }>): Promise<boolean> {
  try {
    return (await check()).verified;
  } catch {
    return false;
  }
}

async function refuseFailure(message: string, act: () => Promise<ArrayLike<number>>): Promise<Bytes> {
  try {
    return bytesOf(await act());
  } catch (cause) {
    throw new SignetError('bad_request', message, { cause });
  }
}

const bytesOf = (bytes: ArrayLike<number>): Bytes => Uint8Array.from(bytes);

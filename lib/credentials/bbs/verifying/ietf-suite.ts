import {
  CIPHERSUITES,
  deriveProof,
  generateKeyPair,
  sign,
  verifyProof,
  verifySignature,
} from '@digitalbazaar/bbs-signatures';
import { SecretBytes, SignetError, assertField } from '../../../core/index.ts';
import { areScalars } from './scalars.ts';
import { arePlaces, assertMessages, assertPlaces, isCount } from './places.ts';
import type { BbsProof, BbsSuite } from './suite.ts';
import { PUBLIC_KEY_LENGTH, SEED_LENGTH } from './suite.ts';

const ciphersuite = CIPHERSUITES.BLS12381_SHA256;

const POINT = 48;
const SCALAR = 32;
const SIGNATURE_LENGTH = POINT + SCALAR;
/** Abar, Bbar and D; ê, r̂1, r̂3 and the challenge; one scalar more for each message that stays hidden. */
const POINTS_LENGTH = 3 * POINT;
const OWN_SCALARS = 4;

/** The suite BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_ of draft-irtf-cfrg-bbs-signatures, interface H2G_HM2S_. */
export const ietfSuite: BbsSuite = {
  name: 'bbs',

  async generateKeyPair(seed) {
    assertField(seed.length === SEED_LENGTH, 'seed', `A seed has ${SEED_LENGTH} bytes.`);
    const { publicKey, secretKey } = await generateKeyPair({ seed: seed.expose(), ciphersuite });
    return { publicKey, secretKey: SecretBytes.take(secretKey) };
  },

  async sign({ publicKey, secretKey }, { header, messages }) {
    assertMessages({ header, messages });
    return refuseFailure('The messages cannot be signed with this key.', () =>
      sign({ secretKey: secretKey.expose(), publicKey, header, messages, ciphersuite }),
    );
  },

  async verify({ publicKey, header, messages, signature }) {
    // The draft wants e above 0 (§4.2.4.2); the library takes 0.
    const isReadable =
      publicKey.length === PUBLIC_KEY_LENGTH &&
      signature.length === SIGNATURE_LENGTH &&
      areScalars(signature.subarray(POINT)) &&
      isCount(messages.length);
    return isReadable && holds(() => verifySignature({ publicKey, signature, header, messages, ciphersuite }));
  },

  async deriveProof({ publicKey, header, messages, signature, disclosed, nonce }) {
    assertMessages({ header, messages });
    assertPlaces(disclosed, messages.length);
    return refuseFailure('No proof can be made of this signature.', () =>
      deriveProof({
        publicKey,
        signature,
        header,
        messages,
        presentationHeader: nonce,
        disclosedMessageIndexes: disclosed,
        ciphersuite,
      }),
    );
  },

  async verifyProof(proof) {
    if (!isReadableProof(proof)) return false;
    return holds(() =>
      verifyProof({
        publicKey: proof.publicKey,
        proof: proof.proof,
        header: proof.header,
        presentationHeader: proof.nonce,
        disclosedMessages: proof.disclosed.map(({ message }) => message),
        disclosedMessageIndexes: proof.disclosed.map(({ index }) => index),
        ciphersuite,
      }),
    );
  },
};

/**
 * Whether the bytes can be a proof about so many messages: the library counts the messages by the proof's length, and
 * takes scalars of 0, which the draft refuses (§4.2.4.3).
 */
function isReadableProof({ publicKey, count, disclosed, proof }: BbsProof): boolean {
  const places = disclosed.map(({ index }) => index);
  if (!isCount(count) || !arePlaces(places, count) || publicKey.length !== PUBLIC_KEY_LENGTH) return false;
  const scalars = OWN_SCALARS + count - disclosed.length;
  return proof.length === POINTS_LENGTH + scalars * SCALAR && areScalars(proof.subarray(POINTS_LENGTH));
}

/** What the library throws at is garbage from a stranger, which does not hold. */
async function holds(check: () => Promise<boolean>): Promise<boolean> {
  try {
    return await check();
  } catch {
    return false;
  }
}

async function refuseFailure<T>(message: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw new SignetError('bad_request', message, { cause });
  }
}

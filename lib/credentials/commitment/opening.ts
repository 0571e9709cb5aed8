import type { Json } from '../../core/index.ts';
import { SecretBytes, SignetError, fromBase64url, isJsonObject, toBase64url } from '../../core/index.ts';
import type { CommittedBits, CommittedNumber } from './committed-number.ts';
import { blindingScalar, isCommitmentTo } from './pedersen.ts';

/** What opens a commitment: whoever has it knows the number and can prove facts about it. */
export interface Opening {
  readonly value: bigint;
  /** A canonical scalar, not zero: 32 little-endian bytes. */
  readonly blinding: SecretBytes;
}

const DECIMAL = /^(?:0|[1-9]\d{0,19})$/;
const BLINDING_LENGTH = 43;

/** Whether a number is from 0 to below 2^bits. */
export const fitsIn = (value: bigint, bits: CommittedBits): boolean => value >= 0n && value >> BigInt(bits) === 0n;

/**
 * Reads an opening as it comes beside a credential: `{ value: decimal, blinding: base64url of 32 bytes }`, the value
 * from 0 to below 2^bits in its shortest spelling, the blinding a canonical scalar and not zero.
 * @param bits of the commitment that it is to open
 * @throws SignetError bad_request naming the member; never with the value
 */
export function readOpening(json: Json | undefined, bits: CommittedBits): Opening {
  const refuse = (field: string, why: string): never => {
    throw new SignetError('bad_request', why, { field });
  };
  if (!isJsonObject(json) || Object.keys(json).sort().join() !== 'blinding,value') {
    return refuse('opening', 'An opening has the members value and blinding, and no other.');
  }
  const { value, blinding: text } = json;
  if (typeof value !== 'string' || !DECIMAL.test(value) || !fitsIn(BigInt(value), bits)) {
    return refuse('value', `The value of this opening is a decimal number below 2^${bits}.`);
  }
  if (typeof text !== 'string' || text.length !== BLINDING_LENGTH) {
    return refuse('blinding', 'A blinding has 32 bytes in base64url.');
  }
  const blinding = SecretBytes.take(fromBase64url(text));
  blindingScalar(blinding);
  return { value: BigInt(value), blinding };
}

/** An opening as it travels beside a credential and lies in its record: secret. */
export const writeOpening = ({ value, blinding }: Opening) => ({
  value: String(value),
  blinding: toBase64url(blinding.expose()),
});

/** Whether an opening opens a commitment: its value fits the commitment's bits, and the two make its point. */
export const opensTo = ({ bits, point }: CommittedNumber, { value, blinding }: Opening): boolean =>
  fitsIn(value, bits) && isCommitmentTo(point, value, blinding);

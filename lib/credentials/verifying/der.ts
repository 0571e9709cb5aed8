import type { Bytes } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';

/** One element of DER (X.690 §10): the strict subset of BER that certificates are written in. */
export interface Der {
  readonly tag: number;
  readonly content: Bytes;
  /** Header and content. */
  readonly raw: Bytes;
}

/** The tags that certificates use. */
export const DerTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const;

const malformed = (): SignetError => new SignetError('bad_request', 'Not DER.');

/**
 * The one element that fills all the bytes.
 * @throws SignetError bad_request on anything else: indefinite or padded lengths, long tags, bytes left over
 */
export function readDer(bytes: Bytes): Der {
  const [element, ...more] = readElements(bytes);
  if (element === undefined || more.length > 0) throw malformed();
  return element;
}

/** The elements that stand in another. @throws SignetError bad_request unless it is of this tag and holds DER */
export function derElements(element: Der | undefined, tag: number): readonly Der[] {
  return readElements(derContent(element, tag));
}

/** The content of an element. @throws SignetError bad_request unless it is there and of this tag */
export function derContent(element: Der | undefined, tag: number): Bytes {
  if (element?.tag !== tag) throw malformed();
  return element.content;
}

function readElements(bytes: Bytes): readonly Der[] {
  const elements: Der[] = [];
  for (let start = 0; start < bytes.length;) {
    const element = readElement(bytes.subarray(start));
    elements.push(element);
    start += element.raw.length;
  }
  return elements;
}

function readElement(bytes: Bytes): Der {
  const [tag, size] = bytes;
  if (tag === undefined || size === undefined || (tag & 0x1f) === 0x1f) throw malformed();
  const digits = size < 0x80 ? new Uint8Array([size]) : bytes.subarray(2, 2 + (size & 0x7f));
  const header = size < 0x80 ? 2 : 2 + (size & 0x7f);
  const length = digits.reduce((sum, digit) => sum * 256 + digit, 0);
  const isShortest = size < 0x80 || (digits[0] !== 0 && length >= 0x80);
  if (header > 5 || size === 0x80 || !isShortest || header + length > bytes.length) throw malformed();
  return { tag, content: bytes.subarray(header, header + length), raw: bytes.subarray(0, header + length) };
}

import type { Bytes, Json, JsonObject } from '../../core/index.ts';
import { SignetError, concatBytes, fromBase64url, isJsonObject, parseUrl } from '../../core/index.ts';

/** Where the status of a credential stands (Token Status List §6.2). */
export interface StatusReference {
  /** https, or http on this machine, as the credential spells it. */
  readonly uri: string;
  readonly index: number;
}

/** A list of statuses, unpacked; whoever made it is not known here (Token Status List §4.1). */
export interface StatusList {
  /** How many bits each status takes. */
  readonly bits: StatusBits;
  readonly bytes: Bytes;
}

export type StatusBits = 1 | 2 | 4 | 8;

/**
 * What a list says of a credential (Token Status List §7.1): in order, taken back for good, or set aside for a time.
 * `unknown` is a value whose meaning lies between an issuer and its applications.
 */
export type CredentialStatus = 'valid' | 'invalid' | 'suspended' | 'unknown';

/** The longest list that is unpacked, in bytes: 134 million credentials at one bit. */
export const MAX_STATUS_LIST_BYTES = 16 * 1024 * 1024;

/** How much is unpacked at a time: DEFLATE makes a thousandfold of it at most before anybody looks at the sum. */
const PIECE = 1024;

const malformed = (message: string, field: string, cause?: unknown): SignetError =>
  new SignetError('bad_request', message, { field, cause });

/**
 * Where a credential says that its status stands.
 * @param payload of the issuer-signed JWT
 * @throws SignetError bad_request, field `status`, where it names no place in a status list
 */
export function readStatusReference(payload: JsonObject): StatusReference {
  const status = payload['status'];
  const list = isJsonObject(status) ? status['status_list'] : undefined;
  if (!isJsonObject(list)) throw malformed("The credential's status is not kept in a status list.", 'status');
  const { uri, idx } = list;
  if (!isWhole(idx)) throw malformed("The credential's place in its status list is none.", 'status');
  if (typeof uri !== 'string') throw malformed("The credential's status list has no address.", 'status');
  parseUrl(uri, 'status');
  return { uri, index: idx };
}

const isWhole = (value: Json | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/**
 * Unpacks a status list: base64url of a ZLIB stream (RFC 1950), no more and no less. Streamed, so that a list that
 * swells beyond `MAX_STATUS_LIST_BYTES` is given up when it does.
 * @param value the `status_list` member: `{ bits, lst }`
 * @throws SignetError bad_request, naming `bits` or `lst`
 */
export async function unpackStatusList(value: Json | undefined): Promise<StatusList> {
  if (!isJsonObject(value)) throw malformed('There is no status list.', 'status_list');
  const { bits, lst } = value;
  if (bits !== 1 && bits !== 2 && bits !== 4 && bits !== 8) {
    throw malformed('A status takes 1, 2, 4 or 8 bits.', 'bits');
  }
  if (typeof lst !== 'string') throw malformed('The status list is not text.', 'lst');
  return { bits, bytes: await inflate(decode(lst)) };
}

function decode(lst: string): Bytes {
  try {
    return fromBase64url(lst);
  } catch (cause) {
    throw malformed('The status list is not base64url.', 'lst', cause);
  }
}

async function inflate(packed: Bytes): Promise<Bytes> {
  const reader = inPieces(packed).pipeThrough(new DecompressionStream('deflate')).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return concatBytes(...chunks);
      length += value.length;
      if (length > MAX_STATUS_LIST_BYTES) throw malformed('The status list is too long.', 'lst');
      chunks.push(value);
    }
  } catch (cause) {
    reader.cancel().catch(() => undefined); // already leaving with the real error
    throw cause instanceof SignetError ? cause : malformed('The status list is not a ZLIB stream.', 'lst', cause);
  }
}

/** Hands over as much as is asked for: what is not needed any more is never unpacked. */
function inPieces(bytes: Bytes): ReadableStream<Bytes> {
  let from = 0;
  return new ReadableStream({
    pull(controller) {
      if (from < bytes.length) controller.enqueue(bytes.slice(from, from + PIECE));
      else controller.close();
      from += PIECE;
    },
  });
}

/**
 * The value at a place of a list: the lowest bits of a byte come first (Token Status List §4.1).
 * @throws SignetError bad_request, field `idx`, beyond the end of the list
 */
export function statusValueAt({ bits, bytes }: StatusList, index: number): number {
  const perByte = 8 / bits;
  const byte = isWhole(index) ? bytes[Math.floor(index / perByte)] : undefined;
  if (byte === undefined) throw malformed('The status list ends before this credential.', 'idx');
  return (byte >> ((index % perByte) * bits)) & ((1 << bits) - 1);
}

/** @throws SignetError bad_request, field `idx`, beyond the end of the list */
export function statusAt(list: StatusList, index: number): CredentialStatus {
  const value = statusValueAt(list, index);
  return STATUSES[value] ?? 'unknown';
}

const STATUSES: readonly CredentialStatus[] = ['valid', 'invalid', 'suspended'];

import type { Members } from '../foreign-verifier.ts';
import { must } from '../foreign-verifier.ts';

export const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const P256 = { name: 'ECDH', namedCurve: 'P-256' } as const;

export const encode = (bytes: Uint8Array | ArrayBuffer | string): string =>
  Buffer.from(bytes as Uint8Array<ArrayBuffer>).toString('base64url'); // any of the three

/** base64url of the SHA-256 of bytes, or of text as UTF-8. */
export const sha256 = async (data: Uint8Array<ArrayBuffer> | string): Promise<string> =>
  encode(await crypto.subtle.digest('SHA-256', typeof data === 'string' ? Buffer.from(data) : data));

/** Base64url as RFC 7515 §2 has it, and only that: no padding, no other alphabet, no loose bits. */
export function decode(text: string): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(text, 'base64url');
  must(encode(bytes) === text, 'not base64url');
  return bytes;
}

export function object(text: string): Members {
  const value: unknown = JSON.parse(text);
  must(typeof value === 'object' && value !== null && !Array.isArray(value), 'not a JSON object');
  return value as Members; // looked at on the line above
}

/** Both halves of a JWS by ES256 (RFC 7515 §5.1). @param payload encoded already */
export async function signed(header: Members, payload: string, key: CryptoKey) {
  const encoded = encode(JSON.stringify(header));
  const signature = await crypto.subtle.sign(ES256, key, Buffer.from(`${encoded}.${payload}`));
  return { protected: encoded, signature: encode(signature) };
}

/** A JWS of ES256 by one of the keys. @throws Error where it is none */
export async function readSigned(
  jwt: string,
  keys: readonly JsonWebKey[],
): Promise<{ readonly header: Members; readonly payload: Members }> {
  const parts = jwt.split('.');
  must(parts.length === 3, 'not a compact JWS');
  const [header = '', payload = '', signature = ''] = parts;
  const said = object(decode(header).toString());
  must(said['alg'] === 'ES256' && said['crit'] === undefined, 'signed in another way');
  for (const { kty = '', crv = '', x = '', y = '' } of keys) {
    const key = await crypto.subtle.importKey('jwk', { kty, crv, x, y }, ES256, false, ['verify']);
    if (await crypto.subtle.verify(ES256, key, decode(signature), Buffer.from(`${header}.${payload}`))) {
      return { header: said, payload: object(decode(payload).toString()) };
    }
  }
  throw new Error('not signed by a key that is believed');
}

/** A key that answers are encrypted to, made for one request. */
export interface AnswerKey {
  readonly kid: string;
  /** As it stands in the request. */
  readonly jwk: Members;
  readonly privateKey: CryptoKey;
}

export async function createAnswerKey(): Promise<AnswerKey> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(P256, true, ['deriveBits']);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  const kid = 'key-1';
  return { kid, jwk: { kty, crv, x, y, use: 'enc', alg: 'ECDH-ES', kid }, privateKey };
}

/**
 * What a compact JWE holds (RFC 7516 §5.2), by ECDH-ES with direct key agreement (RFC 7518 §4.6).
 * @throws Error where it is not encrypted so, by `enc` and to this key
 */
export async function opened(jwe: unknown, enc: string, { privateKey, kid }: AnswerKey): Promise<Members> {
  const parts = String(jwe).split('.');
  must(parts.length === 5, 'not a compact JWE');
  const [protectedHeader = '', encryptedKey = '', iv = '', ciphertext = '', tag = ''] = parts;
  const header = object(decode(protectedHeader).toString());
  must(header['alg'] === 'ECDH-ES' && encryptedKey === '', 'not encrypted by direct key agreement');
  must(header['enc'] === enc, `encrypted by ${String(header['enc'])}`);
  must(header['kid'] === kid, 'the key is not named as in the request');
  must(header['crit'] === undefined && header['zip'] === undefined, 'something unheard of');
  const epk = await crypto.subtle.importKey('jwk', header['epk'] as JsonWebKey, P256, false, []); // or it throws
  const secret = new Uint8Array(await crypto.subtle.deriveBits({ name: 'ECDH', public: epk }, privateKey, 256));
  const agreed = await concatKdf(secret, { ...header, enc }, enc === 'A256GCM' ? 256 : 128);
  const contentKey = await crypto.subtle.importKey('raw', agreed, 'AES-GCM', false, ['decrypt']);
  must(decode(iv).length === 12 && decode(tag).length === 16, 'not AES-GCM as RFC 7518 §5.3 has it');
  const plaintext = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: decode(iv), additionalData: Buffer.from(protectedHeader, 'ascii'), tagLength: 128 },
    contentKey,
    Buffer.concat([decode(ciphertext), decode(tag)]),
  );
  return object(Buffer.from(plaintext).toString());
}

/** RFC 7518 §4.6.2: one round is enough for up to 256 bits. */
async function concatKdf(
  secret: Uint8Array,
  { enc, apu, apv }: { readonly enc: string; readonly apu?: unknown; readonly apv?: unknown },
  bits: number,
): Promise<Buffer<ArrayBuffer>> {
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const withLength = (bytes: Buffer): Buffer => Buffer.concat([number(bytes.length), bytes]);
  const party = (value: unknown): Buffer => withLength(typeof value === 'string' ? decode(value) : Buffer.alloc(0));
  const otherInfo = Buffer.concat([withLength(Buffer.from(enc)), party(apu), party(apv), number(bits)]);
  const round = Buffer.concat([number(1), secret, otherInfo]);
  return Buffer.from(await crypto.subtle.digest('SHA-256', round)).subarray(0, bits / 8);
}

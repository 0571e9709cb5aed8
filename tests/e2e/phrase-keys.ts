import { createHash, createHmac, hkdfSync, pbkdf2Sync } from 'node:crypto';

/** The keys of a phrase, computed again with Node's own cryptography (BIP39, SLIP-0010, RFC 5869; design §4). */
export function keysOf(words: string): { addressing: Buffer; sealing: Buffer } {
  const seed = pbkdf2Sync(words, 'mnemonic', 2048, 64, 'sha512');
  const root = createHmac('sha512', 'ed25519 seed').update(seed).digest().subarray(0, 32);
  return {
    addressing: derive(root, 'blind-addressing', 'signet-addressing-key'),
    sealing: derive(root, 'vault-seal', 'signet-vault-sealing-key'),
  };
}

/** HKDF-SHA256, 32 bytes. */
export const derive = (secret: Buffer, salt: string | Buffer, info: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, 32));

/** Eight bytes, the lowest first. */
export function le64(number: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(number));
  return bytes;
}

/** The id of a name (design §4). */
export const idOf = (addressing: Buffer, label: string, index: number): Buffer =>
  createHash('sha256').update(addressing).update(label).update(le64(index)).digest();

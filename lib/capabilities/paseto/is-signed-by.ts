import { PAE } from 'paseto';
import type { Bytes } from '../../core/index.ts';
import { utf8 } from '../../core/index.ts';
import type { PublicPaserk } from './paserk.ts';
import { parsePublicPaserk } from './paserk.ts';
import type { TokenParts } from './signed-token.ts';

const HEADER = utf8('v4.public.');
const ED25519 = { name: 'Ed25519' } as const;

/**
 * Whether a key signed a token (PASETO, Version 4, "Verify", steps 4 and 5), by WebCrypto. The parts are decoded once, by
 * their reader: the library's own `Verify` would decode them again, judge times by rules of its own, and cost as much as
 * the signature.
 * @param implicit the text that was signed beside it
 * @throws SignetError bad_request where `paserk` is no key; what the runtime throws where it has no Ed25519
 */
export async function isTokenSignedBy(
  { message, signature, footer }: TokenParts,
  paserk: PublicPaserk,
  implicit: string,
): Promise<boolean> {
  const key = await importKey(parsePublicPaserk(paserk, 'key'));
  if (key === undefined) return false;
  // PAE makes its bytes itself, in a buffer of their own.
  const signed = PAE([HEADER, message, footer, utf8(implicit)]) as Bytes;
  return await crypto.subtle.verify(ED25519, key, signature, signed);
}

/** Bytes that are no point of the curve have signed nothing. */
async function importKey(publicKey: Bytes): Promise<CryptoKey | undefined> {
  try {
    return await crypto.subtle.importKey('raw', publicKey, ED25519, false, ['verify']);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotSupportedError') throw error;
    return undefined;
  }
}

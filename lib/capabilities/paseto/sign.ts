import { ed25519 } from '@noble/curves/ed25519.js';
import { PAE, PublicProtocol, PublicSign } from 'paseto';
import type { Claims, Key } from 'paseto';
import type { Bytes } from '../../core/index.ts';
import { canonicalJson, canonicalJsonBytes, utf8 } from '../../core/index.ts';
import { publicKeyId } from './paserk.ts';
import type { SigningKey } from './signing-key.ts';

interface SeedKey extends Key {
  readonly signWith: (message: Uint8Array) => Bytes;
}

const HEADER = utf8('v4.public.');

/** Noble signs with the seed where it is: a WebCrypto key would have to be imported for each token, or kept. */
const signer = new PublicProtocol(
  PublicSign<4, SeedKey>({
    version: 4,
    run: (key, message, footer, implicit) => Promise.resolve(key.signWith(PAE([HEADER, message, footer, implicit]))),
  }),
);

/**
 * Signs a payload as PASETO v4.public: canonical JSON, with the PASERK id of the key as the footer's `kid`.
 * @param payload times as RFC 3339 text; without `exp` it never expires
 * @param implicit text that is signed and not in the token; the verifier has to know it
 */
export function signToken(payload: object, { seed, publicKey }: SigningKey, implicit: string): Promise<string> {
  const claims = JSON.parse(canonicalJson(payload)) as Claims; // members in canonical order, which stringify keeps
  const key: SeedKey = {
    algorithm: { name: 'PASETO v4.public' },
    extractable: false,
    type: 'secret',
    signWith: (message) => ed25519.sign(message, seed.expose()),
  };
  return signer.Sign(key, claims, {
    footer: canonicalJsonBytes({ kid: publicKeyId(publicKey) }),
    implicitAssertion: utf8(implicit),
    addIssuedAt: false,
    nonExpiring: claims.exp === undefined,
  });
}

import { PasetoError, PublicProtocol, UnsupportedAlgorithmError } from 'paseto';
import { ImportPublicKeyFactory, VerifyFactory } from 'paseto/v4/public';
import { utf8 } from '../../core/index.ts';
import type { PublicPaserk } from './paserk.ts';
import type { SignedToken } from './signed-token.ts';

const verifier = new PublicProtocol(VerifyFactory, ImportPublicKeyFactory);

/** Readers judge times themselves, with reasons that people can act on: here no time is wrong. */
const ANY_TIME = { clockTolerance: Number.MAX_SAFE_INTEGER, allowNonExpiring: true } as const;

/**
 * Whether a key signed a token (PASETO, Version 4, "Verify"), by WebCrypto.
 * @param implicit the text that was signed beside it
 * @throws SignetError never; what the runtime throws where it has no Ed25519
 */
export async function isTokenSignedBy(
  { encoded }: Pick<SignedToken, 'encoded'>,
  paserk: PublicPaserk,
  implicit: string,
): Promise<boolean> {
  try {
    const key = await verifier.ImportPublicKey(paserk);
    await verifier.Verify(key, encoded, { ...ANY_TIME, implicitAssertion: utf8(implicit) });
    return true;
  } catch (error) {
    if (error instanceof PasetoError && !(error instanceof UnsupportedAlgorithmError)) return false;
    throw error;
  }
}

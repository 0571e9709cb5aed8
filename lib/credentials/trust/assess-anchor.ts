import type { Certificate } from '../verifying/index.ts';
import { certificateKey, isForgedRoot } from '../verifying/index.ts';
import { MIN_RSA_BITS } from '../verifying/certificate-chain.ts';

/** Why a certificate cannot be an anchor. */
export type AnchorProblem =
  'not_an_authority' | 'expired' | 'not_yet_valid' | 'constrained' | 'weak_key' | 'unknown_key' | 'forged' | 'too_long';

/** One sentence for people on each. */
export const ANCHOR_PROBLEMS: Readonly<Record<AnchorProblem, string>> = {
  not_an_authority: 'It is the certificate of one site or issuer, not of an authority: it can vouch for nobody else.',
  expired: 'Its time is over.',
  not_yet_valid: 'Its time has not come yet.',
  constrained: 'It sets limits to what it vouches for that Signet cannot check.',
  weak_key: 'Its key is too short to be trusted.',
  unknown_key: 'Its key is of a kind that Signet cannot check.',
  forged: 'It says that it signed itself, and it did not.',
  too_long: 'It is longer than any certificate of an authority has reason to be.',
};

/** The longest certificate that is kept as an anchor, in bytes. */
export const MAX_ANCHOR_LENGTH = 8 * 1024;

/**
 * What is wrong with a certificate as an anchor, the worst first; undefined where nothing is.
 * @param now milliseconds since the epoch
 */
export async function assessAnchor(certificate: Certificate, now: number): Promise<AnchorProblem | undefined> {
  if (certificate.der.length > MAX_ANCHOR_LENGTH) return 'too_long';
  if (!certificate.isAuthority || !certificate.signsCertificates) return 'not_an_authority';
  if (now > certificate.notAfter) return 'expired';
  if (now < certificate.notBefore) return 'not_yet_valid';
  if (certificate.hasUnknownConstraint) return 'constrained';
  return (await keyProblem(certificate)) ?? ((await isForgedRoot(certificate)) ? 'forged' : undefined);
}

async function keyProblem(certificate: Certificate): Promise<AnchorProblem | undefined> {
  const { rsaBits } = certificate;
  if (rsaBits !== undefined) return rsaBits < MIN_RSA_BITS ? 'weak_key' : undefined;
  return (await certificateKey(certificate)) === undefined ? 'unknown_key' : undefined;
}

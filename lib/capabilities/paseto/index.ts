export { isTokenSignedBy } from './is-signed-by.ts';
export type { PublicKeyId, PublicPaserk } from './paserk.ts';
export { formatPublicPaserk, isPublicPaserk, parsePublicPaserk, publicKeyId } from './paserk.ts';
export { signToken } from './sign.ts';
export type { SignedToken, TokenParts } from './signed-token.ts';
export { parseSignedToken, splitToken } from './signed-token.ts';
export type { SigningKey } from './signing-key.ts';
export { paserkOfJwk, signingKeyJwk, signingKeyOf } from './signing-key.ts';

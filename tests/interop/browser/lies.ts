import type { Lie, Members } from './foreign-verifier.ts';

/** No public key, and so nothing to encrypt an answer to. */
export const SHARED_SECRET = { kty: 'oct', k: 'AAAAAAAAAAAAAAAAAAAAAA', alg: 'dir', kid: 'k' };

/** The same with other members. */
export const saying =
  (members: Members): Lie =>
  (honest) => ({ ...honest, ...members });

export const without =
  (name: string): Lie =>
  (honest) =>
    Object.fromEntries(Object.entries(honest).filter(([each]) => each !== name));

/** A request whose answer is to be encrypted to other keys. */
export const withKeys =
  (spoil: (keys: readonly Members[]) => readonly unknown[]): Lie =>
  ({ client_metadata, ...honest }) => {
    const metadata = client_metadata as { readonly jwks: { readonly keys: readonly Members[] } }; // as verifiers write it
    return { ...honest, client_metadata: { ...metadata, jwks: { keys: spoil(metadata.jwks.keys) } } };
  };

/** The request's time is over. */
export const runOut: Lie = (honest) => {
  const seconds = Math.floor(Date.now() / 1000);
  return { ...honest, iat: seconds - 900, exp: seconds - 600 };
};

/** A header with an extension that has to be understood (RFC 7515 §4.1.11). */
export const unheardOf: Lie = saying({ crit: ['x-unheard-of'], 'x-unheard-of': true });

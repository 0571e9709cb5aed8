import { sha256 } from '@noble/hashes/sha2.js';
import type { JsonAnswer, JsonRequest } from '../../core/index.ts';
import { SecretBytes, fromBase64url, randomBytes, toBase64url, toSeconds, utf8 } from '../../core/index.ts';
import { createHolderKey, holderPublicJwk, jwkThumbprint, signJws } from '../../credentials/index.ts';
import type { Doors, DpopJwk, DpopState } from './session.ts';

/** A fresh key for one issuance: two issuers, or two offers of one, cannot be told to be the same wallet's by it. */
export function createDpop(): DpopState {
  using key = createHolderKey();
  const { x, y = '' } = holderPublicJwk(key);
  return { jwk: { kty: 'EC', crv: 'P-256', x, y, d: toBase64url(key.expose()) }, nonces: {} };
}

/** What an authorization request binds its code to (RFC 9449 §10). */
export const dpopThumbprint = ({ jwk: { kty, crv, x, y } }: DpopState): string => jwkThumbprint({ kty, crv, x, y });

/** What a proof is of (RFC 9449 §4.2). */
interface ProofClaims {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly nonce?: string;
  /** The access token it goes with. */
  readonly token?: string;
}

/** A proof that we hold the key a token is bound to, good for one request. @returns a compact JWS */
export function createDpopProof({ d, ...jwk }: DpopJwk, { method, url, issuedAt, nonce, token }: ProofClaims): string {
  using key = SecretBytes.take(fromBase64url(d));
  const { origin, pathname } = new URL(url);
  return signJws(
    key,
    { typ: 'dpop+jwt', jwk: { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y } },
    {
      jti: toBase64url(randomBytes(16)),
      htm: method,
      htu: `${origin}${pathname}`,
      iat: issuedAt,
      ...(nonce !== undefined && { nonce }),
      ...(token !== undefined && { ath: toBase64url(sha256(utf8(token))) }),
    },
  );
}

/** An answer, beside what the next request must know. */
export interface Proven {
  readonly answer: JsonAnswer;
  readonly dpop: DpopState | undefined;
}

/**
 * Sends a POST with a proof, where tokens are bound to a key, and once more where the server first wants a nonce of its
 * own in it (RFC 9449 §8, §9).
 * @param token the access token, for a protected resource; absent at the token endpoint
 */
export async function sendProven(
  request: JsonRequest,
  { dpop, token }: { readonly dpop: DpopState | undefined; readonly token?: string },
  doors: Doors,
): Promise<Proven> {
  if (dpop === undefined) return { answer: await doors.fetchJson(request), dpop };
  const first = await sendOnce(request, dpop, token, doors);
  const { answer } = first;
  if (answer.ok || answer.error !== 'use_dpop_nonce' || answer.dpopNonce === undefined) return first;
  return sendOnce(request, first.dpop, token, doors);
}

async function sendOnce(
  request: JsonRequest,
  dpop: DpopState,
  token: string | undefined,
  { fetchJson, clock }: Doors,
): Promise<Proven & { readonly dpop: DpopState }> {
  const { url } = request;
  const server = token === undefined ? 'authorization' : 'resource';
  const nonce = dpop.nonces[server];
  const proof = createDpopProof(dpop.jwk, {
    method: 'POST',
    url,
    issuedAt: toSeconds(clock()),
    ...(nonce !== undefined && { nonce }),
    ...(token !== undefined && { token }),
  });
  const answer = await fetchJson({ ...request, dpop: { proof, ...(token !== undefined && { token }) } });
  return { answer, dpop: rememberNonce(dpop, server, answer) };
}

/** A server may give its next nonce with any answer; it stands until the server gives another. */
export function rememberNonce(
  dpop: DpopState,
  server: keyof DpopState['nonces'],
  { dpopNonce }: JsonAnswer,
): DpopState {
  return dpopNonce === undefined ? dpop : { ...dpop, nonces: { ...dpop.nonces, [server]: dpopNonce } };
}

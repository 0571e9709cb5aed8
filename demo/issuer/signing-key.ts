import { createHash } from 'node:crypto';
import type { JwsSigner } from '../../lib/credentials/issuing/index.ts';

const ES256 = { name: 'ECDSA', hash: 'SHA-256' } as const;
const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** A P-256 public key, as issuers publish it. A type, not an interface: libraries want an index signature. */
export type PublishedKey = {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
};

/** The key of the State of Example, made anew at each start. */
export interface SigningKey {
  readonly jwk: PublishedKey;
  /** ES256 signature over UTF-8, base64url (RFC 7518 §3.4). */
  readonly sign: (text: string) => Promise<string>;
  /** The same, as issuing wants it. */
  readonly signer: JwsSigner;
}

export async function createSigningKey(): Promise<SigningKey> {
  const pair = await crypto.subtle.generateKey(P256, false, ['sign', 'verify']);
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }))
    .digest('base64url');
  const sign = async (bytes: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await crypto.subtle.sign(ES256, pair.privateKey, bytes));
  return {
    jwk: { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' },
    sign: async (text) => Buffer.from(await sign(Buffer.from(text))).toString('base64url'),
    signer: { alg: 'ES256', header: { kid }, sign },
  };
}

/** Whether a compact JWS was made with the P-256 key in a JWK. */
export async function isSignedWith(
  jwk: { kty: string; crv?: string | undefined; x?: string | undefined; y?: string | undefined },
  compact: string,
): Promise<boolean> {
  const { kty, crv, x, y } = jwk;
  if (kty !== 'EC' || crv !== 'P-256' || x === undefined || y === undefined) return false;
  const at = compact.lastIndexOf('.');
  const key = await crypto.subtle.importKey('jwk', { kty, crv, x, y }, P256, false, ['verify']).catch(() => undefined);
  if (key === undefined) return false;
  const signature = Buffer.from(compact.slice(at + 1), 'base64url');
  return crypto.subtle.verify(ES256, key, signature, Buffer.from(compact.slice(0, at)));
}

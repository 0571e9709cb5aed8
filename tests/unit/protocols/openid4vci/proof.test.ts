import { describe, expect, test } from 'vitest';
import { fromBase64url, fromUtf8, parseOrigin, utf8 } from '../../../../lib/core/index.ts';
import { createHolderKey, holderPublicJwk } from '../../../../lib/credentials/index.ts';
import { createKeyProof } from '../../../../lib/protocols/openid4vci/index.ts';

const ISSUER = parseOrigin('https://issuer.example', 'issuer');
const part = (jws: string, index: number): unknown => JSON.parse(fromUtf8(fromBase64url(jws.split('.')[index] ?? '')));

describe('a key proof', () => {
  const key = createHolderKey();
  const proof = createKeyProof(key, { issuer: ISSUER, nonce: 'n-1', issuedAt: 1_700_000_000 });

  test('names its type and the public key, and nothing private', () => {
    expect(part(proof, 0)).toEqual({ typ: 'openid4vci-proof+jwt', alg: 'ES256', jwk: holderPublicJwk(key) });
    expect(part(proof, 0)).not.toHaveProperty('jwk.d');
  });

  test('is for the issuer, with its nonce, and says nothing of who we are', () => {
    expect(part(proof, 1)).toEqual({ aud: ISSUER, nonce: 'n-1', iat: 1_700_000_000 });
  });

  test('says who we are only where we said so before', () => {
    const known = createKeyProof(key, { issuer: `${ISSUER}/tenant`, nonce: 'n', issuedAt: 1, clientId: 'wallet' });
    expect(part(known, 1)).toEqual({ aud: `${ISSUER}/tenant`, nonce: 'n', iat: 1, iss: 'wallet' });
  });

  test('has no nonce where the issuer has none', () => {
    const without = createKeyProof(key, { issuer: ISSUER, nonce: undefined, issuedAt: 1 });
    expect(part(without, 1)).toEqual({ aud: ISSUER, iat: 1 });
  });

  test('is signed with the key it names, and with no other', async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const signed = utf8(proof.slice(0, proof.lastIndexOf('.')));
    const signature = fromBase64url(proof.split('.')[2] ?? '');
    const isBy = async (by: typeof key): Promise<boolean> => {
      const jwk = await crypto.subtle.importKey('jwk', { ...holderPublicJwk(by) }, algorithm, false, ['verify']);
      return crypto.subtle.verify(algorithm, jwk, signature, signed);
    };
    expect(await isBy(key)).toBe(true);
    expect(await isBy(createHolderKey())).toBe(false);
  });
});

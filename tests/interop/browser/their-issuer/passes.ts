import { createHash } from 'node:crypto';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { CompactSign } from 'jose';
import type { CryptoKey as JoseKey, JWK } from 'jose';
import type { House } from './house.ts';
import { partOf, random } from './wire.ts';

/** One pass for each proof, bound to the key in it. */
export function issuePasses(
  { terms, origin, keys, papers }: House,
  proofs: readonly string[],
): Promise<{ credential: string }[]> {
  const sdJwt = new SDJwtVcInstance({
    signer: signerWith(keys.signing.privateKey),
    ...{ signAlg: 'ES256', hasher, hashAlg: 'sha-256', saltGenerator: () => random() },
  });
  const now = Math.floor(Date.now() / 1000);
  return Promise.all(
    proofs.map(async (proof) => {
      const jwk = terms.holder ?? (partOf(proof, 0)['jwk'] as JWK); // the library verified with it
      const payload = {
        ...{ iss: origin, vct: papers.vct, iat: now - 60, exp: now + 86_400 },
        ...{ cnf: { jwk }, member: true, nickname: 'Ada' },
      };
      const credential = await sdJwt.issue(payload, { _sd: ['member', 'nickname'] }, { header: { kid: 'signing' } });
      return { credential };
    }),
  );
}

/** Signs what the library has put together, and gives it the signature alone. */
const signerWith = (privateKey: JoseKey) => async (data: string) => {
  const [header = '', payload = ''] = data.split('.');
  const signed = await new CompactSign(Buffer.from(payload, 'base64url'))
    .setProtectedHeader(partOf(`${header}.`, 0) as { alg: string }) // written by the library a moment ago
    .sign(privateKey);
  return signed.split('.')[2] ?? '';
};

/** SHA-256, as @sd-jwt wants it. */
const hasher = (data: string | ArrayBuffer): Uint8Array =>
  new Uint8Array(
    createHash('sha256')
      .update(typeof data === 'string' ? data : new Uint8Array(data))
      .digest(),
  );

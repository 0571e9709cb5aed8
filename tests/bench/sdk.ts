import { createHash } from 'node:crypto';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { verify } from '../../lib/sdk/index.ts';
import { timeBatches } from './batches.ts';
import { percentile, type Suite, toRow } from './row.ts';

const ISSUER = 'https://issuer.example';
const TYPE = 'https://issuer.example/licence';
const AUDIENCE = 'https://shop.example';
const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const ES256 = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** What a service pays for one proof, against `@sd-jwt/sd-jwt-vc` with WebCrypto beneath. */
export const sdk: Suite = {
  name: 'sdk',
  async run() {
    const { presentation, issuerKey, theirs } = await makePresentation();
    const options = { nonce: NONCE, types: [TYPE], issuers: [{ issuer: ISSUER, jwks: { keys: [issuerKey] } }] };

    const ours = async (): Promise<void> => {
      const result = await verify(presentation, 'age_over_21', AUDIENCE, options);
      if (!result.valid) throw new Error(`verify refused the proof: ${result.reason}: ${result.detail}`);
    };
    const other = () => theirs.verify(presentation, { keyBindingNonce: NONCE, requiredClaimKeys: ['age_over_21'] });

    const many = { batches: 20, calls: 100 };
    const baseline = await timeBatches(many, other);
    const samples = await timeBatches(many, ours);
    const target = 2 * percentile(baseline, 75);
    return [toRow({ suite: 'sdk', name: 'verify, against @sd-jwt/sd-jwt-vc', unit: 'us', samples, baseline, target })];
  },
};

async function makePresentation() {
  const issuer = await crypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const holder = await crypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const issuerKey = { ...(await crypto.subtle.exportKey('jwk', issuer.publicKey)), alg: 'ES256' };
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', holder.publicKey);

  const theirs = new SDJwtVcInstance({
    signer: signer(issuer.privateKey),
    signAlg: 'ES256',
    verifier: verifier(issuer.publicKey),
    kbSigner: signer(holder.privateKey),
    kbSignAlg: 'ES256',
    kbVerifier: verifier(holder.publicKey),
    hasher: (data, algorithm) =>
      new Uint8Array(
        createHash(algorithm)
          .update(typeof data === 'string' ? data : Buffer.from(data))
          .digest(),
      ),
    hashAlg: 'sha-256',
    saltGenerator: () => Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url'),
  });

  const now = Math.floor(Date.now() / 1000);
  const credential = await theirs.issue(
    {
      iss: ISSUER,
      vct: TYPE,
      iat: now,
      exp: now + 86_400,
      cnf: { jwk: { kty, crv, x, y } },
      ...{ given_name: 'Ada', family_name: 'Lumen', birthdate: '1990-05-17', age_over_18: true, age_over_21: true },
    },
    { _sd: ['given_name', 'family_name', 'birthdate', 'age_over_18', 'age_over_21'] },
  );
  const presentation = await theirs.present<Record<string, unknown>>(
    credential,
    { age_over_21: true },
    { kb: { payload: { aud: `origin:${AUDIENCE}`, nonce: NONCE, iat: now } } },
  );
  return { presentation, issuerKey, theirs };
}

const signer =
  (key: CryptoKey) =>
  async (data: string): Promise<string> =>
    Buffer.from(await crypto.subtle.sign(ES256, key, Buffer.from(data))).toString('base64url');

const verifier =
  (key: CryptoKey) =>
  (data: string, signature: string): Promise<boolean> =>
    crypto.subtle.verify(ES256, key, Buffer.from(signature, 'base64url'), Buffer.from(data));

import { createHash } from 'node:crypto';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, SecretBytes } from '../../lib/core/index.ts';
import { fromBase64url, utf8 } from '../../lib/core/index.ts';
import { createHolderKey, holderPublicJwk, parseSdJwt, presentCredential } from '../../lib/credentials/index.ts';
import type { CredentialSchema } from '../../lib/credentials/issuing/index.ts';
import { ageOver, issueSdJwtVc } from '../../lib/credentials/issuing/index.ts';
import type { TestIssuer } from '../fixtures/credentials/test-issuer.ts';
import { createTestIssuer } from '../fixtures/credentials/test-issuer.ts';

const ISSUER = 'https://issuer.example';
const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
const NOW = Date.UTC(2026, 10, 28, 12);
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

const SCHEMA: CredentialSchema = {
  type: `${ISSUER}/licence`,
  name: 'Licence',
  fields: [
    { kind: 'raw', name: 'issuing_country', disclosure: 'always' },
    { kind: 'raw', name: 'address', disclosure: 'selectable' },
    { kind: 'raw', name: 'nickname', disclosure: 'selectable', optional: true },
    { kind: 'raw', name: 'birth_date', disclosure: 'never' },
    ageOver(21, 'birth_date'),
    {
      ...{ kind: 'committed', name: 'birth_date_commitment', disclosure: 'selectable' },
      ...{ from: 'birth_date', number: 'date', bits: 16 },
    },
  ],
};
const VALUES: JsonObject = {
  issuing_country: 'EX',
  address: { locality: 'Port “Example”', lines: ['12 Harbour Lane', 'ø'] },
  birth_date: '1990-05-17',
};

let issuer: TestIssuer;
let holderKey: SecretBytes;
let credential: string;

beforeAll(async () => {
  issuer = await createTestIssuer('ES256', 'key-1');
  holderKey = createHolderKey();
  const sign = async (bytes: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await crypto.subtle.sign(ECDSA, issuer.keyPair.privateKey, bytes));
  const signer = { alg: 'ES256' as const, header: { kid: 'key-1' }, sign };
  const context = { issuer: ISSUER, signer, now: NOW, validDays: 30, decoys: 4 };
  ({ credential } = await issueSdJwtVc(SCHEMA, VALUES, context, { holder: holderPublicJwk(holderKey) }));
});

async function isSignatureOf(jwk: JsonWebKey, data: string, signature: string): Promise<boolean> {
  const { kty, crv, x, y } = jwk;
  const key = await crypto.subtle.importKey('jwk', { kty, crv, x, y } as JsonWebKey, ECDSA, false, ['verify']); // P-256
  return crypto.subtle.verify(ECDSA, key, fromBase64url(signature), utf8(data));
}

/** Other people's verifier. */
const verifier = (): SDJwtVcInstance =>
  new SDJwtVcInstance({
    hasher: (data, alg) =>
      createHash(alg.replace('-', ''))
        .update(typeof data === 'string' ? data : new Uint8Array(data))
        .digest(),
    verifier: (data, signature) => isSignatureOf(issuer.publicJwk, data, signature),
    kbVerifier: (data, signature, payload) => {
      const { jwk } = payload.cnf as { jwk: JsonWebKey }; // what the library hands over is the signed payload
      return isSignatureOf(jwk, data, signature);
    },
  });

const present = (names: readonly string[]): string => {
  const { issuerJwt, disclosures } = parseSdJwt(credential);
  return presentCredential({
    issuerJwt: issuerJwt.encoded,
    disclosures: disclosures.filter(({ name }) => names.includes(name ?? '')).map(({ encoded }) => encoded),
    ...{ holderKey, audience: 'origin:https://shop.example', nonce: NONCE, now: NOW },
  });
};

describe('@sd-jwt/sd-jwt-vc, of what we issue,', () => {
  test('verifies the whole, and reads what ours reads', async () => {
    const { payload } = await verifier().verify(credential, { currentDate: NOW / 1000 });
    expect(payload).toEqual(parseSdJwt(credential).claims);
    expect(payload).toMatchObject({ ...VALUES_SHOWN, age_over_21: true });
  });

  test('verifies a presentation of some of it', async () => {
    const { payload } = await verifier().verify(present(['age_over_21']), {
      currentDate: NOW / 1000,
      keyBindingNonce: NONCE,
    });
    expect(payload).toMatchObject({ age_over_21: true, issuing_country: 'EX' });
    expect(payload).not.toHaveProperty('address');
    expect(payload).not.toHaveProperty('birth_date_commitment');
  });

  test('reads the commitment as it was signed', async () => {
    const { payload } = await verifier().verify(present(['birth_date_commitment']), {
      currentDate: NOW / 1000,
      keyBindingNonce: NONCE,
    });
    expect(payload).toMatchObject({
      birth_date_commitment: { scheme: 'pedersen-ristretto255', kind: 'date', bits: 16 },
    });
  });

  test('finds its claims by name', async () => {
    const keys = await verifier().keys(credential);
    expect(keys).toEqual(expect.arrayContaining(['address', 'age_over_21', 'birth_date_commitment']));
  });

  test('refuses it after its end, and with a stroke altered', async () => {
    await expect(verifier().verify(credential, { currentDate: NOW / 1000 + 31 * 86_400 })).rejects.toThrow();
    const [head = '', payload = '', ...rest] = credential.split('.');
    const altered = [head, payload.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')), ...rest].join('.');
    await expect(verifier().verify(altered, { currentDate: NOW / 1000 })).rejects.toThrow();
  });
});

const VALUES_SHOWN = { issuing_country: VALUES['issuing_country'], address: VALUES['address'] };

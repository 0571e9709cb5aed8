import { parseOpenid4vpAuthorizationResponse } from '@openid4vc/openid4vp';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { DcqlPresentationResult, DcqlQuery } from 'dcql';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Origin, SecretBytes } from '../../lib/core/index.ts';
import { fromBase64url, toBase64url, utf8 } from '../../lib/core/index.ts';
import type { IssuedCredential } from '../../lib/credentials/index.ts';
import {
  createHolderKey,
  holderPublicJwk,
  issuerKeyResolver,
  orderedDisclosures,
  presentCredential,
  rowsFor,
  verifyIssuedCredential,
} from '../../lib/credentials/index.ts';
import { verify } from '../../lib/sdk/index.ts';
import type { TestIssuer } from '../fixtures/credentials/test-issuer.ts';
import { ISSUER, NOW, NOW_SECONDS, VCT, createTestIssuer } from '../fixtures/credentials/test-issuer.ts';

const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
const SHOP = 'https://shop.example';
const OTHER_VCT = 'https://issuer.example/student';
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const QUERY = {
  credentials: [
    {
      id: 'age',
      format: 'dc+sd-jwt',
      meta: { vct_values: [VCT] },
      claims: [{ path: ['age_over_21'], values: [true] }],
    },
  ],
};

const hasher = async (data: string | ArrayBuffer): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', typeof data === 'string' ? utf8(data) : data));

async function isSignatureOf(jwk: JsonWebKey, data: string, signature: string): Promise<boolean> {
  const key = await crypto.subtle.importKey('jwk', jwk, ECDSA, false, ['verify']);
  return crypto.subtle.verify(ECDSA, key, fromBase64url(signature), utf8(data));
}

/** Other people's issuer: `@sd-jwt/sd-jwt-vc`. */
function foreignIssuer({ keyPair }: TestIssuer): SDJwtVcInstance {
  return new SDJwtVcInstance({
    signer: async (data) =>
      toBase64url(new Uint8Array(await crypto.subtle.sign(ECDSA, keyPair.privateKey, utf8(data)))),
    signAlg: 'ES256',
    hasher,
    hashAlg: 'sha-256',
    saltGenerator: (length) => toBase64url(crypto.getRandomValues(new Uint8Array(length))),
  });
}

let trusted: TestIssuer;
let stranger: TestIssuer;
let holderKey: SecretBytes;
let good: IssuedCredential;

interface Terms {
  readonly by?: TestIssuer;
  readonly vct?: string;
  readonly exp?: number;
}

/** Issued by other people's software and accepted by ours, at a time when it was still good. */
async function issue({ by = trusted, vct = VCT, exp = NOW_SECONDS + 86_400 }: Terms = {}): Promise<IssuedCredential> {
  const claims = {
    age_over_21: true,
    birthdate: '1990-04-01',
    address: { locality: 'London', country: 'GB' },
    nationalities: ['GB', 'FR'],
  };
  const payload = {
    iss: ISSUER,
    vct,
    iat: NOW_SECONDS - 172_800,
    exp,
    cnf: { jwk: { ...holderPublicJwk(holderKey) } },
    ...claims,
  };
  const text = await foreignIssuer(by).issue(payload, {
    _sd: ['age_over_21', 'birthdate', 'address', 'nationalities'],
    _sd_decoy: 2,
    address: { _sd: ['locality'] },
    nationalities: { _sd: [0, 1] },
  });
  return verifyIssuedCredential(text, {
    issuer: ISSUER as Origin, // the test's own constant
    vct,
    holder: holderPublicJwk(holderKey),
    clock: () => (exp - 3600) * 1000,
    resolveKeys: issuerKeyResolver({
      issuer: ISSUER as Origin,
      clock: () => NOW,
      fetchJson: () => Promise.resolve({ issuer: ISSUER, jwks: { keys: [by.publicJwk] } }),
    }),
  });
}

interface Twist {
  readonly credential?: IssuedCredential;
  readonly shown?: readonly (readonly (string | number)[])[];
  readonly audience?: string;
  readonly nonce?: string;
  readonly now?: number;
  readonly holderKey?: SecretBytes;
}

function present({ credential = good, shown = [['age_over_21']], ...twist }: Twist = {}): string {
  const ordered = orderedDisclosures(credential.sdJwt);
  return presentCredential({
    issuerJwt: credential.sdJwt.issuerJwt.encoded,
    disclosures: rowsFor(credential.claims, shown).map((row) => ordered[row]?.encoded ?? ''),
    holderKey,
    audience: `origin:${SHOP}`,
    nonce: NONCE,
    now: NOW,
    ...twist,
  });
}

type Verdict = 'accepts' | 'refuses';

/** Our verifier, at a service that remembers nonces. */
async function ours(proof: string, used: ReadonlySet<string> = new Set()): Promise<Verdict> {
  const issuers = [{ issuer: ISSUER, types: [VCT], jwks: { keys: [trusted.publicJwk] } }];
  const result = await verify(proof, 'age_over_21', SHOP, { nonce: NONCE, issuers, now: new Date(NOW) });
  return result.valid && !used.has(NONCE) ? 'accepts' : 'refuses';
}

async function verifyWithSdJwtVc(
  proof: string,
): Promise<{ readonly vct: string; readonly claims: Record<string, unknown> }> {
  const verifier = new SDJwtVcInstance({
    hasher,
    verifier: (data, signature) => isSignatureOf(trusted.publicJwk, data, signature),
    kbVerifier: (data, signature, payload) => {
      const { jwk } = payload.cnf as { jwk: JsonWebKey }; // what the library hands over is the signed payload
      return isSignatureOf(jwk, data, signature);
    },
  });
  const { payload } = await verifier.verify(proof, { keyBindingNonce: NONCE, currentDate: NOW_SECONDS });
  return { vct: payload.vct, claims: payload };
}

const verdict = (work: Promise<unknown>): Promise<Verdict> =>
  work.then(
    () => 'accepts',
    () => 'refuses',
  );

/** `@sd-jwt/sd-jwt-vc` alone. */
const sdJwtVc = (proof: string): Promise<Verdict> => verdict(verifyWithSdJwtVc(proof));

/** `@openid4vc/openid4vp` reads the response, `@sd-jwt/sd-jwt-vc` the presentation, `dcql` compares with the query. */
const openid4vp = (proof: string): Promise<Verdict> =>
  verdict(
    (async () => {
      const parsed = await parseOpenid4vpAuthorizationResponse({
        authorizationResponse: { vp_token: { age: [proof] } },
        authorizationRequestPayload: {
          response_type: 'vp_token',
          response_mode: 'dc_api',
          nonce: NONCE,
          dcql_query: QUERY,
        },
        origin: SHOP,
        callbacks: {
          decryptJwe: () => Promise.reject(new Error('nothing is encrypted here')),
          verifyJwt: () => Promise.reject(new Error('no JWT of its own is sent here')),
        },
      });
      if (parsed.type !== 'dcql') throw new Error('not an answer to a DCQL query');
      const [presented] = parsed.dcql.presentations['age'] ?? [];
      if (typeof presented !== 'string') throw new Error('the presentation is not text');
      const { vct, claims } = await verifyWithSdJwtVc(presented);
      const query = DcqlQuery.parse(parsed.dcql.query as DcqlQuery.Input);
      const presentation = {
        credential_format: 'dc+sd-jwt' as const,
        vct,
        claims: claims as never,
        cryptographic_holder_binding: true,
      };
      const result = DcqlPresentationResult.fromDcqlPresentation({ age: [presentation] }, { dcqlQuery: query });
      if (!result.can_be_satisfied) throw new Error('the query is not answered');
    })(),
  );

beforeAll(async () => {
  trusted = await createTestIssuer();
  stranger = await createTestIssuer();
  holderKey = createHolderKey();
  good = await issue();
});

describe('verifiers we did not write', () => {
  it('accept a presentation of a credential that other people’s software issued, as ours does', async () => {
    const proof = present();
    expect([await ours(proof), await sdJwtVc(proof), await openid4vp(proof)]).toEqual([
      'accepts',
      'accepts',
      'accepts',
    ]);
  });

  it('see exactly what was shown', async () => {
    const { claims } = await verifyWithSdJwtVc(present());
    expect(Object.keys(claims).sort()).toEqual(['age_over_21', 'cnf', 'exp', 'iat', 'iss', 'vct']);
    expect((await verifyWithSdJwtVc(present({ shown: [['address', 'locality']] }))).claims['address']).toEqual({
      country: 'GB',
      locality: 'London',
    });
    expect((await verifyWithSdJwtVc(present({ shown: [['nationalities', 1]] }))).claims['nationalities']).toEqual([
      'FR',
    ]);
  });

  const alteredClaim = (): string => {
    const [jwt, disclosure = '', binding] = present().split('~');
    const changed = JSON.parse(new TextDecoder().decode(fromBase64url(disclosure))) as unknown[];
    return [jwt, toBase64url(utf8(JSON.stringify([changed[0], 'age_over_21', 1]))), binding].join('~');
  };

  /** What each does about it, tried. An "accepts" is what the foreign verifier leaves to its caller. */
  it.each<[string, () => string | Promise<string>, { sdJwtVc: Verdict; openid4vp: Verdict }]>([
    [
      'another origin',
      () => present({ audience: 'origin:https://evil.example' }),
      { sdJwtVc: 'accepts', openid4vp: 'accepts' },
    ],
    ['another nonce', () => present({ nonce: 'YW5vdGhlciBub25jZSE' }), { sdJwtVc: 'refuses', openid4vp: 'refuses' }],
    ['an altered claim', alteredClaim, { sdJwtVc: 'refuses', openid4vp: 'refuses' }],
    [
      'a foreign key-binding key',
      () => present({ holderKey: createHolderKey() }),
      { sdJwtVc: 'refuses', openid4vp: 'refuses' },
    ],
    ['an old iat', () => present({ now: NOW - 301_000 }), { sdJwtVc: 'accepts', openid4vp: 'accepts' }],
    [
      'an expired credential',
      async () => present({ credential: await issue({ exp: NOW_SECONDS - 60 }) }),
      { sdJwtVc: 'refuses', openid4vp: 'refuses' },
    ],
    [
      'an untrusted issuer',
      async () => present({ credential: await issue({ by: stranger }) }),
      { sdJwtVc: 'refuses', openid4vp: 'refuses' },
    ],
    [
      'another type',
      async () => present({ credential: await issue({ vct: OTHER_VCT }) }),
      { sdJwtVc: 'accepts', openid4vp: 'refuses' },
    ],
    [
      'more than was asked',
      () => present({ shown: [['age_over_21'], ['birthdate']] }),
      { sdJwtVc: 'accepts', openid4vp: 'accepts' },
    ],
    ['less than was asked', () => present({ shown: [] }), { sdJwtVc: 'accepts', openid4vp: 'refuses' }],
    [
      'no key binding',
      () => [...present().split('~').slice(0, -1), ''].join('~'),
      { sdJwtVc: 'refuses', openid4vp: 'refuses' },
    ],
  ])('%s: verify refuses; what the others check', async (_, make, others) => {
    const proof = await make();
    expect(await ours(proof)).toBe('refuses');
    expect({ sdJwtVc: await sdJwtVc(proof), openid4vp: await openid4vp(proof) }).toEqual(others);
  });

  it('a replayed presentation is refused where the service keeps nonces, and only there', async () => {
    const proof = present();
    expect(await ours(proof, new Set([NONCE]))).toBe('refuses');
    expect([await sdJwtVc(proof), await sdJwtVc(proof)]).toEqual(['accepts', 'accepts']);
  });
});

import { createHash } from 'node:crypto';
import type { CallbackContext, Jwk, JwtSignerX5c } from '@openid4vc/oauth2';
import { Openid4vpVerifier, calculateX509HashClientIdPrefixValue } from '@openid4vc/openid4vp';
import { decodeSdJwt } from '@sd-jwt/decode';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { DcqlPresentationResult, DcqlQuery } from 'dcql';
import { CompactSign, GeneralSign, compactDecrypt, compactVerify, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { CryptoKey as JoseKey } from 'jose';
import type { Accepted, AskTerms, Call, ForeignVerifier, Members, Stand } from './foreign-verifier.ts';
import { KEY_BINDING_SECONDS, QUERY_ID, freshNonce, must, queryFor } from './foreign-verifier.ts';

const DC_API = { nobody: 'unsigned', x509_hash: 'signed', x509_san_dns: 'signed', both: 'multisigned' } as const;

/** An extension that only liars use. */
const UNHEARD_OF = { 'x-unheard-of': true };

/** SHA-256, as @sd-jwt wants it. */
const hasher = (data: string | ArrayBuffer | Uint8Array): Uint8Array =>
  new Uint8Array(
    createHash('sha256')
      .update(data instanceof ArrayBuffer ? new Uint8Array(data) : data)
      .digest(),
  );

/** What the library asks of its caller. */
const callbacksOf = (stand: Stand, terms: AskTerms, decryption: JoseKey) => ({
  hash: ((data, alg) => createHash(alg.replace('-', '')).update(data).digest()) satisfies CallbackContext['hash'],
  signJwt: (async (_, { header, payload }) => {
    const jwt = await new CompactSign(Buffer.from(JSON.stringify(lied(payload, terms.payload))))
      .setProtectedHeader(headerOf(header, terms))
      .sign(terms.forger ?? stand.certificate.key, { crit: UNHEARD_OF });
    return { jwt, signerJwk: {} as Jwk }; // the library hands it back, and nobody looks at it
  }) satisfies CallbackContext['signJwt'],
  encryptJwe: () => Promise.reject(new Error('Requests are not encrypted.')),
  decryptJwe: (async (jwe) => {
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, decryption);
    must(protectedHeader.enc === terms.enc, `encrypted by ${protectedHeader.enc}`);
    return { decrypted: true, decryptionJwk: {} as Jwk, payload: Buffer.from(plaintext).toString() }; // as above
  }) satisfies CallbackContext['decryptJwe'],
  verifyJwt: () => Promise.resolve({ verified: false as const }), // no answer is signed as a whole
});

/** A header as a liar wants it, who may want anything. */
const headerOf = (honest: object, { header }: AskTerms) => lied(honest, header) as { alg: string };

const lied = (honest: object, lie: ((honest: Members) => Members) | undefined): Members =>
  lie === undefined ? { ...honest } : lie({ ...honest });

/**
 * A verifier that is made of other people's software: `@openid4vc/openid4vp` writes requests and reads answers,
 * `@sd-jwt/sd-jwt-vc` verifies, `dcql` compares with the query, `jose` signs and decrypts. What they leave to their
 * caller stands in `seen`: audience, age of the key binding, over-disclosure.
 */
export const theirVerifier = (stand: Stand): ForeignVerifier => ({
  async ask(terms = {}) {
    const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256' });
    const callbacks = callbacksOf(stand, terms, privateKey);
    const library = new Openid4vpVerifier({ callbacks: callbacks }); // the callbacks that a verifier uses
    const encryption = { ...(await exportJWK(publicKey)), alg: 'ECDH-ES', use: 'enc', kid: 'answers' };
    const payload = parametersOf(stand, terms, encryption);
    const call = await callOf(stand, terms, library, payload);
    return {
      call,
      nonce: payload.nonce,
      verify: (answer) => verified({ stand, terms, library, payload, call, callbacks }, answer),
    };
  },
});

const parametersOf = (stand: Stand, terms: AskTerms, encryption: object) => ({
  response_type: 'vp_token' as const,
  response_mode: terms.enc === undefined ? ('dc_api' as const) : ('dc_api.jwt' as const),
  nonce: terms.nonce ?? freshNonce(),
  dcql_query: queryFor(stand.vct, terms.claims ?? ['age_over_21']),
  client_metadata: {
    vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] } },
    ...(terms.enc !== undefined && {
      jwks: { keys: [encryption] },
      encrypted_response_enc_values_supported: [terms.enc],
    }),
  },
  ...(terms.transactions !== undefined && {
    transaction_data: terms.transactions.map((one) => Buffer.from(JSON.stringify(one)).toString('base64url')),
  }),
});

type Parameters = ReturnType<typeof parametersOf>;

async function callOf(stand: Stand, terms: AskTerms, library: Openid4vpVerifier, honest: Parameters): Promise<Call> {
  const { identity = 'nobody' } = terms;
  const protocol = `openid4vp-v1-${DC_API[identity]}`;
  const { leaf, key } = stand.certificate;
  const x5c = [Buffer.from(leaf).toString('base64')];
  const create = async (more: object, jar?: { jwtSigner: JwtSignerX5c; expiresInSeconds: number }) => {
    const authorizationRequestPayload = { ...honest, ...more } as never; // DCQL is `any` to the library, lists are tuples
    const created = await library.createOpenId4vpAuthorizationRequest({
      authorizationRequestPayload,
      ...(jar !== undefined && { jar }),
    });
    return created.authorizationRequestObject as Members; // of JSON, whichever it is
  };
  if (identity === 'nobody') return { protocol, data: lied(await create({}), terms.payload) };

  const expected = { expected_origins: [stand.origin] };
  const ids = {
    x509_hash: `x509_hash:${await calculateX509HashClientIdPrefixValue({ x509Certificate: leaf, hash: hasher })}`,
    x509_san_dns: `x509_san_dns:${new URL(stand.origin).hostname}`,
  };
  if (identity !== 'both') {
    const jar = { jwtSigner: { method: 'x5c' as const, x5c, alg: 'ES256' }, expiresInSeconds: 300 };
    const { request } = await create({ ...expected, client_id: ids[identity] }, jar);
    return { protocol, data: { request } };
  }
  // The library writes no multisigned requests: it looks at the parameters, and `jose` signs them.
  const payload = lied(await create(expected), terms.payload);
  const request = new GeneralSign(Buffer.from(JSON.stringify(payload)));
  for (const client_id of Object.values(ids)) {
    const header = { alg: 'ES256', typ: 'oauth-authz-req+jwt', x5c, client_id };
    request.addSignature(terms.forger ?? key, { crit: UNHEARD_OF }).setProtectedHeader(headerOf(header, terms));
  }
  return { protocol, data: { request: await request.sign() } };
}

interface Asked {
  readonly stand: Stand;
  readonly terms: AskTerms;
  readonly library: Openid4vpVerifier;
  readonly payload: Parameters;
  readonly call: Call;
  readonly callbacks: ReturnType<typeof callbacksOf>;
}

async function verified({ stand, terms, library, payload, call, callbacks }: Asked, answer: Call): Promise<Accepted> {
  must(answer.protocol === call.protocol, 'an answer to another protocol');
  const parsed = await library.parseOpenid4vpAuthorizationResponse({
    authorizationResponse: answer.data as Members, // the library looks
    authorizationRequestPayload: payload as never, // as above
    origin: stand.origin,
    callbacks,
  });
  must(parsed.type === 'dcql', 'not an answer to a DCQL query');
  must(parsed.expectedNonce === payload.nonce, 'the library forgot the nonce');
  if (terms.enc !== undefined) must(parsed.jarm !== undefined, 'not encrypted');
  const [presentation, ...more] = parsed.dcql.presentations[QUERY_ID] ?? [];
  must(typeof presentation === 'string' && more.length === 0, 'not one presentation');
  return seen(presentation, { stand, terms, library, payload });
}

async function seen(
  presentation: string,
  { stand, terms, library, payload }: Pick<Asked, 'stand' | 'terms' | 'library' | 'payload'>,
): Promise<Accepted> {
  const now = Math.floor(Date.now() / 1000);
  const sdJwt = new SDJwtVcInstance({
    hasher,
    verifier: (data, signature) => isSignedByOne(stand.issuerKeys, data, signature),
    kbVerifier: (data, signature, { cnf }) => isSignedByOne([(cnf as { jwk: JsonWebKey }).jwk], data, signature), // signed by the issuer
  });
  const result = await sdJwt.verify(presentation, { keyBindingNonce: payload.nonce, currentDate: now });
  const held = result.payload as Members & { cnf: { jwk: JsonWebKey } }; // it has been verified with that key
  const binding = result.kb?.payload as Members | undefined; // JSON, whatever its types say
  must(binding !== undefined, 'no key binding');

  const { disclosures } = await decodeSdJwt(presentation, hasher);
  const disclosed = Object.fromEntries(disclosures.map(({ key = '', value }) => [key, value]));
  const asked = terms.claims ?? ['age_over_21'];
  must(binding['aud'] === `origin:${stand.origin}`, `another audience: ${String(binding['aud'])}`);
  must(Math.abs(now - Number(binding['iat'])) < KEY_BINDING_SECONDS, 'an old key binding');
  must(held['iss'] === stand.issuer, 'another issuer');
  must(
    Object.keys(disclosed).every((name) => asked.includes(name)),
    'more is disclosed than was asked for',
  );

  const query = DcqlQuery.parse(payload.dcql_query as DcqlQuery.Input);
  const shown = { credential_format: 'dc+sd-jwt', vct: held['vct'], claims: held, cryptographic_holder_binding: true };
  const satisfied = DcqlPresentationResult.fromDcqlPresentation({ [QUERY_ID]: [shown as never] }, { dcqlQuery: query });
  must(satisfied.can_be_satisfied, 'the query is not answered');

  const transactionData = payload.transaction_data ?? [];
  if (transactionData.length > 0) {
    await library.verifyTransactionData({ transactionData, credentials: { [QUERY_ID]: [binding as never] } });
  }
  return { disclosed, holder: held.cnf.jwk.x ?? '', agreed: transactionData, presentation };
}

async function isSignedByOne(keys: readonly JsonWebKey[], data: string, signature: string): Promise<boolean> {
  for (const jwk of keys) {
    const key = await importJWK(jwk, 'ES256');
    const isBy = await compactVerify(`${data}.${signature}`, key).then(
      () => true,
      () => false,
    );
    if (isBy) return true;
  }
  return false;
}

import { isDeepStrictEqual } from 'node:util';
import type { Accepted, AskTerms, Call, ForeignVerifier, Members, Stand } from './foreign-verifier.ts';
import { KEY_BINDING_SECONDS, QUERY_ID, freshNonce, must, queryFor } from './foreign-verifier.ts';

/*
 * A verifier written from the text alone: OpenID4VP 1.0 with its appendices A and B, RFC 7515 (JWS), RFC 7516 and 7518
 * (JWE), RFC 9901 (SD-JWT) and the draft of SD-JWT VC. WebCrypto and nothing else.
 */

const P256 = { name: 'ECDH', namedCurve: 'P-256' } as const;
const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** What may never be hidden in an SD-JWT VC, and so is there unasked. */
const ALWAYS_SHOWN = new Set(['iss', 'iat', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'status', '_sd_alg']);

const encode = (bytes: Uint8Array | ArrayBuffer | string): string =>
  Buffer.from(bytes as Uint8Array<ArrayBuffer>).toString('base64url'); // any of the three
const sha256 = async (data: Uint8Array<ArrayBuffer> | string): Promise<string> =>
  encode(await crypto.subtle.digest('SHA-256', typeof data === 'string' ? Buffer.from(data) : data));

/** Base64url as RFC 7515 §2 has it, and only that: no padding, no other alphabet, no loose bits. */
function decode(text: string): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(text, 'base64url');
  must(encode(bytes) === text, 'not base64url');
  return bytes;
}

function object(text: string): Members {
  const value: unknown = JSON.parse(text);
  must(typeof value === 'object' && value !== null && !Array.isArray(value), 'not a JSON object');
  return value as Members; // looked at on the line above
}

export const specVerifier = (stand: Stand): ForeignVerifier => ({
  async ask(terms = {}) {
    const pair = await crypto.subtle.generateKey(P256, true, ['deriveBits']);
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
    const jwk = { kty, crv, x, y, use: 'enc', alg: 'ECDH-ES', kid: 'key-1' };
    const parameters = parametersOf(stand, terms, jwk);
    const call = await callOf(stand, terms, parameters);
    const session = { stand, terms, parameters, call, key: pair.privateKey, kid: jwk.kid };
    return { call, nonce: parameters.nonce, verify: (answer) => verified(session, answer) };
  },
});

/** §5.1, §5.2 and A.2. */
const parametersOf = (stand: Stand, terms: AskTerms, jwk: object) => ({
  response_type: 'vp_token',
  response_mode: terms.enc === undefined ? 'dc_api' : 'dc_api.jwt',
  nonce: terms.nonce ?? freshNonce(),
  dcql_query: queryFor(stand.vct, terms.claims ?? ['age_over_21']),
  client_metadata: {
    vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] } },
    // `encrypted_response_enc_values_supported` absent means A128GCM.
    ...(terms.enc !== undefined && { jwks: { keys: [jwk] } }),
    ...(terms.enc === 'A256GCM' && { encrypted_response_enc_values_supported: ['A256GCM'] }),
  },
  ...(terms.transactions !== undefined && {
    transaction_data: terms.transactions.map((one) => encode(JSON.stringify(one))),
  }),
});

type Parameters = ReturnType<typeof parametersOf>;

/** A.3: the three ways to ask. */
async function callOf(stand: Stand, terms: AskTerms, parameters: Parameters): Promise<Call> {
  const { identity = 'nobody' } = terms;
  const say = (honest: Members): Members => terms.payload?.(honest) ?? honest;
  if (identity === 'nobody') return { protocol: 'openid4vp-v1-unsigned', data: say({ ...parameters }) };

  const { leaf, key } = stand.certificate;
  const x509Hash = `x509_hash:${await sha256(leaf)}`;
  const sanDns = `x509_san_dns:${new URL(stand.origin).hostname}`;
  const header = { alg: 'ES256', typ: 'oauth-authz-req+jwt', x5c: [Buffer.from(leaf).toString('base64')] };
  const sign = async (protectedHeader: Members, payload: string) => {
    const encoded = encode(JSON.stringify(terms.header?.(protectedHeader) ?? protectedHeader));
    const signed = Buffer.from(`${encoded}.${payload}`);
    return { protected: encoded, signature: encode(await crypto.subtle.sign(ES256, terms.forger ?? key, signed)) };
  };
  const common = { ...parameters, expected_origins: [stand.origin] };
  if (identity === 'both') {
    const payload = encode(JSON.stringify(say(common)));
    const signatures = await Promise.all(
      [x509Hash, sanDns].map((client_id) => sign({ ...header, client_id }, payload)),
    );
    return { protocol: 'openid4vp-v1-multisigned', data: { request: { payload, signatures } } };
  }
  const client_id = identity === 'x509_hash' ? x509Hash : sanDns;
  const payload = encode(JSON.stringify(say({ ...common, client_id })));
  const signed = await sign(header, payload);
  return { protocol: 'openid4vp-v1-signed', data: { request: `${signed.protected}.${payload}.${signed.signature}` } };
}

interface Session {
  readonly stand: Stand;
  readonly terms: AskTerms;
  readonly parameters: Parameters;
  readonly call: Call;
  readonly key: CryptoKey;
  readonly kid: string;
}

async function verified(session: Session, { protocol, data }: Call): Promise<Accepted> {
  must(protocol === session.call.protocol, 'an answer to another protocol');
  const parameters = session.terms.enc === undefined ? (data as Members) : await opened(session, data as Members); // an object by its type
  must(
    isDeepStrictEqual(Object.keys(parameters), ['vp_token']),
    `more than a vp_token: ${Object.keys(parameters).join()}`,
  );
  const vpToken = parameters['vp_token'] as Members; // looked at on the next line
  must(isDeepStrictEqual(Object.keys(vpToken), [QUERY_ID]), 'not keyed by the credential queries (§8.1)');
  const presentations = vpToken[QUERY_ID];
  must(Array.isArray(presentations) && presentations.length === 1, 'not an array of one, as `multiple` is absent');
  const [presentation] = presentations as unknown[];
  must(typeof presentation === 'string', 'not an SD-JWT');
  return shown(session, presentation);
}

/** §8.3 with RFC 7516 §5.2 and RFC 7518 §4.6: ECDH-ES, direct key agreement. */
async function opened({ terms, key, kid }: Session, data: Members): Promise<Members> {
  must(isDeepStrictEqual(Object.keys(data), ['response']), 'more than a response');
  const parts = String(data['response']).split('.');
  must(parts.length === 5, 'not a compact JWE');
  const [protectedHeader = '', encryptedKey = '', iv = '', ciphertext = '', tag = ''] = parts;
  const header = object(decode(protectedHeader).toString());
  must(header['alg'] === 'ECDH-ES' && encryptedKey === '', 'not encrypted by direct key agreement');
  must(header['enc'] === terms.enc, `encrypted by ${String(header['enc'])}`);
  must(header['kid'] === kid, 'the key is not named as in the request');
  must(header['crit'] === undefined && header['zip'] === undefined, 'something unheard of');
  const epk = await crypto.subtle.importKey('jwk', header['epk'] as JsonWebKey, P256, false, []); // or it throws
  const secret = new Uint8Array(await crypto.subtle.deriveBits({ name: 'ECDH', public: epk }, key, 256));
  const bits = terms.enc === 'A256GCM' ? 256 : 128;
  const agreed = await concatKdf(secret, { ...header, enc: String(header['enc']) }, bits);
  const contentKey = await crypto.subtle.importKey('raw', agreed, 'AES-GCM', false, ['decrypt']);
  must(decode(iv).length === 12 && decode(tag).length === 16, 'not AES-GCM as RFC 7518 §5.3 has it');
  const plaintext = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: decode(iv), additionalData: Buffer.from(protectedHeader, 'ascii'), tagLength: 128 },
    contentKey,
    Buffer.concat([decode(ciphertext), decode(tag)]),
  );
  return object(Buffer.from(plaintext).toString());
}

/** RFC 7518 §4.6.2: one round is enough for up to 256 bits. */
async function concatKdf(
  secret: Uint8Array,
  { enc, apu, apv }: { readonly enc: string; readonly apu?: unknown; readonly apv?: unknown },
  bits: number,
): Promise<Buffer<ArrayBuffer>> {
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const withLength = (bytes: Buffer): Buffer => Buffer.concat([number(bytes.length), bytes]);
  const party = (value: unknown): Buffer => withLength(typeof value === 'string' ? decode(value) : Buffer.alloc(0));
  const otherInfo = Buffer.concat([withLength(Buffer.from(enc)), party(apu), party(apv), number(bits)]);
  const round = Buffer.concat([number(1), secret, otherInfo]);
  return Buffer.from(await crypto.subtle.digest('SHA-256', round)).subarray(0, bits / 8);
}

/** RFC 9901 §7.3 and OpenID4VP 1.0, B.3. */
async function shown({ stand, terms, parameters }: Session, presentation: string): Promise<Accepted> {
  const parts = presentation.split('~');
  const [issuerJwt = '', ...disclosures] = parts.slice(0, -1);
  const bindingJwt = parts.at(-1) ?? '';

  const issued = await readSigned(issuerJwt, stand.issuerKeys);
  must(issued.header['typ'] === 'dc+sd-jwt', 'not an SD-JWT VC');
  const { claims, disclosed } = await unhidden(issued.payload, disclosures);
  const now = Math.floor(Date.now() / 1000);
  must(claims['iss'] === stand.issuer, 'another issuer');
  must(claims['exp'] === undefined || Number(claims['exp']) > now, 'expired');
  must(claims['nbf'] === undefined || Number(claims['nbf']) <= now, 'not yet valid');

  const { jwk } = claims['cnf'] as { readonly jwk: JsonWebKey }; // what the issuer signed
  const binding = await readSigned(bindingJwt, [jwk]);
  must(binding.header['typ'] === 'kb+jwt', 'not a key binding');
  const { aud, nonce, iat, sd_hash: sdHash } = binding.payload;
  must(sdHash === (await sha256(presentation.slice(0, presentation.lastIndexOf('~') + 1))), 'bound to something else');
  must(aud === `origin:${stand.origin}`, `another audience: ${String(aud)}`);
  must(nonce === parameters.nonce, 'another nonce');
  must(typeof iat === 'number' && Math.abs(now - iat) < KEY_BINDING_SECONDS, 'an old key binding');

  answersQuery(claims, disclosed, stand.vct, terms.claims ?? ['age_over_21']);
  const agreed = await agreedTo(binding.payload, parameters.transaction_data ?? []);
  return { disclosed, holder: jwk.x ?? '', agreed, presentation };
}

/** A JWS of ES256 by one of the keys. */
async function readSigned(jwt: string, keys: readonly JsonWebKey[]): Promise<{ header: Members; payload: Members }> {
  const parts = jwt.split('.');
  must(parts.length === 3, 'not a compact JWS');
  const [header = '', payload = '', signature = ''] = parts;
  const said = object(decode(header).toString());
  must(said['alg'] === 'ES256' && said['crit'] === undefined, 'signed in another way');
  for (const jwk of keys) {
    const { kty = '', crv = '', x = '', y = '' } = jwk;
    const key = await crypto.subtle.importKey('jwk', { kty, crv, x, y }, ES256, false, ['verify']);
    if (await crypto.subtle.verify(ES256, key, decode(signature), Buffer.from(`${header}.${payload}`))) {
      return { header: said, payload: object(decode(payload).toString()) };
    }
  }
  throw new Error('not signed by a key that is believed');
}

/** RFC 9901 §7.1: puts disclosures where their digests stand; every one has its place, and only one. */
async function unhidden(
  payload: Members,
  encoded: readonly string[],
): Promise<{ claims: Members; disclosed: Members }> {
  must(payload['_sd_alg'] === undefined || payload['_sd_alg'] === 'sha-256', 'another hash');
  const byDigest = new Map<string, readonly unknown[]>();
  for (const one of encoded) {
    const value = JSON.parse(decode(one).toString()) as readonly unknown[]; // its length is looked at where it is used
    const digest = await sha256(one);
    must(!byDigest.has(digest), 'a disclosure that stands there twice');
    byDigest.set(digest, value);
  }
  const disclosed: Members = {};
  const digests = new Set<string>();
  const once = (digest: unknown): string => {
    must(typeof digest === 'string' && !digests.has(digest), 'a digest that stands there twice');
    digests.add(digest);
    return digest;
  };
  const take = (digest: string): readonly unknown[] | undefined => {
    const found = byDigest.get(digest);
    byDigest.delete(digest);
    return found;
  };
  const open = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.flatMap(openElement);
    if (typeof value !== 'object' || value === null) return value;
    const { _sd: hidden = [], ...rest } = value as Members; // neither null nor an array
    const result: Members = Object.fromEntries(Object.entries(rest).map(([name, inner]) => [name, open(inner)]));
    must(Array.isArray(hidden), '_sd is no array');
    for (const digest of hidden as unknown[]) {
      const found = take(once(digest));
      if (found === undefined) continue; // kept back, or a decoy
      const [, name, inner] = found;
      must(found.length === 3 && typeof name === 'string', 'not a disclosure of a member');
      must(name !== '_sd' && name !== '...' && !(name in result), 'a name that may not be disclosed');
      must(!ALWAYS_SHOWN.has(name), `${name} was hidden`);
      result[name] = disclosed[name] = open(inner);
    }
    return result;
  };
  const openElement = (value: unknown): unknown[] => {
    const hidden = typeof value === 'object' && value !== null ? (value as Members)['...'] : undefined; // any object
    if (hidden === undefined) return [open(value)];
    const found = take(once(hidden));
    if (found === undefined) return [];
    must(found.length === 2, 'not a disclosure of an element');
    return [open(found[1])];
  };
  const claims = open(payload) as Members; // as its argument is
  must(byDigest.size === 0, 'a disclosure that nothing refers to');
  return { claims, disclosed };
}

/** §6: what was asked for is there, and nothing besides (§6.4.1). */
function answersQuery(claims: Members, disclosed: Members, vct: string, asked: readonly string[]): void {
  must(claims['vct'] === vct, 'of another type');
  must(
    asked.every((name) => claims[name] !== undefined),
    'less than was asked for',
  );
  must(
    Object.keys(disclosed).every((name) => asked.includes(name)),
    'more than was asked for',
  );
  const unasked = Object.keys(claims).filter((name) => !asked.includes(name) && !ALWAYS_SHOWN.has(name));
  must(unasked.length === 0, `in the clear: ${unasked.join()}`);
}

/** B.3.3.1: the digest of each, as it stood in the request, under the hash that both know. */
async function agreedTo(binding: Members, transactions: readonly string[]): Promise<readonly string[]> {
  const hashes = binding['transaction_data_hashes'];
  if (transactions.length === 0) {
    must(hashes === undefined, 'agrees to what nobody asked');
    return [];
  }
  must((binding['transaction_data_hashes_alg'] ?? 'sha-256') === 'sha-256', 'another hash');
  must(isDeepStrictEqual(hashes, await Promise.all(transactions.map(sha256))), 'agrees to something else');
  return transactions;
}

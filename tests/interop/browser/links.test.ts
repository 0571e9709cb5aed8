import { createHash, randomBytes } from 'node:crypto';
import type { Jwk } from '@openid4vc/oauth2';
import { Openid4vpVerifier, calculateX509HashClientIdPrefixValue } from '@openid4vc/openid4vp';
import { decodeSdJwt } from '@sd-jwt/decode';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { CompactSign, compactDecrypt, compactVerify, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Scene } from '../../e2e/scene.ts';
import { copiesLeft, openScene, untilNoWindow } from '../../e2e/scene.ts';
import { clickNamed, clickWhenArmed, named, serve, text, untilSays } from '../../e2e/setup/harness.ts';
import type { Received, TestServer } from '../../e2e/setup/harness.ts';
import type { Certified, Members } from './foreign-verifier.ts';
import {
  KEY_BINDING_SECONDS,
  QUERY_ID,
  certificateFor,
  freshNonce,
  issuerKeys,
  must,
  queryFor,
} from './foreign-verifier.ts';

/** A verifier's link, made of other people's software: what it says, and what it makes of what is posted to it. */
interface LinkTerms {
  readonly method?: 'get' | 'post';
  readonly encrypted?: boolean;
  /** What it says in the place of its request's parameters. */
  readonly payload?: (honest: Members) => Members;
  readonly header?: (honest: Members) => Members;
  readonly certificate?: Certified;
  /** In the place of the wallet's nonce. */
  readonly walletNonce?: string;
}

interface LinkVerifier extends AsyncDisposable {
  readonly server: TestServer;
  readonly origin: string;
  readonly link: string;
  /** What was disclosed, of each answer that was accepted. */
  readonly accepted: readonly Members[];
  /** Why answers were not accepted. */
  readonly refusals: readonly string[];
}

const hasher = (data: string | ArrayBuffer | Uint8Array): Uint8Array =>
  new Uint8Array(
    createHash('sha256')
      .update(data instanceof ArrayBuffer ? new Uint8Array(data) : data)
      .digest(),
  );

async function startLinkVerifier(scene: Scene, terms: LinkTerms = {}): Promise<LinkVerifier> {
  const server = await serve({}, { tls: true });
  const origin = server.origin('shop.example');
  const certificate = terms.certificate ?? (await certificateFor('shop.example'));
  const keys = await issuerKeys(scene.issuer.origin);
  const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256' });
  const jwk = { ...(await exportJWK(publicKey)), alg: 'ECDH-ES', use: 'enc', kid: 'answers' };
  const honestId = `x509_hash:${await calculateX509HashClientIdPrefixValue({ x509Certificate: certificate.leaf, hash: hasher })}`;
  const state = randomBytes(16).toString('base64url');
  const callbacks = {
    hash: hasher,
    signJwt: async (_: unknown, { header, payload }: { header: object; payload: object }) => {
      const said = terms.payload?.({ ...payload }) ?? payload;
      const protectedHeader = (terms.header?.({ ...header }) ?? header) as { alg: string }; // the library's, or a liar's
      const jwt = await new CompactSign(Buffer.from(JSON.stringify(said)))
        .setProtectedHeader(protectedHeader)
        .sign(certificate.key, { crit: { 'x-unheard-of': true } });
      return { jwt, signerJwk: {} as Jwk }; // nobody looks at it
    },
    decryptJwe: async (jwe: string) => {
      const { plaintext } = await compactDecrypt(jwe, privateKey);
      return { decrypted: true as const, decryptionJwk: {} as Jwk, payload: Buffer.from(plaintext).toString() }; // as above
    },
    verifyJwt: () => Promise.resolve({ verified: false as const }),
  };
  const library = new Openid4vpVerifier({ callbacks: callbacks as never }); // those that a verifier uses
  const parameters = {
    response_type: 'vp_token' as const,
    response_mode: terms.encrypted === true ? ('direct_post.jwt' as const) : ('direct_post' as const),
    client_id: honestId,
    response_uri: `${origin}/response`,
    ...{ nonce: freshNonce(), state, dcql_query: queryFor(scene.issuer.licenceType, ['age_over_21']) },
    client_metadata: {
      vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] } },
      ...(terms.encrypted === true && { jwks: { keys: [jwk] } }),
    },
  };
  const accepted: Members[] = [];
  const refusals: string[] = [];

  const requestObject = async ({ body, method }: Received) => {
    must(method === (terms.method ?? 'get').toUpperCase(), `asked by ${method}`);
    const walletNonce = new URLSearchParams(body).get('wallet_nonce');
    must(terms.method !== 'post' || walletNonce !== null, 'no wallet_nonce');
    const created = await library.createOpenId4vpAuthorizationRequest({
      authorizationRequestPayload: {
        ...parameters,
        ...(walletNonce !== null && { wallet_nonce: terms.walletNonce ?? walletNonce }),
      } as never, // DCQL is `any` to the library, lists are tuples
      ...(walletNonce !== null && { wallet: { expectedNonce: terms.walletNonce ?? walletNonce } }),
      jar: {
        jwtSigner: { method: 'x5c', x5c: [Buffer.from(certificate.leaf).toString('base64')], alg: 'ES256' },
        ...{ expiresInSeconds: 300, additionalJwtPayload: { aud: 'https://self-issued.me/v2' } },
      },
    });
    const { request } = created.authorizationRequestObject as { readonly request?: string }; // no requestUri was given
    return { headers: { 'content-type': 'application/oauth-authz-req+jwt' }, body: request ?? '' };
  };

  const take = async (body: string): Promise<Members> => {
    const parsed = await library.parseOpenid4vpAuthorizationResponse({
      authorizationResponse: Object.fromEntries(new URLSearchParams(body)),
      authorizationRequestPayload: parameters as never, // as above
      callbacks,
    });
    must(parsed.type === 'dcql', 'not an answer to a DCQL query');
    const [presentation] = parsed.dcql.presentations[QUERY_ID] ?? [];
    must(typeof presentation === 'string', 'no presentation');
    const isBy = async (candidates: readonly JsonWebKey[], data: string, signature: string) => {
      for (const candidate of candidates) {
        const key = await importJWK(candidate, 'ES256');
        const isRight = await compactVerify(`${data}.${signature}`, key).then(
          () => true,
          () => false,
        );
        if (isRight) return true;
      }
      return false;
    };
    const now = Math.floor(Date.now() / 1000);
    const { kb } = await new SDJwtVcInstance({
      hasher,
      verifier: (data, signature) => isBy(keys, data, signature),
      kbVerifier: (data, signature, { cnf }) => isBy([(cnf as { jwk: JsonWebKey }).jwk], data, signature), // signed by the issuer
    }).verify(presentation, { keyBindingNonce: parameters.nonce, currentDate: now });
    must(kb?.payload.aud === honestId, 'another audience than the full client id (§B.3.6)');
    must(Math.abs(now - kb.payload.iat) < KEY_BINDING_SECONDS, 'an old key binding');
    const { disclosures } = await decodeSdJwt(presentation, hasher);
    return Object.fromEntries(disclosures.map(({ key = '', value }) => [key, value]));
  };

  server.route('/request', requestObject);
  server.route('/response', async ({ body }) => {
    const headers = { 'content-type': 'application/json' };
    try {
      accepted.push(await take(body));
      return { headers, body: '{}' };
    } catch (error) {
      refusals.push(String(error));
      return { status: 400, headers, body: '{"error":"invalid_request"}' };
    }
  });
  const query = new URLSearchParams({ client_id: honestId, request_uri: `${origin}/request` });
  if (terms.method === 'post') query.set('request_uri_method', 'post');
  return {
    ...{ server, origin, accepted, refusals, link: `openid4vp://?${query.toString()}` },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

let scene: Scene;
let app: Page;

beforeAll(async () => {
  scene = await openScene();
  app = await scene.opened.openApp('#/link');
});
afterAll(() => scene[Symbol.asyncDispose]());
afterEach(async () => {
  for (const consent of await scene.opened.consentPages()) await consent.close();
  await untilNoWindow(scene.opened);
});

/** Gives the wallet a link, and goes on with it. */
async function goOn({ link, origin }: LinkVerifier): Promise<void> {
  await app.goto('about:blank');
  await app.goto(scene.opened.url('app.html#/link'));
  await named(app, text('link_look'), 'button');
  await app.bringToFront();
  await (await named(app, text('link_field'), 'textbox')).focus();
  await app.keyboard.sendCharacter(link);
  await clickNamed(app, text('link_look'), 'button');
  await named(app, text('link_says_proof', new URL(origin).host), 'heading');
  await clickNamed(app, text('link_continue'), 'button');
}

describe('a verifier made of other people’s software, by a link', () => {
  const ways = [
    { method: 'get', encrypted: false },
    { method: 'get', encrypted: true },
    { method: 'post', encrypted: false },
    { method: 'post', encrypted: true },
  ] as const;
  test.each(ways)('is answered, its request fetched by $method, encrypted: $encrypted', async (terms) => {
    await using verifier = await startLinkVerifier(scene, terms);
    const appears = scene.opened.nextConsent();
    await goOn(verifier);
    const consent = await appears;
    await consent.bringToFront();
    await clickWhenArmed(consent, text('allow_once'));
    await expect.poll(() => [verifier.accepted, verifier.refusals]).toEqual([[{ age_over_21: true }], []]);
  });

  const seconds = (): number => Math.floor(Date.now() / 1000);
  const lies: readonly (readonly [string, LinkTerms])[] = [
    ['has run out', { payload: (honest) => ({ ...honest, iat: seconds() - 900, exp: seconds() - 600 }) }],
    ['is under another client id than the link', { payload: (honest) => ({ ...honest, client_id: 'x509_hash:AAAA' }) }],
    ['has a wallet nonce of its own', { method: 'post', walletNonce: 'A'.repeat(22) }],
    [
      'has an extension that nobody knows',
      { header: (honest) => ({ ...honest, crit: ['x-unheard-of'], 'x-unheard-of': true }) },
    ],
    ['is for another wallet', { payload: (honest) => ({ ...honest, aud: 'https://wallet.example' }) }],
    ['is of another type', { header: (honest) => ({ ...honest, typ: 'JWT' }) }],
    ['is to be answered through a browser', { payload: (honest) => ({ ...honest, response_mode: 'dc_api' }) }],
    ['is to be answered nowhere', { payload: (honest) => ({ ...honest, response_uri: undefined }) }],
  ];
  test.each(lies)('is told nothing where its request %s', async (_, terms) => {
    await using verifier = await startLinkVerifier(scene, terms);
    const before = await copiesLeft(scene.app);
    await goOn(verifier);
    await untilSays(app, text('link_failed_kept'));
    expect(await scene.opened.consentPages()).toEqual([]);
    expect(verifier.server.received.map(({ path }) => path)).toEqual(['/request']);
    expect(await copiesLeft(scene.app)).toBe(before);
  });
});

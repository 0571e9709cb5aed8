import type { Json, JsonObject } from '../../lib/core/index.ts';
import { createTestIssuer, issueAge } from '../fixtures/credentials/test-issuer.ts';
import type { TestIssuer } from '../fixtures/credentials/test-issuer.ts';
import type { Received, Reply, Route } from './setup/harness.ts';
import { serve } from './setup/harness.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';

/** What an issuer that means no good says instead of the truth. */
export interface Lies {
  /** Claims of the credential's payload, in the place of the right ones. */
  readonly payload?: (facts: { readonly now: number; readonly origin: string }) => object;
  /** What can be disclosed, in the place of the usual claims. */
  readonly claims?: JsonObject;
  /** Members of the header of each credential, beside the usual ones. */
  readonly header?: (origin: string) => Promise<object>;
  /** Signs in the place of the key that the issuer publishes. */
  readonly signer?: TestIssuer;
  /** The key a copy is bound to, in the place of the wallet's. */
  readonly holder?: object;
  readonly issuerMetadata?: (origin: string) => object;
  readonly serverMetadata?: (origin: string) => object;
  readonly keys?: (origin: string) => object;
  /** Whole routes. */
  readonly routes?: (origin: string) => Readonly<Record<string, Route>>;
}

/** An issuer of age credentials in a hundred lines, as honest as a test wants; it takes every code, again and again. */
export interface TinyIssuer extends AsyncDisposable {
  readonly origin: string;
  /** Signs what it issues. */
  readonly key: TestIssuer;
  /** A credential offer object. */
  readonly offer: object;
  /** All it was asked, its own page left out. */
  readonly received: readonly Received[];
  /** Keeps the answers of a path back until they are released. */
  hold(path: string): { readonly reached: Promise<void>; release(): void };
}

export async function startTinyIssuer(
  lies: Lies = {},
  { transactionCode, copies = 10 }: { transactionCode?: string; copies?: number } = {},
): Promise<TinyIssuer> {
  const server = await serve();
  const origin = server.origin();
  const key = await createTestIssuer('ES256', 'key');
  const gates = new Map<string, { reach: () => void; open: Promise<void> }>();
  const vct = `${origin}/age`;

  const json = (value: unknown, status = 200): Reply => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
  const token = ({ body }: Received): Reply => {
    const code = new URLSearchParams(body).get('tx_code') ?? undefined;
    if (code !== transactionCode) return json({ error: 'invalid_grant' }, 400);
    return json({ access_token: 'token', token_type: 'Bearer' });
  };
  const credential = async ({ body }: Received): Promise<Reply> => {
    const { proofs } = JSON.parse(body) as { proofs: { jwt: string[] } }; // the wallet's own request
    const now = Math.floor(Date.now() / 1000);
    const times = { iat: now - 60, exp: now + 86_400 };
    const about = lies.claims === undefined ? {} : { claims: lies.claims };
    const credentials = await Promise.all(
      proofs.jwt.map(async (proof) => {
        const payload = { iss: origin, vct, ...times, ...lies.payload?.({ now, origin }) };
        const holder = lies.holder ?? holderIn(proof);
        const header = (await lies.header?.(origin)) ?? {};
        return { credential: (await issueAge(lies.signer ?? key, holder, { payload, header, ...about })).text };
      }),
    );
    return json({ credentials });
  };

  const routes: Record<string, Route> = {
    '/.well-known/openid-credential-issuer': () =>
      json({ ...issuerMetadata(origin, vct, copies), ...lies.issuerMetadata?.(origin) }),
    '/.well-known/oauth-authorization-server': () =>
      json({ issuer: origin, token_endpoint: `${origin}/token`, ...lies.serverMetadata?.(origin) }),
    '/.well-known/jwt-vc-issuer': () =>
      json({ issuer: origin, jwks: { keys: [key.publicJwk] }, ...lies.keys?.(origin) }),
    '/nonce': () => json({ c_nonce: 'nonce' }),
    '/token': token,
    '/credential': credential,
    ...lies.routes?.(origin),
  };
  server.route('/', '<!doctype html><title>issuer</title>');
  for (const [path, route] of Object.entries(routes)) {
    server.route(path, async (received) => {
      const gate = gates.get(path);
      gate?.reach();
      await gate?.open;
      return typeof route === 'function' ? route(received) : route;
    });
  }

  return {
    origin,
    key,
    offer: {
      credential_issuer: origin,
      credential_configuration_ids: ['age'],
      grants: {
        [GRANT]: {
          'pre-authorized_code': 'code',
          ...(transactionCode !== undefined && { tx_code: { length: transactionCode.length } }),
        },
      },
    },
    get received() {
      return server.received.filter(({ path }) => path !== '/' && path !== '/favicon.ico');
    },
    hold(path) {
      const reached = Promise.withResolvers<undefined>();
      const open = Promise.withResolvers<undefined>();
      gates.set(path, { reach: () => reached.resolve(undefined), open: open.promise });
      return {
        reached: reached.promise,
        release: () => {
          gates.delete(path);
          open.resolve(undefined);
        },
      };
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

const issuerMetadata = (origin: string, vct: string, copies: number): Record<string, Json> => ({
  credential_issuer: origin,
  credential_endpoint: `${origin}/credential`,
  nonce_endpoint: `${origin}/nonce`,
  batch_credential_issuance: { batch_size: copies },
  credential_configurations_supported: {
    age: {
      format: 'dc+sd-jwt',
      vct,
      cryptographic_binding_methods_supported: ['jwk'],
      proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
      credential_metadata: { display: [{ name: 'Age' }], claims: [{ path: ['age_over_21'] }] },
    },
  },
});

/** The key in the header of a key proof. */
export function holderIn(proof: string): { readonly x: string; readonly y: string } {
  const header = Buffer.from(proof.split('.')[0] ?? '', 'base64url').toString();
  return (JSON.parse(header) as { jwk: { x: string; y: string } }).jwk; // what OpenID4VCI appendix F.1 wants there
}

import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { CompactSign } from 'jose';
import type { Scene } from '../../e2e/scene.ts';
import { begin, ended } from '../../e2e/page-calls.ts';
import { clickWhenArmed, text } from '../../e2e/setup/harness.ts';
import type { Received, Reply } from '../../e2e/setup/harness.ts';
import { holderIn, startTinyIssuer } from '../../e2e/tiny-issuer.ts';
import { certify, createParty, x5cOf } from '../../fixtures/credentials/test-certificates.ts';
import type { Believed } from './foreign-verifier.ts';
import { must } from './foreign-verifier.ts';
import { hasher } from './their-verifier/hasher.ts';

/** Whoever issues one kind of card, by other people's software. */
export interface CardIssuer extends AsyncDisposable {
  /** The `vct` of its cards. */
  readonly type: string;
  readonly believed: Believed;
  /** The person takes another card, of what it says. */
  give(scene: Scene, says: Says): Promise<void>;
}

/** What a card says, all of it hidden down to its leaves. */
export type Says = Readonly<Record<string, unknown>>;

/** More than all tests of a file show: a copy is shown once. */
const COPIES = 30;
const DAY = 86_400_000;

/** @param authorityKeyId of the authority that certifies the issuer, if any does */
export async function openCardIssuer(authorityKeyId?: Uint8Array<ArrayBuffer>): Promise<CardIssuer> {
  const [authority, office] = await Promise.all([createParty('Card Authority'), createParty('Card Office')]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', office.keyPair.publicKey);
  const key = { kty, crv, x, y, kid: 'cards' } as JsonWebKey; // all are there in a key of a curve
  let says: Says = {};
  const issuer = await startTinyIssuer(
    {
      keys: () => ({ jwks: { keys: [key] } }),
      routes: (origin) => ({ '/credential': (received) => issued(received, origin) }),
    },
    { copies: COPIES },
  );
  const times = { notBefore: Date.now() - DAY, notAfter: Date.now() + DAY };
  const chain =
    authorityKeyId && x5cOf(await certify(office, authority, { uris: [issuer.origin], authorityKeyId, ...times }));
  const header = chain === undefined ? { kid: 'cards' } : { x5c: chain };

  async function issued({ body }: Received, origin: string): Promise<Reply> {
    const { proofs } = JSON.parse(body) as { readonly proofs: { readonly jwt: readonly string[] } }; // the wallet's request
    const credentials = await Promise.all(
      proofs.jwt.map(async (proof) => ({ credential: await cardFor(holderIn(proof), origin) })),
    );
    return { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ credentials }) };
  }

  const sdJwt = new SDJwtVcInstance({
    hasher,
    hashAlg: 'sha-256',
    signAlg: 'ES256',
    saltGenerator: (length) => Buffer.from(crypto.getRandomValues(new Uint8Array(length))).toString('base64url'),
    signer: async (data) => signatureOf(data, office.keyPair.privateKey),
  });
  const cardFor = (jwk: object, origin: string): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      ...{ iss: origin, vct: `${origin}/age`, iat: now - 60, exp: now + 86_400, cnf: { jwk } },
      ...says,
    };
    return sdJwt.issue(payload, hidingAll(says), { header });
  };

  return {
    type: `${issuer.origin}/age`,
    believed: { issuer: issuer.origin, keys: [key] },
    async give(scene, card) {
      says = card;
      await take(scene, issuer);
    },
    [Symbol.asyncDispose]: () => issuer[Symbol.asyncDispose](),
  };
}

/** The signature of what @sd-jwt has put together: header and payload of a JWS. */
async function signatureOf(data: string, key: CryptoKey): Promise<string> {
  const [header = '', payload = ''] = data.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  const jws = await new CompactSign(Buffer.from(payload))
    .setProtectedHeader(JSON.parse(header) as { alg: string }) // written by the library a moment ago
    .sign(key);
  return jws.slice(jws.lastIndexOf('.') + 1);
}

/** A frame that hides each part of a value. */
function hidingAll(value: unknown): object {
  if (typeof value !== 'object' || value === null) return {};
  const parts = Object.entries(value);
  const inner = parts
    .filter(([, part]) => typeof part === 'object' && part !== null)
    .map(([name, part]) => [name, hidingAll(part)] as const);
  const names = parts.map(([name]) => (Array.isArray(value) ? Number(name) : name));
  return { _sd: names, ...Object.fromEntries(inner) };
}

async function take(
  { opened }: Scene,
  { origin, offer }: { readonly origin: string; readonly offer: object },
): Promise<void> {
  const page = await opened.browser.newPage();
  await page.goto(origin);
  const appears = opened.nextConsent();
  await begin(page, 'offer', `signet.offerCredential({ credential_offer: ${JSON.stringify(offer)} })`);
  const consent = await appears;
  const gone = new Promise<void>((resolve) => consent.once('close', () => resolve()));
  await clickWhenArmed(consent, text('offer_continue'));
  await clickWhenArmed(consent, text('offer_accept'));
  must('value' in (await ended(page, 'offer')), 'the card was not taken');
  await gone;
  await page.close();
}

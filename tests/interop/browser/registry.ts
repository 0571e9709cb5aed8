import { SignJWT } from 'jose';
import { certify, createParty, x5cOf } from '../../fixtures/credentials/test-certificates.ts';
import type { Party } from '../../fixtures/credentials/test-certificates.ts';

/** A key with a certificate for it. */
export interface Certified {
  readonly key: CryptoKey;
  readonly publicJwk: JsonWebKey;
  /** DER. */
  readonly leaf: Uint8Array<ArrayBuffer>;
}

/** Somebody who vouches for verifiers: whether they are believed is the wallet's business. */
export interface Registry {
  /** DER of the certificate that a person can trust. */
  readonly root: Uint8Array<ArrayBuffer>;
  /** A certificate for a host. */
  certificateFor(host: string): Promise<Certified>;
  /** A Verifier Attestation JWT (OpenID4VP 1.0 §12) with these claims beside `iss`, which they may replace. */
  attest(claims: object): Promise<string>;
}

const DAY = 86_400_000;

/** By its address, which is the `iss` of its attestations. */
const REGISTRY = 'https://registry.example';

export async function openRegistry(name = 'Shop Registry of Example'): Promise<Registry> {
  const times = { notBefore: Date.now() - DAY, notAfter: Date.now() + DAY };
  const [authority, office] = await Promise.all([createParty(name), createParty(`${name}, front office`)]);
  const root = await certify(authority, authority, { authority: true, uris: [], ...times });
  const { hostname } = new URL(REGISTRY);
  const chain = x5cOf(await certify(office, authority, { uris: [REGISTRY], dnsNames: [hostname], ...times }));
  return {
    root,
    async certificateFor(host) {
      const verifier: Party = await createParty('Foreign Verifier Ltd');
      const leaf = await certify(verifier, authority, { uris: [], dnsNames: [host], ...times });
      const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', verifier.keyPair.publicKey);
      const publicJwk = { kty, crv, x, y } as JsonWebKey; // all four are there in a key of a curve
      return { key: verifier.keyPair.privateKey, publicJwk, leaf };
    },
    attest: (claims) =>
      new SignJWT({ iss: REGISTRY, ...claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'verifier-attestation+jwt', x5c: [...chain] })
        .sign(office.keyPair.privateKey),
  };
}

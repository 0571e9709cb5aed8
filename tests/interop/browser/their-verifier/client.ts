import type { JwtSigner } from '@openid4vc/oauth2';
import { calculateX509HashClientIdPrefixValue } from '@openid4vc/openid4vp';
import type { AskTerms, Identity, Members, Stand } from '../foreign-verifier.ts';
import { lied, must } from '../foreign-verifier.ts';
import { hasher } from './hasher.ts';

/** As whom a request is signed. */
export interface Client {
  readonly id: string;
  /** As the library is told, which makes most of the header of it. */
  readonly signer: JwtSigner;
  /** Members of the header that the library does not know of. */
  readonly header: Members;
}

const ALG = 'ES256';

/** The client of a name; for a DID over the web its document is published on the way. */
export async function clientFor(
  identity: Exclude<Identity, 'nobody' | 'both'>,
  stand: Stand,
  terms: AskTerms,
): Promise<Client> {
  const { leaf } = stand.certificate;
  const signer: JwtSigner = { method: 'x5c', x5c: [Buffer.from(leaf).toString('base64')], alg: ALG };
  switch (identity) {
    case 'x509_hash': {
      const hash = await calculateX509HashClientIdPrefixValue({ x509Certificate: leaf, hash: hasher });
      return { id: `x509_hash:${hash}`, signer, header: {} };
    }
    case 'x509_san_dns':
      return { id: `x509_san_dns:${new URL(stand.origin).hostname}`, signer, header: {} };
    case 'did:jwk':
      return didClient(
        `did:jwk:${Buffer.from(JSON.stringify(stand.certificate.publicJwk)).toString('base64url')}`,
        '0',
      );
    case 'did:web':
      return webClient(stand, terms);
    case 'verifier_attestation':
      return attestedClient(stand, terms);
  }
}

const didClient = (did: string, key: string): Client => ({
  id: `decentralized_identifier:${did}`,
  signer: { method: 'did', didUrl: `${did}#${key}`, alg: ALG },
  header: {},
});

function webClient({ web, certificate }: Stand, { document }: AskTerms): Client {
  must(web !== undefined, 'no host to publish a document at');
  const did = `did:web:${encodeURIComponent(web.host)}`;
  const method = { id: `${did}#signing`, type: 'JsonWebKey2020', controller: did, publicKeyJwk: certificate.publicJwk };
  const honest = {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/suites/jws-2020/v1'],
    id: did,
    verificationMethod: [method],
    authentication: [method.id],
    assertionMethod: [method.id],
  };
  web.publish('/.well-known/did.json', lied(honest, document));
  return didClient(did, 'signing');
}

async function attestedClient({ origin, certificate, registry }: Stand, { attestation }: AskTerms): Promise<Client> {
  const sub = new URL(origin).hostname;
  const now = Math.floor(Date.now() / 1000);
  const honest = { sub, iat: now, exp: now + 3600, cnf: { jwk: certificate.publicJwk } };
  return {
    id: `verifier_attestation:${sub}`,
    signer: { method: 'custom', alg: ALG },
    header: { jwt: await registry.attest(lied(honest, attestation)) },
  };
}

import type { AskTerms, Identity, Members, Stand } from '../foreign-verifier.ts';
import { lied, must } from '../foreign-verifier.ts';
import { encode, sha256 } from './jose.ts';

/** A client id, and what the header of a request says that is signed for it (OpenID4VP 1.0 §5.9.3). */
export interface Client {
  readonly id: string;
  readonly header: Members;
}

/** The client of a name; for a DID over the web its document is published on the way. */
export async function clientFor(
  identity: Exclude<Identity, 'nobody' | 'both'>,
  stand: Stand,
  terms: AskTerms,
): Promise<Client> {
  const { leaf } = stand.certificate;
  const { hostname } = new URL(stand.origin);
  const x5c = [Buffer.from(leaf).toString('base64')];
  switch (identity) {
    case 'x509_hash':
      return { id: `x509_hash:${await sha256(leaf)}`, header: { x5c } };
    case 'x509_san_dns':
      return { id: `x509_san_dns:${hostname}`, header: { x5c } };
    case 'did:jwk': {
      // The method's own name for the one key there is.
      const did = `did:jwk:${encode(JSON.stringify(stand.certificate.publicJwk))}`;
      return { id: `decentralized_identifier:${did}`, header: { kid: `${did}#0` } };
    }
    case 'did:web':
      return webClient(stand, terms);
    case 'verifier_attestation':
      return { id: `verifier_attestation:${hostname}`, header: { jwt: await attestationFor(hostname, stand, terms) } };
  }
}

/** Did:web: the port's colon is `%3A`. The document has a key of other days too, so that `kid` has to be read. */
function webClient({ web, certificate, believed }: Stand, { document }: AskTerms): Client {
  must(web !== undefined, 'no host to publish a document at');
  const did = `did:web:${web.host.replace(':', '%3A')}`;
  const method = (name: string, publicKeyJwk: JsonWebKey) => ({
    ...{ id: `${did}#${name}`, type: 'JsonWebKey', controller: did, publicKeyJwk },
  });
  const [old] = believed.flatMap(({ keys }) => keys); // any other key of the curve
  const honest = {
    id: did,
    verificationMethod: [...(old === undefined ? [] : [method('old', old)]), method('now', certificate.publicJwk)],
  };
  web.publish('/.well-known/did.json', lied(honest, document));
  return { id: `decentralized_identifier:${did}`, header: { kid: `${did}#now` } };
}

/** §12: `sub` is the client id, without its prefix (§5.9.3); `cnf` holds the key that signs. */
const attestationFor = (sub: string, { certificate, registry }: Stand, { attestation }: AskTerms): Promise<string> => {
  const exp = Math.floor(Date.now() / 1000) + 600;
  return registry.attest(lied({ sub, exp, cnf: { jwk: certificate.publicJwk } }, attestation));
};

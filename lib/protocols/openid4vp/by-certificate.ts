import { sha256 } from '@noble/hashes/sha2.js';
import { assertField, toBase64url } from '../../core/index.ts';
import type { Certificate } from '../../credentials/verifying/index.ts';
import { distinguishedName, parseCertificates, validateChain } from '../../credentials/verifying/index.ts';
import { isSignedByCertificate } from '../jose/index.ts';
import type { Signing } from './signing.ts';
import { badSignature } from './signing.ts';
import type { SigningVerifier } from './verifier-identity.ts';

/**
 * Who asks, by the certificate that the request is signed with (OpenID4VP 1.0 §5.9.3, `x509_hash` and `x509_san_dns`;
 * HAIP 1.0 §5). Without an anchor of the person's behind it, the certificate shows that one key asks, and not whose.
 * @throws SignetError bad_request, naming the field
 */
export async function identifyByCertificate(
  { jws, clientId, original, prefix, responseUri }: Signing & { readonly prefix: 'x509_hash' | 'x509_san_dns' },
  { anchors, now }: { readonly anchors: readonly Certificate[]; readonly now: number },
): Promise<SigningVerifier> {
  const chain = parseCertificates(jws.header['x5c']);
  const [leaf] = chain;
  assertField(isNamed(leaf, prefix, original), 'client_id', 'The certificate of the request is another client’s.');
  const top = chain.at(-1) ?? leaf;
  const isSound = await validateChain(chain, [top], now);
  assertField(isSound, 'request.x5c', 'The certificates of the request have run out, or do not belong together.');
  if (!(await isSignedByCertificate(jws, leaf))) throw badSignature();
  const vouched = await validateChain(chain, anchors, now);
  if (prefix === 'x509_san_dns' && responseUri !== undefined) assertOwnHost(responseUri, original);
  return {
    kind: 'certificate',
    clientId,
    names: [...leaf.dnsNames, ...leaf.uris],
    subject: distinguishedName(leaf.subject),
    issuer: distinguishedName(leaf.issuer),
    vouched,
  };
}

const isNamed = ({ der, dnsNames }: Certificate, prefix: 'x509_hash' | 'x509_san_dns', original: string): boolean =>
  prefix === 'x509_hash' ? original === toBase64url(sha256(der)) : dnsNames.includes(original);

/** The answer goes to its own host alone. A wallet may let those it trusts choose freely (§5.9.3): whom would that serve? */
function assertOwnHost(responseUri: string, host: string): void {
  assertField(
    new URL(responseUri).hostname === host,
    'response_uri',
    'response_uri is on another host than the client’s.',
  );
}

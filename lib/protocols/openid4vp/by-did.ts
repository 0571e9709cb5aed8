import { assertField } from '../../core/index.ts';
import { isSignedBy } from '../../credentials/verifying/index.ts';
import type { FetchDocument } from '../did/index.ts';
import { didKeysNamed, resolveDid } from '../did/index.ts';
import type { Signing } from './signing.ts';
import { badSignature } from './signing.ts';
import type { SigningVerifier } from './verifier-identity.ts';

/**
 * Who asks, by a DID (OpenID4VP 1.0 §5.9.3, `decentralized_identifier`): the key that `kid` names in its document made
 * the signature.
 * @throws SignetError bad_request or unsupported, naming the field; network where the DID's host does not answer
 */
export async function identifyByDid(
  { jws, clientId, original: did }: Signing,
  { fetchJson, loopback }: { readonly fetchJson: FetchDocument | undefined; readonly loopback: boolean },
): Promise<SigningVerifier> {
  const { kid } = jws.header;
  const field = 'request.kid';
  assertField(typeof kid === 'string', field, 'The request names none of the DID’s keys.');
  const relationship = 'authentication';
  const document = await resolveDid(did, { relationship, loopback, ...(fetchJson !== undefined && { fetchJson }) });
  const keys = didKeysNamed(document, kid);
  assertField(keys.length > 0, field, 'The request is signed with a key that is not the DID’s.');
  if (!(await isSignedBy(jws, keys))) throw badSignature();
  return { kind: 'did', clientId, did };
}

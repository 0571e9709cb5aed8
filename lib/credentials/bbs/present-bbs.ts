import { assertField } from '../../core/index.ts';
import type { BbsCredential } from './bbs-credential.ts';
import { claimOf, messagesOf } from './bbs-credential.ts';
import { headerBytes } from './verifying/bbs-header.ts';
import type { BbsPublicJwk } from './verifying/bbs-jwk.ts';
import { publicKeyOf, suiteOf } from './verifying/bbs-jwk.ts';
import { writeBbsPresentation } from './verifying/bbs-presentation.ts';
import type { BbsBinding } from './verifying/binding.ts';
import { bindingBytes } from './verifying/binding.ts';
import { loadSuite } from './verifying/load-suite.ts';

/**
 * Derives a presentation that shows the header and the named claims, hides the others, and cannot be linked to any
 * other presentation by more than what both show. Two calls never give the same text.
 * @param key the key that signed the credential, from when it arrived: both suites need it to make a proof
 * @param disclose names of claims, in any order; none is fine
 * @returns the text of `proof` of the page's response
 * @throws SignetError bad_request on a claim that is not there, a key of the other suite, a signature that is none
 */
export async function presentBbs(
  credential: BbsCredential,
  key: BbsPublicJwk,
  disclose: readonly string[],
  binding: BbsBinding,
): Promise<string> {
  const { suite: name, header, claims, signature } = credential;
  assertField(suiteOf(key) === name, 'key', 'The key is of the other suite.');
  assertField(
    disclose.every((claim) => header.schema.includes(claim)),
    'disclose',
    'A claim is to be disclosed that the credential does not have.',
  );
  const shown = header.schema.filter((claim) => disclose.includes(claim));
  const suite = await loadSuite(name);
  const proof = await suite.deriveProof({
    publicKey: publicKeyOf(key),
    header: headerBytes(header),
    messages: messagesOf(credential),
    signature,
    disclosed: shown.map((claim) => header.schema.indexOf(claim)),
    nonce: bindingBytes(binding),
  });
  const disclosed = Object.fromEntries(shown.map((claim) => [claim, claimOf(claims, claim)]));
  return writeBbsPresentation({ suite: name, header, disclosed, proof });
}

import type { BbsCredential } from './bbs-credential.ts';
import { messagesOf } from './bbs-credential.ts';
import { headerBytes } from './verifying/bbs-header.ts';
import type { BbsPublicJwk } from './verifying/bbs-jwk.ts';
import { publicKeyOf, suiteOf } from './verifying/bbs-jwk.ts';
import { loadSuite } from './verifying/load-suite.ts';

/**
 * Whether the issuer's key made the credential's signature. False for a key of the other suite.
 * @param key one that the issuer publishes for everyone: with a key of one's own, every proof would tell who made it
 */
export async function verifyIssuedBbs(credential: BbsCredential, key: BbsPublicJwk): Promise<boolean> {
  const { suite: name, header, signature } = credential;
  if (suiteOf(key) !== name) return false;
  const suite = await loadSuite(name);
  return suite.verify({
    publicKey: publicKeyOf(key),
    header: headerBytes(header),
    messages: messagesOf(credential),
    signature,
  });
}
